"""Segmentation: from class maps to the outline of things, from labels of whole pictures alone."""

import streamlit as st

from wsl_core.errors import WslError
from wsl_core.figures import segments
from wsl_core.web import downloads, forward, pictures, prediction, station
from wsl_core.web.onward import onward
from wsl_core.web.segmentation import downloads as files
from wsl_core.web.segmentation import in_python as code
from wsl_core.web.segmentation import looked as page
from wsl_core.web.segmentation import sentences as words
from wsl_core.web.segmentation import strip
from wsl_core.web.segmentation import table as measured
from wsl_core.web.segmentation import view as link
from wsl_core.web.segmentation.controls import PREDICTION, ask, keep_update
from wsl_core.web.segmentation.examples import examples
from wsl_core.web.segmentation.looked import Looked
from wsl_core.web.segmentation.pictures import WORKED
from wsl_core.web.segmentation.player import player
from wsl_core.web.segmentation.view import SegmentationView
from wsl_core.web.sentences import plain

station.head(
    "From where to which pixels",
    "A network that was only told what is in its pictures gives every pixel a label. Its maps say roughly "
    "where things are; a fully connected CRF then lets pixels that are near and alike agree.",
    SegmentationView,
)


def from_map_to_segment() -> None:
    """A picture on its way from class maps to labels."""
    left, right = st.columns([3, 2], gap="large")
    with right:
        subject, view = ask()
    with left:
        try:
            looked = page.look(subject, view)
            hidden = view.predict and not predicted(looked)
            if view.whole and not hidden:
                looked = page.whole(looked, view)
        except WslError as error:
            forward.refuse(error)
        work(looked, view, hidden=hidden)
    if not hidden:
        details(looked, view)


def predicted(looked: Looked) -> bool:
    """Ask for a prediction, or say how it compares; whether there is one."""
    question, answer = words.question(looked)
    said = prediction.ask(PREDICTION, question, words.ANSWERS)
    if said is None:
        return False
    prediction.compare(PREDICTION, said, answer, words.change_sentence(looked))
    return True


def work(looked: Looked, view: SegmentationView, *, hidden: bool) -> None:
    """First level: the CRF at work on the picture."""
    labels = looked.worked.labels[:1] if hidden else looked.worked.labels
    chosen = looked.subject.chosen
    player(
        pictures.jpeg(chosen.photo),
        labels,
        looked.numbers,
        looked.names,
        looked.colours,
        [words.update_sentence(looked, one, place) for place, one in enumerate(labels)],
        at=view.update,
        alt=words.alternative_text(looked),
        key="player",
        on_update=keep_update,
    )
    shown = labels[min(view.update, len(labels) - 1)]
    st.html(segments.legend(looked.names, looked.colours, looked.areas(shown)))
    st.markdown(words.present_sentence(looked, view))
    if not hidden:
        st.markdown(words.verdict(looked))
        st.markdown(words.size_sentence(looked, view))
    st.markdown(f"{words.whose(view)} {words.preset_sentence(view)}")
    if caution := forward.caution(looked.maps.network):
        st.info(plain(caution), icon=":material/visibility:")
    st.caption(f"{chosen.caption} {chosen.credit}".strip())


def details(looked: Looked, view: SegmentationView) -> None:
    """Second and third level: every step, every update, one pixel."""
    strip.show(looked, hidden=False)
    updates = station.drawer("All updates as a table", ":material/table:", "updates")
    if updates.open:
        with updates:
            st.markdown(words.change_sentence(looked))
            station.table(*words.overlap_table(looked))
            station.table(*words.update_table(looked))
    pixel = station.drawer("One pixel as a sum", ":material/functions:", "sum")
    if pixel.open:
        with pixel:
            said, columns, rows = words.heard_words(looked)
            st.markdown(said)
            station.table(columns, rows)
    downloads.drawer(lambda: files.of_picture(looked))
    station.same_in_python(code.segments(looked, view))


PARTS = {link.MAP: from_map_to_segment, link.EXAMPLES: examples, link.TABLE: measured.table}

body = st.container()
station.lecture(
    "The first half of the lecture ends with a preview: weakly supervised segmentation. Features that are "
    "localized in maps say where a class is; a fully connected conditional random field (CRF) then gives "
    "every pixel a label. It has two Gaussian kernels: pixels that are near want the same label, and pixels "
    "that are near and of a like colour want it more. WILDCAT was evaluated so, with labels of whole "
    "pictures as all that it learned from.",
    "T. Durand et al., WILDCAT, CVPR 2017; P. Krähenbühl, V. Koltun, Efficient Inference in Fully Connected "
    "CRFs with Gaussian Edge Potentials, NIPS 2011",
)


def foot() -> None:
    """Other stations, with the picture that is shown."""
    source = st.session_state.get("source", st.query_params.get("source", link.SCENE))
    worked = source == link.SCENE
    onward("localization", "pooling", "activation_maps", picture=WORKED if worked else None)


station.parts(PARTS, SegmentationView, "chapter", place=body, foot=foot)
