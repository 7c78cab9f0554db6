"""Lessons as words in links and as files: they come back as they went; faults are told with their lines."""

import base64
import json
import random
import zlib

import pytest

from tests.web.test_framework import PROJECT, models
from wsl_core.errors import ParameterError
from wsl_core.lecture import lecture
from wsl_core.web import controls, links
from wsl_core.web.lessons import builder, controls_of, given, reading, taken
from wsl_core.web.lessons.lesson import (
    LONGEST,
    MOST_BYTES,
    MOST_STEPS,
    Lesson,
    LessonStep,
    unpacked,
)
from wsl_core.web.lessons.lines import lines_of
from wsl_core.web.stations import STATIONS

LESSON = Lesson(
    title="Wo ist es? Où?",
    steps=(
        LessonStep(
            station="pooling",
            link={"picture": "cat", "beta": "3"},
            question="Which scheme & why?",
            hidden=("network", "beta"),
            frozen=("picture",),
        ),
        LessonStep(station="framework"),
    ),
)
FILE = """{
 "title": "Two steps",
 "steps": [
  {"station": "pooling",
   "link": {"picture": "cat",
            "beta": "3"},
   "hidden": ["network",
              "beta"]},
  {"station": "localization", "question": "Where?"}
 ]
}
"""


def test_every_station_has_the_models_of_its_page() -> None:
    assert list(controls_of.MODELS) == [one.url for one in STATIONS]
    for one in STATIONS:
        assert list(controls_of.MODELS[one.url]) == models(PROJECT / one.page)


def test_a_lesson_comes_back_from_its_word_and_from_its_file() -> None:
    word = LESSON.packed()
    assert set(word) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert unpacked(word) == LESSON
    assert reading.read(reading.written(LESSON)) == LESSON


def test_lessons_of_any_steps_come_back() -> None:
    draw = random.Random(0)
    steps = list(lecture().steps)
    for _ in range(40):
        chosen = draw.sample(steps, draw.randint(1, MOST_STEPS))
        lesson = Lesson(
            title="".join(chr(draw.randrange(32, 0x2FFF)) for _ in range(30)),
            steps=tuple(
                LessonStep(
                    station=one.station,
                    link=one.link,
                    question=one.title,
                    hidden=tuple(draw.sample(list(controls_of.movable(one.station)), 2)),
                )
                for one in chosen
            ),
        )
        assert taken.known(lesson.packed()) == lesson


def test_all_of_the_lecture_that_fits_still_has_a_code() -> None:
    """A lesson as long as may be, with a question a step, is within what a QR code holds."""
    from wsl_core.figures import qr

    steps = tuple(
        LessonStep(station=one.station, link=one.link, question=f"What is seen here, and why? {k}")
        for k, one in enumerate(lecture().steps[:MOST_STEPS])
    )
    link = given.link_of(Lesson(title="All", steps=steps), "http://192.168.1.20:8501/")
    assert link.startswith("http://192.168.1.20:8501/?lesson=")
    assert 21 <= qr.modules(link) <= 177


@pytest.mark.parametrize(
    "word",
    [
        LESSON.packed()[:-9],
        "no word of ours",
        base64.urlsafe_b64encode(zlib.compress(b"[]")).decode(),
        base64.urlsafe_b64encode(zlib.compress(b" " * 10**7)).decode(),  # it would unpack to 10 MB
        base64.urlsafe_b64encode(zlib.compress(b'{"steps":[{"station":"poling"}]}')).decode(),
        base64.urlsafe_b64encode(zlib.compress(b'{"title":"no steps"}')).decode(),
        Lesson(steps=(LessonStep(station="pooling", link={"beta": "nan"}),)).packed(),
        Lesson(steps=(LessonStep(station="pooling", hidden=("cell",)),)).packed(),
    ],
)
def test_a_word_that_is_no_lesson_is_told_and_left_out(word: str) -> None:
    view, notices = links.parse(taken.LessonView, {"lesson": word})
    assert view.lesson == ""
    assert len(notices) == 1
    assert "a whole lesson, as the page Make a lesson gives it. It is left out." in notices[0]


def test_the_values_of_a_json_text_have_lines() -> None:
    lines = lines_of(FILE)
    assert lines["title",] == 2
    assert lines["steps", 0, "station"] == 4
    assert lines["steps", 0, "link", "beta"] == 6
    assert lines["steps", 0, "hidden", 1] == 8
    assert lines["steps", 1, "question"] == 9
    tricky = '{"a": ["x, {[:", {}, [], {"b\\"c": -1.5e3}],\n "d": null}'
    assert lines_of(tricky)["a", 3, 'b"c'] == 1
    assert lines_of(tricky)["d",] == 2


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('"pooling"', '"poling"', r"Line 4: there is no station 'poling'; there are sliding_window, "),
        ('"beta": "3"', '"betta": "3"', r"Line 6: pooling has no control 'betta'; it has picture, "),
        ('"beta": "3"', '"beta": "99"', r"Line 6: beta is '99', which is not accepted: it must be one of "),
        ('"beta"]', '"cell"]', r"Line 8: pooling has no control 'cell' to be hidden; it has "),
        ('"question"', '"qestion"', r"Line 9: 'qestion' is unknown here; known are station, link, "),
        ('"station": "loc', '"title": "loc', r"Line 9: 'station' is missing\."),
        ('"Where?"}', '"Where?"', r"Line 10: this is no JSON "),
        ('"Where?"', f'"{"x" * (LONGEST + 1)}"', r"Line 9: 'question': string should have at most 600 "),
        ('{"picture": "cat",', '{"picture": 1,', r"Line 5: 'picture': input should be a valid string\."),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_file_is_told_with_its_line(old: str, new: str, sentence: str) -> None:
    assert reading.read(FILE).steps[0].link["beta"] == "3"
    with pytest.raises(ParameterError, match=sentence):
        reading.read(FILE.replace(old, new))


def test_all_faults_are_told_at_once_in_the_order_of_their_lines() -> None:
    bad = FILE.replace('"cat"', '"dog"').replace('"beta"]', '"x"]').replace("localization", "y")
    with pytest.raises(ParameterError) as told:
        reading.read(bad)
    assert [int(part.split(":")[0]) for part in str(told.value).split("Line ")[1:]] == [5, 8, 9]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"\xff\xfe", "no text in UTF-8"),
        (b" " * (MOST_BYTES + 1), "a lesson has at most"),
        (b"{}", "a lesson has at least one step"),
        (json.dumps({"steps": [{"station": "pooling"}] * (MOST_STEPS + 1)}).encode(), "at most 24"),
    ],
)
def test_other_files_are_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(ParameterError, match=sentence):
        reading.read(data)


def test_a_pasted_address_becomes_a_step_wherever_the_program_runs() -> None:
    step = builder.pasted_step(
        " https://lecture.example/deep/pooling?beta=3&picture=coffee&projector=true&run=a "
    )
    assert step == LessonStep(station="pooling", link={"beta": "3", "picture": "coffee"})
    with pytest.raises(ParameterError, match=r"is of no station.*Set a station"):
        builder.pasted_step("https://lecture.example/glossary")
    with pytest.raises(ParameterError, match=r"cannot be a step: beta is '0'"):
        builder.pasted_step("pooling?beta=0")


def test_what_cannot_be_hidden_is_not_offered() -> None:
    for station, names in ((one, controls_of.movable(one)) for one in controls_of.MODELS):
        for name in names:
            field = controls_of.fields(station)[name]
            low, _ = controls.limits(field)
            assert low is not None or controls.choices(field) or field.annotation in (bool, str)
    assert "cell" not in controls_of.movable("pooling")
    assert "classes" not in controls_of.movable("segmentation")
