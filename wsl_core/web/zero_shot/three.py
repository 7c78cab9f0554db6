"""The part "three classes" of the Zero-shot page: the lecture's table, until it breaks."""

import numpy as np
import streamlit as st

from wsl_core.errors import WslError
from wsl_core.transfer.zero_shot import sufficiency
from wsl_core.web import downloads, prediction, station
from wsl_core.web.controls import lasting
from wsl_core.web.zero_shot import animals
from wsl_core.web.zero_shot import in_python as code
from wsl_core.web.zero_shot import three_sentences as words
from wsl_core.web.zero_shot.attribute_grid import attribute_grid, received
from wsl_core.web.zero_shot.view import ATTRIBUTES, CLASSES, Has, ZeroShotView, parsed, written

COMPONENT = "attribute_grid"
QUESTION = "zero_shot_sufficient"


def keep() -> None:
    """A cell was turned over, or an attribute deleted: it goes into the link."""
    changed = received(st.session_state[COMPONENT].changed, len(CLASSES), len(ATTRIBUTES))
    if changed is not None:
        _put(*changed)


def _put(has: Has, kept: Has) -> None:
    st.query_params["cells"], st.query_params["kept"] = written(has), written(kept)


def again() -> None:
    """The lecture's table as it was."""
    usual = ZeroShotView()
    _put(parsed(usual.cells), parsed(usual.kept)[0])


def current() -> tuple[Has, Has]:
    """Cells (classes, attributes) and kept attributes of the link, or the lecture's where there are none."""
    try:
        view = ZeroShotView(
            cells=st.query_params.get("cells", ZeroShotView().cells),
            kept=st.query_params.get("kept", ZeroShotView().kept),
        )
    except ValueError:  # another tab of the browser may have written it
        view = ZeroShotView()
    return parsed(view.cells), parsed(view.kept)[0]


def show() -> None:
    """The table, the lecture's question about it, and the same attributes in a published table."""
    has, kept = current()
    left, right = st.columns([3, 2], gap="large")
    with right:
        predict = lasting(ZeroShotView, "predict")
    told = not predict or _predicted()
    same = words.same(has[:, kept], CLASSES) if told else [""] * len(CLASSES)
    with left:
        attribute_grid(
            "What each class has; click a cell to turn it over",
            CLASSES, ATTRIBUTES, has, kept, same, key=COMPONENT, on_changed=keep,
        )  # fmt: skip
        st.button("The lecture's table again", icon=":material/replay:", on_click=again)
    if not told:
        return
    with right:
        st.markdown(f"**{words.ASKED}**")
        st.markdown(words.sufficient(has, kept))
        st.markdown(words.choices(has))
        st.markdown(words.bound(len(CLASSES)))
    _published()
    downloads.drawer(lambda: [
        ("Table (CSV)", lambda: words.small_csv(has, kept), "three_classes.csv", "text/csv")
    ])  # fmt: skip
    station.same_in_python(code.three(has, kept))


def _predicted() -> bool:
    """Whether the visitor has said which attributes can go; asks otherwise."""
    said = prediction.ask(
        QUESTION,
        f"{words.ASKED} Which attributes of the lecture's table can be deleted before two classes coincide?",
        words.ANSWERS,
    )
    if said is None:
        return False
    usual = ZeroShotView()
    answer, why = words.answer(parsed(usual.cells))
    prediction.compare(QUESTION, said, answer, why)
    return True


def _published() -> None:
    """The same three attributes of real animals, as a published table has them."""
    try:
        table = animals.known().table
    except WslError:
        return
    st.header("The same three in a published table", anchor=False)
    names = [one for one in words.REAL if one in table.classes]
    part = table.chosen(words.SAME_THREE)
    rows = part.binary[[part.index(one) for one in names]]
    station.table(*words.three_published(names, rows))
    st.caption(words.LETTERS)
    st.markdown(words.disagreement(rows, names))
    everything = np.asarray(table.binary)
    st.markdown(words.whole(everything, sufficiency.greedy(everything), table.attributes))
