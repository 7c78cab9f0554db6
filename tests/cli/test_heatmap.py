"""`wsl heatmap` does what the Python interface does, and writes it down."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import wsl_core
from wsl_core import figures, images, networks
from wsl_core.fcn import activation_maps
from wsl_core.fcn.activation_maps import ActivationMapParameters

Run = Callable[..., Any]


def manifest_of(folder: Path) -> dict[str, Any]:
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("options", "parameters"),
    [
        (("--size", 161), {"size": 161}),
        ((), {}),
        (("--size", "full"), {"size": "full"}),
        (("--size", 161, "--scales", "--mirror"), {"size": 161, "scales": True, "mirror": True}),
    ],
)
def test_the_results_are_those_of_the_python_interface(
    wsl: Run, cat: Path, out: Path, options: tuple[object, ...], parameters: dict[str, Any]
) -> None:
    assert wsl("heatmap", cat, "--out", out, "--top", 2, *options).status == 0

    photo = images.read(cat)
    maps = activation_maps.compute(networks.load(), photo, ActivationMapParameters(**parameters))
    best = maps.top(2)
    scale = figures.Scale.of_picture(maps, [one.index for one in best])
    manifest = manifest_of(out)
    (picture,) = manifest["pictures"]
    assert set(manifest) == {
        "version", "network", "method", "parameters", "pictures", "skipped"
    }  # fmt: skip
    assert manifest["version"] == wsl_core.__version__
    assert manifest["network"] == "efficientnet_lite0"
    assert manifest["skipped"] == []
    assert set(picture) == {
        "file", "width", "height", "input", "scale", "beyond_scale", "classes"
    }  # fmt: skip
    assert picture["file"] == str(cat)
    assert (picture["width"], picture["height"]) == (photo.width, photo.height)
    assert picture["input"] == list(maps.input_size)
    assert picture["scale"] == pytest.approx(scale.limit, rel=1e-5)
    assert [one["index"] for one in picture["classes"]] == [one.index for one in best]
    for entry, score in zip(picture["classes"], best, strict=True):
        assert set(entry) == {"index", "name", "score", "map", "overlay", "peak"}
        assert entry["name"] == score.name
        assert entry["score"] == pytest.approx(score.score, abs=1e-4)
        assert entry["peak"] == pytest.approx(maps.peak(score.index))
        values = np.load(out / entry["map"])
        assert values.dtype == np.float32
        assert values.shape == maps.cells
        np.testing.assert_allclose(values, maps.map(score.index), atol=1e-4)
        assert values.mean() == pytest.approx(entry["score"], abs=1e-3)
        painted = np.asarray(Image.open(out / entry["overlay"]))
        expected = figures.overlay(photo, values, maps.placement, scale=scale)
        assert painted.shape == photo.pixels.shape
        assert np.abs(painted.astype(int) - expected).max() <= 1
        assert np.abs(painted.astype(int) - photo.pixels).mean() > 1


def test_it_writes_what_the_manifest_lists_and_nothing_else(wsl: Run, cat: Path, out: Path) -> None:
    wsl("heatmap", cat, "--out", out, "--size", 129, "--classes", 281, 282)
    (picture,) = manifest_of(out)["pictures"]
    listed = {one[kind] for one in picture["classes"] for kind in ("map", "overlay")}
    assert {file.name for file in out.iterdir()} == listed | {"manifest.json"}
    assert listed == {"cat.281.npy", "cat.281.png", "cat.282.npy", "cat.282.png"}


def test_opacity_decides_the_strength_of_the_paint(wsl: Run, cat: Path, out: Path) -> None:
    wsl("heatmap", cat, "--out", out, "--size", 129, "--classes", 281, "--opacity", 0)
    assert (np.asarray(Image.open(out / "cat.281.png")) == images.read(cat).pixels).all()


def test_another_network_is_used_and_named(wsl: Run, cat: Path, out: Path) -> None:
    ran = wsl(
        "heatmap", cat, "--out", out, "--size", 129, "--network", "efficientnet_lite1", "--json"
    )
    maps = networks.load("efficientnet_lite1").class_maps(images.read(cat), 129)
    assert ran.json["network"] == "efficientnet_lite1"
    assert ran.json["pictures"][0]["classes"][0]["score"] == pytest.approx(
        maps.top(1)[0].score, abs=1e-4
    )


def test_an_upright_picture_has_upright_sizes_peaks_and_overlays(
    wsl: Run, cat: Path, out: Path, tmp_path: Path
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the file is stored lying on its side
    turned = tmp_path / "turned.png"
    Image.open(cat).transpose(Image.Transpose.ROTATE_90).save(turned, exif=exif)
    ran = wsl("heatmap", cat, turned, "--out", out, "--size", 129, "--classes", 282, "--json")
    upright, stored = ran.json["pictures"]
    assert {key: value for key, value in stored.items() if key not in ("file", "classes")} == {
        key: value for key, value in upright.items() if key not in ("file", "classes")
    }
    assert stored["classes"][0]["peak"] == upright["classes"][0]["peak"]
    assert Image.open(out / "turned.282.png").size == (upright["width"], upright["height"])


@pytest.mark.parametrize("name", ["281", "n02123045", "tabby, tabby cat", "tabby cat", "TABBY"])
def test_a_class_is_named_in_any_way(wsl: Run, cat: Path, out: Path, name: str) -> None:
    ran = wsl("heatmap", cat, "--out", out, "--size", 129, "--json", "--classes", name)
    assert [one["index"] for one in ran.json["pictures"][0]["classes"]] == [281]


def test_classes_come_in_the_order_given_each_once(wsl: Run, cat: Path, out: Path) -> None:
    names = ("espresso", "tabby", 281, "n07920052")
    ran = wsl("heatmap", cat, "--out", out, "--size", 129, "--json", "--classes", *names)
    assert [one["index"] for one in ran.json["pictures"][0]["classes"]] == [967, 281]


def test_the_summary_names_the_class_its_place_and_the_folder(
    wsl: Run, cat: Path, out: Path
) -> None:
    ran = wsl("heatmap", cat, "--out", out, "--size", 129, "--classes", "tabby")
    entry = manifest_of(out)["pictures"][0]["classes"][0]
    x, y = entry["peak"]
    assert f"281 tabby: score {entry['score']:.2f}, peak at x {x:.0f}, y {y:.0f} px" in ran.out
    assert f"Done: 1. Skipped: 0. The results are in {out}" in ran.out


def test_a_map_that_cannot_be_read_is_said_in_words(wsl: Run, cat: Path, out: Path) -> None:
    photo = images.read(cat)
    maps = networks.load().class_maps(photo, 129)
    index = next(i for i in np.argsort(maps.scores) if maps.map(int(i)).max() < 0)
    ran = wsl("heatmap", cat, "--out", out, "--size", 129, "--json", "--classes", index)
    assert "nowhere above zero" in ran.err
    assert ran.status == 0


def test_values_that_are_not_finite_become_null(
    wsl: Run, cat: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = networks.load()
    original = network.runtime.run

    def broken(*args: Any) -> list[Any]:
        return [np.full_like(one, np.nan) for one in original(*args)]

    monkeypatch.setattr(network.runtime, "run", broken)
    ran = wsl("heatmap", cat, "--out", out, "--size", 129, "--json", "--classes", 281)
    (entry,) = ran.json["pictures"][0]["classes"]
    assert entry["score"] is None
    assert entry["peak"] is None
    assert "not numbers" in ran.err


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_standard_output_holds_the_result_and_nothing_else(
    wsl: Run, save: Run, out: Path, options: tuple[str, ...], tmp_path: Path
) -> None:
    folder = save("in/cat.png").parent
    save("in/coffee.jpg", "coffee")
    (folder / "broken.png").write_bytes(b"no picture")
    ran = wsl("heatmap", folder, "--out", out, "--size", 129, *options)
    assert ran.status == 1
    assert "3/3" in ran.err, "a progress bar for folders"
    assert "broken.png" in ran.err
    if options:
        assert ran.json == manifest_of(out)
        assert ran.out.startswith("{")


def test_one_picture_alone_needs_no_bar(wsl: Run, cat: Path, out: Path) -> None:
    assert wsl("heatmap", cat, "--out", out, "--size", 129).err == ""


def test_the_export_of_a_network_is_reported(
    wsl: Run, cat: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = networks.load

    def slow(*args: Any, report: networks.network.Report, **options: Any) -> networks.Network:
        report(0.5, "converting the layers")
        return load(*args, **options)

    monkeypatch.setattr(networks, "load", slow)
    ran = wsl("heatmap", cat, "--out", out, "--size", 129, "--json")
    assert "converting the layers (50%)" in ran.err
    assert ran.json["pictures"]


def test_an_interruption_keeps_what_is_finished(
    wsl: Run, save: Run, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = save("a.png"), save("b.png", "coffee")
    compute = activation_maps.compute

    def interrupted(network: Any, photo: images.Photo, parameters: Any) -> Any:
        if photo.name == "b.png":
            raise KeyboardInterrupt
        return compute(network, photo, parameters)

    monkeypatch.setattr(activation_maps, "compute", interrupted)
    ran = wsl("heatmap", first, second, "--out", out, "--size", 129, "--classes", 281)
    assert ran.status == 130
    assert "Interrupted" in ran.err
    assert "Traceback" not in ran.err
    assert sorted(file.name for file in out.iterdir()) == ["a.281.npy", "a.281.png"]
