"""What the Fine-tuning page says is what its figures say; its code runs."""

import contextlib
import io
import json
import re
import zipfile
from types import SimpleNamespace

import numpy as np
import pytest

from wsl_core.fcn.heads import Head
from wsl_core.figures.network_blocks import Block, network_blocks
from wsl_core.jobs import Result
from wsl_core.transfer.finetuning import STRATEGIES, RaceParameters
from wsl_core.transfer.finetuning.cases import BLOCKS, CASES, shown
from wsl_core.transfer.finetuning.finished import Course, Race, Shipped, shipped_cases, shipped_race
from wsl_core.web.finetuning import downloads as files
from wsl_core.web.finetuning import figures as drawn
from wsl_core.web.finetuning import in_python as code
from wsl_core.web.finetuning import own
from wsl_core.web.finetuning import sentences as words
from wsl_core.web.finetuning.view import FineTuningView


def course(name: str, accuracy: float, train: float, kept: float) -> dict:
    curve = [
        {"epoch": 1, "part": "tune", "train_accuracy": 0.2, "train_loss": 2.0,
         "validation_accuracy": 0.1, "validation_loss": 2.1},
        {"epoch": 2, "part": "tune", "train_accuracy": train, "train_loss": 0.1,
         "validation_accuracy": kept, "validation_loss": 0.9},
    ]  # fmt: skip
    return {
        "name": name, "title": STRATEGIES[name].title, "accuracy": accuracy, "best": 2, "curve": curve,
        "blocks": {"head": "copy", "classifier": "reset"}, "factors": {"head": 0.1, "classifier": 1.0},
        "delivered": name != "frozen-net", "cpu_s": 3.4,
    }  # fmt: skip


FACTS = {
    "title": "zoo", "classes": ["cat", "dog"], "counts": {"train": 16, "validation": 4, "test": 40},
    "parameters": {"train": 10, "size": 129, "seed": 0, "network": "efficientnet_lite0"},
    "skipped": {}, "duplicates": [], "subset": False, "date": "2026-11-27",
    "strategies": [course("full", 0.7, 1.0, 0.75), course("frozen-svm", 0.9, 1.0, 1.0)],
}  # fmt: skip
RACE = Race.of(FACTS)


def test_sentences_say_what_the_figures_say() -> None:
    assert RACE.courses[0].gap() == pytest.approx(0.25)
    found = Shipped((RACE, RACE), {})
    assert found.winner() == "frozen-svm"
    said = words.outcome(found)
    assert said.startswith("Frozen features, linear SVM comes first with 90.0 ± 0.0 %")
    assert "full rate reaches 70.0 ± 0.0 %" in said
    assert (
        "2 draws and 80 tested pictures, a difference has a standard error of about 4.7 points"
        in said
    )
    assert words.race_rows([RACE])[0][1:] == ["70.0 %", "100 %", "75 %", "25 points", "3 s"]
    assert "100 % of the training pictures" in words.gap(RACE.courses[0])


def test_charts_describe_themselves() -> None:
    html = drawn.curves(RACE.courses, "loss")
    assert html.count("<figure") == 2
    assert "Validation loss from 2.10 to 0.90, lowest 0.90" in html
    assert "75 % of the validation pictures" in drawn.course(RACE.courses[0], "accuracy")


def test_a_network_is_described() -> None:
    html = network_blocks([Block("first <b>", "freeze"), Block("last", "reset")])
    assert "first &lt;b&gt;: copied, frozen; last: begun anew, trained." in html
    assert "<b>" not in html


def test_a_head_is_packed(tmp_path) -> None:
    arrays = {
        "full/weight": np.ones((2, 1280), np.float16), "full/bias": np.zeros(2, np.float32),
        "full/network.head.0.weight": np.ones((1280, 320, 1, 1), np.float16),
    }  # fmt: skip
    (label, data, name, _), *others = files.heads(Result(FACTS, arrays))
    assert (label, name, len(others)) == ("Head: Everything at full rate (zip)", "full.zip", 1)
    zipfile.ZipFile(io.BytesIO(data())).extractall(tmp_path)
    head = Head.load(tmp_path / "full")
    assert (head.card.classes, head.card.finetuned) == (("cat", "dog"), ("head",))
    assert head.card.figures["zoo, test pictures"]["accuracy"] == 0.7


def test_dropped_pictures_are_packed_in_class_folders() -> None:
    file = SimpleNamespace(name="../a b.png", getvalue=lambda: b"x")
    names = zipfile.ZipFile(io.BytesIO(own.packed({"my cats": [file, file]}))).namelist()
    assert names == ["my cats/0000-a b.png", "my cats/0001-a b.png"]
    assert own._folder(" ../:cats ", 1) == "cats"
    assert own._folder("///", 3) == "class 3"


@pytest.mark.parametrize("case", list(CASES))
def test_the_code_of_the_page_runs(case: str) -> None:
    layers = FineTuningView(case=case).layers()
    short = code.layers(case, layers, 0).replace(
        "seed=0)", "seed=0).model_copy(update={'epochs': 2})"
    )
    programs = [short]
    if shipped_race() is not None:
        programs.append(code.finished_race())
    if shipped_cases() is not None:
        programs.append(code.finished_case(case))
    for program in programs:
        told = io.StringIO()
        with contextlib.redirect_stdout(told):
            exec(program, {})
        assert re.search(r"\d\.\d%", told.getvalue())
    how = RaceParameters(strategies="probe-then-tune,layers", layers="first:3")
    compile(code.own(how), "own", "exec")


def test_names_change_or_pictures_do() -> None:
    (plain, named), (faint, same) = shown("labels"), shown("input")
    assert (named != same).all()
    assert sorted(named) == sorted(same) == list(range(10))
    assert plain.min() == 0
    assert faint.min() == 73  # 150 - 0.3 x 255, rounded down


def test_what_is_shipped_is_whole() -> None:
    found, cases = shipped_race(), shipped_cases()
    if found is not None:
        assert {one.name for one in found.races[0].courses} <= set(STRATEGIES)
        assert all(len(race.classes) == 10 for race in found.races)
        text = json.dumps([dict(race.facts) for race in found.races])
        assert ".jpg" not in text  # no names of pictures, none of this machine's folders
    if cases is not None:
        for case, card in CASES.items():
            means = cases.accuracies(case)
            titles = list(means)[: len(BLOCKS)]
            best = max(titles, key=lambda title: means[title].mean)
            half = titles[:2] if card.expected == "bottom" else titles[2:]
            assert best in half
            assert all(
                isinstance(one, Course) for own in cases.setups[case].values() for one in own
            )
