"""Which pictures are found, what is skipped, how results are called, what is never overwritten."""

import json
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wsl_core import images
from wsl_core.cli import inputs, outputs
from wsl_core.errors import ParameterError, WslError

Run = Callable[..., Any]
QUICK = ("--size", 65, "--classes", 281, "--json")


def touched(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def test_a_folder_is_searched_at_any_depth_in_order(tmp_path: Path) -> None:
    suffixes = sorted(images.PICTURE_SUFFIXES)
    pictures = [f"b/deep/er/x{suffix}" for suffix in suffixes] + ["B.JPG", "a.png", "b/a.jpeg"]
    others = ["notes.txt", "a.png.bak", "png", ".hidden.png", ".git/x.png", "b/.x/y.png"]
    folder = touched(tmp_path / "in", *pictures, *others)
    found = inputs.find([str(folder)], str(tmp_path / "out"))
    relative = [os.path.relpath(file, folder) for file in found.files]
    assert relative == sorted(pictures, key=lambda name: name.split("/"))
    assert found.skipped == []


def test_files_keep_the_name_they_were_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    touched(tmp_path, "x/a.png", "x/b.png")
    monkeypatch.chdir(tmp_path)
    assert inputs.find(["./x/b.png", "x"], "out").files == ["./x/b.png", os.path.join("x", "a.png")]


def test_the_same_file_counts_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touched(tmp_path, "a.png")
    (tmp_path / "link.png").symlink_to("a.png")
    monkeypatch.chdir(tmp_path)
    named = ["a.png", "./a.png", str(tmp_path / "a.png"), "link.png", "."]
    assert inputs.find(named, "out").files == ["a.png"]


def test_a_named_file_is_tried_whatever_its_name(
    wsl: Run, cat: Path, out: Path, tmp_path: Path
) -> None:
    plain = cat.rename(tmp_path / ".hidden")
    ran = wsl("heatmap", plain, "--out", out, *QUICK)
    assert ran.status == 0
    assert [one["file"] for one in ran.json["pictures"]] == [str(plain)]


def test_results_inside_a_folder_are_not_searched(wsl: Run, save: Run) -> None:
    folder = save("in/cat.png").parent
    for _ in range(2):
        ran = wsl("heatmap", folder, "--out", folder / "maps", "--overwrite", *QUICK)
        assert [one["file"] for one in ran.json["pictures"]] == [str(folder / "cat.png")]


def test_a_folder_cannot_be_searched_and_written(tmp_path: Path) -> None:
    folder = str(touched(tmp_path / "in", "a.png"))
    with pytest.raises(ParameterError, match="--out"):
        inputs.find([folder], folder + "/../in")


def test_bad_files_among_good_ones_are_skipped(
    wsl: Run, cat: Path, out: Path, tmp_path: Path
) -> None:
    bad = touched(tmp_path / "bad", "empty.png", "text.jpg")
    (bad / "text.jpg").write_text("no picture")
    (bad / "cut.png").write_bytes(cat.read_bytes()[:2000])
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(bad / "socket.png"))
        missing, bare = tmp_path / "missing.png", tmp_path / "bare"
        bare.mkdir()
        ran = wsl("heatmap", missing, bad, bare, cat, "--out", out, *QUICK)
    names = {"empty.png", "text.jpg", "cut.png", "socket.png", "missing.png", "bare"}
    assert ran.status == 1
    assert [one["file"] for one in ran.json["pictures"]] == [str(cat)]
    assert {Path(one["file"]).name for one in ran.json["skipped"]} == names
    for one in ran.json["skipped"]:
        assert set(one) == {"file", "reason"}
        assert one["reason"].endswith(".")
        assert one["reason"] in ran.err
    assert "Traceback" not in ran.err


def test_a_single_broken_picture_is_skipped_and_listed(wsl: Run, out: Path, tmp_path: Path) -> None:
    touched(tmp_path, "a.png")
    ran = wsl("heatmap", tmp_path / "a.png", "--out", out, *QUICK)
    manifest = json.loads((out / "manifest.json").read_text())
    assert ran.status == 1
    assert manifest["pictures"] == []
    assert [one["file"] for one in manifest["skipped"]] == [str(tmp_path / "a.png")]


def test_a_picture_too_large_to_be_fed_whole_is_skipped(
    wsl: Run, save: Run, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WSL_MAX_SIDE", "480")
    cat, coffee = save("cat.png"), save("coffee.png", "coffee")  # 451 and 600 px wide
    ran = wsl("heatmap", cat, coffee, "--out", out, "--size", "full", "--json")
    assert ran.status == 1
    assert [one["file"] for one in ran.json["pictures"]] == [str(cat)]
    assert "600 px" in ran.json["skipped"][0]["reason"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root opens any folder")
def test_a_closed_folder_is_reported(tmp_path: Path) -> None:
    folder = touched(tmp_path / "in", "a.png", "closed/b.png")
    (folder / "closed").chmod(0)
    try:
        found = inputs.find([str(folder)], "out")
    finally:
        (folder / "closed").chmod(0o700)
    assert [one.file for one in found.skipped] == [str(folder / "closed")]


@pytest.mark.parametrize(
    ("files", "names"),
    [
        (["a/cat.png", "b/cat.jpg", "cat.gif"], ["cat", "cat-2", "cat-3"]),
        (["a/cat.png", "b/cat.png", "cat-2.png"], ["cat", "cat-3", "cat-2"]),
        (["cat-2.png", "a/cat.png", "b/cat.png"], ["cat-2", "cat", "cat-3"]),
        (["x/cat-2.png", "y/cat-2.png", "cat.png"], ["cat-2", "cat-2-2", "cat"]),
        (["Cat.png", "cat.png", "CAT-2.png"], ["Cat", "cat-3", "CAT-2"]),
        (["cat.281.png", "cat.png"], ["cat.281", "cat"]),
        (["x" * 250 + ".png", "x" * 251 + ".png"], ["x" * 200, "x" * 200 + "-2"]),
        (["\udcff.png"], ["picture"]),
    ],
)
def test_equal_stems_receive_a_suffix(files: list[str], names: list[str]) -> None:
    assert outputs.stems(files) == names


def test_pictures_with_equal_stems_keep_their_own_results(wsl: Run, save: Run, out: Path) -> None:
    save("in/a/same.png", "cat")
    save("in/b/same.png", "coffee")
    folder = save("in/same-2.png", "rocket").parent
    ran = wsl("heatmap", folder, "--out", out, "--size", 65, "--json")
    entries = [one["classes"][0] for one in ran.json["pictures"]]
    stems = [one["overlay"].split(".")[0] for one in entries]
    assert stems == ["same", "same-3", "same-2"]
    for picture, entry in zip(ran.json["pictures"], entries, strict=True):
        size = images.read(out / entry["overlay"])
        assert (size.width, size.height) == (picture["width"], picture["height"])


def test_odd_file_names_are_kept(wsl: Run, save: Run, out: Path) -> None:
    path = save("ä b\n'%s'.png")
    ran = wsl("heatmap", path, "--out", out, *QUICK)
    assert ran.status == 0
    assert ran.json["pictures"][0]["file"] == str(path)
    assert (out / ran.json["pictures"][0]["classes"][0]["map"]).is_file()


def test_earlier_results_stay_unless_overwrite_is_given(wsl: Run, cat: Path, out: Path) -> None:
    command = ("heatmap", cat, "--out", out, *QUICK)
    assert wsl(*command).status == 0
    before = {file.name: file.read_bytes() for file in out.iterdir()}
    again = wsl(*command, "--opacity", 0)
    assert again.status == 2
    assert "cat.281.npy is there already" in again.err
    assert "--overwrite" in again.err
    assert again.out == ""
    assert {file.name: file.read_bytes() for file in out.iterdir()} == before
    assert wsl(*command, "--opacity", 0, "--overwrite").status == 0
    assert (out / "cat.281.png").read_bytes() != before["cat.281.png"]


@pytest.mark.parametrize("name", ["manifest.json", "cat.281.png", "cat.7.npy", "CAT.7.npy"])
def test_any_result_in_the_way_is_named(tmp_path: Path, name: str) -> None:
    touched(tmp_path, name)
    with pytest.raises(WslError, match=name):
        outputs.check(str(tmp_path), ["cat"], ["cat.png"], overwrite=False)
    outputs.check(str(tmp_path), ["cat"], ["cat.png"], overwrite=True)


def test_what_is_no_result_is_not_in_the_way(tmp_path: Path) -> None:
    touched(tmp_path, "cat.png", "cat.281.jpg", "dog.281.png", "cat.x.png", "cat-2.281.png")
    outputs.check(str(tmp_path), ["cat"], [str(tmp_path / "cat.png")], overwrite=False)


def test_a_picture_is_never_overwritten(wsl: Run, save: Run, tmp_path: Path) -> None:
    cat, other = save("cat.png"), save("cat.281.png", "coffee")
    before = other.read_bytes()
    ran = wsl("heatmap", cat, other, "--out", tmp_path, "--overwrite", *QUICK)
    assert ran.status == 2
    assert str(other) in ran.err
    assert other.read_bytes() == before
