"""`wsl heatmap --head`: a trained head's classes, maps, pooled scores and probabilities."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wsl_core import images, networks
from wsl_core.fcn import activation_maps
from wsl_core.fcn.activation_maps import ActivationMapParameters
from wsl_core.fcn.heads import Head, HeadCard, TrainingData
from wsl_core.fcn.pronet import ProNet

Run = Callable[..., Any]
CLASSES = ("bird", "cat", "dog", "potted plant")


def made_head(place: Path, *, single: bool = False) -> Head:
    """A head of random weights; WILDCAT with two maps a class."""
    card = HeadCard(
        name="toy", title="Toy animals", network=networks.DEFAULT, features="features", classes=CLASSES,
        scheme="wildcat", parameters={"maps": 2, "positive": "3"}, single=single,
        data=TrainingData(title="toys", split="train", pictures=1, subset=True),
    )  # fmt: skip
    weight = np.random.default_rng(0).normal(0, 0.05, (8, 1280)).astype(np.float16)
    Head(card, weight.astype(np.float32), np.full(8, -0.1, np.float32)).save(place)
    return Head.load(place)


@pytest.fixture
def head(tmp_path: Path) -> Path:
    made_head(tmp_path / "head")
    return tmp_path / "head"


@pytest.mark.parametrize(
    ("options", "parameters"),
    [((), {}), (("--scales", "--mirror"), {"scales": True, "mirror": True})],
)
def test_the_results_are_those_of_the_head(
    wsl: Run, cat: Path, head: Path, out: Path, options: tuple[str, ...], parameters: dict[str, Any]
) -> None:
    ran = wsl(
        "heatmap", cat, "--out", out, "--head", head, "--size", 129, "--top", 2, *options, "--json"
    )
    assert ran.status == 0, ran.err
    how = ActivationMapParameters(size=129, **parameters)
    looked = activation_maps.compute(networks.load(), images.read(cat), how)
    maps = Head.load(head).read(looked)
    best = maps.top(2)
    assert ran.json["network"] == networks.DEFAULT
    assert ran.json["head"] == {
        "name": "toy", "title": "Toy animals", "scheme": "wildcat",
        "parameters": {"maps": 2, "positive": "3"}, "probability": "sigmoid",
    }  # fmt: skip
    entries = ran.json["pictures"][0]["classes"]
    assert [one["name"] for one in entries] == [one.name for one in best]
    for entry, score in zip(entries, best, strict=True):
        assert entry["score"] == pytest.approx(score.score, abs=1e-4)
        assert entry["probability"] == pytest.approx(1 / (1 + np.exp(-score.score)), abs=1e-5)
        values = np.load(out / entry["map"])
        np.testing.assert_allclose(values, maps.map(score.index), atol=1e-4)
        assert (
            abs(values.mean() - entry["score"]) > 0.01
        )  # pooled by the scheme, not the map's mean
        assert entry["peak"] == pytest.approx(maps.peak(score.index))
        assert (out / entry["overlay"]).is_file()
    assert json.loads((out / "manifest.json").read_text(encoding="utf-8")) == ran.json


def test_the_summary_says_which_head(wsl: Run, cat: Path, head: Path, out: Path) -> None:
    ran = wsl("heatmap", cat, "--out", out, "--head", head, "--size", 129, "--classes", "plant")
    entry = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["pictures"][0][
        "classes"
    ][0]
    first, _, line, *_ = ran.out.splitlines()
    assert first == (
        "Head toy (Toy animals) on efficientnet_lite0: scores are pooled by wildcat, probabilities are "
        "their sigmoid."
    )
    assert (
        f"3 potted plant: score {entry['score']:.2f}, probability {entry['probability']:.2f}, peak"
        in line
    )


@pytest.mark.parametrize("words", [("cat,dog",), ("cat", "dog"), ("1, 2",), ("CAT", "dog,cat")])
def test_classes_are_the_heads(
    wsl: Run, cat: Path, head: Path, out: Path, words: tuple[str, ...]
) -> None:
    ran = wsl(
        "heatmap", cat, "--out", out, "--head", head, "--size", 65, "--json", "--classes", *words
    )
    assert ran.status == 0, ran.err
    assert [one["name"] for one in ran.json["pictures"][0]["classes"]] == ["cat", "dog"]


def test_a_name_with_a_comma_is_one_class_of_a_network(wsl: Run, cat: Path, out: Path) -> None:
    words = ("--classes", "tabby, tabby cat", "lynx,n02124075")
    ran = wsl("heatmap", cat, "--out", out, "--size", 65, *words, "--json")
    assert [one["index"] for one in ran.json["pictures"][0]["classes"]] == [281, 287, 285]
    assert "head" not in ran.json


def test_where_a_picture_has_one_class_probabilities_are_a_softmax(
    wsl: Run, cat: Path, out: Path, tmp_path: Path
) -> None:
    made_head(tmp_path / "single", single=True)
    words = ("--head", tmp_path / "single", "--size", 65, "--top", len(CLASSES), "--json")
    ran = wsl("heatmap", cat, "--out", out, *words)
    found = [one["probability"] for one in ran.json["pictures"][0]["classes"]]
    assert sum(found) == pytest.approx(1, abs=1e-5)
    assert ran.json["head"]["probability"] == "softmax"


def test_a_pronet_looks_at_its_own_sizes(wsl: Run, cat: Path, out: Path, tmp_path: Path) -> None:
    made = ProNet.random(networks.load(), CLASSES)
    card = made.card.model_copy(update={"sizes": (65, 129)})
    ProNet(card, made.first, made.second).save(tmp_path / "pronet")
    command = ("heatmap", cat, "--out", out, "--head", tmp_path / "pronet", "--json")
    ran = wsl(*command)
    assert ran.status == 0, ran.err
    pronet = ProNet.load(tmp_path / "pronet")
    maps = pronet.look(networks.load(), images.read(cat))
    (best,) = maps.top(1)
    (entry,) = ran.json["pictures"][0]["classes"]
    assert entry["name"] == best.name
    assert entry["score"] == pytest.approx(best.score, abs=1e-3)
    assert entry["peak"] == pytest.approx(maps.peak(best.index))
    refused = wsl(*command, "--size", 65, "--overwrite")
    assert refused.status == 2
    assert "--size is not used by the head" in refused.err
    assert "65, 129" in refused.err


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (("--head", "HEAD", "--network", "resnet50"), ("--network", "--head", "not allowed")),
        (("--head", "nonsuch"), ("no head 'nonsuch'", "head.safetensors")),
        (("--head", "HEAD", "--classes", "tabby"), ("'tabby'", "0 to 3")),
        (("--head", "HEAD", "--classes", "cat,tabby"), ("'tabby'", "0 to 3")),
        (("--head", "HEAD", "--classes", "4"), ("class 4", "0 to 3")),
        (("--head", "HEAD", "--classes", "cat,"), ("empty",)),
        (("--head", "HEAD", "--top", "5"), ("--top 5", "from 1 to 4")),
        (
            ("--head", "HEAD", "--method", "integrated-gradients"),
            ("--method integrated-gradients", "--head", "class-activation-map"),
        ),
        (("--head", "HEAD", "--size", "32"), ("32", "33 to 4097")),
    ],
)
def test_what_a_head_refuses(
    wsl: Run, cat: Path, head: Path, out: Path, words: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    given = [str(head) if word == "HEAD" else word for word in words]
    ran = wsl("heatmap", cat, "--out", out, "--json", *given)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.strip().endswith(".")
    for part in parts:
        assert part in ran.err
    assert not out.exists()
