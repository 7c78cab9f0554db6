"""The projector: large type, controls folded away, full contrast; the key P puts it on and off.

`projector=true` in the address is all of its state. It goes along from station to station until it is put
off. What is folded away keeps what it was set to.
"""

from pathlib import Path

import streamlit as st
from pydantic import BaseModel, ConfigDict, Field

from wsl_core.web import links
from wsl_core.web.components.keys import keys
from wsl_core.web.components.projector import fitted

KEY = "p"
NAME = "projector"  # in the address, and in the session
STYLE = Path(__file__).parents[2] / "assets" / "projector.css"


class ProjectorView(BaseModel):
    """How a page is shown."""

    model_config = ConfigDict(frozen=True)

    projector: bool = Field(
        False, title="Projector", description="Large type, without controls, for a room."
    )


def show() -> None:
    """Listen to the key, and lay the page out for a room where it is asked for."""
    asked = st.query_params.get(NAME)
    if asked is None and st.session_state.get(NAME):  # it comes along from another station
        asked = st.query_params[NAME] = links.as_text(True)
    view, _ = links.parse(ProjectorView, {} if asked is None else {NAME: asked})
    on = bool(getattr(view, NAME))
    if keys([KEY, KEY.upper()], "projector-key"):
        on = not on
        if on:
            st.query_params[NAME] = links.as_text(True)
        else:
            st.query_params.pop(NAME, None)
        st.session_state[NAME] = on
        st.rerun()
    st.session_state[NAME] = on
    if on:
        st.html(STYLE)
        fitted("projector-fit")
