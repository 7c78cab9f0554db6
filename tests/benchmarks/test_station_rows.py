"""The README's table of stations: its lines of Python run, its commands and pictures are there."""

import contextlib
import io
import shlex

import numpy as np
import pytest
from PIL import Image

from benchmarks.serving import ROOT
from benchmarks.station_rows import ROWS, place, table
from wsl_core.cli import parser
from wsl_core.web.stations import STATIONS


def test_every_station_has_a_row_in_the_order_of_the_lecture() -> None:
    assert list(ROWS) == [one.url for one in STATIONS]
    assert table().count("\n") == len(STATIONS) + 1


@pytest.mark.parametrize("station", STATIONS, ids=lambda one: one.url)
def test_every_station_has_a_picture_of_its_page(station) -> None:
    picture = Image.open(ROOT / place(station))
    assert picture.size == (640, 400)
    assert np.asarray(picture.convert("L"), float).std() > 10  # a page, not a blank window
    assert ROWS[station.url].shows in table()


@pytest.mark.parametrize("name", [name for name, row in ROWS.items() if row.command])
def test_the_command_line_takes_every_command(name: str) -> None:
    given = parser().parse_args(shlex.split(ROWS[name].command))
    assert callable(given.run)


def test_the_lines_run_one_after_the_other() -> None:
    """In one program, as the README says; the training takes two steps of its thousand."""
    lines = [line for row in ROWS.values() for line in row.python]
    text = "\n".join(lines).replace('method="dann")', 'method="dann", steps=2)')
    assert "steps=2" in text
    told, names = io.StringIO(), {}
    with contextlib.redirect_stdout(told):
        exec(text, names)
    assert "tabby" in told.getvalue()
    assert names["found"].boxes
    assert names["answer"].names[names["answer"].best] == "cat"
    assert len(names["comparisons"].load_shipped("digits").select(3, 1.0)) >= 3
