"""The tour: a bar at the foot of each station that tells of a step of the lecture, and goes on to the next.

`tour=N` in the address is the step, counted from 1. Its state was put into the controls when it was gone
to; from then on they are the visitor's. Who leaves finds the way back on every page.
"""

from collections.abc import Sequence

import streamlit as st
from pydantic import BaseModel, ConfigDict, Field, field_validator

from wsl_core.lecture import Step, lecture
from wsl_core.settings import settings
from wsl_core.web import controls, links
from wsl_core.web.components.keys import keys
from wsl_core.web.stations import STATIONS

STEP = "tour"  # in the address, and in the session: the last step that was seen
STAYS = ("picture",)  # the visitor's own goes along, unless a step names one
BEFORE, AFTER = "ArrowLeft", "ArrowRight"
PAGES = {one.url: one for one in STATIONS}


class TourView(BaseModel):
    """Where the tour is."""

    model_config = ConfigDict(frozen=True)

    tour: str = Field(
        "", title="Step of the tour", description="Counted from 1; empty where no tour is taken.",
        json_schema_extra={"accepted": f"a step from 1 to {len(lecture().steps)}"},
    )  # fmt: skip

    @field_validator("tour")
    @classmethod
    def _there(cls, text: str) -> str:
        number = int(text) if text.isascii() and text.isdecimal() else 0
        if text and not 1 <= number <= len(lecture().steps):
            raise ValueError(text)
        return text


def bar(models: Sequence[type[BaseModel]]) -> None:
    """The step that the address names, at the foot of the window; else the way back to the one that was left.

    Args:
        models: of all that this station's link holds.
    """
    steps = lecture().steps
    view, _ = links.parse(TourView, st.query_params.to_dict())
    asked = getattr(view, STEP)
    if not asked:
        if number := st.session_state.get(STEP):
            back(number)
        return
    number = st.session_state[STEP] = int(asked)
    with st.bottom, st.container(key="tour", gap="xsmall"):
        _tell(number, steps)
        _move(number, steps, models)


def entrance() -> None:
    """The way in from the map of the lecture, and back to where it was left."""
    steps = lecture().steps
    st.page_link(
        PAGES[steps[0].station].page,
        label=f"Take the tour: the lecture in {len(steps)} steps",
        icon=":material/tour:",
        query_params=address(1),
    )
    if (number := st.session_state.get(STEP, 1)) > 1:
        back(number)


def back(number: int) -> None:
    """A link to a step, for who went elsewhere."""
    step = lecture().steps[number - 1]
    st.page_link(
        PAGES[step.station].page,
        label=f"Back to the tour, step {number}: {step.title}",
        icon=":material/tour:",
        query_params=address(number),
    )


def address(number: int) -> dict[str, str]:
    """What the address of a step holds."""
    brought = dict(lecture().steps[number - 1].link)
    return {STEP: str(number)} | brought | ({links.ONWARD: ",".join(brought)} if brought else {})


def _tell(number: int, steps: Sequence[Step]) -> None:
    step = steps[number - 1]
    st.markdown(f"**{step.title}.** {step.sentence}")
    if step.needs and not _there(step.needs):
        st.caption(
            f"This step shows more where the folder {step.needs} lies under WSL_DATA. It is not here: go on."
        )


def _there(folder: str) -> bool:
    data = settings().data
    return data is not None and (data / folder).is_dir()


def _move(number: int, steps: Sequence[Step], models: Sequence[type[BaseModel]]) -> None:
    pressed = keys([BEFORE, AFTER], "tour-keys")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        before = st.button("Back", icon=":material/arrow_back:", disabled=number == 1)
        after = st.button(
            "Next", icon=":material/arrow_forward:", type="primary", disabled=number == len(steps)
        )
        titles = [f"{k} of {len(steps)}: {one.title}" for k, one in enumerate(steps, 1)]
        chosen = st.selectbox(
            "Step of the tour",
            titles,
            number - 1,
            key=f"tour-step-{number}",
            label_visibility="collapsed",
            help=lecture().part_of(number).title,
        )
        leave = st.button("Leave the tour", icon=":material/close:", type="tertiary")
    if leave:
        del st.query_params[STEP]
        st.rerun()
    wanted = titles.index(chosen) + 1
    if wanted == number:
        wanted += (after or pressed == AFTER) - (before or pressed == BEFORE)
    if wanted != number and 1 <= wanted <= len(steps):
        _go(wanted, steps, number, models)


def _go(wanted: int, steps: Sequence[Step], number: int, models: Sequence[type[BaseModel]]) -> None:
    """Show a step; what an earlier one or the visitor has set goes back to where it begins."""
    controls.forget()
    step = steps[wanted - 1]
    fields = [
        (name, field)
        for model in models
        for name, field in model.model_fields.items()
        if name in step.link or name not in STAYS
    ]
    if step.station != steps[number - 1].station:
        for name, _ in fields:  # the other station may mean something else by it
            st.session_state.pop(name, None)
        st.session_state[links.BROUGHT] = dict(step.link)
        st.switch_page(PAGES[step.station].page, query_params={STEP: str(wanted)})
    for name, field in fields:
        asked = step.link.get(name)
        links.put(name, field, field.default if asked is None else controls.from_text(field, asked))
    st.query_params[STEP] = str(wanted)
    st.rerun()
