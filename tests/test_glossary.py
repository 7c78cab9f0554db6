"""Glossary and references: every term and paper once, and none without the other."""

import csv
import json
import re
from pathlib import Path

from wsl_core.framework import framework
from wsl_core.glossary import glossary
from wsl_core.web.stations import STATIONS

WHOLE = glossary()
PROJECT = Path(__file__).parents[1]


def test_every_term_and_paper_stands_there_once_in_order() -> None:
    names = [one.name.lower() for one in WHOLE.terms]
    assert names == sorted(set(names))
    authors = [one.authors.split(",")[0].split(". ")[-1].lower() for one in WHOLE.papers]
    assert authors == sorted(authors)
    assert len({one.title for one in WHOLE.papers}) == len(WHOLE.papers)


def test_every_paper_is_that_of_a_term() -> None:
    for one in WHOLE.papers:
        assert WHOLE.of_paper(one.key), one.title
    for term in WHOLE.terms:
        for key in term.papers:
            assert WHOLE.paper(key)


def test_every_station_has_terms() -> None:
    for one in STATIONS:
        assert WHOLE.of_station(one.url), one.title


def test_who_is_quoted_in_a_table_is_among_the_references() -> None:
    """The first authors of the lecture's own figures."""
    with (PROJECT / "wsl_core" / "published.csv").open(encoding="utf-8", newline="") as file:
        quoted = {row["source"] for row in csv.DictReader(file) if row["status"] == "lecture"}
    known = {one.authors.split(",")[0].split(". ")[-1] for one in WHOLE.papers}
    for source in quoted:
        assert source.split()[0] in known, source


def test_what_is_easily_mixed_up_is_said() -> None:
    journal = next(one for one in WHOLE.papers if "JMLR" in one.where)
    assert journal.authors.startswith("Y. Ganin")
    assert "never mixed" in journal.note
    probed = WHOLE.paper("zf")
    assert "theirs" in probed.note


def test_the_files_are_one_language() -> None:
    """British spelling in what users read."""
    text = json.dumps([WHOLE.model_dump(), framework().model_dump()])
    sentences = re.sub(r'"title": "[^"]*"', "", text)
    for american in ("normaliz", "recogniz", "color ", "colors", "behavior", "generaliz"):
        assert american not in sentences.lower()
