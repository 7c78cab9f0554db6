"""What the Sliding window page says, from numbers that are known; no browser."""

import base64
import csv
import io
import itertools
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydantic import BaseModel

from wsl_core.errors import ImageError
from wsl_core.fcn import digit_canvas, sliding_window
from wsl_core.fcn.sliding_window import Costs, SlidingWindow
from wsl_core.fcn.unconverted import Difference
from wsl_core.figures import Scale
from wsl_core.networks import ClassMaps, Geometry, Placement
from wsl_core.networks.layers import Layer, Step
from wsl_core.web import links, pictures
from wsl_core.web.components import drawing
from wsl_core.web.components.drawing import Written
from wsl_core.web.sliding_window import digits
from wsl_core.web.sliding_window import downloads as sliding_downloads
from wsl_core.web.sliding_window import in_python as sliding_in_python
from wsl_core.web.sliding_window import sentences as words
from wsl_core.web.sliding_window import shown as page
from wsl_core.web.sliding_window.shown import SlidingWindowView

PROJECT = Path(__file__).resolve().parents[2]
CELLS = 3  # of a window's side


def png(height: int = 8, width: int = 16) -> bytes:
    file = io.BytesIO()
    Image.new("L", (width, height), 255).save(file, "PNG")
    return file.getvalue()


def sent(**changes: object) -> dict[str, object]:
    source = drawing.PNG + base64.b64encode(png()).decode()
    return {"base": "scene 0", "version": 3, "png": source} | changes


@pytest.fixture
def maps(hand_made) -> ClassMaps:
    values = np.random.default_rng(1).normal(size=(2, 6, 9))
    return hand_made(values)


@pytest.fixture
def window(maps: ClassMaps) -> SlidingWindow:
    """Windows of 3 x 3 cells over the hand-made maps."""
    side = 32 * (CELLS - 1) + 1
    geometry = Geometry(32, side, (side - 1) / 2)
    cells = tuple(count - CELLS + 1 for count in maps.cells)
    return SlidingWindow(
        side, CELLS, Placement.of(geometry, cells, maps.input_size, maps.picture_size)
    )


def finer(maps: ClassMaps, factor: int) -> ClassMaps:
    """Maps whose every `factor`-th cell is one of `maps`."""
    count, rows, columns = maps.features.shape
    shape = (count, factor * (rows - 1) + 1, factor * (columns - 1) + 1)
    features = np.random.default_rng(2).normal(size=shape).astype(np.float32)
    features[:, ::factor, ::factor] = maps.features
    return ClassMaps(
        maps.network, maps.classes, features, maps.weight, maps.bias, maps.placement, maps.digest
    )


def test_a_drawing_arrives_as_it_was_sent() -> None:
    written = drawing.Written.of(sent())
    assert (written.base, written.version, written.png) == ("scene 0", 3, png())


@pytest.mark.parametrize(
    "value",
    [
        None, [], "x", {}, sent(png=None), sent(png="data:image/png;base64,@@@"),
        sent(png="http://192.0.2.1/x.png"), sent(version="many"),
        sent(png=drawing.PNG + "A" * drawing.LARGEST),
    ],
)  # fmt: skip
def test_what_is_no_drawing_is_refused_in_words(value: object) -> None:
    with pytest.raises(ImageError, match="did not arrive whole"):
        drawing.Written.of(value)


def test_cells_travel_as_a_lattice_that_gives_their_windows_back() -> None:
    axis = Placement.of(Geometry(4, 32, 15.5), (33, 73), (160, 320), (160, 320)).across
    one = drawing._lattice(axis)
    for cell in (0, 17, 72):
        centre = one["first"] + cell * one["step"]
        low, high = ((centre + sign * one["reach"]) * 320 for sign in (-1, 1))
        assert (low, high) == pytest.approx(axis.window(cell))


def test_a_paper_of_logits_travels_in_few_bytes() -> None:
    logits = np.random.default_rng(0).normal(0, 9, (10, 33, 73)).astype(np.float32)
    placement = Placement.of(Geometry(4, 32, 15.5), (33, 73), (160, 320), (160, 320))
    reading = drawing.Reading(list("0123456789"), logits, placement, [], "", [""] * 10)
    sent = drawing._reading(reading, 1, Scale(9.0))
    assert np.abs(np.array(sent["maps"]).reshape(logits.shape) - logits).max() <= 0.00501
    assert len(json.dumps(sent)) < 8 * logits.size


def test_at_single_stride_the_map_is_the_dense_one(maps, window) -> None:
    one = page.slid(maps, window, SlidingWindowView(first=""))
    assert np.array_equal(one.values, sliding_window.dense(maps, window, one.index))
    assert one.placement == window.placement


@pytest.mark.parametrize("factor", [2, 4])
def test_finer_windows_are_means_of_their_cells_and_hold_the_single_ones(
    maps, window, factor
) -> None:
    fine = finer(maps, factor)
    one = page.slid(maps, window, SlidingWindowView(finer=factor), fine)
    assert one.values.shape == tuple(factor * (n - 1) + 1 for n in (window.rows, window.columns))
    single = sliding_window.dense(maps, window, one.index)
    assert one.values[::factor, ::factor] == pytest.approx(single, abs=1e-5)
    values = fine.map(one.index)
    for row, column in itertools.product((0, 1, one.values.shape[0] - 1), (0, 3)):
        cells = [
            values[row + factor * i, column + factor * j]
            for i in range(CELLS)
            for j in range(CELLS)
        ]
        assert one.values[row, column] == pytest.approx(np.mean(cells), abs=1e-5)
    coarse = window.placement.window(1, 2)
    assert one.placement.window(factor, 2 * factor) == pytest.approx(coarse)


@pytest.mark.parametrize(
    ("cell", "place"), [("", None), ("1,1", (0, 0)), ("4,7", (3, 6)), ("5,1", None), ("0,1", None)]
)
def test_a_window_of_the_link_is_kept_if_the_picture_has_it(window, cell: str, place) -> None:
    assert page.pinned_window(SlidingWindowView(cell=cell), window) == place


def test_the_highest_window_is_the_highest(maps, window) -> None:
    one = page.slid(maps, window, SlidingWindowView())
    row, column = page.highest_window(one)
    assert one.values[row, column] == one.values.max()


def test_the_table_has_every_window(maps, window) -> None:
    one = page.slid(maps, window, SlidingWindowView())
    table = words.window_table(one)
    assert table.pop("row") == list(range(1, window.rows + 1))
    assert list(table) == [str(column + 1) for column in range(window.columns)]
    assert np.stack(list(table.values()), axis=1) == pytest.approx(one.values, abs=0.0051)


@pytest.mark.parametrize(
    ("factor", "passes", "cells"),
    [
        (1, "one pass", "the mean of the 3 × 3 cells that lie in it."),
        (2, "4 passes", "the mean of 3 × 3 cells in it, every other one."),
        (4, "16 passes", "the mean of 3 × 3 cells in it, every fourth."),
    ],
)
def test_how_windows_are_counted_is_said(maps, window, factor, passes: str, cells: str) -> None:
    fine = finer(maps, factor) if factor > 1 else None
    one = page.slid(maps, window, SlidingWindowView(finer=factor), fine)
    text = words.window_sentence(one)
    rows, columns = (factor * (n - 1) + 1 for n in (window.rows, window.columns))
    assert f"moved by {32 // factor} px, has {rows} × {columns} = {rows * columns} places" in text
    assert f"and {passes} of the network" in text
    assert text.endswith(f"a window's score is {cells}")


def test_two_rankings_stand_side_by_side(maps, window) -> None:
    one = page.slid(maps, window, SlidingWindowView())
    dense = page.dense_top(one, 1, 2, count=2)
    values = sliding_window.dense(maps, window)[:, 1, 2]
    assert [found.index for found in dense] == np.argsort(-values).tolist()
    assert sum(found.probability for found in dense) == pytest.approx(1)
    assert words.beside(dense, dense[:1]) == [
        ["1", *[f"{dense[0].name}, {dense[0].score:.2f} ({dense[0].probability:.0%})"] * 2]
    ]


def test_why_a_window_differs_is_said_in_figures() -> None:
    cells = np.zeros((4, 4), np.float32)
    cells[0] = 2.0
    beyond = np.full((4, 4), 0.25, np.float32)
    text = words.difference_sentence(Difference(1.5, 1.0, cells, beyond), "tabby", 97, 128)
    for part in ("scores +1.50", "picture +1.00", "**+0.50 logits**", "sees 128 px", "has 97"):
        assert part in text
    assert "0.67 logits on average in the outermost ring" in text
    assert "0.00 in the cells inside" in text
    assert "not linear" not in text
    single = Difference(1.0, 0.5, np.full((1, 1), 0.5, np.float32), beyond[:1, :1])
    assert "ring" not in words.difference_sentence(single, "tabby", 97, 128)
    assert "+0.50 of it are the head's" in words.difference_sentence(
        Difference(1.0, 0.0, cells, beyond), "tabby", 97, 128
    )


def test_where_the_zeros_reach_follows_from_what_the_cells_see() -> None:
    def said(beyond: np.ndarray) -> str:
        cells = np.zeros(beyond.shape, np.float32)
        return words.zeros_sentence(Difference(0, 0, cells, beyond), 225, 851)

    everywhere = np.full((4, 4), 0.93, np.float32)
    everywhere[0, 0] = 0.96
    assert "every one of its 16 cells, not only those at the border" in said(everywhere)
    assert said(everywhere).endswith("and make up 93% to 96% of what a cell sees.")
    assert said(everywhere[1:]).endswith("and make up 93% of what a cell sees.")
    border = np.zeros((4, 4), np.float32)
    border[0] = 0.1
    assert "reach 4 of its 16 cells, those near the border" in said(border)
    assert said(everywhere[:1, 1:2]).endswith("of what its one cell sees, 93% lies outside.")


def test_with_the_default_network_the_zeros_reach_every_cell(network) -> None:
    chosen, view = pictures.from_gallery("cat"), SlidingWindowView()
    photo = chosen.photo
    maps, window = network.class_maps(photo, 449), SlidingWindow.of(network, photo, 449)
    found = page.difference(network, chosen, page.slid(maps, window, view), (0, 0))
    text = words.zeros_sentence(found, window.side, network.geometry().receptive_field)
    assert "A cell sees 851 px across, the crop has 225" in text
    assert "every one of its 64 cells" in text
    assert found.centre > 0.1


def test_a_guess_is_compared_with_what_is_counted(window) -> None:
    costs = Costs(dense=1_000_000_000, one_window=500_000_000, windows=28)
    question = words.guess_question(window)
    assert f"**{window.count} places**" in question
    assert words.guess_sentence(10, costs, window).startswith(
        "You said 10 times; here it is 14.0: close."
    )
    far = words.guess_sentence(100, costs, window)
    height, width = window.input_size
    area = window.count * window.side**2 / (height * width)
    assert far.startswith("You said 100 times; here it is 14.0. ")
    assert f"have {area:.1f} times its pixels" in far


def test_files_hold_every_window_and_the_cut_window(maps, window) -> None:
    chosen = pictures.from_gallery("cat")
    one = page.slid(maps, window, SlidingWindowView())
    rows = list(csv.DictReader(io.StringIO(sliding_downloads.windows_csv(one))))
    assert len(rows) == window.count
    last = rows[-1]
    assert (int(last["row"]), int(last["column"])) == (window.rows, window.columns)
    edges = [float(last[name]) for name in ("left", "top", "right", "bottom")]
    expected = window.placement.window(window.rows - 1, window.columns - 1)
    assert edges == pytest.approx(expected, abs=0.01)
    assert float(last["score_logits"]) == pytest.approx(one.values[-1, -1], abs=1e-5)
    files = {name: data for _, data, name, _ in sliding_downloads.of_windows(one, chosen, (0, 0))}
    assert np.array_equal(np.load(io.BytesIO(files["cat-windows.npy"]())), one.values)
    assert Image.open(io.BytesIO(files["cat-window.png"]())).size == (451, 300)
    assert Image.open(io.BytesIO(files["cat-crop.png"]())).size == (window.side, window.side)


def test_costs_are_said_as_they_were_counted(window) -> None:
    costs = Costs(dense=2_000_000_000, one_window=400_000_000, windows=50)
    text = words.costs_sentence(costs, window)
    for part in ("costs 0.40 G", "all 50", "20.00 G", "2.00 G", "**10.0 times less**"):
        assert part in text


def test_only_what_was_fully_connected_is_in_the_table() -> None:
    pool = (Step(224, 32),)
    layers = (
        Layer("features.0", "convolution", (64, 3, 3, 3), 1792, 1728, (Step(3, 1, 1),)),
        Layer(
            "classifier.0",
            "linear",
            (4096, 512, 7, 7),
            102_764_544,
            102_760_448,
            pool,
            (4096, 25088),
        ),
    )
    assert words.layer_rows(layers, 448) == [
        [
            "classifier.0: 25,088 → 4,096",
            "4,096 filters of 7 × 7 × 512",
            "102,764,544 parameters, 6.58 G MAC for 8 × 8 cells",
        ]
    ]
    assert "100% of them are in the 1 layers" in words.layers_sentence(layers, 224)


NONSENSE = {
    "part": "all", "scene": "fourth", "maps": "jet", "finer": "3", "point": "", "size": "225",
    "cell": "x", "opacity": "2", "predict": "maybe", "network": "resnet5000", "first": "unicorn of the sea",
}  # fmt: skip


@pytest.mark.parametrize("name", NONSENSE)
def test_nonsense_in_a_link_gives_way_to_the_default(name: str) -> None:
    parameters, (notice,) = links.parse(SlidingWindowView, {name: NONSENSE[name]})
    assert parameters == SlidingWindowView()
    assert f"{name}={NONSENSE[name]}" in notice


def test_every_field_is_tried_here() -> None:
    assert set(NONSENSE) | {"picture"} == set(SlidingWindowView.model_fields)
    assert issubclass(SlidingWindowView, BaseModel)


@pytest.mark.parametrize(
    "name", [name for name in SlidingWindowView.model_fields if name != "cell"]
)
def test_every_choice_survives_the_way_into_a_link_and_back(name: str) -> None:
    field = SlidingWindowView.model_fields[name]
    from wsl_core.web import controls

    for choice in controls.choices(field):
        parameters, notices = links.parse(SlidingWindowView, {name: links.as_text(choice)})
        assert (getattr(parameters, name), notices) == (choice, [])
    assert field.title
    assert field.description.endswith(".")


def printed(code: str) -> list[str]:
    """What the lines of Python print, in a process that has them alone."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.splitlines()


def test_the_same_in_python_finds_the_digits_of_the_scene() -> None:
    scene = digit_canvas.compose(digit_canvas.shipped(), digits.SEEDS["first"])
    lines = printed(digits.in_python("first", Written("first 0", 0, b"")))
    found = sorted(int(re.search(r"label=(\d)", line)[1]) for line in lines)
    assert found == sorted(digit.label for digit in scene.digits)
    assert 'images.read("paper.png")' in digits.in_python("first", Written("first 0", 2, b""))


def test_the_same_in_python_gives_the_window_and_both_transfers() -> None:
    view, chosen = SlidingWindowView(), pictures.from_gallery("cat")
    window = printed(sliding_in_python.window(view, chosen, 281, (2, 5)))
    assert window[0].startswith("98 ")
    assert "ClassScore" in window[1]
    assert len(printed(sliding_in_python.transfer(view, chosen, 281))) == 1
    code = sliding_in_python.window(view.model_copy(update={"finer": 2}), chosen, 281, (2, 5))
    assert "finer = shift_and_stitch(network, photo, 641, 2)" in code
    assert code.endswith("print(sliding_window.dense(finer, window.finer(2), 281).max())")
    compile(code, "finer", "exec")


def test_the_same_in_python_runs_the_race_with_what_the_page_asks_for() -> None:
    view = SlidingWindowView(size=897)
    code = sliding_in_python.race(view, pictures.from_gallery("coffee"))
    assert 'config = {"network": "efficientnet_lite0", "size": 897}' in code
    assert 'images.gallery.load("coffee")' in code
    compile(code, "race", "exec")


def test_the_same_in_python_reads_what_was_measured_and_counts_the_layers(
    tmp_path, monkeypatch
) -> None:
    lines = printed(sliding_in_python.objects().replace('open(f"{one', f'open(f"{tmp_path}/{{one'))
    assert len(lines) == len(list(tmp_path.glob("*.png"))) == 3
    counted = printed(sliding_in_python.layers(["alexnet"]))
    assert counted[0].startswith("alexnet 61100840 714")
    assert "(4096, 9216) (4096, 256, 6, 6) 1" in counted[1]


def test_what_was_measured_is_said_as_the_file_has_it() -> None:
    row = {
        "contestant": "dense", "milliseconds": "1234.6", "over_dense": "1.0", "date": "2026-01-02",
        "network": "efficientnet_lite0", "windows": "676", "side": "1025", "mac_ratio": "41.25",
    }  # fmt: skip
    assert words.measured_rows([row]) == [["dense", "1,235", "1.0"]]
    for part in ("2026-01-02", "EfficientNet-Lite0", "676 windows", "1025 × 1025", "41.2"):
        assert part in words.measured_sentence(row)


@pytest.mark.parametrize(("cell", "factor", "link"), [((2, 5), 1, "3,6"), ((4, 9), 4, "2,3")])
def test_a_cell_of_a_finer_map_keeps_the_nearest_window(cell, factor: int, link: str) -> None:
    assert page.window_of_cell(cell, factor) == link
