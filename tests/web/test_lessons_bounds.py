"""Lessons at their bounds: the longest one, hostile words and files, addresses as people type them."""

import ast
import base64
import importlib
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.web.test_framework import PROJECT
from wsl_core.errors import ParameterError
from wsl_core.web import controls, links
from wsl_core.web.controls import Held
from wsl_core.web.lessons import builder, controls_of, given, reading, taken
from wsl_core.web.lessons.lesson import LONGEST, MOST_STEPS, Lesson, LessonStep, unpacked
from wsl_core.web.sentences import plain

STEP = '{"station": "pooling"}'


def word(text: str) -> str:
    return base64.urlsafe_b64encode(zlib.compress(text.encode())).decode().rstrip("=")


@pytest.mark.parametrize("letter", ["x", "ß", "\U0001f431", '"', "\x01"])
def test_the_longest_lesson_comes_back(letter: str) -> None:
    text = letter * LONGEST
    step = LessonStep(station="pooling", title=text, sentence=text, question=text)
    lesson = Lesson(title=text, steps=(step,) * MOST_STEPS)
    assert unpacked(lesson.packed()) == lesson
    assert reading.read(reading.written(lesson)) == lesson


@pytest.mark.parametrize(
    "text", ["[" * 30_000, "[" * 9_000 + "]" * 9_000, f'{{"title": {"1" * 5_000}}}']
)
def test_a_number_or_a_nesting_without_end_is_refused(text: str) -> None:
    with pytest.raises(ParameterError, match="too long for any lesson"):
        reading.read(text)
    with pytest.raises(ValueError):  # noqa: PT011  (links.parse makes the sentence)
        taken.known(word(text))


def test_nothing_may_stand_behind_a_word() -> None:
    whole = zlib.compress(f'{{"steps": [{STEP}]}}'.encode())
    assert unpacked(base64.urlsafe_b64encode(whole).decode()).steps[0].station == "pooling"
    with pytest.raises(ValueError, match="cut off"):
        unpacked(base64.urlsafe_b64encode(whole + b"more").decode())


def bound() -> Iterator[tuple[str, str]]:
    """Folder and key of every widget that is bound to the address by other hands than `controls.control`."""
    web = PROJECT / "wsl_core" / "web"
    for path in sorted(web.glob("*/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            options = (
                {one.arg: one.value for one in node.keywords} if isinstance(node, ast.Call) else {}
            )
            if "bind" in options:
                yield path.parent.name, _key(options["key"], path)


def _key(node: ast.expr, path: Path) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    module = importlib.import_module(".".join(path.relative_to(PROJECT).with_suffix("").parts))
    return str(getattr(module, ast.unparse(node)))


def test_what_stations_draw_by_themselves_is_not_offered() -> None:
    """It would neither be hidden nor held."""
    found = set(bound())
    assert ("retrieval", "number") in found
    for station, name in found:
        assert name not in controls_of.movable(station)
    for station, name in controls_of.OWN:
        assert name in controls_of.fields(station)


def test_what_is_held_is_what_the_step_says_else_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(st, "session_state", {})
    taken.hold_of(
        LessonStep(
            station="pooling", link={"opacity": "0.25", "two": "true", "picture": "coffee"},
            hidden=("opacity", "scheme"), frozen=("two",),
        )
    )  # fmt: skip
    assert controls.holding("opacity") == Held(0.25, hidden=True)
    assert controls.holding("scheme") == Held("weldon", hidden=True)
    assert controls.holding("two") == Held(True, hidden=False)
    assert controls.holding("picture") is None  # set, but the visitor's


def test_a_class_of_a_trained_head_can_be_held(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not one of ImageNet's, among which it would not be found."""
    monkeypatch.setattr(st, "session_state", {})
    monkeypatch.setattr(links, "_of_another", lambda model, field, query: field.title == "Class")
    step = LessonStep(station="pooling", link={"first": "my mug"}, frozen=("first",))
    taken.hold_of(step)
    assert controls.holding("first") == Held("my mug", hidden=False)


@pytest.mark.parametrize(
    ("typed", "root"),
    [
        ("192.168.1.20:8501", "http://192.168.1.20:8501"),
        (" http://class.local:8501/ ", "http://class.local:8501"),
        ("https://class.example/lecture/", "https://class.example/lecture"),
        ("http://[fe80::1]:8501", "http://[fe80::1]:8501"),
    ],
)
def test_an_address_is_taken_as_it_is_typed(typed: str, root: str) -> None:
    lesson = Lesson(steps=(LessonStep(station="pooling"),))
    assert given.link_of(lesson, typed) == f"{root}/?lesson={lesson.packed()}"


@pytest.mark.parametrize(
    "typed",
    ["", "http://", "http://[fe80", "ftp://class", "http://a b", "http://class:99999", "http://a?b=c",
     "javascript:alert(1)"],
)  # fmt: skip
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(ParameterError, match="no address of a server"):
        given.rooted(typed)


@pytest.mark.parametrize(
    "pasted", ["", "http://[", "http://[bad", "http://a/home", "?tour=3", "//", "\0"]
)
def test_what_is_pasted_may_be_anything(pasted: str) -> None:
    with pytest.raises(ParameterError, match="is of no station"):
        builder.pasted_step(pasted)


def _drawn(length: int) -> AppTest:
    """The QR code of a link of so many characters, as the page draws it."""

    def page(length: int) -> None:
        from wsl_core.web.lessons import given

        given.code("http://192.168.1.20:8501/?lesson=".ljust(length, "x"))

    drawn = AppTest.from_function(page, args=(length,)).run()
    assert not drawn.exception
    return drawn


def test_a_code_that_is_read_from_afar_needs_no_warning() -> None:
    drawn = _drawn(600)
    assert [one.value for one in drawn.markdown] == ["600 characters, 85 × 85 modules."]
    assert not drawn.warning
    assert not drawn.error


def test_a_fine_code_says_so() -> None:
    drawn = _drawn(1200)
    assert drawn.warning[0].value.startswith("So fine a code is read only from near by.")


def test_a_link_that_no_code_holds_says_so() -> None:
    drawn = _drawn(3000)
    assert not drawn.markdown
    assert drawn.error[0].value == plain(
        "A QR code holds at most 2,953 bytes, and this text has 3,000. Shorten it, or give the link in "
        "another way."
    )
