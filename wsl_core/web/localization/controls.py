"""The controls that several parts of the Localization page share."""

from typing import Any

import numpy as np
import streamlit as st

from wsl_core.errors import HeadError
from wsl_core.fcn.heads import Head
from wsl_core.web import class_choice, own_heads, trained_heads
from wsl_core.web.activation_maps.shown import signed
from wsl_core.web.controls import lasting
from wsl_core.web.localization.looked import LocalizationView, Looked
from wsl_core.web.sentences import plain

TRAINED_ONLY = "It is a trained head: it comes into play once *Trained VOC heads* is on."
LIKELY = 4  # classes that are offered as buttons
SCALED = ("size", "scales", "mirror")
FOLDED = {"fed": ("network", *SCALED), "scaled": SCALED}  # several controls in one expander
NO_HEADS = (
    "This installation has no trained heads. Until there are some, ImageNet's own maps are used, grouped "
    "into VOC's classes without training."
)


def asked(*names: str, **more: Any) -> LocalizationView:
    """Draw these controls and read them; the names of `FOLDED` stand for several.

    `more` are values of the link that have controls elsewhere.
    """
    found: dict[str, Any] = dict(more)
    for name in names:
        if name in FOLDED:
            with st.expander("Size and scales", icon=":material/zoom_out_map:"):
                found |= {one: lasting(LocalizationView, one) for one in FOLDED[name]}
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


def asked_with(head: Head) -> LocalizationView:
    """Draw the controls of a head that was trained here, and read them: its classes, and its scheme alone."""
    first = class_choice.ask(LocalizationView, classes=head.card.class_names)
    return asked(
        "threshold", "beam", "predict", "opacity", "scaled",
        first=first, network=head.card.network, head=st.query_params[own_heads.KEY],
    )  # fmt: skip


def choose_class(name: str, control: str) -> None:
    """Show this class instead."""
    st.session_state[control] = name


def likely_buttons(looked: Looked, scheme: str, index: int) -> None:
    """The likeliest classes under a scheme as buttons; the one that is shown stands out."""
    scores = looked.scores[scheme]
    for k in np.argsort(-scores, kind="stable")[:LIKELY].tolist():
        name = looked.classes[k]
        st.button(
            f"{name} {signed(float(scores[k]), 1)}",
            key=f"likely-{name}",
            help=f"{scores[k]:.2f} logits under {trained_heads.title(scheme)}.",
            on_click=choose_class,
            args=(name, "first" if looked.own_head else "voc"),
            type="primary" if k == index else "secondary",
        )
