"""`wsl index`, `wsl query` and `wsl evaluate retrieval`: figures, refusals, work that is taken up again."""

import json
import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.waiting import eventually, worker_of
from tests.transfer import retrieval_pictures as made
from wsl_core import jobs
from wsl_core.cli import main
from wsl_core.datasets import collection
from wsl_core.jobs import Result, Task
from wsl_core.transfer.retrieval import Index, IndexParameters
from wsl_core.transfer.retrieval.evaluation import retrieval_job
from wsl_core.transfer.retrieval.indexing import asked, index_job

pytestmark = pytest.mark.usefixtures("runs")

Run = Callable[..., Any]
TINY = ("--sizes", "97")
EVALUATE = ("evaluate", "retrieval")


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made.class_folders(tmp_path_factory.mktemp("pictures") / "textures", 4)


@pytest.fixture
def index(wsl: Run, pictures: Path, tmp_path: Path) -> Path:
    ran = wsl("index", pictures, "--out", tmp_path / "index", *TINY)
    assert ran.status == 0, ran.err
    return tmp_path / "index"


def test_a_folder_is_indexed_and_asked(wsl: Run, pictures: Path, index: Path) -> None:
    picture = pictures / "rings" / "2.png"
    ran = wsl("query", "--index", index, picture, "--top", 4, "--json")
    assert ran.status == 0, ran.err
    assert [one["rank"] for one in ran.json["neighbours"]] == [1, 2, 3, 4]
    assert ran.json["neighbours"][0]["name"] == "rings/2.png"
    assert ran.json["neighbours"][0]["similarity"] == pytest.approx(1, abs=1e-3)
    assert [one["same_picture"] for one in ran.json["neighbours"]] == [True, False, False, False]
    assert {one["label"] for one in ran.json["neighbours"]} == {"rings"}
    assert (ran.json["pictures"], ran.json["network"]) == (12, "efficientnet_lite0")
    assert ran.json["query_ms"] < 50
    said = wsl("query", "--index", index, picture, "--top", 2).out
    assert "rings/2.png (the very picture)" in said
    assert len(said.splitlines()) == 3


def test_a_region_is_asked(wsl: Run, pictures: Path, index: Path) -> None:
    picture = pictures / "dots" / "0.png"
    ran = wsl("query", "--index", index, picture, "--region", "10,5,90,80", "--json")
    assert ran.status == 0, ran.err
    assert ran.json["region"] == [10, 5, 90, 80]
    whole = wsl("query", "--index", index, picture, "--json")
    assert whole.json["neighbours"] != ran.json["neighbours"]


def test_what_is_indexed_is_what_the_job_says(wsl: Run, pictures: Path, tmp_path: Path) -> None:
    words = ("--power", "2", "--sizes", "65,97", "--components", 0)
    ran = wsl("index", pictures, "--out", tmp_path / "two", *words, "--json")
    assert ran.status == 0, ran.err
    assert (ran.json["pictures"], ran.json["classes"], ran.json["skipped"]) == (12, 3, {})
    assert (ran.json["sizes"], ran.json["dimensions"], ran.json["components"]) == (
        [65, 97],
        1280,
        0,
    )
    config = {"source": str(pictures), "power": 2, "sizes": [65, 97], "components": 0}
    *_, last = index_job(Task(config))
    assert isinstance(last, Result)
    assert Index.load(tmp_path / "two").features.tolist() == last.arrays["features"].tolist()
    assert "100 %" in ran.err


def test_pictures_that_cannot_be_read_are_named_and_change_the_status(
    wsl: Run, tmp_path: Path
) -> None:
    folder = made.class_folders(tmp_path / "set", 2)
    (folder / "dots" / "bad.jpg").write_text("nothing")
    ran = wsl("index", folder, "--out", tmp_path / "index", *TINY, "--json")
    assert ran.status == 1
    assert "Skipped: Cannot read bad.jpg" in ran.err
    assert ran.json["skipped_count"] == 1
    assert list(ran.json["skipped"]) == ["dots/bad.jpg"]
    measured = wsl(*EVALUATE, "--data", folder, *TINY, "--json")
    assert (measured.status, measured.json["queries"]) == (1, 6)


def test_a_zip_file_brings_its_pictures_into_the_index(
    wsl: Run, pictures: Path, tmp_path: Path
) -> None:
    packed = made.zipped(pictures, tmp_path / "set.zip")
    ran = wsl("index", packed, "--out", tmp_path / "index", *TINY)
    assert ran.status == 0, ran.err
    packed.unlink()
    assert Index.load(tmp_path / "index").photo(0).width == 150


def test_the_measured_figures_are_those_of_the_job(wsl: Run, pictures: Path) -> None:
    ran = wsl(*EVALUATE, "--data", pictures, *TINY, "--json")
    assert ran.status == 0, ran.err
    *_, last = retrieval_job(Task({"data": str(pictures), "sizes": [97]}))
    assert isinstance(last, Result)
    assert ran.json == json.loads(json.dumps(last.facts))
    assert list(ran.json)[:2] == ["map", "precision_at_1"]
    assert ran.json["protocol"] == "leave one out"
    said = wsl(*EVALUATE, "--data", pictures, *TINY).out
    assert "12 queries, 12 pictures searched, 3 classes" in said
    assert f"{100 * ran.json['map']:.1f}" in said


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ("query", "--index", "INDEX", "PICTURE", "--region", "0,0,151,10"),
            "not inside the picture",
        ),
        (("query", "--index", "INDEX", "PICTURE", "--region", "0,0,10"), "--region"),
        (("query", "--index", "INDEX", "PICTURE", "--top", "0"), "--top"),
        (("query", "--index", "INDEX", "PICTURE", "--network", "resnet50"), "cannot be compared"),
        (("query", "--index", "EMPTY", "PICTURE"), "There is no index in"),
        (("query", "--index", "INDEX", "nowhere.png"), "no such file"),
        (("index", "EMPTY", "--out", "NEW"), "holds no picture"),
        (("index", "PICTURES", "--out", "FULL"), "holds other things"),
        (("index", "PICTURES", "--out", "NEW", "--tap", "nose"), "no tap named 'nose'"),
        (("index", "PICTURES", "--out", "NEW", "--network", "nose"), "nose"),
        (("index", "PICTURES", "--out", "NEW", "--sizes", "many"), "--sizes"),
        (("evaluate", "retrieval", "--data", "ONE"), "only the class 'dots'"),
        (
            ("evaluate", "retrieval", "--data", "PICTURES", "--queries", "val"),
            "does not have both splits",
        ),
        (
            ("evaluate", "retrieval", "--data", "PICTURES", "--split-file", "no.csv"),
            "cannot be read",
        ),
    ],
)
def test_refusals_are_sentences(
    wsl: Run, pictures: Path, index: Path, tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("mine")
    (tmp_path / "one" / "dots").mkdir(parents=True)
    made.one_pixel(tmp_path / "one" / "dots" / "1.png", 5)
    named = {
        "INDEX": index, "PICTURE": pictures / "dots" / "0.png", "EMPTY": tmp_path / "empty",
        "NEW": tmp_path / "new", "FULL": tmp_path / "full", "PICTURES": pictures, "ONE": tmp_path / "one",
    }  # fmt: skip
    ran = wsl(*(named.get(word, word) for word in words))
    assert ran.status == 2
    assert sentence in ran.err
    assert "Traceback" not in ran.err
    assert not (tmp_path / "new").exists()


def test_a_run_that_was_killed_goes_on_with_the_same_command(wsl: Run, tmp_path: Path) -> None:
    """The worker dies after a checkpoint; the same command takes the run up and gives the same vectors."""
    folder = made.class_folders(tmp_path / "many", 200)
    words = ("index", folder, "--out", tmp_path / "index", *TINY)
    command = threading.Thread(target=main, args=([str(word) for word in words],))
    command.start()
    (run,) = eventually(jobs.runs)
    eventually((run.folder / "checkpoint.safetensors").exists)
    os.kill(worker_of(run), signal.SIGKILL)
    command.join()
    assert run.state == "interrupted"
    assert not (tmp_path / "index").exists()
    ran = wsl(*words)
    assert ran.status == 0, ran.err
    assert f"run {run.id} goes on" in ran.err
    assert [one.id for one in jobs.runs()] == [run.id]
    *_, last = index_job(Task({"source": str(folder), "sizes": [97]}))
    assert isinstance(last, Result)
    assert Index.load(tmp_path / "index").features.tobytes() == last.arrays["features"].tobytes()


def test_a_folder_that_has_changed_since_is_other_work(tmp_path: Path) -> None:
    """So a run that was broken off never gives vectors of pictures that are not there any more."""
    folder = made.class_folders(tmp_path / "set", 1)
    how = IndexParameters(source=str(folder))

    def digest() -> str:
        return asked(how, collection.of(str(folder), 10, 10))

    first = digest()
    assert digest() == first
    made.one_pixel(folder / "dots" / "0.png", 3)
    assert digest() != first
    other = how.model_copy(update={"weights": "random"})
    assert asked(other, collection.of(str(folder), 10, 10)) != digest()
