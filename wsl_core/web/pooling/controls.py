"""The sliders of the pooling schemes, each with the names of its two limits; none needs a forward pass."""

from typing import Any

import streamlit as st

from wsl_core.web.controls import extra, lasting
from wsl_core.web.pooling.view import PoolingView

ENDS = (
    '<div style="display:flex;justify-content:space-between;font-size:.8rem;margin-top:-1rem">'
    "<span>← {}</span><span>{} →</span></div>"
)


def slider(name: str) -> Any:
    """One slider, its limits named below its ends."""
    value = lasting(PoolingView, name)
    ends = extra(PoolingView.model_fields[name], "ends")
    if ends:
        st.html(ENDS.format(*ends))
    return value


def sliders() -> dict[str, Any]:
    """All of them: LSE's beta, k+ and k- of WELDON and WILDCAT, WILDCAT's alpha, the scale of both."""
    found = {}
    for names in (("beta", "alpha"), ("positive", "negative")):
        for name, column in zip(names, st.columns(2, gap="medium"), strict=True):
            with column:
                found[name] = slider(name)
    found["scale"] = lasting(PoolingView, "scale")
    return found
