"""What the Zero-shot page makes of its figures, without a browser."""

import csv
import io
import itertools
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import streamlit as st

from wsl_core.datasets.attributes import AttributeTable
from wsl_core.errors import DatasetError
from wsl_core.figures.calibration import calibration
from wsl_core.images import Photo
from wsl_core.transfer.zero_shot import METHODS, MethodParameters, reasons, sufficiency
from wsl_core.transfer.zero_shot.shipped import animals as shipped
from wsl_core.web import links, station
from wsl_core.web.zero_shot import (
    animals,
    asked,
    describe_sentences,
    downloads,
    in_python,
    meeting,
    meeting_sentences,
    rows,
    table_sentences,
    three_sentences,
    thumbnail,
    unseen_sentences,
)
from wsl_core.web.zero_shot.animals import Setting
from wsl_core.web.zero_shot.attribute_grid import received
from wsl_core.web.zero_shot.decision import Decision
from wsl_core.web.zero_shot.rows import Own
from wsl_core.web.zero_shot.view import BY_ATTRIBUTES, ZeroShotView, parsed, written

PROJECT = Path(__file__).resolve().parents[2]
LECTURE = parsed(ZeroShotView().cells)
ALL = np.ones(3, bool)


@pytest.fixture(autouse=True)
def session(monkeypatch: pytest.MonkeyPatch) -> dict:
    """A visitor's session, without a server."""
    kept: dict = {}
    monkeypatch.setattr(st, "session_state", kept)
    monkeypatch.setattr(animals, "awaited", lambda key, what, make: make(lambda *_: None))
    return kept


@pytest.fixture(scope="module")
def prototypes() -> Setting:
    return animals._made(shipped(), "proposed", "prototype", {})


def decision(made: Setting, mine: Own, name: str = "giraffe", gamma: float = 0.0) -> Decision:
    before = rows.grown(made.animals.table, mine)
    table = rows.edited(before, mine)
    row = asked.kept_aside(name, 1).row()
    return Decision(made, table, before, row, gamma, animals.in_network(before))


# Three classes


def test_the_lectures_table_suffices_until_two_attributes_are_gone() -> None:
    assert "Yes." in three_sentences.sufficient(LECTURE, ALL)
    for one in range(3):
        assert "Yes." in three_sentences.sufficient(LECTURE, np.arange(3) != one)
        alone = three_sentences.sufficient(LECTURE, np.arange(3) == one)
        assert alone.startswith("No."), alone
    assert "dog and chimp" in three_sentences.sufficient(LECTURE, parsed("100")[0])
    assert "dog and fish" in three_sentences.sufficient(LECTURE, parsed("001")[0])
    assert three_sentences.answer(LECTURE)[0] == three_sentences.ANSWERS[4]
    assert "all classes are the same" in three_sentences.sufficient(LECTURE, ~ALL)


def test_rows_that_coincide_name_each_other() -> None:
    told = three_sentences.same(parsed("111-001-111"), ("dog", "fish", "chimp"))
    assert told == ["the same as chimp", "", "the same as dog"]


def test_minimal_choices_are_those_of_a_search_by_hand() -> None:
    for bits in itertools.product((False, True), repeat=9):
        has = np.array(bits).reshape(3, 3)
        suffices = {
            columns
            for size in range(4)
            for columns in itertools.combinations(range(3), size)
            if len({tuple(row[list(columns)]) for row in has}) == 3
        }
        wanted = {one for one in suffices if not any(set(two) < set(one) for two in suffices)}
        assert set(sufficiency.minimal(has)) == wanted
        assert bool(sufficiency.coinciding(has)) == ((0, 1, 2) not in suffices)
    assert [sufficiency.fewest(n) for n in (1, 2, 3, 4, 5, 50)] == [0, 1, 2, 2, 3, 6]


def test_few_attributes_tell_all_animals_apart() -> None:
    has = shipped().table.binary
    few = sufficiency.greedy(has)
    assert not sufficiency.coinciding(has[:, list(few)])
    assert sufficiency.fewest(50) <= len(few) < 15
    assert sufficiency.greedy(np.ones((2, 3), bool)) == ()


def test_the_published_table_gives_the_chimpanzee_what_its_dogs_have() -> None:
    table = shipped().table.chosen(three_sentences.SAME_THREE)
    names = [name for name in three_sentences.REAL if name in table.classes]
    has = table.binary[[table.index(name) for name in names]]
    assert has[names.index("chimpanzee")].all()
    assert "4 of 4 dogs share its row" in three_sentences.disagreement(has, names)
    _, body = three_sentences.three_published(names, has)
    letters = {row[0]: row[-1] for row in body}
    assert letters["chimpanzee"] == letters["collie"] != letters["dolphin"]


def test_the_browsers_table_is_checked() -> None:
    sent = {"cells": LECTURE.tolist(), "kept": [True, False, True]}
    has, kept = received(sent, 3, 3)
    assert written(has) == ZeroShotView().cells
    assert written(kept) == "101"
    for wrong in (None, {}, {"cells": [[True]], "kept": [True]}, {"cells": "x", "kept": ALL}):
        assert received(wrong, 3, 3) is None


def test_every_field_of_the_link_is_parsed() -> None:
    view, notices = links.parse(
        ZeroShotView, {"cells": "000-111-010", "kept": "110", "gamma": "1.5"}
    )
    assert not notices
    assert (view.cells, view.kept, view.gamma) == ("000-111-010", "110", 1.5)
    asked_for = {
        "cells": "111",
        "kept": "2",
        "animal": "unicorn",
        "edited": "dog",
        "method": "conse",
    }
    view, notices = links.parse(ZeroShotView, asked_for)
    assert len(notices) == 5
    assert view == ZeroShotView()


# Describe a class


def test_the_first_sight_is_a_giraffe_that_nobody_showed(prototypes: Setting) -> None:
    found = decision(prototypes, Own())
    names = found.table.classes
    assert names[found.order[0]] == "giraffe"
    assert found.new[found.order[0]]
    told = describe_sentences.verdict(names, found.scores, found.new, 0.0)
    assert told.startswith("**giraffe** wins")
    assert "No picture of it was ever shown" in told
    assert {"longneck", "spots"} & {name for name, value in found.carried() if value > 0}


def test_changing_its_row_moves_the_decision(prototypes: Setting) -> None:
    """Take from the giraffe what carried it most, which has a slider, and another class wins."""
    before = decision(prototypes, Own())
    attribute = before.carried()[0][0]
    assert attribute in before.telling("giraffe")
    after = decision(prototypes, Own(changed={"giraffe": {attribute: 0.0}}))
    place = after.table.index("giraffe")
    assert after.scores[place] < before.scores[place]
    assert after.order[0] != place
    others = np.arange(len(after.scores)) != place
    np.testing.assert_allclose(after.scores[others], before.scores[others])
    np.testing.assert_array_equal(after.before.values, before.table.values)


def test_a_class_that_no_picture_showed_is_added_and_wins(prototypes: Setting) -> None:
    mine = Own(
        added={"okapi": "giraffe"}, changed={"okapi": {"stripes": 0.0}, "giraffe": {"longneck": 0}}
    )
    found = decision(prototypes, mine)
    assert found.table.classes[-1] == "okapi"
    assert found.table.classes[found.order[0]] == "okapi"
    assert found.new[-1]
    assert len(found.scores) == 51
    assert found.taught["okapi"].kind == "no"


def test_classes_of_ones_own_are_checked(session: dict) -> None:
    table = shipped().table
    assert rows.add(table, "  ", "horse") == "A new class needs a name."
    assert "There is a class Grizzly_Bear already" in rows.add(table, "Grizzly_Bear", "horse")
    for number in range(rows.LARGEST):
        assert rows.add(table, f"class {number}", "horse") == ""
    assert "Remove one first" in rows.add(table, "one more", "horse")
    rows.change("class 0", "stripes", 1.0)
    rows.remove("class 0")
    assert "class 0" not in rows.own().added
    assert "class 0" not in rows.own().changed


def test_what_carried_a_class_adds_up_where_the_method_is_linear() -> None:
    """DAP sums over attributes, so the parts are the whole lead."""
    made = animals._made(shipped(), "proposed", "dap", {})
    table, row = made.animals.table.values, shipped().rows[3]
    parts = reasons.carried(made.fitted, row, table[5], table[9])
    scores = made.fitted.scores(row[None], table[[5, 9]])[0]
    assert parts.sum() == pytest.approx(scores[0] - scores[1])
    same = made.fitted.signatures.apply(table[[5, 9]])
    assert not parts[same[0] == same[1]].any()


def test_gamma_lowers_the_seen_classes_alone(prototypes: Setting) -> None:
    without, with_ = (decision(prototypes, Own(), gamma=gamma) for gamma in (0.0, 0.25))
    np.testing.assert_allclose(with_.scores[with_.new], without.scores[without.new])
    np.testing.assert_allclose(with_.scores[~with_.new], without.scores[~without.new] - 0.25)


def test_an_animal_kept_aside_was_learnt_from_in_no_split() -> None:
    known = shipped()
    for name in ("giraffe", "cow", "wolf"):
        for which in (1, 5):
            one = asked.kept_aside(name, which)
            assert known.labels[one.number] == known.table.index(name)
            for split in known.splits:
                assert not animals.divided_by(known, split).train[one.number]


def written_as(values: np.ndarray) -> np.ndarray:
    """What two digits leave of values."""
    return np.array([[float(f"{one:.2f}") for one in row] for row in values])


def test_a_table_of_ones_own_takes_the_place_of_the_published_one(session: dict) -> None:
    known = shipped()
    names = [known.table.classes[one] for one in np.unique(known.labels)]
    small = known.table.chosen(["furry", "stripes", "longneck", "swims", "big"])
    lines = ["class,furry,stripes,longneck,swims,big"] + [
        ",".join([name, *(f"{value:.2f}" for value in small.values[small.index(name)])])
        for name in [*names, "bat"]
    ]
    assert rows.replace_table("\n".join(lines).encode(), "mine.csv") == ""
    mine = rows.own()
    made = animals.setting("proposed", "prototype", mine.table)
    assert made.animals.table.attributes == small.attributes
    assert len(made.animals.table.classes) == 28
    part = animals.divided_by(known, "proposed").train
    seen = np.unique(known.labels[part])
    alone = METHODS["prototype"].fit(
        known.rows[part],
        np.searchsorted(seen, known.labels[part]),
        written_as(small.values[seen]),
        MethodParameters(),
    )
    bat = written_as(small.values[[small.index("bat")]])
    wanted = alone.scores(known.rows[:3], bat)
    table = made.animals.table
    np.testing.assert_allclose(
        made.fitted.scores(known.rows[:3], table.values[[table.index("bat")]]), wanted, atol=1e-6
    )
    assert len(decision(made, mine).carried()) <= 5
    assert rows.replace_table(None, "") == ""
    assert rows.own().table == ""


def test_a_table_that_does_not_fit_is_refused_in_words(session: dict) -> None:
    short = rows.replace_table(b"class,furry\ncow,1\nhorse,0\n", "mine.csv")
    assert "no row for" in short
    assert "Add the rows" in short
    wrong = rows.replace_table(b"class,furry,tail\ncow,1,much\nhorse,0,1\n", "mine.csv")
    assert "row 2 (cow) has 'much' for tail" in wrong
    assert "UTF-8" in rows.replace_table(b"\xff\xfe\x00", "mine.csv")
    assert rows.own().table == ""
    with pytest.raises(DatasetError, match="Choose the file again"):
        animals.known("gone")


def test_downloads_hold_what_the_page_shows(prototypes: Setting) -> None:
    found = decision(prototypes, Own(changed={"giraffe": {"spots": 0.5}}))
    edited = AttributeTable.of_csv(found.table.csv_text(), "download")
    np.testing.assert_allclose(edited.values, found.table.values, atol=1e-4)
    scores = list(csv.DictReader(io.StringIO(downloads.scores_csv(found))))
    assert len(scores) == 50
    assert scores[0]["class"] == found.table.classes[found.order[0]]
    assert {one["pictures_shown"] for one in scores} == {"yes", "no"}
    predicted = list(csv.DictReader(io.StringIO(downloads.predicted_csv(found))))
    assert len(predicted) == 85
    assert all(0 <= float(one["predicted"]) <= 1 for one in predicted)


# Seen and unseen


def test_accuracies_are_those_of_a_plain_loop(prototypes: Setting) -> None:
    """Per class, then the mean; gamma off the seen classes."""
    gamma = 0.2
    names = prototypes.places
    right = {one: [] for one in names}
    for score, truth in zip(prototypes.scores, prototypes.labels, strict=True):
        lowered = [s - gamma if seen else s for s, seen in zip(score, prototypes.seen, strict=True)]
        right[names[truth]].append(int(np.argmax(lowered)) == truth)
    means = np.array([np.mean(right[one]) for one in names])
    np.testing.assert_allclose(prototypes.together(gamma), means)
    seen, unseen, both = prototypes.sampled(np.array([gamma / prototypes.spread]))
    assert seen[0] == pytest.approx(means[prototypes.seen].mean())
    assert unseen[0] == pytest.approx(means[~prototypes.seen].mean())
    assert both[0] == pytest.approx(2 * seen[0] * unseen[0] / (seen[0] + unseen[0]))


@pytest.mark.parametrize("method", BY_ATTRIBUTES)
def test_every_method_shows_the_cost_of_competition(method: str) -> None:
    made = animals._made(shipped(), "standard", method, {})
    alone = float(np.nanmean(made.alone()))
    none = float(made.curve.unseen[made.curve.at(0.0)])
    assert none < alone
    assert made.counts().sum() == made.division.asked.sum()
    answer, told = unseen_sentences.lost(made)
    assert answer in unseen_sentences.SHARES
    assert f"{100 * none:.1f} %" in told
    head, body = unseen_sentences.unseen_classes(
        made, 0.0, made.counts(), animals.in_network(made.animals.table)
    )
    assert len(head) == len(body[0])
    assert METHODS[method].title


def test_the_calibration_chart_says_its_figures_and_marks_the_place() -> None:
    places = np.linspace(0, 3, 31)
    unseen, seen = np.linspace(0.2, 0.6, 31), np.linspace(0.9, 0.1, 31)
    drawn = calibration(places, unseen, seen, unseen * 0 + 0.3, at=1.5, chosen=0.6)
    root = ElementTree.fromstring(drawn)
    first, second = (one.get("aria-label") for one in root.iter("figure"))
    assert "unseen classes 20.0 % at 0, 40.0 % at the mark, 60.0 % at the end" in first
    assert "left out: 0.60" in first
    assert "marked at 40.0 % with 50.0 %" in second
    assert len([one for one in root.iter("path") if one.get("class") == "line"]) == 4
    x = float(
        next(one for one in root.iter("path") if one.get("class") == "at").get("d").split()[0][1:]
    )
    ends = [float(v) for v in re.findall(r"M([\d.]+) ", next(root.iter("path")).get("d"))]
    assert ends[0] < x < 388


def test_the_label_set_is_told_for_every_class(prototypes: Setting) -> None:
    taught = animals.in_network(prototypes.animals.table)
    _, body = unseen_sentences.label_set(prototypes, taught)
    told = {row[0]: row[1:] for row in body}
    assert told["giraffe"] == ["unseen", "no"]
    assert told["zebra"] == ["seen", "yes"]
    assert told["horse"] == ["unseen", "a relative: sorrel"]
    assert told["bat"][0] == "unseen, no pictures"


# Two networks


@pytest.fixture(scope="module")
def pairs() -> tuple[Setting, Setting]:
    return (
        animals._made(shipped(), "proposed", meeting.METHOD, {}),
        animals._made(shipped(), "proposed", meeting.METHOD, {"negatives": False}),
    )


def test_without_negatives_the_plane_is_a_point(pairs: tuple[Setting, Setting]) -> None:
    whole, alone = (meeting.plane(one, "seen", "", one.fitted.model) for one in pairs)
    before = meeting.plane(pairs[0], "seen", "", pairs[0].fitted.model.start)
    reach = [float(np.ptp(one.points, axis=0).max()) for one in (before, whole, alone)]
    assert reach[2] < 0.3 * reach[1]
    for one in (before, whole, alone):
        assert np.abs(one.points).max() <= 1 + 1e-9
        assert 0 < one.held <= 1
    told = meeting_sentences.collapse(*pairs)
    assert "The collapse shows in the spread" in told


def test_classes_are_brought_to_their_pictures(pairs: tuple[Setting, Setting]) -> None:
    def distance(one: meeting.Plane) -> float:
        classes = one.points[one.marks == 1]
        pictures, groups = one.points[one.marks == 0], one.groups[one.marks == 0]
        return float(np.linalg.norm(pictures - classes[groups], axis=1).mean())

    made = pairs[0].fitted.model
    before, after = (meeting.plane(pairs[0], "seen", "", one) for one in (made.start, made))
    assert distance(after) < distance(before)
    head, body = meeting_sentences.moments(*pairs)
    assert len(body) == len(made.history)
    assert len(head) == len(body[0])


# Table, thumbnail, Python


def test_published_figures_are_a_row_a_method() -> None:
    for title, head, body in table_sentences.papers():
        assert title.startswith("Zero-shot")
        assert "AwA2" in head
        assert {row[0] for row in body} >= {"DAP", "ESZSL", "ALE"}
        assert all(len(row) == len(head) for row in body)
    assert "Xian" in table_sentences.papers_said()


def test_measured_rows_are_told_whatever_columns_there_are() -> None:
    made_up = [
        {"data": "x", "split": "random", "method": "prototype", "unseen": "0.5", "unseen_sd": "0.1",
         "draws": "20"},
        {"data": "x", "split": "random", "method": "conse", "unseen": "", "vectors": "glove",
         "taxonomy": "True"},
        {"data": "y", "split": "standard", "method": "dap", "harmonic": "0.25"},
    ]  # fmt: skip
    (title, head, body), (other, _, rest) = table_sentences.measured(made_up)
    assert title == "x, 20 random draws"
    assert head == ["method", "unseen, alone"]
    assert body == [["Visual prototypes", "50.0 % ± 10.0"], ["ConSE, glove with taxonomy", "–"]]
    assert (other, rest[0][-1]) == ("y, standard split", "25.0 %")
    for file in ("zero_shot", "zero_shot_words"):
        table_sentences.measured(station.measured(file))


def test_names_describe_classes_too() -> None:
    """The same method on word vectors: another table, the same pictures and classes."""
    made = animals._made(animals.known("words glove"), "proposed", "prototype", {})
    usual = animals._made(animals.known(animals.USUAL), "proposed", "prototype", {})
    assert made.animals.table.values.shape == (50, 50)
    np.testing.assert_allclose(np.linalg.norm(made.animals.table.values, axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(made.labels, usual.labels)
    assert usual.how == MethodParameters()
    alone = [float(np.nanmean(one.alone())) for one in (usual, made)]
    assert alone[1] > 1 / 5  # better than guessing among five
    head, body = unseen_sentences.descriptions({"attributes": usual, "words": made})
    assert len(head) == len(body[0])
    assert body[1][1] == "50"


def test_the_thumbnail_tells_three_attributes(monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = np.full((90, 120, 3), 90, np.uint8)
    drawn = thumbnail._drawn(pixels, np.linspace(0, 1, 85))
    assert drawn.shape == pixels.shape
    assert drawn[-1, 0].mean() != drawn[-1, -1].mean()
    assert Photo.from_array(drawn).jpeg(120)


def lines_run(lines: str, tmp_path: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", lines], cwd=tmp_path, capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(PROJECT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_the_lines_of_python_say_what_the_page_says(prototypes: Setting, tmp_path: Path) -> None:
    assert "('dog', 'chimp')" in lines_run(in_python.three(parsed("111-001-111"), ALL), tmp_path)
    mine = Own(added={"okapi": "giraffe"}, changed={"giraffe": {"spots": 0.0}})
    lines = in_python.describe(
        "proposed", "prototype", prototypes.how, asked.kept_aside("giraffe", 1), mine
    )
    found = decision(prototypes, mine)
    first = lines_run(lines, tmp_path).splitlines()[0].rsplit(" ", 1)
    assert first[0] == found.table.classes[found.order[0]]
    assert float(first[1]) == pytest.approx(found.scores.max(), abs=1e-4)
    lines = in_python.unseen("proposed", "prototype", prototypes.how, 0.2)
    numbers = [float(one) for one in lines_run(lines, tmp_path).split()[:4]]
    at = prototypes.curve.at(0.2)
    assert numbers[0] == pytest.approx(prototypes.curve.unseen[at])
    assert numbers[3] == pytest.approx(prototypes.curve.area)
    compile(in_python.MEASURED, "measured", "exec")


def test_the_lines_for_a_table_of_ones_own_run(tmp_path: Path, session: dict) -> None:
    (tmp_path / "attributes.csv").write_text(shipped().table.csv_text(), encoding="utf-8")
    made = animals._made(shipped(), "standard", "eszsl", {})
    lines = in_python.describe(
        "standard", "eszsl", made.how, asked.kept_aside("pig", 2), Own(table="mine")
    )
    assert "described_by" in lines
    assert len(lines_run(lines, tmp_path).splitlines()) == 5


def test_the_lines_for_two_networks_run(pairs: tuple[Setting, Setting], tmp_path: Path) -> None:
    out = lines_run(in_python.meeting("proposed", pairs[0].how), tmp_path)
    spread = pairs[0].fitted.model.history[-1].spread
    assert float(out.split()[1]) == pytest.approx(spread, rel=1e-3)
