"""A comparison of one's own: what is asked of it, and its curves while it is trained."""

import streamlit as st

from wsl_core import jobs
from wsl_core.errors import WslError
from wsl_core.figures.curves import side_by_side
from wsl_core.transfer.multitask import JOB, Request, TaskSetCard, card
from wsl_core.transfer.multitask.results import Comparison, trainings_of
from wsl_core.transfer.multitask.task_sets import OFFLINE
from wsl_core.web.components import monitor
from wsl_core.web.components.inline import inline
from wsl_core.web.controls import lasting
from wsl_core.web.multitask import figures as drawn
from wsl_core.web.multitask import finished as look
from wsl_core.web.multitask import sentences as words
from wsl_core.web.multitask.view import MultitaskView
from wsl_core.web.sentences import plain


def show() -> tuple[look.Seen | None, MultitaskView]:
    """Ask for a training, and show it; returns it once it has ended, and what is asked for."""
    view = asked()
    own = card(view.tasks)
    run = monitor.linked(JOB)
    if sentence := own.missing():
        st.warning(plain(sentence), icon=":material/folder_off:")
        st.button(
            f"Take {card(OFFLINE).title}, which needs no data",
            key="instead",
            icon=":material/swap_horiz:",
            on_click=lambda: st.session_state.update({"tasks": OFFLINE}),
        )
    else:
        run = monitor.start("Start", JOB, view.request().model_dump(mode="json"))
    if run is None:
        st.info(words.NOTHING, icon=":material/play_circle:")
        return None, view
    return followed(run), view


def asked() -> MultitaskView:
    """Tasks, branching point, amount of data, weights of the losses, seed and steps."""
    values: dict[str, object] = {}
    columns = st.columns(3, gap="medium")
    for column, names in zip(
        columns,
        (("tasks", "share"), ("shared", "steps"), ("weighting", "surgery", "seed")),
        strict=True,
    ):
        with column:
            for name in names:
                values[name] = lasting(MultitaskView, name)
    return MultitaskView.model_validate(values)


def followed(run: jobs.Run) -> look.Seen | None:
    """A run, live while it is under way; the finished comparison at last."""
    request = Request.of(run.config)
    own = card(request.data)
    st.markdown(f"**{plain(own.title)}**, {request.multitask.shared} shared blocks")
    state = monitor.watch(run, figures=False)
    if state == "finished":
        try:
            found = Comparison.from_json(run.result(()).facts)
        except WslError as error:
            st.error(plain(str(error)), icon=":material/error:")
            return None
        view = MultitaskView(tasks=own.name, shared=found.parameters.shared)
        seen = look.Seen(own, view, [found])
        picture, results = st.columns([1, 1], gap="large")
        with picture:
            inline(drawn.diagram(own, found.parameters, [found]), "layers")
        with results:
            look.outcome(seen)
        inline(side_by_side(drawn.charts(own, [found])), "charts")
        return seen
    live(run, own, request, moving=state in monitor.ALIVE)
    return None


def live(run: jobs.Run, own: TaskSetCard, request: Request, *, moving: bool) -> None:
    """The curves as they come; once a second while the run is under way."""

    @st.fragment(run_every=monitor.every(run, run.state) if moving else None)
    def figures() -> None:
        told = trainings_of((one.step or 0, one.figures) for one in run.history())
        found = Comparison(request.data, request.settled(), 0, told, {})
        with st.container(key="live"):
            if not told:
                st.markdown("*The first figures come with the first look at the network.*")
                return
            st.markdown(f"**{words.progress(found)}**")
            inline(side_by_side(drawn.charts(own, [found], found.parameters.steps)), "live-charts")

    with st.container():  # keeps its place where the page itself is drawn by a fragment
        figures()
