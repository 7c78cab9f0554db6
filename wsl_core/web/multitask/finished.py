"""The parts "branch", "sizes" and "table" of the Multitask page: finished comparisons, drawn at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from wsl_core import published
from wsl_core.errors import WslError
from wsl_core.figures.curves import side_by_side
from wsl_core.transfer.multitask import TaskSetCard, card, finished
from wsl_core.transfer.multitask.finished import Finished
from wsl_core.transfer.multitask.results import Comparison, Summary, summarised
from wsl_core.transfer.multitask.task_sets import BLOCKS
from wsl_core.web import prediction, station
from wsl_core.web.components.inline import inline
from wsl_core.web.controls import lasting
from wsl_core.web.multitask import figures as drawn
from wsl_core.web.multitask import pictures
from wsl_core.web.multitask import sentences as words
from wsl_core.web.multitask.view import AMOUNTS, MultitaskView
from wsl_core.web.sentences import plain

PUBLISHED = "multitask"


@dataclass(frozen=True)
class Seen:
    """What is looked at.

    Attributes:
        card: of the task set.
        view: the choices.
        comparisons: of the branching point and data size, one a seed.
    """

    card: TaskSetCard
    view: MultitaskView
    comparisons: Sequence[Comparison]

    @property
    def summary(self) -> Summary:
        """Over the seeds."""
        return summarised(self.comparisons)

    @property
    def name(self) -> str:
        """For files."""
        return f"{self.card.name}-{self.view.shared}-shared-{self.view.amount}"


def read(name: str) -> Finished | None:
    """Finished comparisons of a task set; a sentence where there are none."""
    try:
        if name in finished.shipped():
            return finished.load_shipped(name)
    except WslError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None
    st.info(words.ABSENT, icon=":material/model_training:")
    return None


def branch() -> Seen | None:
    """The branching point: layers, gain or loss, curves; None where there is nothing to see."""
    left, middle, right = st.columns([3, 3, 1.4], gap="medium", vertical_alignment="bottom")
    with left:
        name = lasting(MultitaskView, "tasks")
    with middle:
        amount = lasting(MultitaskView, "amount")
    with right:
        predict = lasting(MultitaskView, "predict")
    own, found = card(name), read(name)
    st.markdown(plain(own.sentence))
    if row := pictures.examples(name):
        inline(row, "examples")
    if found is None:
        return None
    with middle:
        st.caption(words.amounts(found.pictures))
    shared = int(st.session_state.get("shared", MultitaskView.model_fields["shared"].default))
    view = MultitaskView(tasks=name, amount=amount, shared=shared)
    if predict and not predicted(own, found, view):
        return None
    picture, results = st.columns([1, 1], gap="large")
    with picture:
        shared = lasting(MultitaskView, "shared")
        st.caption(
            "Move it by mouse, or with the arrow keys: 0 is two networks, 4 shares every block."
        )
        view = view.model_copy(update={"shared": shared})
    comparisons = found.select(shared, view.fraction)
    if not comparisons:
        st.info(words.ABSENT, icon=":material/model_training:")
        return None
    seen = Seen(own, view, comparisons)
    with picture:
        inline(drawn.diagram(own, comparisons[0].parameters, comparisons), "layers")
    with results:
        outcome(seen)
    st.header("Curves", anchor=False)
    inline(side_by_side(drawn.charts(own, comparisons)), "charts")
    return seen


def predicted(own: TaskSetCard, found: Finished, view: MultitaskView) -> bool:
    """Ask how the second task will do to the first; whether there is an answer."""
    comparisons = found.select(view.shared or 1, view.fraction)
    if not comparisons:
        return True
    summary = summarised(comparisons)
    name = f"multitask-{view.tasks}-{view.amount}"
    said = prediction.ask(name, words.question(own, summary.pictures), words.ANSWERS)
    if said is None:
        return False
    if said != words.SHOW:
        verdict = words.ANSWER[summary.tasks[own.names[0]].change.verdict]
        prediction.compare(name, said, verdict, words.found(own, summary))
    return True


def outcome(seen: Seen) -> None:
    """Gain or loss per task with intervals, in a figure, in words and as a table."""
    summary = seen.summary
    title = f"Change from sharing {seen.view.shared} of {BLOCKS} blocks"
    inline(drawn.changes(seen.card, {"": summary}, title), "changes")
    st.caption(words.about(seen.card, seen.comparisons))
    if sentence := words.negative(seen.card, summary):
        st.warning(sentence, icon=":material/trending_down:")
    if sentence := words.gained(seen.card, summary):
        st.success(sentence, icon=":material/trending_up:")
    if seen.view.shared == 0:
        st.markdown("Nothing is shared, so nothing changes: together is alone, bit for bit.")
    station.table(words.HEAD, words.rows(seen.card, summary))
    separate, one = drawn.sizes(seen.card, seen.comparisons[0].parameters)
    st.caption(words.size(separate, one, seen.view.shared))


def sizes() -> Seen | None:
    """Against data size and against the branching point."""
    left, right = st.columns([1, 1], gap="medium", vertical_alignment="bottom")
    with left:
        name = lasting(MultitaskView, "tasks")
    with right:
        shared = lasting(MultitaskView, "shared")
    own, found = card(name), read(name)
    if found is None:
        return None
    by_size = [found.select(shared, fraction) for fraction in own.fractions]
    by_size = [one for one in by_size if one]
    if not by_size:
        st.info(words.ABSENT, icon=":material/model_training:")
        return None
    summaries = {f"{one[0].pictures:,} pictures, ": summarised(one) for one in by_size}
    points = {
        f"{point} of {BLOCKS} shared, ": summarised(at)
        for point in range(1, BLOCKS + 1)
        if (at := found.select(point, own.fractions[-1]))
    }
    first, second = st.columns(2, gap="large")
    with first:
        title = f"Against data size, {shared} of {BLOCKS} blocks shared"
        inline(drawn.changes(own, summaries, title), "by-size")
    with second:
        inline(drawn.changes(own, points, "Against the branching point, all pictures"), "by-point")
    st.header("The same as a table", anchor=False)
    rows = [
        [f"{label}{row[0]}", *row[1:]]
        for label, summary in (summaries | points).items()
        for row in words.rows(own, summary)
    ]
    station.table(words.HEAD, rows)
    st.caption(words.about(own, by_size[-1]))
    st.markdown(words.FAIR)
    view = MultitaskView(tasks=name, shared=shared, amount=AMOUNTS[-1])
    return Seen(own, view, by_size[-1])


def table() -> None:
    """All that was measured, beside what was published."""
    name = lasting(MultitaskView, "tasks")
    own, found = card(name), [row for row in station.measured("multitask") if row["data"] == name]
    st.header("Measured here", anchor=False)
    if found:
        station.table(words.MEASURED, [words.measured(own, row) for row in found])
        st.caption(words.circumstances(found[0]))
    else:
        st.info(words.ABSENT, icon=":material/table_chart_view:")
    st.markdown(words.FAIR)
    st.markdown(words.VARIANTS)
    st.header("Published", anchor=False)
    told = published.rows(PUBLISHED)
    station.table(
        ["network", "measure", "value", "source"],
        [
            [
                one.method,
                f"{one.metric}, {one.dataset}",
                f"{one.value:g} {one.unit}",
                f"{one.source} ({one.status})",
            ]
            for one in told
        ],
    )
    st.caption(
        "Other data and other networks: to be read for the signs, not beside the figures above."
    )
