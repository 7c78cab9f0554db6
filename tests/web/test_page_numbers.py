"""What the activation maps say in words and files, from maps whose numbers are known."""

import csv
import dataclasses
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from wsl_core import images
from wsl_core.fcn.activation_maps import ActivationMapParameters, cell_sum, compute
from wsl_core.images import Photo
from wsl_core.web.activation_maps import downloads as files
from wsl_core.web.activation_maps import shown as page
from wsl_core.web.activation_maps.shown import ActivationMapView
from wsl_core.web.pictures import LONGEST_SIDE, Chosen
from wsl_core.web.sentences import plain

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def maps(hand_made):
    """Class a has its peak in row 2, column 3; class b is the same everywhere; class c is negative."""
    values = np.full((3, 3, 4), 1.0)
    values[0] = np.arange(12).reshape(3, 4) / 4 - 1
    values[0, 1, 2] = 7.5
    values[2] = -2 - np.arange(12).reshape(3, 4) / 8
    return hand_made(values, bias=np.array([0.5, 0, 0.25]))


@pytest.fixture
def chosen() -> Chosen:
    return Chosen(Photo.from_array(np.zeros((65, 97, 3), np.uint8), "own.png"), "Own", "", None)


def numbers(text: str) -> list[float]:
    return [float(n) for n in re.findall(r"[-+−]?\d+(?:\.\d+)?", text.replace("−", "-"))]


@pytest.mark.parametrize("index", [0, 1, 2])
def test_the_score_sentence_adds_up(maps, index: int) -> None:
    sentence = page.score_sentence(maps, index)
    rows, columns, cells, total, divisor, score, classes, _ = numbers(sentence)
    assert (rows, columns, cells, divisor, classes) == (3, 4, 12, 12, 3)
    assert total / cells == pytest.approx(score, abs=0.006)
    assert score == pytest.approx(float(maps.scores[index]), abs=0.006)


def test_a_score_that_is_no_mean_is_not_called_one(maps) -> None:
    own = dataclasses.replace(maps, pooled=np.array([3.0, 1.0, 0.5], np.float32))
    sentence = page.score_sentence(own, 0)
    score, classes, _, rows, columns, mean = numbers(sentence)
    assert (score, classes, rows, columns) == (3.5, 3, 3, 4)
    assert mean == pytest.approx(float(own.map(0).mean()), abs=0.006) != score
    assert "not linear" in sentence


def test_a_class_that_the_network_does_not_have_gives_way_to_the_likeliest(maps) -> None:
    best, runner_up = (one.index for one in maps.top(2))
    view = ActivationMapView(first="tabby", second="lynx")
    assert page.shown_classes(maps, view) == (best, runner_up)


@pytest.mark.parametrize("cell", [(0, 0), (1, 2), (2, 3)])
def test_the_rows_behind_a_cell_add_up(maps, cell: tuple[int, int]) -> None:
    rows = page.cell_rows(cell_sum(maps, 0, *cell, count=2))
    values = [numbers(value)[0] for _, value in rows]
    assert sum(values[:-1]) == pytest.approx(values[-1], abs=0.002)
    assert values[-1] == pytest.approx(float(maps.map(0)[cell]), abs=0.001)
    assert rows[0] == ["the class's bias", "+0.500"]


def test_the_rows_of_a_real_cell_add_up(network) -> None:
    maps = network.class_maps(images.gallery.load("cat"), 225)
    rows = page.cell_rows(cell_sum(maps, 281, 2, 3))
    values = [numbers(value)[0] for _, value in rows]
    assert len(rows) == 1 + 5 + 1 + 1
    assert sum(values[:-1]) == pytest.approx(values[-1], abs=0.005)
    assert values[-1] == pytest.approx(float(maps.map(281)[2, 3]), abs=0.001)


def test_a_guess_is_told_how_far_it_was(maps) -> None:
    sentence = page.guess_sentence(maps, 0, (1, 0))
    assert "Your cell holds 0.50 logits for class a" in sentence
    assert "7 of 12 cells hold more" in sentence
    assert "The peak, 8.00, lies 64 px from" in sentence  # two cells of 32 px


def test_a_right_guess_is_told_so(maps) -> None:
    assert page.guess_sentence(maps, 0, (1, 2)) == "Your cell is the peak of class a: 8.00 logits."


def test_every_cell_of_a_constant_map_is_its_peak(maps) -> None:
    assert "is the peak" in page.guess_sentence(maps, 1, (2, 3))


def test_the_words_for_a_map_give_score_peak_and_region(maps, chosen) -> None:
    text = page.alternative_text(maps, 0, chosen, 0.5)
    assert text.startswith("Own with the class activation map of class a: score ")
    assert f"score {maps.scores[0]:.2f} logits" in text
    assert "Highest 8.00 at 64 across, 32 down of 97 by 65 pixels; lowest -0.50" in text
    assert "The largest region above 50% of that spans" in text


def test_the_words_for_a_constant_map_say_so(maps, chosen) -> None:
    text = page.alternative_text(maps, 1, chosen, 0.2)
    assert "the same value everywhere (1.00)" in text
    assert "spans" not in text


def test_the_words_for_a_negative_map_say_so(maps, chosen) -> None:
    text = page.alternative_text(maps, 2, chosen, 0.2)
    assert "nowhere above zero (highest -1.75)" in text


def test_the_words_for_a_map_of_no_numbers_say_so(hand_made, chosen) -> None:
    values = np.zeros((2, 2, 2))
    values[0, 0, 0] = np.nan
    assert "not numbers" in page.alternative_text(hand_made(values), 0, chosen, 0.2)


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
@pytest.mark.parametrize("view", ["one class", "two classes", "difference"])
@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_the_panels_of_a_map_of_no_numbers_can_be_sent(hand_made, chosen, view, broken) -> None:
    values = np.ones((2, 2, 2))
    values[0, 0, 0] = broken
    maps = hand_made(values, digest=f"broken {view} {broken}")
    asked = ActivationMapView(view=view, first="class a", second="class b")
    for panel in page.panels(maps, asked, chosen):
        assert panel.box is None
        assert panel.floor is None
        json.dumps([panel.channels, panel.score, panel.alt])


def test_the_json_is_what_other_programs_read(maps) -> None:
    found = json.loads(files.as_json(maps, [0, 2]))
    assert [one["index"] for one in found["classes"]] == [0, 2]
    for one in found["classes"]:
        assert np.mean(one["map"]) == pytest.approx(one["score"], abs=1e-4)
    assert found["classes"][0]["peak"] == [64, 32]
    assert found["cell_centres"] == {"x": [0, 32, 64, 96], "y": [0, 32, 64]}


def test_the_csv_ranks_all_classes(maps) -> None:
    rows = list(csv.DictReader(io.StringIO(files.as_csv(maps))))
    assert [row["rank"] for row in rows] == ["1", "2", "3"]
    assert [row["name"] for row in rows] == ["class a", "class b", "class c"]
    assert sum(float(row["probability"]) for row in rows) == pytest.approx(1, abs=1e-5)


def test_the_table_counts_from_one_as_the_captions_do(maps) -> None:
    table = page.cell_table(maps, 0)
    assert list(table) == ["row", "1", "2", "3", "4"]
    assert table["row"] == [1, 2, 3]
    assert table["3"][1] == 8.0


@pytest.mark.parametrize(
    ("cell", "found"),
    [("", None), ("1,1", (0, 0)), ("3,4", (2, 3)), ("4,1", None), ("1,5", None), ("0,0", None)],
)
def test_a_cell_of_the_link_is_kept_if_the_map_has_it(maps, cell: str, found) -> None:
    assert page.pinned_cell(maps, ActivationMapView(cell=cell)) == found


@pytest.mark.parametrize(
    ("first", "second", "shown"),
    [
        ("", "", (0, 1)),
        ("class b", "", (1, 0)),
        ("class a", "", (0, 1)),
        ("class c", "class c", (2, 2)),
    ],
)
def test_most_likely_is_never_the_class_beside_it(maps, first, second, shown) -> None:
    assert page.shown_classes(maps, ActivationMapView(first=first, second=second)) == shown


def test_every_field_changes_what_is_said_to_be_painted(maps) -> None:
    other = {
        "picture": "coffee", "network": "efficientnet_lite1", "size": 321, "scales": True,
        "mirror": True, "threshold": 0.3, "view": "difference", "first": "tabby", "second": "lynx",
        "opacity": 0.3, "drawing": "cells", "own": True, "predict": True, "cell": "1,1",
        "head": "a-run/scratch",
    }  # fmt: skip
    assert set(other) == set(ActivationMapView.model_fields)
    views = [ActivationMapView(), *(ActivationMapView(**{k: v}) for k, v in other.items())]
    tokens = {page.token(view, maps, None) for view in views} | {page.token(views[0], maps, (0, 0))}
    assert len(tokens) == 1 + len(other) + 1


@pytest.mark.parametrize(
    "name", ["own picture.png", 'a "quoted" one.png', "back\\slash.png", "é 😀.png"]
)
def test_the_code_for_a_visitors_file_runs_and_gives_the_figures_on_the_page(
    network, tmp_path, name: str
) -> None:
    pixels = images.gallery.load("coffee").pixels
    Image.fromarray(pixels).save(tmp_path / "file.png")
    data = (tmp_path / "file.png").read_bytes()
    photo = images.read(data, name=name, longest_side=LONGEST_SIDE)
    chosen = Chosen(photo, name, "", None)
    code = page.in_python(ActivationMapView(size=225, mirror=True, threshold=0.4), chosen, 967)
    compile(code, "shown on the page", "exec")
    assert photo.name in eval(re.search(r"images\.read\((.*?), longest", code)[1])
    if name != "own picture.png":
        return  # a run takes seconds
    (tmp_path / name).write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=True,
    )
    expected = compute(network, photo, ActivationMapParameters(size=225, mirror=True))
    printed = float(re.search(r"score=(-?[\d.]+)", done.stdout)[1])
    assert printed == pytest.approx(expected.score(967).score, abs=1e-3)


def test_the_code_names_what_differs_from_the_defaults_only(chosen) -> None:
    assert "ActivationMapParameters()" in page.in_python(ActivationMapView(opacity=0.1), chosen, 0)
    code = page.in_python(ActivationMapView(size=321, scales=True), chosen, 0)
    assert "ActivationMapParameters(size=321, scales=True)" in code


@pytest.mark.parametrize(
    "text",
    ["![x](http://example.org/x.png)", "**bold** _it_ `code`", "$x$ :red[y] # z", "a\n\n# b"],
)
def test_a_quoted_word_is_no_markdown(text: str) -> None:
    shown = plain(text)
    assert re.sub(r"\\(.)", r"\1", shown) == " ".join(text.split())
    assert not re.search(r"(?<!\\)[!*_`$#\[\]():]", shown)
