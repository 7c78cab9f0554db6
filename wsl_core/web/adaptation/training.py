"""A training of one's own: what is asked of it, its buttons, and the same figures while it goes on."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from wsl_core import jobs
from wsl_core.datasets.domains import card
from wsl_core.errors import JobError, WslError
from wsl_core.figures.curves import side_by_side
from wsl_core.transfer.adaptation import JOB, METHODS
from wsl_core.transfer.adaptation.request import Request
from wsl_core.web import station
from wsl_core.web.adaptation import figures as drawn
from wsl_core.web.adaptation import pictures, runs, watch
from wsl_core.web.adaptation import sentences as words
from wsl_core.web.adaptation.runs import Seen
from wsl_core.web.adaptation.view import PCA, RECIPE, TRAIN, AdaptationView, reversing
from wsl_core.web.components import monitor
from wsl_core.web.components.inline import inline
from wsl_core.web.controls import lasting
from wsl_core.web.sentences import plain

PRESETS = ("digits-dimmed", "digits-photos", "mnist-mnistm-shipped")
"""Pairs whose domain-adversarial training takes less than a minute, and that need no data."""
PRESET: dict[str, Any] = {
    "method": "dann",
    "network": "fast",
    "seed": 0,
    "steps": RECIPE,
    "lambda_largest": 1.0,
}
PAUSE = "It stops at its next look, where it can be taken up again."
STEP = "On to the next look, and no further."
CHOICES = "Pair, method and schedule"
NOTHING = (
    "Nothing is in training. Choose a preset, or a pair and a method, and start: curves, diagram and "
    "features are drawn while it learns."
)
REFUSED = "refused-adaptation"  # in the session: why a button could do nothing


def show() -> tuple[Seen | None, AdaptationView]:
    """Ask for a training, and show it; returns it once it has ended, and what is asked for."""
    run = monitor.linked(JOB)
    presets(run)
    with st.expander(CHOICES, expanded=run is None, icon=":material/tune:"):
        view = asked()
        if offered(view):
            monitor.start("Start", JOB, view.request().model_dump(mode="json"))
    if sentence := st.session_state.pop(REFUSED, None):
        st.error(plain(sentence), icon=":material/error:")
    if run is None:
        st.info(NOTHING, icon=":material/play_circle:")
        return None, view
    return followed(run), view


def presets(run: jobs.Run | None) -> None:
    """One-click trainings of less than a minute."""
    busy = run is not None and run.state in monitor.ALIVE
    with st.container(horizontal=True, vertical_alignment="center", key="presets"):
        st.markdown("**In less than a minute**, domain-adversarial:", width="content")
        for pair in PRESETS:
            st.button(
                card(pair).title,
                key=f"preset-{pair}",
                icon=":material/bolt:",
                disabled=busy,
                on_click=_preset,
                args=(pair,),
            )


def _preset(pair: str) -> None:
    """Put the choices into their controls, and start."""
    with_lambda(pair, 1.0)


def with_lambda(pair: str, largest: float) -> None:
    """Start domain-adversarial training with this largest lambda, and show it."""
    chosen = PRESET | {"pair": pair, "lambda_largest": largest}
    st.session_state.update(chosen | {"chapter": TRAIN})
    _begin(AdaptationView.model_validate(chosen).request())


def _begin(request: Request) -> None:
    try:
        st.query_params["run"] = jobs.submit(JOB, request.model_dump(mode="json")).id
    except JobError as error:
        st.session_state[REFUSED] = str(error)


def asked() -> AdaptationView:
    """Pair, method, network, seed and schedule."""
    values: dict[str, Any] = {}
    columns = st.columns([3, 3, 2, 2], gap="medium")
    with columns[0]:
        values["pair"] = lasting(AdaptationView, "pair")
        st.caption(plain(card(values["pair"]).sentence))
    with columns[1]:
        values["method"] = lasting(AdaptationView, "method")
        method = METHODS[values["method"]]
        st.caption(f"{plain(method.title)}: {plain(method.sentence)} *{plain(method.source)}*")
    with columns[2]:
        values["steps"] = lasting(AdaptationView, "steps")
        if reversing(values["method"]):
            values["lambda_largest"] = lasting(AdaptationView, "lambda_largest")
    with columns[3]:
        values["network"] = lasting(AdaptationView, "network")
        values["seed"] = lasting(AdaptationView, "seed")
    view = AdaptationView.model_validate(values)
    how = view.request().settled()
    st.caption(
        f"{how.steps:,} steps of {how.batch} pictures of each domain; the network is looked at every "
        f"{how.interval} steps."
    )
    return view


def offered(view: AdaptationView) -> bool:
    """Whether the pair's data are there; otherwise what is missing, and a pair that needs none."""
    sentence = card(view.pair).missing()
    if sentence is None:
        return True
    st.warning(plain(sentence), icon=":material/folder_off:")
    instead = card(card(view.pair).instead)
    st.button(
        f"Take {instead.title}, which needs no data",
        key="instead",
        icon=":material/swap_horiz:",
        on_click=lambda: st.session_state.update({"pair": instead.name}),
    )
    return False


def followed(run: jobs.Run) -> Seen | None:
    """A run, its buttons and its figures, live while it is under way."""
    asked = Request.of(run.config)
    runs.remember(run.id)
    title = f"{card(asked.pair).title}, {METHODS[asked.adaptation.method].title}"
    st.markdown(f"**{plain(title)}**")
    left, right = st.columns([2, 5], gap="medium", vertical_alignment="center")
    with right:
        state = monitor.watch(run, figures=False, resumable=False)
    with left:
        with st.container(horizontal=True, key="controls"):
            buttons(run, state)
        colour = "class" if state == "finished" else lasting(AdaptationView, "colour")
    if state == "finished":
        try:
            seen = runs.of_job(run)
        except WslError as error:
            st.error(plain(str(error)), icon=":material/error:")
            return None
        assert seen is not None
        source_only(seen)
        watch.show([seen])
        return seen
    live(run, colour, moving=state in monitor.ALIVE)
    return None


def buttons(run: jobs.Run, state: str) -> None:
    """What can be done about a run in this state; Cancel stands beside its bar while it is under way."""
    if state in monitor.ALIVE:
        pausing = run.pausing
        label = "Pausing at the next look" if pausing else "Pause"
        _button(label, "pause", "pause", run.pause, PAUSE, disabled=pausing)
    elif state == "paused":
        _button("Continue", "continue", "play_arrow", run.resume)
        _button("Step", "step", "step_over", lambda: run.resume(to_next_checkpoint=True), STEP)
        _button("Cancel", "cancel-paused", "stop_circle", run.cancel)
    elif state != "finished":
        _button("Resume", "resume", "resume", run.resume)


def _button(
    label: str,
    key: str,
    icon: str,
    what: Callable[[], object],
    about: str | None = None,
    *,
    disabled: bool = False,
) -> None:
    st.button(
        label,
        key=key,
        icon=f":material/{icon}:",
        help=about,
        disabled=disabled,
        on_click=_attempt,
        args=(what,),
    )


def _attempt(what: Callable[[], object]) -> None:
    try:
        what()
    except JobError as error:
        st.session_state[REFUSED] = str(error)


def live(run: jobs.Run, colour: str, *, moving: bool) -> None:
    """The figures as they come; once a second while the run is under way."""

    @st.fragment(run_every=monitor.every(run, run.state) if moving else None)
    def look() -> None:
        try:
            seen = runs.of_job(run)
        except WslError as error:
            st.error(plain(str(error)), icon=":material/error:")
            return
        with st.container(key="live"):
            if seen is None or not seen.run.curve:
                st.markdown("*The first figures come after the first step.*")
                return
            if not moving:
                watch.remarks([seen])
            base = runs.baselines(seen.run.pair, seen.run.parameters.network)
            latest = max(0, seen.count - 1)
            st.markdown(f"**{words.progress(seen)}**")
            (left,), (right,) = watch.places([seen])
            with left:
                inline(drawn.diagram(seen, seen.run.curve[-1][0]), "live-diagram")
            with right:
                watch.features(seen, latest, colour, PCA, "live-features")
            station.table(words.ACCURACY_HEAD, words.accuracy_rows([seen], [latest], [base]))
            until = seen.run.parameters.steps
            charts = drawn.charts([seen], None, base, until)
            inline(side_by_side(one.html() for one in charts), "live-charts")
            pictures.translated(seen, latest, None)

    with st.container():  # keeps its place where the page itself is drawn by a fragment
        look()


def source_only(seen: Seen) -> None:
    """Offer the baselines of a pair on which nobody has trained them."""
    how = seen.run.parameters
    if runs.baselines(seen.run.pair, how.network) is not None:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="baselines"):
        st.markdown("Both source-only baselines of this pair are missing.")
        st.button(
            "Train source only",
            key="source-only",
            icon=":material/play_arrow:",
            on_click=_baseline,
            args=(seen,),
        )


def _baseline(seen: Seen) -> None:
    asked = Request(pair=seen.run.pair, adaptation=seen.run.parameters)
    st.session_state.update({"pair": seen.run.pair, "method": runs.SOURCE_ONLY})
    _begin(asked.baseline(runs.SOURCE_ONLY))
