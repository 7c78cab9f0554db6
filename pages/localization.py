"""Localization: from a map to a point and a box, and how good they are."""

import streamlit as st

from wsl_core.errors import WslError
from wsl_core.fcn.activation_maps import verdict
from wsl_core.fcn.localization import Located
from wsl_core.web import downloads, forward, own_heads, pictures, station
from wsl_core.web.activation_maps.shown import guess_sentence
from wsl_core.web.components.canvas import Panel, canvas
from wsl_core.web.controls import lasting
from wsl_core.web.localization import downloads as localization_downloads
from wsl_core.web.localization import in_python as localization_in_python
from wsl_core.web.localization import looked as page
from wsl_core.web.localization import measured as localization_measured
from wsl_core.web.localization import mistakes as localization_mistakes
from wsl_core.web.localization import pictures as localization_pictures
from wsl_core.web.localization import pipeline as localization_pipeline
from wsl_core.web.localization import sentences as words
from wsl_core.web.localization import traps as localization_traps
from wsl_core.web.localization.controls import asked, asked_with, likely_buttons
from wsl_core.web.localization.looked import LocalizationView
from wsl_core.web.marks_legend import legend
from wsl_core.web.onward import onward
from wsl_core.web.sentences import plain
from wsl_core.web.sliding_window.shown import token

station.head(
    "From what to where",
    "A network that was only told what is in its pictures points at it: the highest cell is the point, what "
    "lies above a threshold is the box. Where people have drawn boxes, both are judged.",
    LocalizationView,
)
CONTROLS = ("voc", "trained", "scheme", "threshold", "beam", "predict", "opacity", "fed")
GUESS, GUESS_OF = "place_guess", "place_guess_of"  # in the session: the cell, and of what


def keep_guess() -> None:
    """The first chosen cell is the guess of the exercise."""
    if st.session_state.get("predict") and GUESS not in st.session_state:
        st.session_state[GUESS] = tuple(st.session_state.canvas.cell)


def new_guess() -> None:
    """Hide the map again."""
    st.session_state.pop(GUESS, None)


def guessed(looked: page.Looked, scheme: str, index: int) -> tuple[int, int] | None:
    """The guessed cell; another picture or class asks for another guess."""
    of = (looked.own.digest, index)
    if st.session_state.get(GUESS_OF) != of:
        new_guess()
        st.session_state[GUESS_OF] = of
    return page.usable(st.session_state.get(GUESS), looked.maps[scheme])


def point_and_box() -> None:
    """Point, boxes and beam search of a class on a picture, judged where its places are known."""
    head = own_heads.chosen()
    if head:
        own_heads.about(head)
    left, right = st.columns([3, 2], gap="large")
    with right:
        from_set = lasting(LocalizationView, "labelled")
        shown = localization_pictures.choose(from_set)
        st.markdown("**What the maps say**")
        likely = st.container(key="likely", horizontal=True, gap="small")
        view = asked_with(head) if head else asked(*CONTROLS)
    try:
        with left:
            looked = page.look_with(shown, view, head) if head else page.look(shown, view)
    except WslError as error:
        with left:
            forward.refuse(error)
    scheme, index = looked.scheme(view), looked.index(view)
    found = looked.located(scheme, index, view.threshold)
    with likely:
        likely_buttons(looked, scheme, index)
    guess = guessed(looked, scheme, index) if view.predict else None
    with left:
        if not head and (why := words.instead(looked, view.scheme, scheme)):
            st.info(plain(why), icon=":material/model_training:")
        picture(looked, view, scheme, index, found, guess)
    if not view.predict or guess:
        details(looked, view, scheme, index, found)


def picture(
    looked: page.Looked,
    view: LocalizationView,
    scheme: str,
    index: int,
    found: Located,
    guess: tuple[int, int] | None,
) -> None:
    """First level: the picture, its map, point and boxes."""
    maps, chosen, name = looked.maps[scheme], looked.shown.chosen, looked.classes[index]
    hidden = view.predict and guess is None
    if hidden:
        st.markdown(
            f"Where will the network point for **{name}**? Click there, or move with the arrow keys and "
            "press Enter."
        )
    crops = looked.crops(scheme, index)
    drawn = page.marks(found, view, guess=guess and maps.placement.centre(*guess), crops=crops)
    canvas(
        pictures.jpeg(chosen.photo),
        maps.placement,
        [
            Panel(
                title=name,
                score=words.head_line(looked, scheme, index),
                values=maps.map(index),
                alt=words.alternative_text(looked, scheme, index, found),
                floor=page.floor(maps, index, found, view.threshold),
                marks=drawn,
            )
        ],
        scale=page.scale(maps, index),
        key="canvas",
        token=token(maps.digest, guess, *view.model_dump().values(), looked.shown.sample),
        opacity=view.opacity,
        hidden=hidden,
        hint="Point at a cell, or focus the picture and use the arrow keys.",
        on_cell=keep_guess,
    )
    if hidden:
        return
    if guess:
        st.info(
            f"{guess_sentence(maps, index, guess)} {words.guess_verdict(maps, guess, found)}",
            icon=":material/target:",
        )
        st.button("Guess again", on_click=new_guess, icon=":material/replay:")
    st.html(legend(drawn))
    if sentence := verdict(maps.map(index)):
        st.warning(sentence, icon=":material/info:")
    st.markdown(words.point_sentence(looked, index, found))
    st.markdown(words.box_sentence(found, view.threshold))
    if crops:
        st.markdown(words.crop_sentence(looked, scheme, index))
    elif view.beam:
        st.markdown(words.beam_sentence(found))
    if caution := forward.caution(view.network):
        st.info(plain(caution), icon=":material/visibility:")
    st.markdown(chosen.caption)
    st.caption(" ".join(filter(None, (words.known(looked.shown), chosen.credit))))


def details(
    looked: page.Looked, view: LocalizationView, scheme: str, index: int, found: Located
) -> None:
    """Second and third level: every scheme, every box, the cell behind the point."""
    if not looked.own_head:
        st.header("The same class under every scheme", anchor=False)
        rows = page.rows_of(looked, index, view.threshold)
        station.table(*words.scheme_table(rows, scheme))
        st.markdown(words.about_schemes(looked))
    strip = station.drawer("From features to a score", ":material/linear_scale:", "pipeline")
    if strip.open:
        with strip:
            localization_pipeline.show(looked, scheme, index)
    cell = station.drawer("The cell behind the point", ":material/functions:", "sum")
    if cell.open:
        with cell:
            said, columns, body = words.cell_words(looked, scheme, index)
            st.markdown(said)
            if body:
                station.table(columns, body)
    boxes = station.drawer("All boxes as a table", ":material/table:", "boxes")
    if boxes.open:
        with boxes:
            station.table(*words.box_table(found, looked.crops(scheme, index)))
    downloads.drawer(lambda: localization_downloads.of_picture(looked, view, scheme, index, found))
    station.same_in_python(
        localization_in_python.point(
            view, looked.shown, scheme, looked.classes[index], looked.trained
        )
    )


PARTS = {
    page.POINT: point_and_box,
    page.TABLE: localization_measured.table,
    page.CLASSES: localization_measured.classes,
    page.MISTAKES: localization_mistakes.mistakes,
    page.TRAPS: localization_traps.traps,
}


body = st.container()
station.lecture(
    "Trained with nothing but the names of what is in a picture, a network of class maps also says where it "
    "is. The lecture measures this by points: for every class the highest place of its map, right if it lies "
    "in a box of the class made larger by 18 pixels, ranked over all pictures by the class's score. It "
    "compares Deep MIL, ProNet and WSLocalization, which come near detectors that were trained with boxes.",
    "M. Oquab, L. Bottou, I. Laptev, J. Sivic, Is Object Localization for Free?, CVPR 2015; A. Bency et al., "
    "Weakly Supervised Localization Using Deep Feature Maps, ECCV 2016",
)
station.parts(
    PARTS,
    LocalizationView,
    "topic",
    place=body,
    foot=lambda: onward("activation_maps", "pooling", "segmentation"),
)
