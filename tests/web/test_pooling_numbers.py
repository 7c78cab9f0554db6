"""What the Pooling page says, from numbers that are known; no browser."""

import contextlib
import csv
import io
import re

import numpy as np
import pytest
from PIL import Image

from wsl_core import networks
from wsl_core.fcn import comparison
from wsl_core.fcn.heads import folder
from wsl_core.fcn.pooling import SCHEMES
from wsl_core.networks import ClassMaps
from wsl_core.web import controls, links, pictures, pipeline, trained_heads
from wsl_core.web.components import number_grid
from wsl_core.web.pooling import cases as pooling_cases
from wsl_core.web.pooling import downloads as pooling_downloads
from wsl_core.web.pooling import grid as pooling_grid
from wsl_core.web.pooling import in_python as pooling_in_python
from wsl_core.web.pooling import looked as page
from wsl_core.web.pooling import panels as pooling_panels
from wsl_core.web.pooling import sentences as words
from wsl_core.web.pooling import view as link
from wsl_core.web.pooling.view import PoolingView

VECTOR = "2, -1, 0.5; 3, 0, -2"
NONSENSE = {
    "beside": "wildcat", "network": "convnext_tiny",
    "picture": "dog", "chapter": "all", "trained": "yes", "size": "450", "first": "1000", "right": "cat",
    "wrong": "unicorn of the sea", "other": "-1", "voc": "unicorn", "two": "2", "layer": "jet",
    "scheme": "pronet", "beta": "7", "positive": "0", "negative": "-1", "alpha": "1.5", "scale": "third",
    "case": "cat", "grid": "1, two", "predict": "", "opacity": "nan", "cell": "a,b",
    "head": "a head",
}  # fmt: skip


@pytest.fixture(scope="module")
def cat() -> pictures.Chosen:
    return pictures.from_gallery("cat")


@pytest.fixture(scope="module")
def looked() -> dict[str, ClassMaps]:
    """The default network's maps of the gallery pictures that the cases and verdicts are about."""
    network = networks.load()
    keys = pooling_cases.CASES.keys() | pooling_cases.VERDICTS.keys()
    return {key: network.class_maps(pictures.from_gallery(key).photo, 449) for key in keys}


def read(key: str, looked, **asked) -> page.Read:
    return page.read(pictures.from_gallery(key), looked[key], PoolingView(**asked))


@pytest.mark.parametrize("name", NONSENSE)
def test_nonsense_in_a_link_gives_way_to_the_default(name: str) -> None:
    parameters, (notice,) = links.parse(PoolingView, {name: NONSENSE[name]})
    assert parameters == PoolingView()
    assert f"{name}={NONSENSE[name]}" in notice


def test_every_field_is_tried_here() -> None:
    assert set(NONSENSE) == set(PoolingView.model_fields)


@pytest.mark.parametrize("name", PoolingView.model_fields)
def test_every_choice_and_default_survives_the_way_into_a_link_and_back(name: str) -> None:
    field = PoolingView.model_fields[name]
    for value in (field.default, *controls.choices(field)):
        parameters, notices = links.parse(PoolingView, {name: links.as_text(value)})
        assert (getattr(parameters, name), notices) == (value, [])
        # The menu must know it by the text that the link holds, or the default would take its place.
        assert links.as_text(getattr(parameters, name)) == links.as_text(value)
    assert field.title
    assert field.description.endswith(".")


@pytest.mark.parametrize(
    ("name", "scheme"),
    [("beta", "lse"), ("positive", "weldon"), ("negative", "weldon"), ("scale", "weldon"),
     ("alpha", "wildcat")],
)  # fmt: skip
def test_a_slider_is_the_schemes_own_parameter(name: str, scheme: str) -> None:
    of_page, own = PoolingView.model_fields[name], SCHEMES[scheme].parameters.model_fields[name]
    assert (of_page.title, of_page.description) == (own.title, own.description)
    assert of_page.default in (own.default, str(own.default))
    if name != "scale":
        assert controls.extra(of_page, "ends") == controls.extra(own, "ends")
    for value in controls.choices(of_page):
        SCHEMES[scheme].read({name: value})  # refuses what is outside its range
    low, high = controls.limits(own)
    if name == "beta":
        assert (min(link.BETAS), max(link.BETAS)) == (low, high)


def test_a_map_of_numbers_is_read_and_written_alike() -> None:
    values = number_grid.parse(VECTOR)
    assert values.tolist() == [[2, -1, 0.5], [3, 0, -2]]
    assert number_grid.as_text(values) == VECTOR
    assert number_grid.parse("−1.5").tolist() == [[-1.5]]
    for text in pooling_cases.GRIDS.values():
        assert number_grid.as_text(number_grid.parse(text)) == text
        assert PoolingView(grid=text).grid == text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "'' is no number from −1000 to 1000"),
        ("1, x; 2, 3", "'x' is no number"),
        ("1, nan", "'nan' is no number"),
        ("1e9", "'1e9' is no number"),
        ("1, 2; 3", "The rows have 2, 1 numbers"),
        ("1, 2, 3, 4, 5, 6, 7", "too large: at most 6 rows of 6"),
        ("1;" * 6 + "1", "too large"),
        ("9" * 5000, "…' is no number"),
    ],
)
def test_what_is_no_map_is_refused_in_words(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)) as refused:
        number_grid.parse(text)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize("value", [None, 3, {}, [3], [["<b>"]], [["1"] * 99] * 99])
def test_what_the_browser_sends_is_never_trusted(value: object) -> None:
    text = number_grid.received(value)
    with pytest.raises(ValueError, match=r"no number|too large"):
        number_grid.parse(text)


def test_what_the_fields_hold_becomes_the_map() -> None:
    assert number_grid.parse(number_grid.received([["1", "-2"], ["0.5", "3"]])).tolist() == [
        [1, -2], [0.5, 3],
    ]  # fmt: skip


def test_the_tables_of_numbers_show_the_reference_vector() -> None:
    readings = comparison.of_values(
        number_grid.parse(VECTOR)[None], pooling_grid.NAMES, PoolingView().parameters()
    )
    pooled = {name: one.of(0) for name, one in readings.items()}
    rows = {row[0]: row[1:] for row in pooling_grid.score_rows(pooled)}
    assert rows["Max"] == ["+3.000", "1.0 of 6", "+3.000"]
    assert rows["LSE"][0] == rows["LSE"][2] == "+2.643"
    assert rows["WELDON"] == ["+1.000", "2.0 of 6", "+1.000"]
    from wsl_core.figures import Scale

    table = pooling_grid.table("weight, Max", "weight", pooled["max"].weight, Scale(1.0))
    assert re.findall(r">([^<>]*)</td>", table) == ["0", "0", "0", "+1.000", "0", "0"]


def test_all_schemes_stand_on_one_scale(cat, looked) -> None:
    seen = read("cat", looked)
    index = looked["cat"].top(1)[0].index
    pooled = seen.pooled(index)
    (maps,) = pooling_panels.layer_of([pooled], link.CLASS_MAP)
    assert maps.scale.limit == pytest.approx(float(np.abs(looked["cat"].map(index)).max()))
    assert maps.scale.beyond == 0
    (weights,) = pooling_panels.layer_of([pooled], link.WEIGHT)
    assert np.allclose(weights.values["average"], 1)
    assert weights.values["max"].max() == 150
    assert 0 < weights.scale.beyond < 1
    assert "Cells beyond the end" in weights.unit
    (shares,) = pooling_panels.layer_of([pooled], link.CONTRIBUTION)
    assert np.allclose(shares.values["average"], looked["cat"].map(index), atol=1e-4)


def test_a_panel_says_in_words_what_it_shows(cat, looked) -> None:
    seen = read("cat", looked)
    index = looked["cat"].top(1)[0].index
    pooled = seen.pooled(index)
    (layer,) = pooling_panels.layer_of([pooled], link.CLASS_MAP)
    shown = pooling_panels.panels(
        seen.readings, pooled, layer, "Egyptian cat", looked["cat"].placement
    )
    assert [panel.title for panel in shown] == ["Max", "Average (GAP)", "LSE", "WELDON", "WILDCAT"]
    x, y = looked["cat"].peak(index)
    highest = f"Highest {looked['cat'].map(index).max():.2f} logits at {x:.0f} across, {y:.0f} down"
    assert all(highest in panel.alt for panel in shown)
    assert "Selected: 30 cells h+ and 30 cells h- of 150." in shown[3].alt
    assert shown[1].selected is shown[2].selected is None


def test_scores_ranks_and_sums_of_the_table(looked) -> None:
    seen = read("cat", looked)
    index = looked["cat"].top(1)[0].index
    for row in words.score_rows(seen.readings, seen.pooled(index), index):
        assert row[1] == row[4]
        assert row[2] == "1 of 1,000"


@pytest.mark.parametrize(
    ("case", "right"),
    [
        ("temple", {"average", "weldon", "wildcat"}),  # the single best region misleads
        ("rocket", {"max", "lse", "weldon", "wildcat"}),  # all regions together do
        ("flower", {"max", "lse", "weldon", "wildcat"}),
        ("scene-strip", {"max", "lse", "weldon", "wildcat"}),
        ("scene-corner", set()),
    ],
)
def test_a_case_is_what_it_is_said_to_be(looked, case: str, right: set[str]) -> None:
    found = pooling_cases.CASES[case]
    readings = read(case, looked).readings
    assert {name for name, good in words.right(found, readings).items() if good} == right
    rows = words.case_rows(found, readings)
    assert [row[2] == "right" for row in rows] == [name in right for name in readings]
    assert all((row[4] == "1") == (row[2] == "right") for row in rows)


def test_where_the_maps_of_a_class_are_highest() -> None:
    each = np.zeros((4, 2, 3), np.float32)
    each[:, 1, 2] = 1
    assert words.which_peaks(each) == "All in one cell"
    assert words.peaks_sentence(each) == "Highest are maps 1, 2, 3 and 4 in row 2, column 3."
    each[2, 0, 0] = 2
    assert words.which_peaks(each) == "Some in one cell"
    assert words.peaks_sentence(each) == (
        "Highest are maps 1, 2 and 4 in row 2, column 3 and map 3 in row 1, column 1."
    )
    each[0, 0, 1] = each[1, 1, 0] = 2
    assert words.which_peaks(each) == "Each in its own"


@pytest.mark.parametrize(
    ("grid", "scale", "place"),
    [
        ("1, 2; 3, 4", "sum", "Above the max"),  # 4 + 1
        ("1, 2; 3, 4", "half", "Between average and max"),  # 2.5, the average itself
        (VECTOR, "sum", "Between average and max"),  # 3 - 2, and the average is 0.42
        (pooling_cases.GRIDS["evidence against"], "sum", "Below the average"),  # 3.5 - 5.5
        ("2", "half", "Between average and max"),
    ],
)
def test_where_weldons_score_lies(grid: str, scale: str, place: str) -> None:
    values = number_grid.parse(grid)
    parameters = PoolingView(scale=scale).parameters()
    readings = comparison.of_values(values[None], pooling_grid.NAMES, parameters)
    pooled = {name: one.of(0) for name, one in readings.items()}
    assert words.where_weldon(pooled) == place
    said = words.weldon_sentence(pooled, scale)
    assert f"The average is {words.signed(float(values.mean()), 3)}, the max" in said
    assert ("halved as in the released code." in said) == (scale == "half")


def test_which_end_is_right_is_said_as_it_is() -> None:
    for best, mean, said in ((1, 0, "Max alone"), (0, 1, "Average alone"), (1, 1, "Both")):
        assert words.which_end({"max": bool(best), "average": bool(mean)}) == said


@pytest.mark.parametrize("key", pooling_cases.VERDICTS)
def test_the_right_class_wins_the_three_verdicts(looked, key: str) -> None:
    seen = read(key, looked)
    indices = seen.judged(PoolingView())
    reading = seen.readings["weldon"]
    names = [reading.classes.titles[index] for index in indices]
    assert names == list(pooling_cases.VERDICTS[key])
    assert np.argmax(reading.scores[indices]) == 0
    assert f"**{names[0]}**, not {names[1]} or {names[2]}" in words.verdict_sentence(
        reading, indices
    )
    for row, index in zip(words.verdict_rows(reading, indices), indices, strict=True):
        values = np.sort(looked[key].map(index).ravel())
        regions = round(0.2 * values.size)
        assert row[1:3] == [
            words.signed(float(part.mean())) for part in (values[-regions:], values[:regions])
        ]
        total = sum(float(part.replace("−", "-")) for part in row[1:3])
        assert total == pytest.approx(float(row[3].replace("−", "-")), abs=0.011)


def test_three_verdicts_are_about_three_classes_whatever_is_chosen(looked) -> None:
    for asked in ({}, {"right": "lynx"}, {"right": "lynx", "wrong": "lynx", "other": "tabby"}):
        indices = read("cat", looked).judged(PoolingView(**asked))
        assert len(set(indices)) == 3
    titles = looked["cat"].classes.titles
    assert titles[read("cat", looked).judged(PoolingView(wrong="tench"))[1]] == "tench"


def test_two_classes_are_the_chosen_one_and_the_likeliest_other(looked) -> None:
    seen, classes = read("cat", looked), looked["cat"].classes
    best, next_best = (one.index for one in seen.readings["weldon"].ranking(2))
    assert seen.indices(PoolingView(two=True)) == [best, next_best]
    assert seen.indices(PoolingView(two=True, first="tabby")) == [classes.find("tabby"), best]
    assert seen.indices(PoolingView(first="tabby")) == [classes.find("tabby")]


def test_every_stage_of_the_pipeline_has_a_shape_and_a_picture(looked) -> None:
    seen = read("cat", looked)
    index = looked["cat"].top(1)[0].index
    one = seen.readings["weldon"].of(index)
    stages = pipeline.stages(looked["cat"], index, SCHEMES["weldon"], one)
    assert [stage.shape for stage in stages] == [
        "1280 × 10 × 15", "1000 × 10 × 15", "1000 × 10 × 15", "30 cells h⁺, 30 h⁻", "1000",
    ]  # fmt: skip
    assert stages[-1].number == words.signed(one.score)
    for stage in stages[:-1]:
        width, height = Image.open(io.BytesIO(stage.picture)).size
        assert (width, height) in ((15, 10), (3 * 16 - 1, 3 * 11 - 1))
        assert stage.alt


def test_a_head_that_was_trained_here_is_pooled_as_the_network_is(looked) -> None:
    """Its class maps take the place of ImageNet's; the average of a map is the score of a GAP head."""
    head = trained_heads.of_scheme("average")
    maps = head.read(looked["scene-strip"])
    found = page.read(
        pictures.from_gallery("scene-strip"), maps, PoolingView(head="run/frozen-svm")
    )
    assert head.card.title in found.kind
    assert set(found.absent) == {"spleap"}
    index = found.index(PoolingView(first=maps.classes.titles[7]))
    assert index == 7
    scores = {name: one.of(index).score for name, one in found.readings.items()}
    assert scores["average"] == pytest.approx(float(maps.logits[index].mean()), abs=1e-4)
    assert scores["max"] == pytest.approx(float(maps.logits[index].max()), abs=1e-4)
    own = page.read(pictures.from_gallery("scene-strip"), looked["scene-strip"], PoolingView())
    assert len(own.reference.classes) == 1000  # not what was kept of the head


def test_without_heads_spleap_is_spoken_for(looked) -> None:
    seen = read("cat", looked)
    assert seen.absent == {"spleap": pooling_cases.NO_PARTS}
    assert not seen.trained


def test_with_heads_every_scheme_pools_its_own_maps(looked, shipped) -> None:
    shipped(*SCHEMES)
    assert trained_heads.available() == list(SCHEMES)
    seen = read("cat", looked, trained=True, voc="cat", alpha=0.5)
    assert (seen.trained, seen.absent, list(seen.readings)) == (True, {}, list(SCHEMES))
    index = seen.index(PoolingView(voc="cat"))
    assert seen.reference.classes.titles[index] == "cat"
    for name, reading in seen.readings.items():
        maps = seen.maps_of(name)
        stages = pipeline.stages(maps, index, reading.scheme, reading.of(index))
        assert stages[0].shape == "1280 × 10 × 15"
        rows = {"wildcat": 80, "spleap": 6}.get(name, 20)
        assert stages[1].shape == f"{rows} × 10 × 15"
        assert stages[2].shape == "20 × 10 × 15"
    assert "the mean of 4 maps" in pipeline.stages(
        seen.maps_of("wildcat"), index, SCHEMES["wildcat"], seen.readings["wildcat"].of(index)
    )[2].about  # fmt: skip
    moved = words.trained_otherwise(seen.heads, seen.readings)
    assert moved == "WILDCAT was trained with Negative evidence α = 0.7 and is pooled with 0.5."
    assert len(set(seen.judged(PoolingView(trained=True, voc="cat")))) == 3


def test_spleaps_derived_map_does_not_set_the_scale(looked, shipped) -> None:
    shipped(*SCHEMES)
    pooled = read("cat", looked, trained=True).pooled(0)
    (layer,) = pooling_panels.layer_of([pooled], link.CLASS_MAP)
    others = [one.class_map for name, one in pooled.items() if name != "spleap"]
    assert layer.scale.limit == pytest.approx(max(float(np.abs(one).max()) for one in others))


def test_a_head_that_is_missing_or_damaged_is_named_in_its_place(looked, shipped) -> None:
    place = shipped("max", "weldon", "wildcat")
    (place / "voc-weldon" / folder.TENSORS).write_bytes(b"nothing of the kind")
    seen = read("cat", looked, trained=True)
    assert list(seen.readings) == ["max", "wildcat"]
    assert "damaged" in seen.absent["weldon"]
    assert "There is no head 'lse'" in seen.absent["lse"]
    assert seen.reference is seen.readings["max"]


def printed(code: str) -> list[str]:
    """What the lines of Python print."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "page", "exec"), {})
    return out.getvalue().splitlines()


def test_the_same_in_python_gives_the_scores_of_the_page(cat, looked) -> None:
    view = PoolingView(beta=1, positive="3")
    seen = read("cat", looked, beta=1, positive="3")
    index = seen.index(view)
    lines = printed(pooling_in_python.schemes(view, cat, index))
    for line, (name, reading) in zip(lines[::2], seen.readings.items(), strict=True):
        said, score, total, carry = line.split()
        assert said == name
        assert float(score) == pytest.approx(float(reading.scores[index]), abs=1e-3)
        assert float(total) == pytest.approx(float(score), abs=1e-3)
        assert float(carry) == pytest.approx(reading.of(index).effective_cells, rel=1e-3)


def test_the_same_in_python_gives_every_other_part(cat, looked, shipped) -> None:
    numbers = printed(pooling_in_python.grid(PoolingView(alpha=0.2), VECTOR))
    assert [line.split()[0] for line in numbers if not line.startswith(" ")][:1] == ["max"]
    assert "[3.]" in numbers[0]
    temple = pictures.from_gallery("temple")
    first = printed(pooling_in_python.limit(PoolingView(), temple))
    assert first[0].startswith("bell cote ['Max'")
    indices = read("cat", looked).judged(PoolingView())
    assert len(printed(pooling_in_python.verdicts(PoolingView(), cat, indices))) == 3
    shipped(*SCHEMES)
    trained = PoolingView(trained=True)
    assert len(printed(pooling_in_python.modalities(trained, cat, 7))) == 4
    assert len(printed(pooling_in_python.schemes(trained, cat, 7))) == 12


def test_files_hold_every_cell_the_rankings_and_the_strip(cat, looked) -> None:
    seen = read("cat", looked)
    index = looked["cat"].classes.find("tench")
    pooled = seen.pooled(index)
    (layer,) = pooling_panels.layer_of([pooled], link.CONTRIBUTION)
    made = pooling_downloads.of_schemes(
        cat, looked["cat"].placement, layer, seen.readings, pooled, index, 0.7
    )
    files = {name: data() for _, data, name, _ in made}
    rows = list(csv.DictReader(io.StringIO(files["cat-pooling-cells.csv"])))
    assert len(rows) == 5 * 150
    for name, one in pooled.items():
        total = sum(float(row["contribution"]) for row in rows if row["scheme"] == name)
        assert total == pytest.approx(one.score, abs=1e-2)
    ranked = list(csv.DictReader(io.StringIO(files["cat-rankings.csv"])))
    assert len(ranked) == 5 * 21  # the first 20, and the class that is shown
    assert {row["name"] for row in ranked if int(row["rank"]) > 20} == {"tench"}
    width, height = Image.open(io.BytesIO(files["cat-pooling.png"])).size
    assert (width, height) == (5 * 451 + 4 * pooling_downloads.GAP, 300)


def test_what_is_kept_of_one_cell_is_in_the_tables(looked) -> None:
    seen = read("cat", looked)
    index = looked["cat"].top(1)[0].index
    pooled = seen.pooled(index)
    row, column = looked["cat"].peak_cell(index)
    cell = {line[0]: line[1:] for line in words.cell_rows(pooled, row, column)}
    assert cell["Max, h⁺"][1:] == ["1.0000", words.signed(pooled["max"].score, 4)]
    assert cell["Average (GAP)"][1] == "0.0067"
    lowest = np.unravel_index(int(pooled["weldon"].class_map.argmin()), (10, 15))
    assert "WELDON, h⁻" in [line[0] for line in words.cell_rows(pooled, *map(int, lowest))]
    table = words.cell_table(pooled)
    assert len(table["row"]) == 150
    assert sum(table["Max: weight"]) == 1
    assert page.pinned_cell(looked["cat"], PoolingView(cell="10,15")) == (9, 14)
    assert page.pinned_cell(looked["cat"], PoolingView(cell="11,1")) is None
