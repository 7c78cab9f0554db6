"""The handout's file, and what of a page is taken down for it, without a browser."""

import io
import re

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from wsl_core.figures.colours import Scale
from wsl_core.networks import Geometry, Placement
from wsl_core.practical import practical
from wsl_core.settings import settings
from wsl_core.web.practical.handout import Chapter, answer_sheet, handout
from wsl_core.web.practical.kept import MOST, Answered
from wsl_core.web.practical.painted import SIDE, painted, smaller
from wsl_core.web.practical.seen import Picture, Seen

QUESTION = practical().of_station("pooling")[1]


def seen(**more) -> Seen:
    return Seen("http://127.0.0.1:1/pooling?picture=cat", {"picture": "cat"}, [], **more)


def text(*shown: Seen, predict: str = "", explain: str = "", name: str = "") -> str:
    found = [(QUESTION, Answered(predict, explain, list(shown)))]
    return handout(name, "1 May 2026", [Chapter("Pooling", found)])


@pytest.mark.parametrize(
    "typed", ["<script>x()</script>", '"><img src=x onerror=x()>', "&lt;b&gt;", "a\0b"]
)
def test_what_a_student_types_stays_text(typed: str) -> None:
    escaped = (
        typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    )
    made = text(predict=typed, explain=typed, name=typed)
    assert made.count(escaped) == 3
    assert "<script" not in made
    assert "<img" not in made


def test_nothing_in_it_asks_another_address() -> None:
    made = text(seen())
    assert re.findall(r'(?:src|href)="([^"]*)', made) == ["http://127.0.0.1:1/pooling?picture=cat"]
    assert "url(" not in made
    assert "@import" not in made


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("**+5.46**", "<td><strong>+5.46</strong></td>"),
        (r"a \*b\* \<c\>", "<td>a *b* &lt;c&gt;</td>"),
        ("*h*⁺ `k`", "<td><em>h</em>⁺ <code>k</code></td>"),
        ("[cat](http://elsewhere)", "<td>cat</td>"),
        ("3 * 4 * 5", "<td>3 * 4 * 5</td>"),
        ("<b>x</b>", "<td>&lt;b&gt;x&lt;/b&gt;</td>"),
    ],
)
def test_a_cell_of_a_table_is_shown_as_on_the_page(cell: str, shown: str) -> None:
    assert shown in text(seen(tables=[(["score"], [[cell]])]))


def test_pictures_have_their_words_and_tables_their_heads() -> None:
    shown = seen(
        tables=[(["scheme", "score"], [["Max", "+16.51"]])],
        pictures=[Picture(png(4, 3), "Max & <b>", 'Highest "+16.51" at <8>')],
        figures=['<figure role="img" aria-label="curve"></figure>'],
    )
    made = text(shown)
    assert 'alt="Highest &quot;+16.51&quot; at &lt;8&gt;"' in made
    assert "<figcaption>Max &amp; &lt;b&gt;</figcaption>" in made
    assert '<th scope="col">score</th>' in made
    assert shown.figures[0] in made
    assert made.index("<img") < made.index(shown.figures[0]) < made.index("<table")


def test_settings_are_told_or_that_there_are_none() -> None:
    assert "All settings as they begin." in text(seen())
    shown = seen()
    shown.settings.append(("Gallery picture", "cat & dog"))
    assert "<li>Gallery picture: cat &amp; dog</li>" in text(shown)


def test_the_answer_sheet_has_every_question_with_its_answer() -> None:
    made = answer_sheet("1 May 2026", [("Pooling", [QUESTION])], {QUESTION.key: "One & *60*."})
    for words in (QUESTION.predict, "One &amp; <em>60</em>.", "Pooling", "1 May 2026"):
        assert words in made


def png(width: int, height: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (width, height), (200, 180, 160)).save(file, "PNG")
    return file.getvalue()


def opened(file: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(file))
    image.load()
    assert image.format == "PNG"
    return image


def test_a_large_picture_is_kept_small() -> None:
    assert opened(smaller(png(2000, 500))).size == (SIDE, SIDE // 4)
    assert opened(smaller(png(40, 30))).size == (40, 30)


def test_a_kept_map_is_red_where_it_is_high() -> None:
    file = io.BytesIO()
    Image.new("RGB", (96, 64), (128, 128, 128)).save(file, "JPEG", quality=95)
    geometry = Geometry(jump=32, receptive_field=32, first_centre=15.5)
    placement = Placement.of(geometry, (2, 3), (64, 96), (64, 96))
    values = np.array([[5, 0, -5], [np.nan, 0, np.inf]], dtype=np.float32)
    drawn = opened(painted(file.getvalue(), placement, values, Scale.of([values[:1]]), 1.0))
    pixels = np.asarray(drawn.convert("RGB")).astype(int)
    assert pixels[2, 2, 0] > pixels[2, 2, 2] + 40
    assert pixels[2, -3, 2] > pixels[2, -3, 0] + 40


PAGE = """
import streamlit as st
from wsl_core.web.practical import kept
from wsl_core.web.practical.seen import Picture, Seen

def add():
    kept.add("one", Seen("", {}, [], pictures=[Picture(b"x" * st.session_state["size"], "", "")]))
    return kept.refused("one")


st.session_state["said"] = [add() for _ in range(st.session_state["times"])]
kept.remove("one", 10**6)
st.session_state["still"] = kept.refused("one")
kept.remove("one", 0)
st.session_state["after"] = kept.refused("one") + add()
"""


@pytest.mark.parametrize(
    ("size", "times", "most", "words"),
    [
        (10, MOST + 2, MOST, f"kept {MOST} times"),
        (3_000_000, 4, 2, "The handout holds 6.00 of 8 megabytes, and this would be 3.00 more"),
    ],
)
def test_what_is_kept_is_bounded_and_says_so(size: int, times: int, most: int, words: str) -> None:
    assert settings().handout_megabytes == 8
    app = AppTest.from_string(PAGE)
    app.session_state["size"], app.session_state["times"] = size, times
    app.run()
    assert not app.exception
    said = app.session_state["said"]
    assert said[:most] == [""] * most
    assert all(words in one and "Remove something" in one for one in said[most:])
    assert app.session_state["still"] == said[-1]
    assert app.session_state["after"] == ""  # there is room again


TAKEN = """
import streamlit as st
from pydantic import BaseModel, Field
from wsl_core.errors import WslError
from wsl_core.web import station
from wsl_core.web.practical import seen


class View(BaseModel):
    layer: int = Field(3, title="Layer")
    side: int = Field(1, title="Side")


def fails():
    raise WslError("no")


kept = []
if st.session_state.get("ask"):
    seen.ask("one")
with seen.whole_page(lambda key, what: kept.append((key, what))):
    seen.begin([View])
    station.table(["a"], [[str(n)] for n in range(100)])
    seen.offer(lambda: [("Text", lambda: "x", "x.txt", "text/plain"),
                        ("Bad (PNG)", fails, "b.png", "image/png")])
st.session_state["kept"] = kept
st.session_state["left"] = [name for name in st.session_state if name.startswith("practical_")]
"""


def test_a_page_is_taken_down_only_when_asked() -> None:
    app = AppTest.from_string(TAKEN)
    app.query_params["layer"], app.query_params["tour"] = "7", "3"
    app.run()
    assert not app.exception
    assert app.session_state["kept"] == []
    app.session_state["ask"] = True
    app.run()
    ((key, what),) = app.session_state["kept"]
    assert key == "one"
    assert what.settings == [("Layer", "7")]
    assert what.link == {"layer": "7"}  # the tour is not the station's
    ((columns, rows),) = what.tables
    assert columns == ["a"]
    assert (len(rows), rows[0], rows[-1]) == (61, ["0"], ["…"])
    assert what.pictures == []  # one that cannot be made is left out
    assert app.session_state["left"] == []
