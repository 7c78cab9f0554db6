"""`wsl heatmap --method`: the attributions of the Python interface, written down; what is refused."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from wsl_core import figures, images, networks
from wsl_core.fcn import attributions
from wsl_core.fcn.attribution_methods import METHODS, AttributionParameters
from wsl_core.jobs import Task

Run = Callable[..., Any]
PIXELS = [method.name for method in METHODS.values() if method.level == "pixels"]
QUICK = {
    "integrated-gradients": ("--steps", 8),
    "smoothgrad": ("--draws", 2),
    "occlusion": ("--patch", 64, "--step", 32),
}


@pytest.fixture(autouse=True)
def _in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The job runs here: that it runs in a worker is tested where attributions are."""

    def run(name: str, config: dict[str, Any], arrays: Any) -> Iterator[Any]:
        from wsl_core.fcn import torch_attributions

        yield from torch_attributions.attribute(Task(config, arrays))

    monkeypatch.setattr(attributions.jobs, "run", run)


def manifest_of(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("method", [name for name in METHODS if METHODS[name].work])
def test_the_results_are_those_of_the_python_interface(
    wsl: Run, cat: Path, out: Path, method: str
) -> None:
    options = QUICK.get(method, ())
    ran = wsl("heatmap", cat, "--out", out, "--size", 129, "--method", method, *options)
    assert ran.status == 0

    photo = images.read(cat)
    asked = {options[i][2:]: options[i + 1] for i in range(0, len(options), 2)}
    parameters = AttributionParameters(method=method, **asked)
    found = attributions.attribute(networks.DEFAULT, photo, None, parameters, 129)
    manifest = manifest_of(out)
    assert manifest["method"] == method
    assert manifest["parameters"] == parameters.used()
    (picture,) = manifest["pictures"]
    (entry,) = picture["classes"]
    assert (entry["index"], entry["name"]) == (found.index, found.name)
    assert entry["score"] == pytest.approx(found.score, abs=1e-4)
    assert entry["peak"] == pytest.approx(found.peak())
    assert entry["seconds"] > 0
    values = np.load(out / entry["map"])
    assert values.dtype == np.float32
    assert values.shape == found.values.shape
    np.testing.assert_allclose(values, found.values, atol=1e-5)
    pixels = method in PIXELS
    scale = (figures.Scale.of_pixels if pixels else figures.Scale.of)([values])
    assert picture["scale"] == pytest.approx(scale.limit)
    assert picture["beyond_scale"] == pytest.approx(scale.beyond)
    backdrop = figures.faded(photo) if pixels else photo
    expected = figures.overlay(backdrop, values, found.placement, scale=scale)
    painted = np.asarray(Image.open(out / entry["overlay"]))
    assert np.abs(painted.astype(int) - expected).max() <= 1
    assert np.abs(painted.astype(int) - backdrop.pixels).mean() > 0.1
    assert (entry["completeness"] is None) == (method != "integrated-gradients")
    assert entry["randomised"] is None


def test_the_residual_is_written_and_said(wsl: Run, cat: Path, out: Path) -> None:
    ran = wsl("heatmap", cat, "--out", out, "--size", 129, "--method", "integrated-gradients")
    (entry,) = manifest_of(out)["pictures"][0]["classes"]
    whole = entry["completeness"]
    assert whole["sum"] == pytest.approx(float(np.load(out / entry["map"]).sum()), abs=1e-3)
    assert whole["residual"] == pytest.approx(whole["sum"] - whole["difference"])
    assert whole["relative"] == pytest.approx(abs(whole["residual"] / whole["difference"]))
    assert f"residual {whole['residual']:.2f}" in ran.out


def test_the_rank_correlation_is_written_and_said(wsl: Run, cat: Path, out: Path) -> None:
    options = ("--method", "grad-cam", "--randomise", "head", "--seed", 3)
    ran = wsl("heatmap", cat, "--out", out, "--size", 129, *options)
    manifest = manifest_of(out)
    assert manifest["parameters"] == {"randomise": "head", "seed": 3}
    chance = manifest["pictures"][0]["classes"][0]["randomised"]
    assert -1 <= chance["signed"] <= 1
    assert 0 < chance["rank_correlation"] < 0.95
    assert f"random weights {chance['rank_correlation']:.2f}" in ran.out


def test_classes_of_a_picture_share_one_scale(wsl: Run, cat: Path, out: Path) -> None:
    options = ("--method", "grad-cam", "--classes", "tabby", "espresso", "--json")
    ran = wsl("heatmap", cat, "--out", out, "--size", 129, *options)
    (picture,) = ran.json["pictures"]
    maps = [np.load(out / one["map"]) for one in picture["classes"]]
    assert [one["index"] for one in picture["classes"]] == [281, 967]
    assert picture["scale"] == pytest.approx(max(float(np.abs(one).max()) for one in maps))


def test_the_class_activation_map_says_its_method(wsl: Run, cat: Path, out: Path) -> None:
    wsl("heatmap", cat, "--out", out, "--size", 129)
    manifest = manifest_of(out)
    assert (manifest["method"], manifest["parameters"]) == ("class-activation-map", {})
    assert manifest["pictures"][0]["beyond_scale"] == 0


def test_a_picture_that_a_patch_does_not_fit_is_skipped(wsl: Run, cat: Path, out: Path) -> None:
    options = ("--method", "occlusion", "--patch", 128, "--step", 64)
    ran = wsl("heatmap", cat, "--out", out, "--size", 129, *options)
    assert ran.status == 1
    assert "does not fit" in ran.err
    assert manifest_of(out)["pictures"] == []


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        (("--method", "saliency"), ("'saliency'", *METHODS)),
        (("--steps", 32), ("--steps", "class-activation-map", "integrated-gradients")),
        (("--method", "occlusion", "--steps", 32), ("--steps", "occlusion")),
        (("--method", "gradient", "--draws", 9), ("--draws", "smoothgrad")),
        (("--method", "gradient", "--runtime", "torch"), ("--runtime", "class-activation-map")),
        (("--method", "gradient", "--precision", "float32"), ("--precision", "gradient")),
        (("--method", "gradient", "--mirror"), ("--mirror", "class-activation-map")),
        (("--method", "grad-cam", "--scales"), ("--scales", "grad-cam")),
        (("--method", "smoothgrad", "--noise", 0.7), ("0.7", "from 0 to 0.5")),
        (("--method", "smoothgrad", "--draws", "many"), ("many", "from 1 to 100")),
        (("--method", "integrated-gradients", "--steps", 4), ("4", "from 8 to 256")),
        (("--method", "integrated-gradients", "--baseline", "white"), ("white", "black")),
        (("--method", "gradient", "--randomise", "some"), ("some", "head and last block")),
        (("--method", "occlusion", "--patch", 16, "--step", 17), ("17", "16", "gaps")),
    ],
)
def test_what_is_refused(
    wsl: Run, cat: Path, out: Path, options: tuple[Any, ...], parts: tuple[str, ...]
) -> None:
    ran = wsl("heatmap", cat, "--out", out, *options)
    assert (ran.status, ran.out) == (2, "")
    assert "Traceback" not in ran.err
    assert all(part in ran.err for part in parts), ran.err
    assert not out.exists()


def test_help_says_what_each_method_uses(capsys: pytest.CaptureFixture[str]) -> None:
    from wsl_core.cli import main

    with pytest.raises(SystemExit):
        main(["heatmap", "--help"])
    text = capsys.readouterr().out
    for method in METHODS.values():
        assert f"{method.name}: {', '.join('--' + name for name in method.uses)}" in text
