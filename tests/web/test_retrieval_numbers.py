"""What the Retrieval page computes and says, without a browser."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from tests.transfer import retrieval_pictures as made
from wsl_core import published
from wsl_core.errors import ParameterError
from wsl_core.images import gallery
from wsl_core.transfer.retrieval import PIXELS, examples
from wsl_core.transfer.retrieval.comparison import LEARNED
from wsl_core.web import links
from wsl_core.web.retrieval import downloads as retrieval_downloads
from wsl_core.web.retrieval import in_python as code
from wsl_core.web.retrieval import layers as retrieval_layers
from wsl_core.web.retrieval import sentences as words
from wsl_core.web.retrieval import shown as page
from wsl_core.web.retrieval import table as retrieval_table
from wsl_core.web.retrieval.neighbours import Found, marks
from wsl_core.web.retrieval.strip import Tile, strip
from wsl_core.web.retrieval.view import RetrievalView, region_of


@pytest.fixture(scope="module")
def shown() -> page.Shown:
    return page.of_example("things", "head")


@pytest.fixture(scope="module")
def asked() -> page.Asked:
    return page.Asked(gallery.load("cat"), "Cat", "cat", (100.0, 40.0, 200.0, 150.0), key="cat")


@pytest.fixture(scope="module")
def found(shown: page.Shown, asked: page.Asked) -> Found:
    kinds = (LEARNED, PIXELS)
    return Found(asked, {kind: page.neighbours(shown, kind, asked) for kind in kinds})


def test_an_eye_finds_the_cat_before_any_wall(shown: page.Shown, found: Found) -> None:
    near = found.learned
    assert [one.label for one in near] == ["cat"] * 6
    assert [one.similarity for one in near] == sorted(
        (one.similarity for one in near), reverse=True
    )
    assert page.voted(near) == page.Vote("cat", 5, 5)
    assert words.vote(page.voted(near), found.asked) == (
        "The nearest 5 vote for **cat** (5 of 5), which is right."
    )
    assert len({shown.names[one.number].partition(" before ")[2] for one in near}) > 1


def test_a_picture_of_the_collection_is_no_neighbour_of_itself(shown: page.Shown) -> None:
    one = page.Asked(shown.photo(30), "a motorcycle", "motorcycle", None, 30)
    assert 30 not in {each.number for each in page.neighbours(shown, LEARNED, one, 83)}


def test_both_sides_cells_add_up_to_the_cosine_and_pairs_are_drawn_where_they_lie(
    shown: page.Shown, found: Found
) -> None:
    near = found.learned[0]
    match = page.matching(shown, found.asked, near.number)
    for one in (match.asked, match.found):
        assert sum(float(values.sum()) for values in one.maps) == pytest.approx(
            match.cosine, abs=1e-4
        )
    assert match.cosine == pytest.approx(
        near.similarity, abs=2e-3
    )  # the index is kept in half precision
    assert 1 <= len(match.pairs or ()) <= 5
    left, top, width, height = found.asked.region or (0, 0, 0, 0)
    for mark in marks(match, 0, match.asked.placements[-1]):
        assert mark.at[0] < left + width  # a cell of the region reaches into it
        assert mark.at[2] > left
        assert mark.at[1] < top + height
        assert mark.at[3] > top
    _, rows = words.sums(match, (257, 321))
    parts = [float(row[2].replace("−", "-")) for row in rows[:2]]
    assert sum(parts) == pytest.approx(match.cosine, abs=2e-3)


def test_layers_of_many_cells_are_not_paired(asked: page.Asked) -> None:
    early = page.of_example("things", "stage1")
    match = page.matching(early, asked, 0)
    assert match.pairs is None
    assert "too many cells" in words.paired(match)


def test_regions_are_read_as_the_command_line_reads_them() -> None:
    photo = gallery.load("cat")
    assert region_of("", photo) is None
    assert region_of(" 20, 30, 120, 90", photo) == (20, 30, 120, 90)
    with pytest.raises(ParameterError, match="not inside the picture"):
        region_of("400,0,200,100", photo)
    with pytest.raises(ParameterError, match="The region 'left' is none"):
        region_of("left", photo)
    parameters, notices = links.parse(RetrievalView, {"region": "1,2,3"})
    assert not parameters.region  # type: ignore[attr-defined]
    assert "left, top, width and height in pixels" in notices[0]


def test_the_layers_are_told_by_their_figures() -> None:
    things, digits = (retrieval_layers.figures(name) for name in ("things", "digits"))
    assert "every trained layer does better than pixels" in retrieval_layers.sentence(things)
    assert "last layer does no better than pixels" in retrieval_layers.sentence(digits)
    _, rows = retrieval_layers.table(things)
    assert len(rows) == len(examples.TAPS) + 2
    last = things["map"][LEARNED][-1]
    assert f"{100 * last:.1f} %" in rows[len(examples.TAPS) - 1]
    drawn = retrieval_layers.charts(things)
    assert drawn.count('role="img"') == 2
    assert f"9, head: {100 * last:.1f} %" in drawn


def test_names_of_a_visitor_are_shown_as_they_are() -> None:
    drawn = strip([Tile(None, '<b>"x"', "<i>y", -0.25, False), Tile(b"jpeg", "a", "b", 0.5)])
    assert "<b>" not in drawn
    assert "<i>" not in drawn
    assert "−0.25" in drawn
    assert "✗ &lt;i&gt;y" in drawn
    assert drawn.count("✓") == 0


def test_the_published_figures_are_said_to_be_reported() -> None:
    rows = published.rows("retrieval")
    assert {row.dataset: row.value for row in rows}["Holidays"] == 84.3
    assert {row.status for row in rows} == {"reported"}
    assert "could not be opened" in retrieval_table.sources()


def test_measured_rows_are_told_with_their_data() -> None:
    row = {
        "entry": "default", "map": "0.7345", "precision_at_1": "0.9058", "knn_accuracy": "0.9075",
        "dimensions": "1280", "map_se": "0.0123", "data": "A set", "queries": "584", "base": "2983",
        "classes": "100", "ranks": "all", "duplicates": "0", "protocol": "test against train",
        "date": "2026-11-27",
    }  # fmt: skip
    chance = row | dict.fromkeys(("dimensions", "knn_accuracy", "map_se"), "")
    found = [row, chance | {"entry": "chance", "map": "0.0126", "precision_at_1": "0.01"}]
    _, rows = retrieval_table.measured(found)
    assert rows[0] == ["this program's vectors", "1280", "73.5 %", "90.6 %", "90.8 %"]
    assert rows[1] == ["any order", "–", "1.3 %", "1.0 %", "–"]
    assert "584 pictures of test ask 2,983 others, 100 classes" in retrieval_table.circumstances(
        found
    )
    assert "mAP 73.5 %, first 90.6 %" in retrieval_table.chart(found)


def test_downloads_hold_what_is_shown(shown: page.Shown, found: Found) -> None:
    rows = list(csv.DictReader(io.StringIO(retrieval_downloads.as_csv(shown, found))))
    assert len(rows) == 12
    assert rows[0]["class"] == "cat"
    match = page.matching(shown, found.asked, found.learned[0].number)
    facts = json.loads(retrieval_downloads.as_json(match, "a cat"))
    total = sum(np.sum(values) for values in facts["asked"]["maps"])
    assert total == pytest.approx(facts["cosine"], abs=1e-3)


def test_the_shown_lines_give_the_shown_neighbours(
    shown: page.Shown, found: Found, capsys: pytest.CaptureFixture[str]
) -> None:
    exec(compile(code.neighbours(found.asked, "things", "head", 6), "shown", "exec"), {})
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 6
    for line, one in zip(printed, found.learned, strict=True):
        name, _, value = line.rpartition(" ")
        assert name == shown.names[one.number]
        assert float(value) == pytest.approx(one.similarity, abs=1e-3)
    exec(compile(code.layers("digits"), "shown", "exec"), {})
    assert capsys.readouterr().out.splitlines()[-1].startswith("head {'learned': 0.")
    exec(compile(code.TABLE, "shown", "exec"), {})
    assert "Oxford5k mAP 68.0 reported" in capsys.readouterr().out


def test_the_shown_lines_for_a_collection_of_one_s_own_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    packed = made.zipped(made.class_folders(tmp_path / "set", 3), tmp_path / "set.zip")
    (tmp_path / "holiday.jpg").write_bytes(gallery.load("cat").jpeg(300))
    monkeypatch.chdir(tmp_path)
    exec(compile(code.own(str(packed), "stage5"), "shown", "exec"), {})
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 6
    assert printed[0].endswith(tuple("0123456789"))
