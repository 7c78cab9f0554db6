"""The part "seen and unseen" of the Zero-shot page: calibration, hubs, and what the network knew before."""

import numpy as np
import streamlit as st

from wsl_core.errors import WslError
from wsl_core.figures.calibration import calibration
from wsl_core.transfer.zero_shot.measures import hubness
from wsl_core.transfer.zero_shot.vectors import SOURCES
from wsl_core.web import downloads, prediction, station
from wsl_core.web.components.inline import inline
from wsl_core.web.controls import lasting
from wsl_core.web.sentences import plain
from wsl_core.web.zero_shot import animals
from wsl_core.web.zero_shot import downloads as files
from wsl_core.web.zero_shot import in_python as code
from wsl_core.web.zero_shot import table_sentences as table_words
from wsl_core.web.zero_shot import unseen_sentences as words
from wsl_core.web.zero_shot.animals import Setting
from wsl_core.web.zero_shot.sentences import SHOW
from wsl_core.web.zero_shot.sentences import method as method_said
from wsl_core.web.zero_shot.view import ZeroShotView

QUESTION = "zero_shot_calibration"
BLENDING = ("prototype", "eszsl", "ale")  # methods that take any signature, not only 0 and 1
WORDS_FILE = "zero_shot_words"  # figures of ConSE
PLACES = np.linspace(0, 3, 121)  # of the slider, where the curve is drawn


def show() -> None:
    """The slider with its curve, the unseen classes one by one, attributes beside words."""
    left, right = st.columns([3, 2], gap="large")
    with right:
        method = lasting(ZeroShotView, "method")
        st.caption(method_said(method))
        split = lasting(ZeroShotView, "split")
        predict = lasting(ZeroShotView, "predict")
    try:
        found = animals.setting(split, method)
    except WslError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    with left:
        if predict and not _predicted(found):
            return
        gamma = lasting(ZeroShotView, "gamma")
        seen, unseen, both = found.sampled(PLACES)
        chosen = None if found.chosen_gamma is None else found.chosen_gamma / found.spread
        unit = "taken off the seen classes, in spreads of their lead"
        inline(
            calibration(PLACES, unseen, seen, both, at=gamma, chosen=chosen, unit=unit),
            "zero_shot_calibration",
        )
    with right:
        now = [float(one[0]) for one in found.sampled(np.array([gamma]))]
        st.markdown(words.accuracies(now[1], now[0], now[2], gamma * found.spread))
        st.markdown(words.calibrated(found))
    st.caption(words.counted(found))
    _unseen(found, gamma)
    if method in BLENDING:
        _beside(split, method)
    shut = station.drawer(
        "Is a class in the network's own label set?", ":material/visibility:", "zero_shot_labels"
    )
    if shut.open:
        with shut:
            st.markdown(words.LEAK)
            station.table(*words.label_set(found, animals.in_network(found.animals.table)))
    station.same_in_python(code.unseen(split, method, found.how, gamma * found.spread))
    downloads.drawer(lambda: files.of_setting(found, gamma))


def _predicted(found: Setting) -> bool:
    """Whether the visitor has said what competition does; asks otherwise."""
    said = prediction.ask(QUESTION, words.competition(found), words.SHARES)
    if said is None:
        return False
    if said != SHOW:
        prediction.compare(QUESTION, said, *words.lost(found))
    return True


def _unseen(found: Setting, gamma: float) -> None:
    """Each unseen class: how often it is recognised, and how often it is said."""
    st.header("Who takes the pictures: hubs", anchor=False)
    counts = found.counts()
    taught = animals.in_network(found.animals.table)
    station.table(*words.unseen_classes(found, gamma, counts, taught))
    st.markdown(words.hubs(found, counts, hubness(counts)))


def _beside(split: str, method: str) -> None:
    """The same method with classes described by attributes, and by the vectors of their names alone."""
    st.header("Attributes beside words", anchor=False)
    st.markdown(words.DESCRIPTIONS)
    try:
        made = {
            "85 attributes": animals.setting(split, method, animals.USUAL),
            **{
                f"name, {SOURCES[one].title}": animals.setting(
                    split, method, animals.BY_WORDS + one
                )
                for one in SOURCES
            },
        }
    except WslError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    station.table(*words.descriptions(made))
    st.caption(words.DESCRIBED)
    if rows := station.measured(WORDS_FILE):
        st.markdown(words.CONSE)
        for title, head, body in table_words.measured(rows):
            st.markdown(f"**{plain(title)}**")
            station.table(head, body)
        st.caption(table_words.circumstances(rows))
