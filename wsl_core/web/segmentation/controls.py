"""The controls of the part "from map to segment"."""

from collections.abc import Sequence
from typing import Any

import streamlit as st
from pydantic import BaseModel

from wsl_core.datasets import voc
from wsl_core.errors import HeadError
from wsl_core.fcn.segmentation.crf_parameters import PRESETS
from wsl_core.web import prediction, trained_heads
from wsl_core.web.controls import lasting
from wsl_core.web.localization.controls import NO_HEADS
from wsl_core.web.segmentation import sentences as words
from wsl_core.web.segmentation.looked import MOST, too_many
from wsl_core.web.segmentation.pictures import Subject, choose
from wsl_core.web.segmentation.view import CHOSEN, CRF, UNARY, UNTRAINED, SegmentationView
from wsl_core.web.sentences import plain
from wsl_core.web.trained_heads import FINETUNED

PREDICTION = "segments"
CLASSES = "chosen_classes"  # key of the menu; the link holds their names as `classes`


def ask() -> tuple[Subject, SegmentationView]:
    """Draw the controls; the picture, and all that was said of it."""
    again: dict[str, Any] = {"on_change": prediction.again, "args": (PREDICTION,)}
    asked: dict[str, Any] = {"source": lasting(SegmentationView, "source", **again)}
    subject = choose(asked["source"])
    asked["scheme"] = lasting(SegmentationView, "scheme")
    if asked["scheme"] != UNTRAINED and not trained_heads.available():
        st.info(NO_HEADS, icon=":material/school:")
    asked["labels"] = lasting(SegmentationView, "labels", **again)
    if asked["labels"] == CHOSEN:
        asked["classes"] = _classes()
    if asked["scheme"] == FINETUNED:
        _cost(asked["scheme"])
    asked |= _unary()
    asked |= _crf()
    with st.container(horizontal=True):
        asked["whole"] = lasting(SegmentationView, "whole")
        asked["predict"] = lasting(SegmentationView, "predict", **again)
    with st.expander("Size and scales", icon=":material/zoom_out_map:"):
        names = ("size", "scales", "mirror")
        asked |= {name: lasting(SegmentationView, name) for name in names}
        if asked["scheme"] == UNTRAINED:
            asked["network"] = lasting(SegmentationView, "network")
    update = st.query_params.get("update", "")
    if update.isdecimal():
        asked["update"] = int(update)
    return subject, SegmentationView.model_validate(asked)


def _cost(name: str) -> None:
    """What a head that looks by itself costs; or why it is not there."""
    try:
        st.markdown(trained_heads.cost(name))
    except HeadError as error:
        st.info(plain(str(error)), icon=":material/model_training:")


def _unary() -> dict[str, Any]:
    """How maps become probabilities: the plain rule, or as the evaluation does it."""
    st.markdown("**From maps to probabilities**")
    with st.container(horizontal=True, key="rules", gap="small"):
        for name, (rule, about) in words.RULES.items():
            st.button(name, key=f"rule-{name}", help=about, on_click=put, args=(rule, UNARY))
    found: dict[str, Any] = {}
    for place, names in zip(st.columns(2, gap="small"), (UNARY[:2], UNARY[2:]), strict=True):
        with place:
            found |= {name: lasting(SegmentationView, name) for name in names}
    return found


def _crf() -> dict[str, Any]:
    """The kernels: published sets as buttons, then a slider each."""
    st.markdown("**Kernels of the CRF**")
    with st.container(horizontal=True, key="presets", gap="small"):
        for name in PRESETS:
            st.button(
                words.PRESET_NAMES[name],
                key=f"preset-{name}",
                help=words.PRESET_HELP[name],
                on_click=put,
                args=(PRESETS[name], CRF),
            )
    left, right = st.columns(2, gap="small")
    found: dict[str, Any] = {}
    for place, names in ((left, CRF[:3]), (right, CRF[3:])):
        with place:
            found |= {name: lasting(SegmentationView, name) for name in names}
    return found


def put(values: BaseModel, names: Sequence[str]) -> None:
    """Put a set of values into the sliders."""
    for name in names:
        st.session_state[name] = getattr(values, name)


def _classes() -> str:
    """Names with commas between them."""
    if CLASSES not in st.session_state:
        names = st.query_params.get("classes", "").split(",")
        st.session_state[CLASSES] = [one for one in names if one in voc.CLASSES]
    chosen: list[str] = st.multiselect(
        "Classes", voc.CLASSES, key=CLASSES, placeholder="Choose what is in the picture"
    )
    if len(chosen) > MOST:
        st.warning(plain(str(too_many(chosen))), icon=":material/filter_4:")
    found = ",".join(sorted(chosen[:MOST], key=voc.CLASSES.index))
    if found:
        st.query_params["classes"] = found
    elif "classes" in st.query_params:
        del st.query_params["classes"]
    return found


def keep_update() -> None:
    """The update that the visitor stopped at goes into the link."""
    st.query_params["update"] = str(st.session_state["player"].reached)
