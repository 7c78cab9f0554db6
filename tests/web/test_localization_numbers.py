"""What the Localization page says, draws and gives as code, from maps and rows whose numbers are known."""

import contextlib
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from tests.figures.test_localization_results import row, three
from wsl_core import images, published
from wsl_core.datasets import labelled, voc
from wsl_core.datasets.labelled import LabelledObject
from wsl_core.errors import DatasetError
from wsl_core.fcn import comparison
from wsl_core.fcn.heads import Head, HeadMaps
from wsl_core.fcn.localization import Mistake, half_pixel
from wsl_core.fcn.localization.threshold_choice import ThresholdChoice
from wsl_core.figures import localization_results as results
from wsl_core.images import Photo
from wsl_core.networks import ClassNames, Geometry
from wsl_core.settings import settings
from wsl_core.web import controls, links
from wsl_core.web.localization import classes as by_class
from wsl_core.web.localization import downloads as files
from wsl_core.web.localization import in_python as code
from wsl_core.web.localization import looked as page
from wsl_core.web.localization import mistakes
from wsl_core.web.localization import pictures as samples
from wsl_core.web.localization import pipeline as strip
from wsl_core.web.localization import placement as placed
from wsl_core.web.localization import scaling as scaled
from wsl_core.web.localization import sentences as words
from wsl_core.web.localization import table as tables
from wsl_core.web.localization import threshold as thresholds
from wsl_core.web.localization.looked import LocalizationView
from wsl_core.web.localization.pictures import Shown
from wsl_core.web.pictures import Chosen, from_gallery

CAT, DOG = voc.CLASSES.index("cat"), voc.CLASSES.index("dog")


@pytest.fixture
def looked(hand_made) -> Callable[..., page.Looked]:
    """A picture of 225 x 129 px on which the cat peaks at (64, 96); its known boxes are given."""

    def build(*boxes: tuple[float, float, float, float], name: str = "cat") -> page.Looked:
        values = np.full((20, 5, 8), -1.0)
        values[CAT, 3, 2], values[DOG, 0, 0] = 8, 4
        maps = hand_made(values)
        photo = Photo.from_array(np.zeros((129, 225, 3), np.uint8), "own.png")
        objects = tuple(LabelledObject(voc.CLASSES.index(name), box, False) for box in boxes)
        shown = Shown(Chosen(photo, "Own", "", None), objects, "known" if boxes else "")
        readings = comparison.untrained(maps, {})
        return page.Looked(
            shown, maps, dict.fromkeys(readings, maps), readings, False, {}, (boxes, name)
        )

    return build


def test_a_head_that_was_trained_here_has_classes_of_its_own(hand_made) -> None:
    """They are named by the head; what is known of a picture counts for the classes that both have."""
    names = ("vase", "cat", "stool")
    values = np.full((3, 5, 8), -1.0)
    values[0, 1, 1], values[1, 3, 2] = 9, 5
    maps = replace(hand_made(values), classes=ClassNames(("",) * 3, names))
    photo = Photo.from_array(np.zeros((129, 225, 3), np.uint8), "own.png")
    cat = LabelledObject(CAT, (40.0, 70.0, 90.0, 120.0), False)
    readings = comparison.untrained(maps, {})
    found = page.Looked(
        Shown(Chosen(photo, "Own", "", None), (cat,), "known"), maps, dict.fromkeys(readings, maps),
        readings, True, {}, "own head", names,
    )  # fmt: skip
    assert found.own_head
    view = LocalizationView(head="run/frozen-svm", scheme="max")
    assert (
        found.index(view) == 1
    )  # the cat that is known to be there, though the vase scores higher
    assert found.located("max", 1, 0.2).right
    vase = view.model_copy(update={"first": "vase"})
    assert found.index(vase) == 0
    place = found.located("max", 0, 0.2)
    assert (place.point.x, place.point.y, len(place.truth)) == (32, 32, 0)
    assert "No vase is known to be in this picture (cat is)" in words.point_sentence(
        found, 0, place
    )
    lines = code.point(vase, found.shown, "max", "vase", True)
    assert 'Head.load("frozen-svm")' in lines
    assert "truth = []" in lines


def test_a_class_of_an_own_head_is_no_bad_value_of_a_link() -> None:
    asked = {"head": "run/frozen-svm", "first": "soup spoon of mine"}
    view, notices = links.parse(LocalizationView, asked)
    assert (view.first, notices) == ("soup spoon of mine", [])
    view, notices = links.parse(LocalizationView, {"first": "soup spoon of mine"})
    assert view.first == ""
    assert "names no class" in notices[0]


def said(one: page.Looked) -> str:
    return words.point_sentence(one, CAT, one.located("max", CAT, 0.2))


def test_the_18_px_rule_is_said(looked) -> None:
    inside = said(looked((40, 80, 90, 120)))
    assert "64 across, 96 down" in inside
    assert "It lies in the true box: a **hit**" in inside
    assert "10 px outside the true box, which the 18 px of the rule forgive: a **hit**" in said(
        looked((74, 80, 120, 120))
    )
    assert "36 px outside the nearest of 2 true boxes, more than the 18 px" in said(
        looked((100, 80, 120, 120), (200, 0, 220, 20))
    )


def test_what_is_not_known_is_not_judged(looked) -> None:
    assert "Nobody has said where the objects of this picture are" in said(looked())
    absent = said(looked((0, 0, 20, 20), name="dog"))
    assert "No cat is known to be in this picture (dog is)" in absent


def test_the_class_is_the_likeliest_of_those_that_are_there(looked) -> None:
    view = LocalizationView(scheme="max")
    assert looked().index(view) == CAT
    assert looked((0, 0, 20, 20), name="dog").index(view) == DOG
    assert looked().index(LocalizationView(voc="sofa")) == voc.CLASSES.index("sofa")


def test_words_for_the_picture_hold_its_numbers(looked) -> None:
    one = looked((40, 80, 90, 120))
    found = one.located("max", CAT, 0.2)
    text = words.alternative_text(one, "max", CAT, found)
    assert "Point at 64 across, 96 down of 225 by 129 pixels, 8.00 logits." in text
    assert "True box: 40 to 90 across, 80 to 120 down. The point is a hit." in text
    overlap = re.search(r"\*\*([\d.]+)\*\*", words.box_sentence(found, 0.2))[1]
    assert float(overlap) == pytest.approx(found.overlap, abs=0.006)


def test_the_table_of_schemes_has_each_score(looked) -> None:
    one = looked((40, 80, 90, 120))
    columns, body = words.scheme_table(page.rows_of(one, CAT, 0.2), "lse")
    assert len(columns) == len(body[0]) == 5
    assert [cells[0] for cells in body] == ["Max", "Average (GAP)", "**LSE**", "WELDON", "WILDCAT"]
    assert body[0][1:3] == ["+8.00", "64, 96 hit"]
    mean = float(body[1][1].replace("−", "-"))
    assert mean == pytest.approx((8 - 39) / 40, abs=0.006)


def test_a_guess_is_judged_by_the_same_rule(looked) -> None:
    one = looked((40, 80, 90, 120))
    found, maps = one.located("max", CAT, 0.2), one.maps["max"]
    assert words.guess_verdict(maps, (3, 2), found).endswith("your place is a hit.")
    assert words.guess_verdict(maps, (0, 7), found).endswith("your place is a miss.")
    blind = looked()
    assert words.guess_verdict(maps, (0, 7), blind.located("max", CAT, 0.2)) == ""
    assert page.usable((5, 0), maps) is None
    assert page.usable((4, 7), maps) == (4, 7)


def test_marks_are_what_is_known_and_found(looked) -> None:
    one = looked((40, 80, 90, 120))
    found = one.located("max", CAT, 0.2)
    drawn = page.marks(found, LocalizationView(), guess=(1.0, 2.0))
    assert [mark.style for mark in drawn] == ["reach", "truth", "beam", "found", "guess", "point"]
    assert drawn[0].at == (22, 62, 108, 138)
    assert drawn[-1].at == (64, 96)
    assert "beam" not in {mark.style for mark in page.marks(found, LocalizationView(beam=False))}


def test_files_hold_the_numbers_of_the_page(looked) -> None:
    one = looked((40, 80, 90, 120))
    found = one.located("max", CAT, 0.2)
    made = files.of_picture(one, LocalizationView(), "max", CAT, found)
    data = {name: make() for _, make, name, _ in made}
    picture = Image.open(io.BytesIO(data["picture-cat.png"]))
    assert picture.size == (225, 129)
    facts = json.loads(data["picture-cat.json"])
    assert (facts["point"], facts["hit"], facts["truth"]) == ([64, 96], True, [[40, 80, 90, 120]])
    assert len(data["picture-cat.csv"].splitlines()) == 1 + 5


@pytest.fixture
def shown() -> Shown:
    return samples.of_visitor(from_gallery("cat"))


def test_the_gallery_cat_is_found_without_training(shown, network) -> None:
    one = page._read(shown, network.class_maps(shown.chosen.photo, 449), LocalizationView())
    view = LocalizationView()
    assert voc.CLASSES[one.index(view)] == "cat"
    assert one.located("weldon", CAT, 0.2).right is True
    assert one.scheme(LocalizationView(scheme="spleap")) == "max"
    columns, body = words.cell_words(one, "max", CAT)[1:]
    row_, column = one.maps["max"].peak_cell(CAT)
    assert len(columns) == len(body[0])
    value = float(one.maps["max"].map(CAT)[row_, column])
    assert float(body[0][2]) == pytest.approx(value, abs=0.006)
    stages = strip.stages(one, "weldon", CAT)
    assert [stage.title for stage in stages][:3] == [
        "Transfer", "Classification layer", "Class-wise pooling",
    ]  # fmt: skip
    assert stages[1].shape.startswith("1000 ×")


@pytest.fixture
def heads(shipped) -> None:
    """Three heads with drawn weights, as though they were shipped."""
    shipped("max", "spleap", "wildcat")


def test_trained_heads_have_maps_of_their_own(shown, network, heads) -> None:
    own = network.class_maps(shown.chosen.photo, 225)
    view = LocalizationView(trained=True, size=225)
    one = page._read(shown, own, view)
    assert one.trained
    assert list(one.maps) == ["max", "spleap", "wildcat"]
    assert "average" in one.absent
    for name, maps in one.maps.items():
        assert isinstance(maps, HeadMaps)
        expected = Head.load(name).read(own)
        assert one.scores[name] == pytest.approx(expected.scores, abs=1e-4)
        found = one.located(name, CAT, 0.2)
        assert (found.point.x, found.point.y) == expected.peak(CAT)
        assert words.cell_words(one, name, CAT)[0]
        assert len(strip.stages(one, name, CAT)) == 5
    assert page.evaluation(view.model_copy(update={"scheme": "max"}), "ROOT")["head"] == "max"
    assert page.evaluation(view, "ROOT")["network"] == "efficientnet_lite0"  # weldon has no head


def test_several_scales_are_those_of_the_page(network) -> None:
    assert page.sizes(LocalizationView(size=449, scales=True)) == (321, 449, 641)
    assert page.sizes(LocalizationView(size="full")) is None
    assert page.evaluation(LocalizationView(mirror=True), "ROOT") == {
        "data": "ROOT", "format": "voc", "split": "val", "mirror": True, "threshold": 0.2, "sizes": [449],
        "network": "efficientnet_lite0",
    }  # fmt: skip


FIELDS = LocalizationView.model_fields


@pytest.mark.parametrize("name", FIELDS)
def test_a_link_restores_every_field_and_refuses_nonsense(name: str) -> None:
    field = FIELDS[name]
    counted = controls.choices(field)
    good = counted or ([False, True] if field.annotation is bool else [])
    if field.annotation is float:
        good = list(controls.limits(field))
    text = {"head": "20261127-1a2b/frozen-svm", "first": "tabby"}.get(name, "2007_000042")
    for value in good or [text]:
        parsed, notices = links.parse(LocalizationView, {name: links.as_text(value)})
        assert (getattr(parsed, name), notices) == (value, [])
    parsed, notices = links.parse(LocalizationView, {name: "<script>"})
    assert getattr(parsed, name) == field.default
    assert len(notices) == 1
    assert f"The link asks for {name}=<script>" in notices[0]


def test_without_the_set_a_sentence_says_what_to_do(monkeypatch) -> None:
    monkeypatch.delenv("WSL_DATA", raising=False)
    settings.cache_clear()
    with pytest.raises(DatasetError, match="Set WSL_DATA to the folder that holds voc/VOCdevkit"):
        samples.labelled_set()


@pytest.fixture
def few(data, monkeypatch) -> labelled.LabelledPictures:
    """Six pictures of VOC's validation set in the place of all."""
    monkeypatch.setenv("WSL_DATA", str(data))
    settings.cache_clear()
    samples._read.cache_clear()
    whole = labelled.read("voc", data / "voc", "val")
    cut = labelled.LabelledPictures(whole.title, whole.classes, whole.pictures[:6])
    monkeypatch.setattr(labelled, "read", lambda *_, **__: cut)
    yield cut
    samples._read.cache_clear()


def run(lines: str) -> tuple[str, dict]:
    printed, names = io.StringIO(), {}
    with contextlib.redirect_stdout(printed):
        exec(compile(lines, "shown", "exec"), names)
    return printed.getvalue(), names


def test_the_code_of_a_picture_gives_its_figures(shown) -> None:
    view = LocalizationView(threshold=0.3, size=225)
    printed, names = run(code.point(view, shown, "max", "cat", False))
    one = page._read(shown, names["network"].class_maps(shown.chosen.photo, 225), view)
    found = one.located("max", CAT, 0.3)
    assert (names["found"].point.x, names["found"].point.y) == (found.point.x, found.point.y)
    assert names["found"].overlaps == found.overlaps
    assert names["found"].region.box == found.region.box
    assert "True" in printed
    _, names = run(code.scaling(view, shown, "cat", "sheep"))
    assert names["maps"].map("cat").max() == pytest.approx(float(one.maps["max"].map(CAT).max()))


def test_the_code_of_a_trained_head(shown, heads) -> None:
    _, names = run(code.point(LocalizationView(size=225), shown, "wildcat", "cat", True))
    assert isinstance(names["maps"], HeadMaps)


def test_the_code_of_the_measured_parts(few) -> None:
    picture = samples.find(few.pictures[0].name)
    assert picture.objects == few.pictures[0].objects
    name = picture.classes[0]
    _, names = run(code.point(LocalizationView(size=225), picture, "max", name, False))
    assert names["truth"] == picture.truth(name)
    printed, names = run(code.evaluation(LocalizationView(size=225)))
    assert len(names["found"].evidence) == 6
    assert "point_map" in printed
    found = names["found"]
    lines = mistakes.class_lines(found)
    assert len(lines) == 20
    assert json.loads(code.as_json(found))["images"] == 6
    printed, _ = run(code.threshold(LocalizationView(size=225, halves=10)))
    assert "ThresholdChoice" in printed


@pytest.mark.parametrize(
    "lines",
    [
        code.table("point localization", "VOC 2012"), code.table("classification", "MIT67"),
        code.classes("max"), code.placement(LocalizationView()),
    ],
)  # fmt: skip
def test_other_code_runs(lines: str) -> None:
    run(lines)


def test_an_unknown_picture_of_the_set_is_refused(few) -> None:
    with pytest.raises(DatasetError, match="has no picture 'nonsense' here"):
        samples.find("nonsense")


FOUND = results.read(
    [
        *three("max", 0.70, 0.72, 0.71), *three("pronet", 0.76, 0.77, 0.75),
        *three("wslocalization", 0.80, 0.81, 0.79), *three("average", 0.65, 0.66, 0.64),
        row("max", 0.52, metric="centre_map"), row("max", 0.69, metric="half_pixel_map"),
        row("max", 0.5, metric="point_ap", **{"class": "cat", "images": "34"}),
        row("max", 0.9, metric="classification_ap", **{"class": "cat", "images": "34"}),
        row("max", 0.8, metric="point_ap", **{"class": "boat", "images": "7"}),
        row("max", 0.85, metric="classification_ap", **{"class": "boat", "images": "7"}),
    ]
)  # fmt: skip


def test_published_stands_beside_measured() -> None:
    lines = tables.lines("point localization", "VOC 2012", FOUND)
    _, body = tables.table(lines)
    assert body[0] == ["Deep MIL", "74.5 (lecture)", "71.0 ± 1.0 (subset)"]
    assert ["SPN", "82.9 (reported)", "–"] in body
    assert body[-2:] == [
        ["GAP", "–", "65.0 ± 1.0 (subset)"], ["centre of the picture", "–", "52.0 (subset)"],
    ]  # fmt: skip
    assert "subset of VOC 2012 val, 295 pictures; 2026-11-22" in tables.sources(lines)
    assert "3 seeds" in tables.sources(lines)
    assert all(status in published.STATUS for status in ("lecture", "reported"))
    assert "*reported*: From memory" in tables.statuses(lines)
    drawn = tables.chart("point localization", "VOC 2012", lines)
    assert "Deep MIL: published 74.5, measured 71.0 ± 1.0" in drawn


def test_another_data_set_has_nothing_measured() -> None:
    lines = tables.lines("point localization", "COCO 2014", FOUND)
    assert [one.measured for one in lines] == [None] * 5


def test_without_a_file_the_published_rows_stand_alone() -> None:
    lines = tables.lines("classification", "MIT67", [])
    assert len(lines) == len(published.rows("classification", dataset="MIT67")) > 2


def test_classes_are_sorted_and_the_few_are_named() -> None:
    top, lines = by_class.class_lines(FOUND, "max")
    assert top.mean == pytest.approx(0.71)
    assert [one.name for one in lines] == ["boat", "cat"]
    sentence = by_class.class_sentence(lines)
    assert "Lowest: cat (50.0 %), boat (80.0 %)" in sentence
    assert "most is lost between them for **cat**, 40.0 points" in sentence
    assert "1 of 2 classes have fewer than 20 pictures" in sentence
    assert by_class.class_table(lines)[1][0] == ["boat", "80.0", "85.0", "7"]
    assert by_class.class_lines(FOUND, "lse") == (None, [])


def test_a_mistake_is_drawn_where_it_is() -> None:
    photo = Photo.from_array(np.full((300, 400, 3), 128, np.uint8), "grey.png")
    one = Mistake("2007_000042", "cat", 5.5, 200, 150, True)
    drawn = Image.open(io.BytesIO(mistakes.drawn(photo, one, [(20, 20, 80, 80)])))
    assert drawn.size == (400, 300)
    pixels = np.asarray(drawn.convert("L"), int)
    assert abs(pixels[145:156, 195:206] - 128).max() > 60
    assert abs(pixels[250:290, 300:390] - 128).max() < 20
    assert mistakes.words(one, [(20, 20, 80, 80)], ["cat"]).endswith("beside 1 true box.")
    absent = Mistake("2007_000042", "cat", 5.5, 200, 150, False)
    assert mistakes.words(absent, [], ["dog"]).endswith("The picture shows no cat, but dog.")


def test_the_trap_of_placement_is_told_by_side() -> None:
    geometry = Geometry(32, 65, 0)
    even, odd = (half_pixel.displacement(geometry, side) for side in (448, 449))
    assert (placed.direction(even), placed.direction(odd)) == (placed.RIGHT, placed.MIDDLE)
    assert "+15.5 px" in placed.moved_sentence(even)
    assert "+14.5 px" in placed.moved_sentence(odd)
    assert "−14.5 px" in placed.moved_sentence(odd)
    assert placed.direction(half_pixel.displacement(Geometry(32, 196, 15.5), 448)) == placed.NOWHERE
    assert placed.both_sides(Geometry(32, 196, 15.5)) == ""
    assert "15.5 px" in placed.both_sides(geometry)


def test_what_stretching_changed_is_read_from_the_file(monkeypatch) -> None:
    monkeypatch.setattr(placed.localization_measured, "figures", lambda: FOUND)
    assert "exact placement minus stretching is +2.0 to +2.0 points" in placed.measured_sentence()
    monkeypatch.setattr(placed.localization_measured, "figures", list)
    assert placed.measured_sentence() is None


def test_a_stretched_map_reaches_one_whatever_it_holds() -> None:
    cold = np.array([[-9, -8], [-7, -6.0]], np.float32)
    assert scaled.unit_range(cold).tolist() == [
        [0, pytest.approx(1 / 3)],
        [pytest.approx(2 / 3), 1],
    ]
    assert not scaled.unit_range(np.full((2, 2), 3, np.float32)).any()
    assert scaled.least_likely([float(k) for k in range(20)], ["aeroplane"]) == 1


@pytest.mark.parametrize(
    ("gain", "answer"),
    [(-0.01, "nothing"), (0.01, "up to 2 points"), (0.03, "2 to 5 points"), (0.2, "more")],
)
def test_the_gain_of_a_threshold_is_one_of_the_answers(gain: float, answer: str) -> None:
    choice = ThresholdChoice(10, 200, 0.5 + gain, 0.5, 0.02, (0.1, 0.4))
    assert thresholds.gain(choice) == answer
    assert f"{100 * gain:+.1f} points".replace("-", "−") in thresholds.choice_sentence(choice)


def test_a_photograph_of_the_set_is_read_upright(few) -> None:
    one = few.pictures[0]
    photo = samples.photo(one)
    assert (photo.width, photo.height) == (one.width, one.height)
    assert samples.photo(one) is photo
    assert images.read(one.path).digest == photo.digest
