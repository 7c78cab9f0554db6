"""The controls that several parts of the Localization page share."""

from typing import Any

import numpy as np
import streamlit as st

from wsl_core.datasets import voc
from wsl_core.errors import HeadError
from wsl_core.web import trained_heads
from wsl_core.web.activation_maps.shown import signed
from wsl_core.web.controls import lasting
from wsl_core.web.localization.looked import LocalizationView, Looked
from wsl_core.web.sentences import plain

TRAINED_ONLY = "It is a trained head: it comes into play once *Trained VOC heads* is on."
LIKELY = 4  # classes that are offered as buttons
FED = ("network", "size", "scales", "mirror")
NO_HEADS = (
    "This installation has no trained heads. Until there are some, ImageNet's own maps are used, grouped "
    "into VOC's classes without training."
)


def asked(*names: str, **more: Any) -> LocalizationView:
    """Draw these controls and read them; "fed" stands for network, size, scales and mirror.

    `more` are values of the link that have controls elsewhere.
    """
    found: dict[str, Any] = dict(more)
    for name in names:
        if name == "fed":
            with st.expander("Size and scales", icon=":material/zoom_out_map:"):
                found |= {one: lasting(LocalizationView, one) for one in FED}
            continue
        found[name] = lasting(LocalizationView, name)
        if name == "trained" and found[name] and not trained_heads.available():
            st.info(NO_HEADS, icon=":material/school:")
        if name == "scheme" and found[name] in trained_heads.FURTHER:
            _about(found[name], trained=found.get("trained", True))
    return LocalizationView.model_validate(found)


def _about(name: str, *, trained: bool) -> None:
    """What a head that looks by itself costs, and whose network it reads; or why it is not there."""
    try:
        st.markdown(trained_heads.cost(name))
    except HeadError as error:
        st.info(plain(str(error)), icon=":material/model_training:")
        return
    if not trained:
        st.info(TRAINED_ONLY, icon=":material/school:")


def choose_class(name: str) -> None:
    """Show this class instead."""
    st.session_state["voc"] = name


def likely_buttons(looked: Looked, scheme: str, index: int) -> None:
    """The likeliest classes under a scheme as buttons; the one that is shown stands out."""
    scores = looked.scores[scheme]
    for k in np.argsort(-scores, kind="stable")[:LIKELY].tolist():
        name = voc.CLASSES[k]
        st.button(
            f"{name} {signed(float(scores[k]), 1)}",
            key=f"likely-{name}",
            help=f"{scores[k]:.2f} logits under {trained_heads.title(scheme)}.",
            on_click=choose_class,
            args=(name,),
            type="primary" if k == index else "secondary",
        )
