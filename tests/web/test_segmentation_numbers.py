"""What the Segmentation page says, draws and gives as code, from pictures whose masks are known."""

import base64
import csv
import io
import os
import re
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from wsl_core import published
from wsl_core.datasets import voc
from wsl_core.fcn.activation_maps import compute
from wsl_core.fcn.segmentation.crf_parameters import PRESETS, CrfParameters
from wsl_core.fcn.segmentation.unary import UnaryParameters
from wsl_core.figures import segments_results as results
from wsl_core.web import controls, links
from wsl_core.web.segmentation import downloads as files
from wsl_core.web.segmentation import examples, player, strip, table
from wsl_core.web.segmentation import in_python as code
from wsl_core.web.segmentation import looked as page
from wsl_core.web.segmentation import sentences as words
from wsl_core.web.segmentation.looked import Looked
from wsl_core.web.segmentation.pictures import WORKED, Subject, of_gallery
from wsl_core.web.segmentation.view import CHOSEN, CRF, KNOWN, PLAIN, UNARY, SegmentationView

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def look(network) -> Callable[..., Looked]:
    """A gallery picture as the page sees it, without a server."""

    def of(key: str, view: SegmentationView, longest: int | None = page.SMALL) -> Looked:
        subject = of_gallery(key)
        maps = page.class_maps(subject, view, lambda photo, how: compute(network, photo, how))
        return page._looked(subject, view, maps, longest)

    return of


@pytest.fixture(scope="module")
def worked(look) -> Looked:
    """The worked scene in the page's default state."""
    return look(WORKED, SegmentationView())


def numbers(text: str) -> list[float]:
    return [float(one) for one in re.findall(r"\d+\.\d+|\d+", text)]


def iou(labels: np.ndarray, mask: np.ndarray, number: int) -> float:
    height, width = mask.shape
    grown = np.asarray(Image.fromarray(labels).resize((width, height), Image.Resampling.NEAREST))
    return ((grown == number) & (mask == number)).sum() / (
        (grown == number) | (mask == number)
    ).sum()


def test_sliders_lie_within_what_the_core_accepts_and_reach_every_published_set() -> None:
    for name in CRF:
        core, field = CrfParameters.model_fields[name], SegmentationView.model_fields[name]
        assert (field.title, field.description, field.default) == (
            core.title, core.description, core.default,
        )  # fmt: skip
        if field.annotation is bool:
            continue
        (low, high), (least, most) = controls.limits(field), controls.limits(core)
        assert least <= low < high <= most
        step = controls.extra(field, "step")
        for one in PRESETS.values():
            value = getattr(one, name)
            assert low <= value <= high
            assert (value - low) % step == 0
    assert set(UNARY) == set(UnaryParameters.model_fields)
    assert SegmentationView().unary() == PLAIN
    for rule, _ in words.RULES.values():
        assert SegmentationView(**rule.model_dump()).unary() == rule
    for name, one in PRESETS.items():
        view = SegmentationView(**{field: getattr(one, field) for field in CRF})
        assert (view.crf(), view.preset) == (one, name)
        assert words.PRESET_NAMES[name] in words.preset_sentence(view)
    assert SegmentationView(colour_width=5).preset == ""


def test_every_field_of_the_link_is_parsed() -> None:
    good = {
        "classes": "cat,dog",
        "update": "3",
        "whole": "true",
        "case": "thin things",
        "labels": "known",
    }
    view, notices = links.parse(SegmentationView, good)
    assert notices == []
    assert (view.classes, view.update, view.whole) == ("cat,dog", 3, True)
    bad = {
        "classes": "cat,unicorn",
        "update": "11",
        "colour_width": "0",
        "scheme": "pronet",
        "case": "x",
    }
    _, notices = links.parse(SegmentationView, bad)
    assert len(notices) == len(bad)


def test_the_first_sight_finds_both_and_the_crf_brings_them_nearer(worked) -> None:
    assert worked.names == ("background", "motorbike", "person")
    assert worked.sure
    first, last = worked.worked.labels[0], worked.worked.labels[-1]
    assert max(first.shape) == page.SMALL
    assert len(worked.worked.labels) == 11
    before, after = (words.mean(worked, one) for one in (first, last))
    assert after > before + 0.08
    mask = worked.subject.mask
    for name, number in zip(worked.names, worked.numbers, strict=True):
        assert worked.overlaps(last)[name] == pytest.approx(iou(last, mask, number), abs=1e-6)
    said = words.verdict(worked)
    assert "**nearer to** the mask" in said
    assert numbers(said)[:2] == pytest.approx([before, after], abs=0.006)


def test_each_update_is_told_in_areas_and_overlaps(worked) -> None:
    labels = worked.worked.labels[4]
    said = words.update_sentence(worked, labels, 4)
    figures = numbers(said)
    assert figures[0] == 4
    areas = [100 * (labels == number).mean() for number in worked.numbers]
    assert figures[1:4] == pytest.approx(areas, abs=0.06)
    assert figures[4:] == pytest.approx(list(worked.overlaps(labels).values()), abs=0.006)
    assert words.update_sentence(worked, labels, 0).startswith("Before the CRF:")
    columns, rows = words.update_table(worked)
    assert columns == ["no.", "background", "motorbike", "person", "moved", "IoU"]
    assert [row[0] for row in rows] == [str(k) for k in range(11)]
    changed = 100 * (worked.worked.labels[1] != worked.worked.labels[0]).mean()
    assert numbers(rows[1][4])[0] == pytest.approx(changed, abs=0.006)


def test_the_prediction_is_about_the_largest_class(worked) -> None:
    question, answer = words.question(worked)
    areas = worked.areas(worked.worked.labels[0])[1:]
    name = worked.found.names[int(np.argmax(areas))]
    after = worked.areas(worked.worked.labels[-1])[1:][int(np.argmax(areas))]
    assert f"**{name}**" in question
    change = after / max(areas) - 1
    expected = words.SAME if abs(change) <= 0.05 else words.LARGER if change > 0 else words.SMALLER
    assert answer == expected


def test_classes_are_predicted_known_or_chosen(look) -> None:
    known = look(WORKED, SegmentationView(labels=KNOWN))
    assert known.found.names == ("motorbike", "person")
    assert "are given: **motorbike and person**" in words.present_sentence(
        known, SegmentationView(labels=KNOWN)
    )
    view = SegmentationView(labels=CHOSEN, classes="dog,cat")
    chosen = look(WORKED, view)
    assert chosen.found.names == ("cat", "dog")  # in VOC's order
    said = words.present_sentence(chosen, view)
    assert said == "You say that the picture shows **cat and dog**."
    assert chosen.overlaps(chosen.found.before)["cat"] == 0
    strict = SegmentationView(present=1.0)
    unsure = look(WORKED, strict)
    assert not unsure.sure
    assert len(unsure.present) == 1
    assert "No class reaches 100%; the likeliest is taken" in words.present_sentence(unsure, strict)
    nobody = look("coffee", SegmentationView(labels=KNOWN))
    assert "Nobody has said what this picture shows" in words.present_sentence(
        nobody, SegmentationView(labels=KNOWN)
    )
    assert words.verdict(nobody) == words.NO_MASK
    assert "Intersection" not in words.update_sentence(nobody, nobody.found.before, 0)


def test_without_training_imagenets_maps_do(look) -> None:
    view = SegmentationView(scheme="no training", labels=KNOWN)
    looked = look("cat", view)
    assert looked.found.names == ("cat",)
    assert "grouped without training" in words.whose(view)


def test_a_pixel_is_told_as_a_sum_that_adds_up(worked) -> None:
    said, columns, rows = words.heard_words(worked)
    assert columns[1:] == list(worked.names)
    logs = np.array([[float(one.replace("−", "-")) for one in row[1:]] for row in rows[:4]])
    assert logs[:3].sum(0) == pytest.approx(logs[3], abs=0.02)
    shares = np.exp(logs[3]) / np.exp(logs[3]).sum()
    assert [numbers(one)[0] for one in rows[5][1:]] == pytest.approx(list(100 * shares), abs=1)
    assert "after the first update" in said


def test_what_travels_to_the_browser_are_the_labels(worked, monkeypatch) -> None:
    sent = {}
    monkeypatch.setattr(player, "_mount", lambda **given: sent.update(given))
    labels = worked.worked.labels
    player.player(
        b"jpeg", labels, worked.numbers, worked.names, worked.colours,
        ["said"] * len(labels), at=30, alt="", key="k",
    )  # fmt: skip
    (data,) = sent["data"]
    frames = np.frombuffer(zlib.decompress(base64.b64decode(data["frames"])), np.uint8)
    frames = frames.reshape(data["count"], data["height"], data["width"])
    for frame, one in zip(frames, labels, strict=True):
        assert np.array_equal(np.array(worked.numbers)[frame], one)
    assert data["at"] == 10
    assert len(data["colours"]) == 2


def test_files_hold_what_is_shown(worked) -> None:
    made = {name: data() for _, data, name, _ in files.of_picture(worked)}
    stem = f"{WORKED}-segments"
    with Image.open(io.BytesIO(made[f"{stem}.png"])) as picture:
        assert picture.mode == "P"
        assert picture.size == (900, 600)
        labels = np.asarray(picture)
        assert picture.getpalette()[3 * 15 : 3 * 16] == [192, 128, 128]  # VOC's person
    assert set(np.unique(labels)) == {0, 14, 15}
    share = (labels == 15).mean()
    assert share == pytest.approx(worked.areas(worked.worked.labels[-1])[2], abs=0.01)
    shares = np.load(io.BytesIO(made[f"{stem}-shares.npy"]))
    assert shares.shape == worked.found.probabilities.shape
    assert shares.astype(np.float32).sum(0) == pytest.approx(1, abs=0.01)
    rows = list(csv.DictReader(io.StringIO(made[f"{stem}.csv"])))
    assert len(rows) == 11 * 3
    last = {row["label"]: float(row["iou"]) for row in rows if row["update"] == "10"}
    assert last == pytest.approx(worked.overlaps(worked.worked.labels[-1]), abs=1e-4)
    with Image.open(io.BytesIO(made[f"{stem}-overlay.png"])) as picture:
        assert picture.size == (900, 600)


@pytest.mark.parametrize("key", [WORKED, "coffee"])
def test_the_code_on_the_page_runs_and_gives_its_figures(look, tmp_path, key: str) -> None:
    view = SegmentationView(
        background=0.25, colour_width=9, labels=CHOSEN, classes="person,motorbike"
    )
    looked = look(key, view)
    done = subprocess.run(
        [sys.executable, "-c", code.segments(looked, view)],
        cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(PROJECT)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    lines = done.stdout.splitlines()
    mean = looked.worked.last.shares.reshape(3, -1).mean(1)
    assert numbers(lines[10].split("[")[1]) == pytest.approx(list(mean), abs=2e-3)
    with Image.open(tmp_path / "labels.png") as picture:
        assert (np.asarray(picture) == looked.worked.labels[-1]).mean() > 0.999
    if key == WORKED:
        expected = looked.overlaps(looked.worked.labels[-1])
        assert numbers(lines[12]) == pytest.approx(list(expected.values()), abs=2e-3)
    else:
        assert len(lines) == 11


def test_the_code_of_the_fine_tuned_head_takes_its_own_network(worked) -> None:
    text = code.segments(worked, SegmentationView(scheme="finetuned"))
    compile(text, "shown on the page", "exec")
    assert 'head = Head.load("finetuned")\nnetwork = head.network()' in text
    assert "networks" not in text


def test_the_code_of_a_labelled_picture_is_complete(look, data) -> None:
    view = SegmentationView(scheme="no training")
    looked = look(WORKED, view)
    sample = Subject(looked.subject.chosen, looked.subject.mask, "known", "2007_000042")
    other = page._looked(sample, view, looked.maps, page.SMALL)
    text = code.segments(other, view)
    compile(text, "shown on the page", "exec")
    for name in ("labelled", "masks", "settings", "relatives", "voc", "grouped"):
        assert len(re.findall(rf"\b{name}\b", text)) >= 2, name
    unknown = page._looked(Subject(sample.chosen, sample="x1"), view, looked.maps, page.SMALL)
    text = code.segments(unknown, view)
    assert "labelled" in text
    assert "mask" not in text


@pytest.mark.parametrize("name", examples.CASES)
def test_the_examples_show_what_they_say(look, name: str) -> None:
    view = examples.view_of(name, "average")
    looked = look(examples.CASES[name].picture, view)
    first, last = (words.mean(looked, looked.worked.labels[k]) for k in (0, -1))
    before, after = (examples._thin(looked, looked.worked.labels[k]) for k in (0, -1))
    if name == "wrong colours":
        assert examples.answer(looked) == examples.FURTHER
        assert last < first - 0.05
    else:
        assert examples.answer(looked) == examples.NEARER
        assert last > first + 0.1
    assert (after < before - 0.2) == (name == "thin things")
    assert numbers(examples.outcome(looked))[:2] == pytest.approx([first, last], abs=0.006)
    _, rows = examples.thin_table(looked)
    assert [row[0] for row in rows] == list(looked.found.names)
    kernels = examples.kernels(view, examples.CASES[name])
    assert ("reach of smoothness 12" in kernels) == (name == "thin things")


def test_narrow_kernels_keep_what_wide_ones_lose(look) -> None:
    """Of the example of thin things: the measure hardly tells the two apart."""
    view = examples.view_of("thin things", "average")
    wide, narrow = look(WORKED, view), look(WORKED, examples.view_of("clear edges", "average"))
    thin = [examples._thin(one, one.worked.labels[-1]) for one in (wide, narrow)]
    means = [words.mean(one, one.worked.labels[-1]) for one in (wide, narrow)]
    assert thin[1] > thin[0] + 0.3
    assert means[0] == pytest.approx(means[1], abs=0.03)


def test_every_step_is_told_in_words(worked) -> None:
    photo = strip.small(worked.subject.chosen.photo)
    for data, text in (
        strip.class_map(worked, photo, worked.present[0], "motorbike"),
        strip.share(worked, photo, 0, "background"),
        strip.share(worked, photo, 2, "person"),
    ):
        with Image.open(io.BytesIO(data)) as picture:
            assert max(picture.size) == strip.SIDE
        assert re.search(r"\d", text)
    mean = 100 * worked.found.probabilities[2].mean()
    assert numbers(strip.share(worked, photo, 2, "person")[1])[-1] == pytest.approx(mean, abs=0.06)


def test_the_table_pairs_what_was_measured_before_and_after(monkeypatch) -> None:
    from tests.figures.test_segments import row

    found = results.read([row(), row(crf="true", value="0.46"), row(head="max", value="0.3")])
    pairs = results.pairs(found, "given")
    columns, rows = table.measured_table(pairs)
    assert len(columns) == len(rows[0])
    assert rows[0][:4] == ["GAP", "40.0", "46.0", "+6.0"]
    assert rows[1][1:4] == ["30.0", "–", ""]
    chart = table.chart("heading", pairs)
    assert "GAP: before 40.0, after 46.0" in chart
    assert "271 pictures" in table.circumstances(found)


def test_published_figures_are_those_of_the_reference() -> None:
    known = {row.method: row for row in published.rows(table.PUBLISHED)}
    assert {row.metric for row in known.values()} <= {"mIoU"}
    for method, value in (("MIL-FCN", 25.7), ("CCNN", 35.3)):
        if method in known:
            assert known[method].value == value


def test_no_more_classes_than_are_told_apart() -> None:
    names = voc.CLASSES[:6]
    view = SegmentationView(labels=CHOSEN, classes=",".join(names))
    assert page._places(view.classes.split(",")) == tuple(range(page.MOST))
    assert f"up to {page.MOST}" in str(page.too_many(names))
