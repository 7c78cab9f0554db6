"""The job monitor: a run of a job as its visitor sees it, wherever it is running.

`start` is a button that submits a job and puts the run into the link, so that a reload, or another
visitor with the link, finds it again. `watch` shows it: progress, place in the queue, time left,
figures as they come, Cancel, Resume. While the run is alive a fragment asks about it every second,
every few where others are before it, as most of a class of thirty have; when it has ended or is paused, the
page runs once more and can show what there is.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from numpy.typing import NDArray

from wsl_core import jobs
from wsl_core.errors import JobError
from wsl_core.web.sentences import plain

ALIVE = ("queued", "running")
EVERY, WAITING = 1.0, 4.0  # seconds between two looks at a run, and at one that waits behind others
POINTS = 240  # of a curve at most: more than its pixels across need
HERE = Path(__file__).parent

_mount = st.components.v2.component(
    "run_figures",
    html='<div class="curves"></div>\n',
    css=(HERE / "monitor.css").read_text(encoding="utf-8"),
    js=(HERE / "monitor.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Curve:
    """One figure of a run over its steps.

    Attributes:
        name: of the figure.
        last: its latest value, finite or not.
        steps: where it was told, ascending; events counted from 1 where a job counts no steps.
        values: one a step, the finite ones.
    """

    name: str
    last: float
    steps: list[float]
    values: list[float]

    def drawn(self) -> dict[str, Any]:
        """What the browser draws, and the same in words."""
        reach = [f"{end(self.values):.4g}" for end in (min, max)] if self.values else ["", ""]
        low, high = reach
        return {
            "name": self.name,
            "last": f"{self.last:.4g}",
            "low": low,
            "high": high,
            "steps": self.steps,
            "values": self.values,
            "alt": (
                f"{self.name} over {len(self.values)} values: now {self.last:.4g}, lowest {low}, "
                f"highest {high}."
            ),
        }


def curves(history: Sequence[jobs.Progress]) -> list[Curve]:
    """The figures of a run, thinned evenly to `POINTS` with the latest always there."""
    told: dict[str, list[tuple[float, float]]] = {}
    for count, event in enumerate(history, 1):
        for name, value in event.figures.items():
            told.setdefault(name, []).append((count if event.step is None else event.step, value))
    return [_curve(name, points) for name, points in told.items()]


def _curve(name: str, told: list[tuple[float, float]]) -> Curve:
    points = [(step, value) for step, value in told if math.isfinite(value)]
    # Counted from the end, so that the latest value is among them.
    kept = points[:: -max(1, math.ceil(len(points) / POINTS))][::-1]
    return Curve(name, told[-1][1], [step for step, _ in kept], [value for _, value in kept])


def time_left(seconds: float | None) -> str:
    """A time still to wait, in words as exact as a guess can be; empty where there is none."""
    if seconds is None:
        return ""
    if seconds < 10:
        return "a few seconds left"
    if seconds < 50:
        return "less than a minute left"
    minutes = round(seconds / 60)
    if minutes < 2:
        return "about a minute left"
    if minutes < 90:
        return f"about {minutes} minutes left"
    return f"about {round(seconds / 3600)} hours left"


def linked(name: str, key: str = "run") -> jobs.Run | None:
    """The run that the link names; None where it names none, or one of another job.

    A run that is no longer there is told in a sentence, once, and taken out of the link.

    Args:
        name: of the job, "module:function".
        key: of the link.
    """
    asked = st.query_params.get(key)
    if not asked:
        return None
    try:
        run = jobs.find(asked)
    except JobError as error:
        del st.query_params[key]
        st.warning(plain(str(error)), icon=":material/link_off:")
        return None
    return run if run.name == name else None


def start(
    label: str,
    name: str,
    config: dict[str, Any],
    arrays: dict[str, NDArray[Any]] | None = None,
    *,
    lane: jobs.Lane = "training",
    key: str = "run",
    icon: str | None = ":material/play_arrow:",
) -> jobs.Run | None:
    """A button that submits a job, and the run that the link names, if there is one.

    The button rests while that run is alive; a queue that is full is told in a sentence.

    Args:
        label: of the button.
        name: of the job, "module:function".
        config: handed to the job.
        arrays: handed to the job.
        lane: "training", "interactive" or "download".
        key: of the link; the button's is `start-` and this.
        icon: of the button.
    """
    run = linked(name, key)
    st.button(
        label,
        key=f"start-{key}",
        icon=icon,
        disabled=run is not None and run.state in ALIVE,
        on_click=_submit,
        args=(key, name, config, arrays, lane),
    )
    _refusal(key)
    return run


def _submit(
    key: str, name: str, config: dict[str, Any], arrays: dict[str, Any] | None, lane: jobs.Lane
) -> None:
    _begin(key, lambda: jobs.submit(name, config, arrays, lane=lane))


def _begin(key: str, begin: Callable[[], jobs.Run]) -> None:
    """Begin a run and put it into the link; a refusal is kept for the next run of the page."""
    try:
        st.query_params[key] = begin().id
    except JobError as error:
        st.session_state[f"refused-{key}"] = str(error)


def _refusal(key: str) -> None:
    sentence = st.session_state.pop(f"refused-{key}", None)
    if sentence:
        st.error(plain(sentence), icon=":material/error:")


def watch(run: jobs.Run, *, key: str = "run", figures: bool = True, resumable: bool = True) -> str:
    """Show a run; returns its state as it was when the page ran.

    Args:
        run: as `start`, `linked` or `jobs.find` gave it.
        key: of the link, in which a resumed run takes its place.
        figures: draw the figures that the job tells.
        resumable: offer Resume where the run ended without a result.
    """
    state: str = run.state
    before = every(run, state)

    @st.fragment(run_every=before)
    def look() -> None:
        now = run.state
        if (
            every(run, now) != before
        ):  # it has ended, or is next, or was resumed: the page runs, once
            st.rerun()
        with st.container(key=f"monitor-{key}"):
            history = run.history()
            _show(run, now, history, key, resumable)
            if figures and (drawn := [curve.drawn() for curve in curves(history)]):
                _mount(key=f"figures-{key}", data=[drawn])

    with st.container():  # keeps its place where the page itself is drawn by a fragment
        look()
    return state


def every(run: jobs.Run, state: str) -> float | None:
    """Seconds until a page asks again about a run in this state; None where nothing happens by itself."""
    if state not in ALIVE:
        return None
    return WAITING if state == "queued" and (run.place or 0) > 1 else EVERY


def _show(
    run: jobs.Run, state: str, history: list[jobs.Progress], key: str, resumable: bool
) -> None:
    """What is known of the run, and what can be done about it."""
    latest = history[-1] if history else jobs.Progress(0.0)
    if state in ALIVE:
        doing, left = latest.doing or "starting", time_left(run.seconds_left)
        if state == "queued":
            place = run.place  # known to the process that keeps the queue
            doing = f"waiting, number {place} in the queue" if place else "waiting for a worker"
        text = ", ".join(filter(None, (plain(doing), left)))
        st.progress(min(1.0, max(0.0, latest.share)), text[0].upper() + text[1:] + ".")
        asked = st.session_state.get(f"cancelling-{key}") == run.id
        st.button(
            "Cancelling" if asked else "Cancel",
            key=f"cancel-{key}",
            icon=":material/stop_circle:",
            disabled=asked,
            on_click=_cancel,
            args=(run, key),
        )
        return
    if state == "finished":
        return
    if state == "paused":
        at = "" if latest.step is None else f", after step {latest.step}"
        st.info(f"The run is paused at {latest.share:.0%}{at}.", icon=":material/pause_circle:")
    elif state == "failed":
        st.error(plain(run.sentence or "The run failed."), icon=":material/error:")
    else:
        why = f"was {state} at {latest.share:.0%}." if latest.share else f"was {state}."
        sentence = run.sentence if state == "interrupted" else None
        st.warning(plain(f"The run {why} {sentence or ''}"), icon=":material/stop_circle:")
    if resumable:
        st.button(
            "Resume",
            key=f"resume-{key}",
            icon=":material/resume:",
            on_click=_begin,
            args=(key, run.resume),
        )
        _refusal(key)


def _cancel(run: jobs.Run, key: str) -> None:
    run.cancel()
    st.session_state[f"cancelling-{key}"] = run.id
