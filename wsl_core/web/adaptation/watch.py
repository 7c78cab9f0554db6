"""A run to look at, alone or beside another one: its looks, diagram, features, curves and pictures."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from wsl_core.errors import WslError
from wsl_core.figures.curves import side_by_side
from wsl_core.transfer.adaptation import JOB
from wsl_core.web import prediction, station
from wsl_core.web.adaptation import figures as drawn
from wsl_core.web.adaptation import pictures, projection, runs
from wsl_core.web.adaptation import sentences as words
from wsl_core.web.adaptation.runs import Baselines, Seen
from wsl_core.web.adaptation.view import (
    AS_TRAINED,
    NONE,
    OWN,
    PCA,
    TSNE,
    AdaptationView,
    reversing,
)
from wsl_core.web.components import monitor
from wsl_core.web.components.inline import inline
from wsl_core.web.controls import lasting, recall, remember
from wsl_core.web.sentences import plain

QUESTION = "adaptation"
NO_RUNS = (
    "No finished run comes with this installation (`make runs` trains them). Train one: the part *train* has "
    "presets that take less than a minute and need no data."
)
NO_OWN = (
    "The link holds no run of your own, or one that has no look yet. Train one in the part *train*, or "
    "choose another run."
)


def chosen() -> list[Seen]:
    """Ask which run is looked at, and which beside it; a sentence where there is none."""
    left, middle, right = st.columns([3, 3, 1.4], gap="medium", vertical_alignment="bottom")
    with left:
        name = lasting(AdaptationView, "finished")
    with middle:
        beside = lasting(AdaptationView, "beside")
    with right:
        lasting(AdaptationView, "predict", on_change=prediction.again, args=(QUESTION,))
    wanted = [name] if beside in (NONE, name) else [name, beside]
    return [one for one in map(_found, wanted) if one is not None]


def _found(name: str) -> Seen | None:
    try:
        if name != OWN:
            return runs.of_shipped(name)
        run = monitor.linked(JOB)
        seen = None if run is None else runs.of_job(run)
    except WslError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None
    if seen is None or not seen.count:
        st.info(NO_OWN if runs.every() else NO_RUNS, icon=":material/model_training:")
        return None
    return seen


def predicted(seen: Seen) -> bool:
    """Ask how the domain classifier fares, or say how the answer compares; whether there is one."""
    if words.ends(seen) is None:
        st.markdown("*There is nothing to predict: this method has no domain classifier to fool.*")
        return True
    said = prediction.ask(QUESTION, words.QUESTION, words.TURNS)
    if said is not None:
        prediction.compare(QUESTION, said, words.turn(seen), words.turned(seen))
    return said is not None


def show(found: Sequence[Seen]) -> int:
    """All figures of one run or of two at a look that is asked for; returns the look."""
    bases = [runs.baselines(one.run.pair, one.run.parameters.network) for one in found]
    look = ask_look(found[0])
    looks = [one.nearest(found[0].step(look)) for one in found]
    reverses = any(reversing(one.run.parameters.method) for one in found)
    left, middle, right = st.columns([3, 1, 1], gap="medium")
    with left:
        weight = lasting(AdaptationView, "weight") if reverses else AS_TRAINED
    with middle:
        colour = lasting(AdaptationView, "colour")
    with right:
        how = lasting(AdaptationView, "projection")
    diagrams, planes = places(found)
    for number, (one, at) in enumerate(zip(found, looks, strict=True)):
        with diagrams[number]:
            inline(drawn.diagram(one, one.step(at), weight), f"diagram-{number}")
        with planes[number]:
            if len(found) > 1:
                st.markdown(f"**{plain(one.title(found))}**, step {one.step(at):,}")
            features(one, at, colour, how, f"features-{number}")
    for one in found:
        st.caption(words.about(one))
    station.table(words.ACCURACY_HEAD, words.accuracy_rows(found, looks, bases))
    remarks(found)
    gaps(found, bases)
    st.header("Curves", anchor=False)
    charts = drawn.charts(found, look, shared(found, bases))
    inline(side_by_side(one.html() for one in charts), "charts")
    choices(found)
    for one, at in zip(found, looks, strict=True):
        portraits(one, at, one.title(found))
    return look


def places(found: Sequence[Seen]) -> tuple[list[Any], list[Any]]:
    """Where diagrams and features go: beside each other, or features over diagrams where there are two.

    The diagram of image translation needs all the width.
    """
    if len(found) == 1 and found[0].run.parameters.method == "translation":
        return [st.container()], [st.container()]
    if len(found) == 1:
        left, right = st.columns([7, 3], gap="medium")
        return [left], [right]
    planes = st.columns(len(found), gap="large")
    return st.columns(len(found), gap="large"), planes


def ask_look(seen: Seen) -> int:
    """The look that is asked for; the last one where the link asks for none that there is."""
    field, last = AdaptationView.model_fields["look"], seen.count - 1
    if last < 1:
        return 0
    recall("look")
    if st.session_state.get("look", 0) > last:
        st.session_state["look"] = last
    look = st.slider(
        field.title or "",
        0,
        last,
        last,
        key="look",
        help=field.description,
        bind="query-params",
    )
    st.caption(words.moment(seen, look))
    return int(remember("look", look))


def features(seen: Seen, look: int, colour: str, how: str, key: str) -> None:
    """The features of both domains in the plane; a sentence where there are none."""
    found = None
    if how == TSNE:
        try:
            found = projection.tsne(seen, look)
        except WslError as error:
            st.info(plain(str(error)), icon=":material/scatter_plot:")
    if found is None:
        how, found = PCA, projection.pca(seen, look)
    if found is None:
        st.markdown("*The features are drawn from the first checkpoint on.*")
        return
    inline(drawn.projected(seen, look, found, colour, how), key)


def shared(found: Sequence[Seen], bases: Sequence[Baselines | None]) -> Baselines | None:
    """The baselines of all these runs; None where they are on several pairs."""
    one = {(seen.run.pair, seen.run.parameters.network) for seen in found}
    return bases[0] if len(one) == 1 else None


def remarks(found: Sequence[Seen]) -> None:
    """What went wrong, in words."""
    for one in found:
        for remark in words.remarks(one):
            st.warning(f"**{plain(one.title(found))}**: {plain(remark)}", icon=":material/report:")


def gaps(found: Sequence[Seen], bases: Sequence[Baselines | None]) -> None:
    """How much of the gap was covered, and what the baselines are."""
    for one, base in zip(found, bases, strict=True):
        if sentence := words.gap_sentence(one, base):
            st.markdown(plain(sentence))
    if any(bases):
        st.caption(words.STATISTICS)
    else:
        st.markdown(
            "*Nobody has trained source only on this pair here, so both baselines are missing: the part "
            "train does it in one click.*"
        )


def choices(found: Sequence[Seen]) -> None:
    """What each criterion without target labels would have kept; the oracle apart."""
    told = [(one, rows) for one in found if (rows := words.pick_rows(one))]
    if not told:
        return
    st.header("Which network is kept", anchor=False)
    st.markdown(
        "Without target labels nobody can see which look is the best. These are the criteria that look at "
        "unlabelled target pictures alone, and what each would have kept."
    )
    for one, rows in told:
        if len(found) > 1:
            st.markdown(f"**{plain(one.title(found))}**")
        station.table(words.PICK_HEAD, rows)
        st.markdown(words.oracle_sentence(one))


def portraits(seen: Seen, look: int, title: str) -> None:
    """Pictures of both domains, those that are named wrongly, and translated ones."""
    if not len(seen.run.labels):
        return
    st.header(f"Pictures: {title}", anchor=False)
    kept = None
    try:
        kept = pictures.probes(seen.run)
    except WslError as error:
        st.info(plain(str(error)), icon=":material/folder_off:")
    if kept is not None:
        left, right = st.columns(2, gap="large")
        with left:
            pictures.examples(seen, kept)
        with right:
            pictures.mistakes(seen, look, kept)
    pictures.translated(seen, look, kept)
