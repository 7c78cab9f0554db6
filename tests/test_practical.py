"""The practical: what its questions ask for, and that answers stand apart from them."""

import json
import re
from importlib.resources import files

import pytest
from pydantic import ValidationError

from wsl_core.practical import Practical, Question, answers, practical

SHEETS = practical().worksheets
QUESTIONS = [one for sheet in SHEETS for one in sheet.questions]
LONGEST = {"predict": 340, "do": 160, "explain": 190}  # characters: a question is read at a station


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda one: one.station)
def test_a_station_has_three_to_five_questions(sheet) -> None:
    assert 3 <= len(sheet.questions) <= 5
    assert practical().of_station(sheet.station) == sheet.questions


def test_a_page_without_a_worksheet_has_no_questions() -> None:
    assert practical().of_station("glossary") == ()


def test_every_question_has_one_answer_and_every_answer_its_question() -> None:
    keys = [one.key for one in QUESTIONS]
    assert len(set(keys)) == len(keys)
    assert set(answers()) == set(keys)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: one.key)
def test_a_question_can_be_read_at_a_glance(question: Question) -> None:
    for name, most in LONGEST.items():
        text = getattr(question, name)
        assert text == text.strip()
        assert text.endswith((".", "?")), text
        assert len(text) <= most, (name, len(text))
    assert "?" in question.predict
    assert question.shows
    assert all(words.strip() for words in question.shows)


def test_no_answer_is_told_by_a_question() -> None:
    """Not one sentence of the answers is in the file that goes to every browser."""
    told = (files("wsl_core") / "practical.json").read_text(encoding="utf-8").lower()
    for text in answers().values():
        for sentence in re.split(r"(?<=[.:;?]) ", text):
            if len(sentence.split()) > 3:
                assert sentence.lower() not in told


def test_an_answer_says_something() -> None:
    assert all(len(text) > 100 and text.endswith(".") for text in answers().values())


def test_what_is_not_known_is_refused() -> None:
    text = json.loads((files("wsl_core") / "practical.json").read_text(encoding="utf-8"))
    text["worksheets"][0]["questions"][0]["answer"] = "ten maps"
    with pytest.raises(ValidationError, match="answer"):
        Practical.model_validate(text)
