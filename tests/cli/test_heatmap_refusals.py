"""What `wsl heatmap` refuses: status 2, a sentence on standard error, nothing written."""

import os
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from wsl_core import networks

Run = Callable[..., Any]


def assert_refused(ran: Any, out: Path, *parts: str) -> None:
    assert ran.status == 2
    assert ran.out == ""
    assert "Traceback" not in ran.err
    sentence = ran.err.strip()
    assert sentence.endswith(".")
    assert "\n" not in sentence
    for part in parts:
        assert part in sentence
    assert not out.exists()


@pytest.mark.parametrize(
    ("options", "parts"),
    [
        (("--network", "resnet"), ("'resnet'", *networks.CARDS)),
        (("--classes", "nonsuch"), ("'nonsuch'", "index")),
        (("--classes", ""), ("empty",)),
        (("--classes", "1000"), ("1000", "0 to 999")),
        (("--classes", "-1"), ("-1", "0 to 999")),
        (("--classes", "crane"), ("134 crane", "517 crane", "bird")),
        (("--classes", "tabby", "cat"), ("'cat' could be any of",)),
        (("--size", "0"), ("0", "33 to 4097", "full")),
        (("--size", "0", "--scales"), ("0", "33 to 4097")),
        (("--size", "-449"), ("-449", "33 to 4097")),
        (("--size", "32"), ("32", "33 to 4097")),
        (("--size", "4098"), ("4098", "33 to 4097")),
        (("--size", "9" * 5000), ("33 to 4097",)),
        (("--size", "449.5"), ("449.5", "33 to 4097")),
        (("--size", "big"), ("'big'", "33 to 4097")),
        (("--size", ""), ("33 to 4097",)),
        (("--size", "4097", "--scales"), ("4097", "--scales")),
        (("--size", "big", "--scales"), ("'big'", "33 to 4097")),
        (("--top", "0"), ("--top 0", "from 1")),
        (("--top", "-3"), ("--top -3", "from 1")),
        (("--top", "1001"), ("1001", "1 to 1000")),
        (("--top", "two"), ("two", "from 1")),
        (("--top", "1.5"), ("1.5", "from 1")),
        (("--top", "1", "--classes", "tabby"), ("--top", "--classes")),
        (("--classes", "tabby", "--top", "3"), ("--top", "--classes")),
        (("--opacity", "1.1"), ("1.1", "0 to 1")),
        (("--opacity", "nan"), ("nan", "0 to 1")),
        (("--opacity", "strong"), ("strong", "0 to 1")),
        (("--runtime", "tensorflow"), ("tensorflow", *networks.RUNTIMES)),
        (("--precision", "float16"), ("float16", *networks.PRECISIONS)),
        (("--classes",), ("--classes", "--help")),
        (("--over",), ("--over", "--help")),
    ],
)
def test_a_bad_argument(
    wsl: Run, cat: Path, out: Path, options: tuple[str, ...], parts: tuple[str, ...]
) -> None:
    assert_refused(wsl("heatmap", cat, "--out", out, "--json", *options), out, *parts)


@pytest.mark.parametrize("argv", [(), ("cat.png",), ("--out", "results")])
def test_a_missing_argument(wsl: Run, argv: tuple[str, ...], tmp_path: Path) -> None:
    assert_refused(wsl("heatmap", *argv), tmp_path / "results", "required", "--help")


def test_the_limit_of_the_size_is_the_setting(
    wsl: Run, cat: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WSL_MAX_SIDE", "129")
    assert_refused(wsl("heatmap", cat, "--out", out), out, "449", "33 to 129")
    assert wsl("heatmap", cat, "--out", out, "--size", "129").status == 0


def test_a_setting_out_of_range(
    wsl: Run, cat: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WSL_MAX_SIDE", "huge")
    assert_refused(wsl("heatmap", cat, "--out", out), out, "WSL_MAX_SIDE", "'huge'")


def test_nothing_to_work_on(wsl: Run, out: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "notes.txt").write_text("no picture")
    (tmp_path / "link.png").symlink_to("nowhere.png")
    for name in ("in", "missing.png", "link.png"):
        ran = wsl("heatmap", tmp_path / name, "--out", out, "--json")
        assert_refused(ran, out, name, ".jpg", ".png")
    assert_refused(wsl("heatmap", "", "--out", out, "--json"), out)


@pytest.mark.parametrize("place", ["file", "file/below", ""])
def test_a_folder_that_cannot_be_written(
    wsl: Run, cat: Path, tmp_path: Path, place: str, out: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    folder = tmp_path / place if place else ""
    ran = wsl("heatmap", cat, "--out", folder, "--size", 65, "--json")
    assert_refused(ran, out, "cannot be written", "--out")
    assert (tmp_path / "file").read_text() == "in the way"


def test_a_folder_without_permission(
    wsl: Run, cat: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "makedirs", denied)  # root may write everywhere
    ran = wsl("heatmap", cat, "--out", out, "--size", 65)
    assert_refused(ran, out, str(out), "permission denied", "--out")


def test_a_disk_that_fills_up(
    wsl: Run, cat: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, data: bytes) -> None:
        path.touch()
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    ran = wsl("heatmap", cat, "--out", out, "--size", 65)
    assert ran.status == 2
    assert "no space left" in ran.err
    assert list(out.iterdir()) == [], "no half-written file stays"


def test_bfloat16_where_the_processor_lacks_it(
    wsl: Run, cat: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    networks.load()  # imports it
    core = sys.modules["openvino"].Core
    monkeypatch.setattr(core, "get_property", lambda *_: ["FP32"])
    ran = wsl("heatmap", cat, "--out", out, "--precision", "bfloat16", "--json")
    assert_refused(ran, out, "bfloat16", "float32")


def test_bfloat16_where_the_processor_lacks_it_in_torch(
    process: Run, cat: Path, out: Path, tmp_path: Path
) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import torch\n"
        "torch.cuda.is_available = lambda: False\n"
        "for check in ('_is_avx512_bf16_supported', '_is_amx_tile_supported'):\n"
        "    setattr(torch.cpu, check, lambda: False)\n"
    )
    command = ("heatmap", cat, "--out", out, "--runtime", "torch", "--precision", "bfloat16")
    ran = process(*command, PYTHONPATH=str(tmp_path))
    assert_refused(ran, out, "bfloat16", "float32")


class Trap:
    """Unpickling it would write a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.write_text, (self.path, "run")


@pytest.mark.parametrize(
    ("kind", "runtime", "part"),
    [
        ("garbage.safetensors", "openvino", "efficientnet_lite0.safetensors"),
        ("trap.pth", "openvino", "efficientnet_lite0.pth"),
        ("trap.pth", "torch", "efficientnet_lite0.pth"),
        ("other.safetensors", "torch", "tensor"),
    ],
)
def test_weights_that_are_refused(
    process: Run, cat: Path, out: Path, tmp_path: Path, kind: str, runtime: str, part: str
) -> None:
    content, _, suffix = kind.partition(".")
    weights = tmp_path / "weights" / f"efficientnet_lite0.{suffix}"
    weights.parent.mkdir()
    if content == "garbage":
        weights.write_bytes(bytes(range(256)) * 40)
    elif content == "trap":
        weights.write_bytes(pickle.dumps({"weight": Trap(tmp_path / "sprung")}))
    else:
        save_file({"weight": np.zeros(3, np.float32)}, weights)
    command = ("heatmap", cat, "--out", out, "--json", "--runtime", runtime)
    ran = process(*command, WSL_WEIGHTS=str(weights.parent))
    assert "Traceback" not in ran.err
    last = ran.err.strip().splitlines()[-1]  # after messages about the export
    assert_refused(ran._replace(err=last), out, "weights", part)
    assert not (tmp_path / "sprung").exists()
