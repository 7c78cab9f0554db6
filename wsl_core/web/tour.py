"""The tour: a bar at the foot of each station that tells of a step of the lecture, and goes on to the next.

`tour=N` in the address is the step, counted from 1. Its state was put into the controls when it was gone
to; from then on they are the visitor's. Who leaves finds the way back on every page. Where a lesson is taken,
its steps are walked in the place of the lecture's, in the same bar, and some controls are held.
"""

from collections.abc import Sequence

import streamlit as st
from pydantic import BaseModel, ConfigDict, Field, field_validator

from wsl_core.lecture import Step, lecture
from wsl_core.settings import settings
from wsl_core.web import controls, links, pictures
from wsl_core.web.components.keys import keys
from wsl_core.web.lessons import taken
from wsl_core.web.lessons.lesson import Lesson, LessonStep
from wsl_core.web.sentences import plain
from wsl_core.web.stations import STATIONS

STEP = "tour"  # in the address, and in the session: the last step that was seen
BEFORE, AFTER = "ArrowLeft", "ArrowRight"
PAGES = {one.url: one for one in STATIONS}
Steps = Sequence[Step | LessonStep]


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
    lesson = taken.arrive()
    steps = _steps(lesson)
    view, _ = links.parse(TourView, st.query_params.to_dict())
    asked = getattr(view, STEP)
    if not asked:
        controls.hold({})
        if number := st.session_state.get(STEP):
            back(number, lesson)
        return
    number = st.session_state[STEP] = min(int(asked), len(steps))
    if lesson:
        taken.hold_of(lesson.steps[number - 1])
    with st.bottom, st.container(key="tour", gap="xsmall"):
        _tell(steps[number - 1])
        _move(number, steps, models, lesson)


def entrance() -> None:
    """The way in from the map of the lecture, and back to where it was left."""
    lesson = taken.arrive()
    steps = _steps(lesson)
    label = f"Take the tour: the lecture in {len(steps)} steps"
    if lesson:
        count = "one step" if len(steps) == 1 else f"{len(steps)} steps"
        label = f"Begin the lesson{plain(f': {lesson.title}' if lesson.title else '')} ({count})"
    st.page_link(
        PAGES[steps[0].station].page,
        label=label,
        icon=":material/tour:",
        query_params=address(1, lesson),
    )
    if (number := st.session_state.get(STEP, 1)) > 1:
        back(number, lesson)


def back(number: int, lesson: Lesson | None = None) -> None:
    """A link to a step, for who went elsewhere."""
    steps = _steps(lesson)
    number = min(number, len(steps))
    step = steps[number - 1]
    st.page_link(
        PAGES[step.station].page,
        label=f"Back to the {'lesson' if lesson else 'tour'}, step {number}: {plain(title(step))}",
        icon=":material/tour:",
        query_params=address(number, lesson),
    )


def address(number: int, lesson: Lesson | None = None) -> dict[str, str]:
    """What the address of a step holds."""
    brought = dict(_steps(lesson)[number - 1].link)
    of_lesson = {taken.NAME: lesson.packed()} if lesson else {}
    onward = {links.ONWARD: ",".join(brought)} if brought else {}
    return of_lesson | {STEP: str(number)} | brought | onward


def title(step: Step | LessonStep) -> str:
    """The step's own, or its station's."""
    return step.title or PAGES[step.station].title


def _steps(lesson: Lesson | None) -> Steps:
    return lesson.steps if lesson else lecture().steps


def _tell(step: Step | LessonStep) -> None:
    if isinstance(step, LessonStep):  # a link's words: they are shown, and do nothing
        name = title(step)
        stop = "" if name.endswith((".", "?", "!")) else "."
        st.markdown(f"**{plain(name)}{stop}** {plain(step.sentence)}")
        if step.question:
            st.markdown(f":material/help: **{plain(step.question)}**")
        return
    st.markdown(f"**{step.title}.** {step.sentence}")
    if step.needs and not _there(step.needs):
        st.caption(
            f"This step shows more where the folder {step.needs} lies under WSL_DATA. It is not here: go on."
        )


def _there(folder: str) -> bool:
    data = settings().data
    return data is not None and (data / folder).is_dir()


def _move(
    number: int, steps: Steps, models: Sequence[type[BaseModel]], lesson: Lesson | None
) -> None:
    pressed = keys([BEFORE, AFTER], "tour-keys")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        before = st.button("Back", icon=":material/arrow_back:", disabled=number == 1)
        after = st.button(
            "Next", icon=":material/arrow_forward:", type="primary", disabled=number == len(steps)
        )
        titles = [f"{k} of {len(steps)}: {title(one)}" for k, one in enumerate(steps, 1)]
        chosen = st.selectbox(
            "Step of the tour",
            titles,
            number - 1,
            key=f"tour-step-{number}",
            label_visibility="collapsed",
            help=plain(lesson.title) if lesson else lecture().part_of(number).title,
        )
        what = "lesson" if lesson else "tour"
        leave = st.button(f"Leave the {what}", icon=":material/close:", type="tertiary")
    if leave:
        del st.query_params[STEP]
        if lesson:
            st.session_state.pop(STEP)
            taken.leave()
        st.rerun()
    wanted = titles.index(chosen) + 1
    if wanted == number:
        wanted += (after or pressed == AFTER) - (before or pressed == BEFORE)
    if wanted != number and 1 <= wanted <= len(steps):
        _go(wanted, steps, number, models)


def _go(wanted: int, steps: Steps, number: int, models: Sequence[type[BaseModel]]) -> None:
    """Show a step; what an earlier one or the visitor has set goes back to where it begins."""
    controls.forget()
    controls.hold({})
    step = steps[wanted - 1]
    if "picture" in step.link:
        pictures.from_the_gallery_again()
    if step.station != steps[number - 1].station:
        for name in {name for model in models for name in model.model_fields}:
            if (
                name in step.link or name not in links.STAYS
            ):  # the other station may mean something else by it
                st.session_state.pop(name, None)
        st.session_state[links.BROUGHT] = dict(step.link)
        st.switch_page(PAGES[step.station].page, query_params={STEP: str(wanted)})
    links.apply(step.link, models)
    st.query_params[STEP] = str(wanted)
    st.rerun()
