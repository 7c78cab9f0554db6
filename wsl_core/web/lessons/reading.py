"""A lesson file: JSON that a teacher keeps, read with a sentence and a line for all that is wrong in it.

{"title": "Where is it?",
 "steps": [{"station": "pooling", "link": {"picture": "cat"}, "question": "Which scheme is right?",
            "hidden": ["network"], "frozen": ["picture"]}]}
"""

import json
from collections.abc import Iterator

from pydantic import ValidationError

from wsl_core.errors import ParameterError
from wsl_core.web import links
from wsl_core.web.lessons import controls_of
from wsl_core.web.lessons.lesson import MOST_BYTES, Lesson, LessonStep
from wsl_core.web.lessons.lines import Path, lines_of

Fault = tuple[Path, str]


def written(lesson: Lesson) -> str:
    """The file of a lesson, a key a line."""
    return json.dumps(lesson.bare(), ensure_ascii=False, indent=1) + "\n"


def read(data: bytes | str) -> Lesson:
    """The lesson of a file.

    Raises:
        ParameterError: it is no lesson; each thing that is wrong in a sentence with its line.
    """
    if len(data) > MOST_BYTES:
        raise ParameterError(
            f"The file has {len(data):,} bytes, and a lesson has at most {MOST_BYTES:,}. Choose a file that "
            f"this page made."
        )
    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
    except UnicodeDecodeError:
        raise ParameterError("The file is no text in UTF-8. Choose a lesson file, JSON.") from None
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        raise ParameterError(
            f"Line {error.lineno}: this is no JSON ({error.msg.lower()}). Correct it there."
        ) from None
    except (ValueError, RecursionError):  # a number of thousands of digits, or as many brackets
        raise ParameterError(
            "The file holds a number or a nesting that is too long for any lesson. Choose a file that this "
            "page made."
        ) from None
    lines = lines_of(text)
    try:
        lesson = Lesson.model_validate(found)
    except ValidationError as error:
        raise _told([(one["loc"], _shape(one["type"], one["loc"], one["msg"])) for one in error.errors()],
                    lines) from None  # fmt: skip
    if wrong := list(faults(lesson)):
        raise _told(wrong, lines)
    return lesson


def faults(lesson: Lesson) -> Iterator[Fault]:
    """What in a lesson this program has not: where, and a sentence."""
    if not lesson.steps:
        yield ("steps",), "a lesson has at least one step"
    for number, step in enumerate(lesson.steps):
        at = ("steps", number)
        if step.station not in controls_of.MODELS:
            known = ", ".join(controls_of.MODELS)
            yield (*at, "station"), f"there is no station {step.station!r}; there are {known}"
            continue
        for where, what in _of_step(step):
            yield (*at, *where), what


def _of_step(step: LessonStep) -> Iterator[Fault]:
    known, movable = controls_of.fields(step.station), controls_of.movable(step.station)
    for name, value in step.link.items():
        if name not in known:
            yield (
                ("link", name),
                f"{step.station} has no control {name!r}; it has {', '.join(known)}",
            )
            continue
        _, refused = links.parse(
            controls_of.model_of(step.station, name), {name: value} | _head(step)
        )
        if refused:
            takes = links.accepted(known[name])
            yield ("link", name), f"{name} is {value!r}, which is not accepted: it must be {takes}"
    for kind in ("hidden", "frozen"):
        for place, name in enumerate(getattr(step, kind)):
            if name not in movable:
                has = ", ".join(movable)
                yield (
                    (kind, place),
                    f"{step.station} has no control {name!r} to be {kind}; it has {has}",
                )


def _head(step: LessonStep) -> dict[str, str]:
    """The trained head that a step looks with, whose classes are its own."""
    return {"head": step.link["head"]} if "head" in step.link else {}


def _shape(kind: str, where: Path, message: str) -> str:
    name = where[-1] if where else "the file"
    if kind == "extra_forbidden":
        has = Lesson.model_fields if len(where) == 1 else LessonStep.model_fields
        return f"{name!r} is unknown here; known are {', '.join(has)}"
    if kind == "missing":
        return f"{name!r} is missing"
    return f"{name!r}: {message[0].lower()}{message[1:]}"


def _told(wrong: list[Fault], lines: dict[Path, int]) -> ParameterError:
    """One error of all faults, in the order of their lines."""
    placed = sorted((_line(where, lines), what) for where, what in wrong)
    return ParameterError(" ".join(f"Line {line}: {what}." for line, what in placed))


def _line(where: Path, lines: dict[Path, int]) -> int:
    while where not in lines:
        where = where[:-1]
    return lines[where]
