"""The steps of a lesson that is being made, in the session of the teacher's tab."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import streamlit as st

from wsl_core.errors import ParameterError
from wsl_core.lecture import lecture
from wsl_core.web.lessons import controls_of, reading
from wsl_core.web.lessons.lesson import LONGEST, MOST_STEPS, Lesson, LessonStep
from wsl_core.web.sentences import plain
from wsl_core.web.stations import STATIONS

TITLES = {one.url: one.title for one in STATIONS}
DRAFT = "lesson_draft"  # in the session
WHERE = "Set a station as the class shall see it, copy its address, and paste it here."


@dataclass
class Draft:
    """What is being made. A step keeps its number wherever it moves, so that its fields keep their text."""

    title: str = ""
    steps: dict[int, LessonStep] = field(default_factory=dict)
    made: int = 0  # steps so far, and so the next one's number
    version: int = 0  # counts files that were opened: their fields begin anew

    def take(self, step: LessonStep) -> None:
        """A further step, at the end."""
        self.steps[self.made] = step
        self.made += 1

    def move(self, number: int, by: int) -> None:
        """A step up (-1) or down (1)."""
        order = list(self.steps)
        place = order.index(number)
        order.insert(place + by, order.pop(place))
        self.steps = {one: self.steps[one] for one in order}


def draft() -> Draft:
    """What this tab is making."""
    found: Draft = st.session_state.setdefault(DRAFT, Draft())
    return found


def lesson() -> Lesson:
    """As it is now."""
    found = draft()
    return Lesson(title=found.title, steps=tuple(found.steps.values()))


def file() -> None:
    """Open a lesson that was kept as a file; one that is refused leaves what there was."""
    with st.expander("Open a lesson file", icon=":material/folder_open:"):
        brought = st.file_uploader("A lesson file (JSON)", ["json"], key="lesson_file")
        if brought is None or st.session_state.get("lesson_opened") == brought.file_id:
            return
        try:
            found = reading.read(brought.getvalue())
        except ParameterError as error:
            st.error(plain(str(error)), icon=":material/error:")
            return
    st.session_state["lesson_opened"] = brought.file_id
    now = draft()
    now.title, now.steps, now.version = found.title, {}, now.version + 1
    for step in found.steps:
        now.take(step)
    st.rerun()


def add() -> None:
    """The lesson's title, and two ways to a further step."""
    now = draft()
    now.title = st.text_input(
        "Title of the lesson", now.title, max_chars=LONGEST, key=f"lesson_title-{now.version}"
    )
    if len(now.steps) >= MOST_STEPS:
        st.info(f"A lesson has at most {MOST_STEPS} steps. Remove one to add another.")
        return
    known = lecture().steps
    chosen = st.selectbox(
        "A step of the lecture",
        range(len(known)),
        format_func=lambda k: f"{k + 1}: {known[k].title} ({TITLES[known[k].station]})",
        key="lesson_pick",
    )
    if st.button("Add this step", icon=":material/add:"):
        one = known[chosen]
        now.take(
            LessonStep(station=one.station, link=one.link, title=one.title, sentence=one.sentence)
        )
    pasted = st.text_input("Or the address of a station", key="lesson_address", help=WHERE)
    if st.button("Add this station", icon=":material/add_link:"):
        try:
            now.take(pasted_step(pasted))
        except ParameterError as error:
            st.error(plain(str(error)), icon=":material/error:")


def pasted_step(address: str) -> LessonStep:
    """The step that an address of this program stands for; where else it leads does not matter.

    Raises:
        ParameterError: it is of no station, or asks a station for what it does not accept.
    """
    _, _, path_and_query = address.strip().partition("://")  # where it leads to is not looked at
    path, _, query = (path_and_query or address.strip()).partition("#")[0].partition("?")
    station = path.rstrip("/").rsplit("/", 1)[-1]
    if station not in controls_of.MODELS:
        raise ParameterError(
            f"The address {address!r} is of no station. {WHERE} It ends in one of "
            f"{', '.join(controls_of.MODELS)}, and what was set."
        )
    known = controls_of.fields(station)
    link = {name: value for name, value in parse_qsl(query) if name in known}
    step = LessonStep(station=station, link=link)
    for _, what in reading.faults(Lesson(steps=(step,))):
        raise ParameterError(f"This address cannot be a step: {what}. {WHERE}")
    return step


def steps() -> None:
    """Every step with its texts and its controls."""
    now = draft()
    if not now.steps:
        st.info("The lesson has no steps yet. Add the first one above.", icon=":material/add:")
    order = list(now.steps)
    for place, number in enumerate(order):
        step = now.steps[number]
        with st.container(border=True, key=f"lesson-step-{place + 1}"):
            st.markdown(f"**{place + 1}. {TITLES[step.station]}**" + _state(step))
            now.steps[number] = _edited(step, f"{now.version}-{number}")
            with st.container(horizontal=True, gap="small"):
                _button("Up", "arrow_upward", number, place == 0, now.move, number, -1)
                _button(
                    "Down", "arrow_downward", number, place == len(order) - 1, now.move, number, 1
                )
                _button("Remove", "delete", number, False, now.steps.pop, number)


def _button(
    label: str, icon: str, number: int, disabled: bool, act: Callable[..., Any], *args: Any
) -> None:
    st.button(
        label, icon=f":material/{icon}:", key=f"lesson-{label}-{number}", disabled=disabled,
        on_click=act, args=args,
    )  # fmt: skip


def _state(step: LessonStep) -> str:
    """What the step sets, in words."""
    known = controls_of.fields(step.station)
    said = [f"{known[name].title or name}: {plain(value)}" for name, value in step.link.items()]
    return f" ({'; '.join(said)})" if said else ""


def _edited(step: LessonStep, key: str) -> LessonStep:
    """The step as its fields say it."""
    movable = controls_of.movable(step.station)

    def named(name: str) -> str:
        return f"{movable[name]} ({name})"

    texts = {
        "title": st.text_input("Title", step.title, max_chars=LONGEST, key=f"title-{key}"),
        "sentence": st.text_area(
            "What to say", step.sentence, max_chars=LONGEST, key=f"say-{key}", height=80
        ),
        "question": st.text_input("Your question", step.question, max_chars=LONGEST, key=f"question-{key}"),
    }  # fmt: skip
    hidden = st.multiselect(
        "Hide", list(movable), list(step.hidden), format_func=named, key=f"hide-{key}",
        help="Not shown; the value is the one that the step sets, or the default.",
    )  # fmt: skip
    rest = [name for name in movable if name not in hidden]
    frozen = st.multiselect(
        "Freeze", rest, [name for name in step.frozen if name in rest], format_func=named,
        key=f"freeze-{key}-{len(hidden)}", help="Shown, and cannot be moved.",
    )  # fmt: skip
    values = {"station": step.station, "link": step.link, **texts}
    return LessonStep.model_validate(values | {"hidden": tuple(hidden), "frozen": tuple(frozen)})
