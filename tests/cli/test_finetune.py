"""`wsl finetune`: a race with curves and heads, skipped pictures counted, refusals in words."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.transfer import finetuning_pictures as made
from wsl_core.fcn.heads import Head

pytestmark = pytest.mark.usefixtures("runs")

Run = Callable[..., Any]
QUICK = ("--size", 65, "--views", 2, "--train", 4, "--strategies", "frozen-svm,frozen-net")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made.folders(tmp_path_factory.mktemp("pictures") / "textures", 6)


def test_a_race_is_run_and_its_head_is_used(wsl: Run, pictures: Path, tmp_path: Path) -> None:
    (pictures / "rings" / "broken.png").write_bytes(b"nothing")
    ran = wsl("finetune", "--data", pictures, *QUICK, "--out", tmp_path / "raced", "--json")
    (pictures / "rings" / "broken.png").unlink()
    assert ran.status == 1, ran.err
    assert list(ran.json["strategies"]) == ["frozen-svm", "frozen-net"]
    assert ran.json["strategies"]["frozen-svm"] == 1.0
    assert ran.json["skipped_count"] == 1
    assert "broken.png" in ran.err
    race = json.loads((tmp_path / "raced" / "race.json").read_text(encoding="utf-8"))
    assert {row["part"] for row in race["strategies"][1]["curve"]} == {"tune"}
    assert Head.load(tmp_path / "raced" / "frozen-svm").card.classes == ("dots", "rings", "stripes")
    assert not (tmp_path / "raced" / "frozen-net").exists()  # its two layers are no head
    picture = pictures / "rings" / "0.png"
    shown = wsl("heatmap", picture, "--head", tmp_path / "raced" / "frozen-svm", "--size", 65,
                "--top", 1, "--out", tmp_path / "maps", "--json")  # fmt: skip
    assert shown.status == 0, shown.err
    assert '"rings"' in shown.out


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--strategies", "full,melt"), "There is no strategy 'melt'"),
        (("--layers", "stem=freeze"), "not among --strategies"),
        (("--strategies", "layers", "--layers", "stage8=copy"), "no block 'stage8'"),
        (("--train", 40), "too few pictures"),
        (("--classes", "dots"), "only the class 'dots'"),
        (("--network", "lenot"), "Did you mean lenet"),
        (("--size", 20), "--size 20 is not accepted"),
        (("--validation", 0.9), "--validation 0.9 is not accepted"),
    ],
)
def test_what_cannot_be_is_refused(
    wsl: Run, pictures: Path, given: tuple[object, ...], said: str
) -> None:
    ran = wsl("finetune", "--data", pictures, *given)
    assert ran.status == 2
    assert said in ran.err
    assert ran.out == ""


def test_pictures_have_to_be_named(wsl: Run, tmp_path: Path) -> None:
    assert "--data" in wsl("finetune").err
    assert "is not there" in wsl("finetune", "--data", tmp_path / "nowhere").err
