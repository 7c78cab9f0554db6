"""Heads are measured on pictures that were looked at once as `evaluate` measures them; the bootstrap."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks import judged_pictures as judged
from wsl_core.datasets import labelled
from wsl_core.datasets.labelled import LabelledObject
from wsl_core.fcn import pronet
from wsl_core.fcn.localization import evaluation
from wsl_core.fcn.localization.evidence import Evidence
from wsl_core.fcn.localization.results import Localization
from wsl_core.figures.pooling_schemes import METRICS


def located(count: int = 60, classes: int = 3) -> Localization:
    """Evidence at random, with boxes and a few unknown labels."""
    draw = np.random.default_rng(3)
    evidence = []
    for i in range(count):
        labels = draw.choice([0, 0, 1], classes).astype(np.int8)
        objects = tuple(LabelledObject(k, (0, 0, 60, 60), False) for k in np.flatnonzero(labels))
        labels = np.where((labels == 0) & (draw.random(classes) < 0.1), -1, labels).astype(np.int8)
        evidence.append(
            Evidence((100, 100), labels, draw.normal(labels, 1), 100 * draw.random((classes, 2)),
                     objects, name=str(i))
        )  # fmt: skip
    return Localization("toy", tuple("abc"), tuple(evidence))


def test_the_bootstrap_measures_samples_of_the_pictures(monkeypatch) -> None:
    found = located()
    monkeypatch.setattr(judged, "DRAWS", 20)
    draw, sampled = np.random.default_rng(0), []
    for _ in range(20):
        chosen = draw.integers(60, size=60)
        sample = Localization("toy", found.classes, tuple(found.evidence[i] for i in chosen))
        named, point = sample.classification, sample.points.area
        sampled.append(
            [named.mean_of(found.frequent), named.mean, point.mean_of(found.frequent), point.mean]
        )
    expected = np.std(sampled, axis=0, ddof=1)
    assert list(judged.bootstrapped(found).values()) == pytest.approx(expected.tolist())
    assert list(judged.figures_of(found)) == list(METRICS)


@pytest.mark.data
@pytest.mark.parametrize("name", ["wildcat", "spleap", "max"])
def test_a_head_is_measured_as_by_evaluate(name: str, judge: judged.Judge) -> None:
    head = pronet.load(name)
    beam = name == "max"
    read = evaluation.reader(judge.pictures.classes, head=name)
    expected = evaluation.evaluate(read, judge.pictures, pointed="beam" if beam else "peak")
    found = judge.read(head.read, beam=beam)
    for one, other in zip(found.evidence, expected.evidence, strict=True):
        np.testing.assert_array_equal(one.scores, other.scores)
        np.testing.assert_array_equal(one.points, other.points)
    facts = expected.as_json()
    assert judged.figures_of(found)["point_map"] == facts["point_map"]
    assert judged.figures_of(found)["classification_map"] == facts["classification_map"]


@pytest.fixture(scope="module")
def judge(data: Path, network) -> judged.Judge:
    """Eight pictures of val, looked at once."""
    val = labelled.read("voc", data / "voc", "val", 2012)
    return judged.Judge(network, replace(val, pictures=val.pictures[:8]))
