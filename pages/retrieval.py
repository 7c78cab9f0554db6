"""Retrieval: pictures that show the same thing, found by features that were learned for something else."""

from typing import Any

import streamlit as st

from wsl_core.errors import WslError
from wsl_core.transfer.retrieval import examples
from wsl_core.web import downloads, station
from wsl_core.web.controls import lasting
from wsl_core.web.onward import onward
from wsl_core.web.retrieval import downloads as retrieval_downloads
from wsl_core.web.retrieval import in_python as retrieval_in_python
from wsl_core.web.retrieval import layers as retrieval_layers
from wsl_core.web.retrieval import neighbours as near
from wsl_core.web.retrieval import own as retrieval_own
from wsl_core.web.retrieval import sentences as words
from wsl_core.web.retrieval import shown as page
from wsl_core.web.retrieval import table as retrieval_table
from wsl_core.web.retrieval import view as link
from wsl_core.web.retrieval.shown import Shown
from wsl_core.web.retrieval.view import RetrievalView
from wsl_core.web.sentences import plain

station.head(
    "The same thing, found by features alone",
    "A network that learned 1,000 classes turns any picture into a vector. Vectors of pictures that show the "
    "same thing lie close together, whatever the thing is: no class, no label and no training is needed.",
    RetrievalView,
)


def neighbours() -> None:
    """A picture, or a region of it, and its neighbours in a collection that comes with the program."""
    left, right = st.columns([3, 2], gap="large")
    with right:
        name = lasting(RetrievalView, "collection", on_change=near.suited)
        st.caption(plain(examples.EXAMPLES[name].sentence))
        layer = lasting(RetrievalView, "layer")
    try:
        shown = page.of_example(name, layer)
    except WslError as error:
        left.error(plain(str(error)), icon=":material/error:")
        return
    found = compare(shown, left, right, name)
    if found is not None:
        station.same_in_python(retrieval_in_python.neighbours(found.asked, name, layer, link.SHOWN))


def own() -> None:
    """The same for pictures of one's own."""
    shown = retrieval_own.show()
    if shown is not None:
        left, right = st.columns([3, 2], gap="large")
        compare(shown, left, right, "")
        station.same_in_python(retrieval_in_python.own(shown.title, shown.tap))


def compare(shown: Shown, left: Any, right: Any, name: str) -> near.Found | None:
    """What asks, its neighbours in three ways, the cells that match, the whole collection measured."""
    with right:
        asked = near.who_asks(shown, gallery_class=lambda key: page.class_of_gallery(name, key))
        lasting(RetrievalView, "predict")
    if asked is None:
        return None
    with left:
        near.picture(asked)
    st.header("The nearest pictures", anchor=False)
    found = near.rows(shown, asked)
    if found is None:
        return None
    near.closely(shown, found)
    measured(shown)
    drawer = station.drawer("All neighbours as a table", ":material/table:", "neighbours_table")
    if drawer.open:
        with drawer:
            station.table(*words.table(found.by_kind, shown))
    rank = int(st.session_state.get("rank") or 1)
    downloads.drawer(lambda: retrieval_downloads.files(shown, found, rank))
    return found


def measured(shown: Shown) -> None:
    """What learning brought, over the whole collection."""
    figures = shown.comparison.measured
    if figures:
        st.header("What learning brought", anchor=False)
        station.table(*words.whole(figures))
        st.caption(words.counted(figures))


PARTS = {
    link.NEIGHBOURS: neighbours,
    link.LAYERS: retrieval_layers.show,
    link.OWN: own,
    link.TABLE: retrieval_table.show,
}

body = st.container()
station.lecture(
    "Features of a network trained on ImageNet are an astounding baseline: taken as they are, “brut deep "
    "features”, and compared by their cosine, they come near or beat what was tuned for years on sets for "
    "retrieval. What they are compared with has to stand beside them, since a network without training and "
    "even plain pixels find something.",
    "A. S. Razavian, H. Azizpour, J. Sullivan, S. Carlsson, CNN Features off-the-shelf: an Astounding "
    "Baseline for Recognition, CVPR workshops 2014; the power mean: F. Radenović, G. Tolias, O. Chum, TPAMI "
    "2019",
)
station.parts(
    PARTS,
    RetrievalView,
    "chapter",
    place=body,
    foot=lambda: onward("activation_maps", "localization"),
)
