"""The lesson that a visitor takes: brought by a link, it goes along from page to page until it is left."""

from functools import lru_cache

import streamlit as st
from pydantic import BaseModel, ConfigDict, Field, field_validator

from wsl_core.web import links
from wsl_core.web.controls import Held, hold
from wsl_core.web.lessons.lesson import Lesson, LessonStep, unpacked

NAME = "lesson"  # in the address, and in the session


@lru_cache(maxsize=64)
def known(word: str) -> Lesson:
    """The lesson that a link's word stands for, with all that this program has.

    Raises:
        ValueError: it stands for none, or for one with stations, controls or values that there are not.
    """
    from wsl_core.web.lessons import reading  # reads the models of all stations: not at the start

    lesson = unpacked(word)
    for _, what in reading.faults(lesson):
        raise ValueError(what)
    return lesson


class LessonView(BaseModel):
    """Which lesson is taken."""

    model_config = ConfigDict(frozen=True)

    lesson: str = Field(
        "", title="Lesson", description="Made by the page Make a lesson; empty where none is taken.",
        json_schema_extra={"accepted": "a whole lesson, as the page Make a lesson gives it"},
    )  # fmt: skip

    @field_validator("lesson")
    @classmethod
    def _there(cls, word: str) -> str:
        if word:
            known(word)
        return word


def arrive() -> Lesson | None:
    """The lesson of the address, else the one that came along; None where none is taken."""
    word = st.query_params.get(NAME)
    if word is None:
        word = st.session_state.get(NAME, "")
        if word:
            st.query_params[NAME] = word
    view, refused = links.parse(LessonView, {NAME: word})
    if not refused:
        st.session_state[NAME] = getattr(view, NAME)
    return known(word) if word and not refused else None


def leave() -> None:
    """No lesson is taken any more."""
    st.session_state.pop(NAME, None)
    st.query_params.pop(NAME, None)
    hold({})


def hold_of(step: LessonStep) -> None:
    """Let the controls of a step be hidden or held, each at the value that the step gives it."""
    from wsl_core.web.lessons import controls_of

    held = {}
    for model in controls_of.MODELS[step.station]:
        asked, _ = links.parse(model, dict(step.link))
        for name in {*step.hidden, *step.frozen} & model.model_fields.keys():
            value = getattr(asked, name)
            held[name] = Held(value, hidden=name in step.hidden)
            # The address may ask for something else.
            links.put(name, model.model_fields[name], value)
    hold(held)
