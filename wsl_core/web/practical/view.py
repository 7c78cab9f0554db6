"""Whether the answers are shown: `answers=1` in the address, on a teacher's own server."""

from typing import Literal

import streamlit as st
from pydantic import BaseModel, ConfigDict, Field

from wsl_core.settings import settings
from wsl_core.web import links

NAME = "answers"  # in the address, and in the session
REFUSED = (
    "Answers are shown on a teacher's own server only, and this one keeps them to itself. If it is yours, "
    "start it with WSL_ANSWERS=true in its environment, and come back with answers=1 in the address."
)


class PracticalView(BaseModel):
    """How worksheets are shown."""

    model_config = ConfigDict(frozen=True)

    answers: Literal[0, 1] = Field(
        0, title="Answers", description="1 shows the answers of the practical to their teacher."
    )


def arrive() -> None:
    """Read the address; what it asks for comes along from station to station."""
    asked = st.query_params.get(NAME, st.session_state.get(NAME))
    if asked is not None:
        view, _ = links.parse(PracticalView, {NAME: asked})
        st.session_state[NAME] = links.as_text(getattr(view, NAME))


def asked() -> bool:
    """Whether answers are asked for."""
    return bool(st.session_state.get(NAME) == "1")


def shown() -> bool:
    """Whether answers are asked for, and this server shows them."""
    return asked() and settings().answers
