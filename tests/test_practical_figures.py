"""The practical's answers say what was measured: each test reads an answer's claims from the result files.

Whoever measures again and finds a test failing here changes the answer with the figures.
"""

from itertools import pairwise

import pytest

from benchmarks import measure
from wsl_core.practical import answers


def _says(key: str, *claims: str) -> None:
    """An answer still makes the claims that are compared with figures."""
    for one in claims:
        assert one in answers()[key], (key, one)


def _rows(table: str, **columns: str) -> list[dict[str, str]]:
    found = [
        row for row in measure.read(table) if all(row[name] == columns[name] for name in columns)
    ]
    assert found, (table, columns)
    return found


def _figure(table: str, column: str, **columns: str) -> float:
    (row,) = _rows(table, **columns)
    return float(row[column])


def test_whom_the_crf_helps() -> None:
    _says("whom-it-helps", "the fine-tuned head and average pooling gain, SPLeaP loses")
    for labels in ("given", "predicted"):
        gain = {
            head: _figure("segmentation", "value", head=head, labels=labels, metric="miou", crf="true")
            - _figure("segmentation", "value", head=head, labels=labels, metric="miou", crf="false")
            for head in ("finetuned", "average", "spleap")
        }  # fmt: skip
        assert gain["finetuned"] > 0.02 < gain["average"]
        assert gain["spleap"] < -0.02


@pytest.mark.parametrize("classifier", ["softmax", "svm"])
def test_accuracy_against_depth(classifier: str) -> None:
    _says("depth", "steeply, from well above chance", "shortly before the end", "falls a little")
    rows = [one for one in _rows("probes", classifier=classifier) if one["layer"] != "together"]
    found = [float(one["accuracy_mean"]) for one in rows]
    assert [rows[0]["layer"], rows[-1]["layer"]] == ["stem", "logits"]
    assert found[0] > 10 / int(rows[0]["classes"])
    best = found.index(max(found))
    assert len(found) - 4 <= best < len(found) - 1
    assert 0 < found[best] - found[-1] < 0.1


def test_retrieval_with_and_without_training() -> None:
    _says("which-layer", "Without training it stays low, near that of pixels")
    untrained = [one for one in measure.read("retrieval") if one["weights"] == "random"]
    trained = _figure("retrieval", "map", entry="default")
    assert untrained
    assert all(float(one["map"]) < trained / 5 for one in untrained)


def test_the_race_of_strategies() -> None:
    _says("the-race", "From scratch is last by far", "full rate does worst and varies most")
    rows = {one["name"]: one for one in _rows("finetuning", kind="race")}
    mean = {name: float(one["accuracy_mean"]) for name, one in rows.items()}
    spread = {name: float(one["accuracy_sd"]) for name, one in rows.items()}
    last, worst, *rest = sorted(mean, key=lambda name: mean[name])
    assert (last, worst) == ("scratch", "full")
    assert mean[last] < mean[worst] / 2
    assert spread["full"] > max(spread[name] for name in rest)
    assert max(mean[name] for name in rest) - min(mean[name] for name in rest) < spread["full"]


@pytest.mark.parametrize(
    ("case", "key", "claims", "best", "worst"),
    [
        ("input", "input-changes", ("second convolution does best", "classifier worst"),
         "second convolution", "classifier"),
        ("labels", "labels-change", ("The classifier:", "first convolution is of no use"),
         "classifier", "first convolution"),
    ],
)  # fmt: skip
def test_what_to_train_when_input_or_labels_change(case, key, claims, best, worst) -> None:
    _says(key, *claims)
    mean = {
        one["name"]: float(one["accuracy_mean"])
        for one in _rows("finetuning", kind=case)
        if one["name"] not in ("all blocks", "from scratch")
    }
    assert (max(mean, key=lambda name: mean[name]), min(mean, key=lambda name: mean[name])) == (
        best,
        worst,
    )


def test_more_examples_bring_less_and_less() -> None:
    _says("more-examples", "The first steps are large, the last ones small")
    rows = sorted(_rows("few_shot", ways="100", head="nearest-mean"), key=lambda r: int(r["shots"]))
    found = [float(one["accuracy"]) for one in rows]
    each = [
        (after - before) / (int(b["shots"]) - int(a["shots"]))
        for (before, a), (after, b) in pairwise(zip(found, rows, strict=True))
    ]
    assert each == sorted(each, reverse=True)
    assert each[0] > 20 * each[-1]


def test_among_fewer_classes_one_is_right_more_often() -> None:
    _says("fewer-classes", "Much more often", "one of five")
    few, many = (
        _figure("few_shot", "accuracy", ways=ways, head="nearest-mean", shots="1")
        for ways in ("5", "100")
    )
    assert few > many + 0.2


def test_sharing_three_blocks() -> None:
    _says(
        "negative-transfer", "The rotation loses a little", "its interval over the seeds holds zero"
    )
    asked = {"data": "digits", "variant": "fixed", "shared": "3", "fraction": "1.0"}
    digit, rotation = (_rows("multitask", task=name, **asked)[0] for name in ("digit", "rotation"))
    assert float(rotation["change_high"]) < 0
    assert float(rotation["change_mean"]) > -0.02
    assert float(digit["change_low"]) < 0 < float(digit["change_mean"])
    assert rotation["verdict"] == "negative transfer"
    _says(
        "cost", "More than a third of the parameters and about half of the work", "next to nothing"
    )
    kept = float(digit["parameters_together"]) / float(digit["parameters_alone"])
    assert kept < 2 / 3
    assert 0.45 < float(digit["cost_together"]) / float(digit["cost_alone"]) < 0.55
    first = _rows("multitask", task="digit", **(asked | {"shared": "1"}))[0]
    assert float(first["parameters_together"]) / float(first["parameters_alone"]) > 0.99


def test_an_easy_second_task() -> None:
    _says("easy-task", "the digit is read worse", "solved perfectly", "nearly at right angles")
    asked = {"data": "digits-style", "variant": "fixed", "shared": "3", "fraction": "1.0"}
    digit, style = (_rows("multitask", task=name, **asked)[0] for name in ("digit", "style"))
    assert float(digit["change_high"]) < 0
    assert float(style["together_mean"]) > 0.995
    assert abs(float(digit["cosine"])) < 0.15
