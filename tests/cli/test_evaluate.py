"""`wsl evaluate localization`: the same figures as in Python, filed, refused in words, taken up again."""

import csv
import json
import os
import re
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.fcn import toy_set
from tests.jobs.waiting import eventually, worker_of
from wsl_core import jobs, networks
from wsl_core.cli import main
from wsl_core.datasets import labelled, voc
from wsl_core.errors import HeadError
from wsl_core.fcn.heads import Head, HeadCard, TrainingData, folder
from wsl_core.fcn.localization import EvaluationParameters, Localization, evaluate, reader
from wsl_core.fcn.localization.setting import Setting

pytestmark = pytest.mark.usefixtures("runs")

Run = Callable[..., Any]
EVALUATE = ("evaluate", "localization")
FIRST = [
    "point_map", "classification_map", "point_map_frequent", "classification_map_frequent", "centre_map",
    "classes",
]  # fmt: skip
TINY = ("--sizes", "65")


def made_head(place: Path, classes: tuple[str, ...] = toy_set.CLASSES, seed: int = 0) -> Path:
    """A head of random weights, with a card."""
    random = np.random.default_rng(seed)
    card = HeadCard(
        name="toy", title="Toy", network=networks.DEFAULT, features="features", classes=classes,
        scheme="weldon", data=TrainingData(title="toys", split="train", pictures=1, subset=True),
        seed=seed, initialisation="random", sizes=(65, 97), mirror=True,
    )  # fmt: skip
    weight = random.normal(0, 0.1, (len(classes), 1280)).astype(np.float16)
    Head(card, weight.astype(np.float32), np.zeros(len(classes), np.float32)).save(place)
    return place


def boxed_toys(root: Path) -> Path:
    """Nine pictures; a box of class k is the k-th third of the picture from the left."""
    toy_set.coco(root, 9)
    file = root / "annotations" / "instances_train.json"
    facts = json.loads(file.read_text(encoding="utf-8"))
    for one in facts["annotations"]:
        one["bbox"] = [36 * (one["category_id"] - 1), 30, 36, 60]
    file.write_text(json.dumps(facts), encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def toys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return boxed_toys(tmp_path_factory.mktemp("toys") / "coco")


@pytest.fixture(scope="module")
def asked(toys: Path) -> tuple[object, ...]:
    return (*EVALUATE, "--data", toys, "--format", "coco", "--split", "train")


@pytest.fixture
def head(tmp_path: Path) -> Path:
    return made_head(tmp_path / "head")


def in_python(root: Path, head: Path, format: str = "coco", **options: Any) -> Localization:
    pictures = labelled.read(format, root, "train")
    pointed = options.pop("pointed", "peak")
    return evaluate(reader(pictures.classes, head=str(head), **options), pictures, pointed=pointed)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_figures_are_those_of_the_python_interface(
    wsl: Run, toys: Path, asked: tuple[object, ...], head: Path, tmp_path: Path
) -> None:
    ran = wsl(*asked, "--head", head, "--sizes", "65,129", "--flip", "--json")
    assert ran.status == 0, ran.err
    direct = in_python(toys, head, sizes=(65, 129), mirror=True).as_json()
    assert list(ran.json)[:6] == FIRST
    assert list(ran.json["classes"]) == list(toy_set.CLASSES)
    for name, one in ran.json["classes"].items():
        assert list(one) == ["point_ap", "classification_ap", "images"]
        assert one == pytest.approx(direct["classes"][name], nan_ok=False)
    for name, value in direct.items():
        if value is None or isinstance(value, float):
            assert ran.json[name] == (value if value is None else pytest.approx(value, abs=1e-6))
    assert ran.json["point_map_frequent"] is None  # no class has twenty pictures
    assert 0 < ran.json["point_map"] < ran.json["classification_map"] < 1
    assert (ran.json["sizes"], ran.json["mirror"]) == ([65, 129], True)
    assert (ran.json["head"], ran.json["scheme"]) == ("toy", "weldon")
    assert "100 %" in ran.err  # the bar; standard output is JSON alone
    assert str(tmp_path) not in ran.out


def test_what_the_card_says_is_the_default_and_the_table_tells(
    wsl: Run, toys: Path, asked: tuple[object, ...], head: Path
) -> None:
    ran = wsl(*asked, "--head", head)
    assert ran.status == 0, ran.err
    direct = in_python(toys, head, sizes=(65, 97), mirror=True)
    assert "Head toy (Toy) on efficientnet_lite0; longer side 65, 97 px, upright and mirrored." in (
        ran.out
    )
    figures = direct.as_json()
    for title, *keys in (
        ("classification mAP", "classification_map"),
        ("point mAP", "point_map", "centre_map"),
    ):
        (line,) = re.findall(rf"^{title}  .*$", ran.out, re.MULTILINE)
        found = re.findall(r"-|\d+\.\d", line)
        assert found == [f"{100 * figures[keys[0]]:.1f}", "-"] + [
            f"{100 * figures[key]:.1f}" for key in keys[1:]
        ]
    for k, name in enumerate(toy_set.CLASSES):
        values = direct.classification.values[k], direct.points.area.values[k]
        shares = r" +".join(f"{100 * value:.1f}" for value in values)
        assert re.search(rf"^{name} +{direct.counts[k]} +{shares}$", ran.out, re.MULTILINE)


def test_points_of_a_beam_search_are_filed_as_its_own(
    wsl: Run, toys: Path, asked: tuple[object, ...], head: Path, tmp_path: Path
) -> None:
    """A second evaluation in the same setting takes the place of the first, others stay."""
    file = tmp_path / "figures.csv"
    words = (*asked, "--head", head, "--sizes", 257, "--no-flip", "--write", file, "--json")
    peak, beam = wsl(*words), wsl(*words, "--pointed", "beam")
    assert (peak.status, beam.status) == (0, 0), peak.err + beam.err
    for ran, pointed in ((peak, "peak"), (beam, "beam")):
        direct = in_python(toys, head, sizes=(257,), mirror=False, pointed=pointed).as_json()
        assert ran.json["point_map"] == pytest.approx(direct["point_map"], abs=1e-6)
    assert beam.json["point_map"] != peak.json["point_map"]
    once = rows_of(file)
    assert list(once[0]) == [
        "head", "scheme", "initialisation", "seed", "network", "sizes", "mirror", "class", "metric",
        "value", "images", "data", "split", "pictures", "date",
    ]  # fmt: skip
    assert {row["head"] for row in once} == {"toy", "wslocalization"}
    chosen = {(row["head"], row["metric"] + row["class"]): row for row in once}
    assert len(chosen) == len(once)
    row = chosen["wslocalization", "point_map"]
    assert float(row["value"]) == pytest.approx(beam.json["point_map"], abs=1e-6)
    assert (row["sizes"], row["mirror"], row["seed"], row["initialisation"]) == (
        "257", "false", "0", "random"
    )  # fmt: skip
    assert (row["pictures"], row["split"], row["class"]) == ("9", "train", "")
    row = chosen["toy", "point_aprings"]
    assert float(row["value"]) == pytest.approx(peak.json["classes"]["rings"]["point_ap"], abs=1e-6)
    assert (row["class"], row["images"]) == ("rings", str(peak.json["classes"]["rings"]["images"]))
    assert chosen["toy", "point_map_frequent"]["value"] == ""

    assert wsl(*words).status == 0
    assert sorted(map(str, rows_of(file))) == sorted(map(str, once))


def test_figures_go_on_the_card_and_leave_the_tensors_alone(
    wsl: Run, asked: tuple[object, ...], head: Path
) -> None:
    before = (head / "head.safetensors").read_bytes(), Head.load(head).card
    ran = wsl(*asked, "--head", head, "--into-card", "--json")
    assert ran.status == 0, ran.err
    card = Head.load(head).card
    assert (head / "head.safetensors").read_bytes() == before[0]
    assert card.model_copy(update={"figures": {}}) == before[1]
    (title,) = card.figures
    assert title == ran.json["data"]
    figures = card.figures[title]
    for name in FIRST[:-1]:
        assert figures[name] == ran.json[name]
    assert (figures["pictures"], figures["sizes"], figures["mirror"]) == (9, [65, 97], True)


def test_the_card_of_a_head_that_was_replaced_meanwhile_is_left_alone(head: Path) -> None:
    measured = Head.load(head).card
    made_head(head, seed=1)
    with pytest.raises(HeadError, match="was replaced while it was measured"):
        folder.add_figures(head, measured, "toys", {"point_map": 1.0})
    folder.add_figures(head, Head.load(head).card, "toys", {"point_map": 0.5})
    folder.add_figures(head, Head.load(head).card, "others", {"point_map": None})
    assert Head.load(head).card.figures == {
        "toys": {"point_map": 0.5},
        "others": {"point_map": None},
    }


def test_folders_have_labels_alone(wsl: Run, head: Path, tmp_path: Path) -> None:
    root = toy_set.folders(tmp_path / "folders", 2)
    words = (*EVALUATE, "--data", root, "--format", "folders", "--split", "train", *TINY)
    ran = wsl(*words, "--head", head, "--json")
    assert ran.status == 0, ran.err
    direct = in_python(root, head, "folders", sizes=(65,)).as_json()
    measured = {name for name, value in ran.json.items() if isinstance(value, float)}
    assert measured == {"classification_map", "classification_map_eleven", "threshold"}
    assert ran.json["classification_map"] == pytest.approx(direct["classification_map"], abs=1e-6)
    for absent in ("point_map", "centre_map", "corloc", "max_box_acc", "pixel_ap"):
        assert ran.json[absent] is None
    for one in ran.json["classes"].values():
        assert (one["point_ap"], one["images"]) == (None, 2)
    assert re.search(r"^point mAP +- +- +-$", wsl(*words, "--head", head).out, re.MULTILINE)


@pytest.fixture(scope="module")
def devkit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four pictures in the layout of VOC, two of cats and two of dogs; a mask of the first cat."""
    root = tmp_path_factory.mktemp("voc")
    folder = root / "VOCdevkit" / "VOC2012"
    for name in ("ImageSets/Main", "Annotations", "JPEGImages", "SegmentationClass"):
        (folder / name).mkdir(parents=True)
    mask = np.zeros((60, 90), np.uint8)
    mask[1:40, :30] = 1 + voc.CLASSES.index("cat")
    drawn = Image.fromarray(mask, "P")
    drawn.putpalette([0] * 768)
    drawn.save(folder / "SegmentationClass/0.png")
    random = np.random.default_rng(3)
    for i in range(4):
        toy_set.picture(["dots"], random, (90, 60)).save(folder / f"JPEGImages/{i}.jpg")
        (folder / f"Annotations/{i}.xml").write_text(
            "<annotation><size><width>90</width><height>60</height></size><object><name>"
            f"{('cat', 'dog')[i % 2]}</name><difficult>0</difficult><bndbox><xmin>1</xmin><ymin>2</ymin>"
            "<xmax>30</xmax><ymax>40</ymax></bndbox></object></annotation>",
            encoding="utf-8",
        )
    (folder / "ImageSets/Main/mine.txt").write_text("0\n1\n2\n3\n")
    (folder / "ImageSets/Main/cats.txt").write_text("0\n2\n")
    return root


def test_a_network_without_training_is_measured_by_relatives(
    wsl: Run, devkit: Path, tmp_path: Path
) -> None:
    file = tmp_path / "figures.csv"
    words = (*EVALUATE, "--data", devkit, "--year", 2012, "--split", "mine", *TINY)
    ran = wsl(*words, "--network", networks.DEFAULT, "--write", file, "--json")
    assert ran.status == 0, ran.err
    pictures = labelled.read("voc", devkit, "mine")
    direct = evaluate(reader(pictures.classes, sizes=(65,)), pictures).as_json()
    assert ran.json["classification_map"] == pytest.approx(direct["classification_map"], abs=1e-6)
    assert ran.json["classes"]["cat"]["images"] == 2
    assert ran.json["pixel_images"] == 1
    for name in ("pixel_ap", "centre_pixel_ap"):
        assert 0 < ran.json[name] < 1
        assert ran.json[name] == pytest.approx(direct[name], abs=1e-6)
    assert ran.json["classes"]["sofa"] == {"point_ap": None, "classification_ap": None, "images": 0}
    assert (ran.json["head"], ran.json["seed"], ran.json["subset"]) == (None, None, False)
    assert {(row["head"], row["initialisation"], row["seed"]) for row in rows_of(file)} == {
        ("untrained", "", "")
    }
    assert "without training" in wsl(*words, "--network", networks.DEFAULT).out


def test_missing_pictures_are_named_and_the_rest_is_measured_on_request(
    wsl: Run, head: Path, tmp_path: Path
) -> None:
    root = boxed_toys(tmp_path / "coco")
    (root / "images" / "03.png").unlink()
    asked = (*EVALUATE, "--data", root, "--format", "coco", "--split", "train", "--head", head)
    ran = wsl(*asked, *TINY)
    assert (ran.status, ran.out) == (2, "")
    assert "03 (picture)" in ran.err
    ran = wsl(*asked, *TINY, "--skip-missing", "--json")
    assert ran.status == 1
    assert "Skipped 03" in ran.err
    assert (ran.json["images"], ran.json["missing"], ran.json["subset"]) == (8, ["03"], True)


def test_an_evaluation_that_was_killed_goes_on_with_the_same_command(
    wsl: Run, head: Path, tmp_path: Path
) -> None:
    root = toy_set.folders(tmp_path / "folders", 60)
    asked = (
        *EVALUATE, "--data", root, "--format", "folders", "--split", "train", *TINY, "--no-flip",
        "--head", head, "--json",
    )  # fmt: skip
    command = threading.Thread(target=main, args=([str(word) for word in asked],))
    command.start()
    (run,) = eventually(jobs.runs)
    eventually((run.folder / "checkpoint.safetensors").exists)
    os.kill(worker_of(run), signal.SIGKILL)
    command.join()
    assert run.state == "interrupted"
    ran = wsl(*asked)
    assert ran.status == 0, ran.err
    assert f"run {run.id} goes on" in ran.err
    assert [one.id for one in jobs.runs()] == [run.id]
    steps = [one.step for one in run.history() if one.step]
    assert sorted(set(steps)) == list(range(1, 181))
    assert len(steps) < 2 * 180 - 100  # what lies before the checkpoint was not looked at again
    direct = in_python(root, head, "folders", sizes=(65,), mirror=False).as_json()
    assert ran.json["classes"] == {
        name: pytest.approx(one, abs=1e-6) for name, one in direct["classes"].items()
    }


def test_another_head_in_the_same_folder_is_other_work(toys: Path, head: Path) -> None:
    """So a run that was broken off never goes on with a head that was trained since."""
    how = EvaluationParameters(data=str(toys), format="coco", split="train", head=str(head))
    first, same = Setting.of(how).how, Setting.of(how).how
    made_head(head, seed=1)
    assert first == same != Setting.of(how).how


# What is refused, before a run is made


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], r"arguments --head --network is required"),
        (["--head", "HEAD", "--network", "resnet50"], r"--network: not allowed with argument --head"),
        (["--head", "median"], r"no head 'median'. Shipped are"),
        (["--head", "7"], r"no head '7'"),
        (["--network", "resnet1"], r"no network named 'resnet1'"),
        (["--network", networks.DEFAULT], r"3 classes without relatives .*: dots, rings, stripes"),
        (["--head", "HEAD", "--split", "valley"], r"no split 'valley'"),
        (["--head", "HEAD", "--format", "tar"], r"--format tar .* voc, coco, folders"),
        (["--head", "HEAD", "--sizes", "wide"], r"--sizes wide is not accepted. Accepted is longer sides"),
        (["--head", "HEAD", "--sizes", "65,9999"], r"9999 .* 33 to 4097"),
        (["--head", "HEAD", "--sizes", "12"], r"--sizes 12 is not accepted"),
        (["--head", "HEAD", "--pointed", "star"], r"--pointed star .* one of peak, beam"),
        (["--head", "HEAD", "--threshold", "1.5"], r"--threshold 1.5 .* from 0 to 1"),
        (["--head", "HEAD", "--into-card", "--sizes", "65"], r"Leave out --sizes"),
        (["--head", "HEAD", "--into-card", "--flip", "--pointed", "beam"], r"--flip or --no-flip, --po"),
        (["--network", networks.DEFAULT, "--into-card"], r"--into-card needs a head"),
        (["--head", "HEAD", "--write", "TMP/none/x.csv"], r"no folder .*none for the file x.csv"),
        (["--head", "HEAD", "--write", "TMP/other.csv"], r"other.csv has other columns"),
        (["--head", "HEAD", "--write", "TMP"], r"cannot be read as a table"),
    ],
)  # fmt: skip
def test_what_cannot_be_measured(
    words: list[str], sentence: str, wsl: Run, asked: tuple[object, ...], head: Path, tmp_path: Path
) -> None:
    (tmp_path / "other.csv").write_text("name,value\n", encoding="utf-8")
    given = [word.replace("HEAD", str(head)).replace("TMP", str(tmp_path)) for word in words]
    ran = wsl(*asked, *given, "--json")
    assert (ran.status, ran.out) == (2, "")
    assert re.search(sentence, ran.err), ran.err
    assert ran.err.strip().endswith(".")
    assert "Traceback" not in ran.err
    assert jobs.runs() == []
    assert (tmp_path / "other.csv").read_text(encoding="utf-8") == "name,value\n"


def test_classes_that_differ_are_named_on_both_sides(
    wsl: Run, asked: tuple[object, ...], devkit: Path, tmp_path: Path
) -> None:
    other = made_head(tmp_path / "other", ("dots", "waves"))
    ran = wsl(*asked, "--head", other)
    assert (ran.status, ran.out) == (2, "")
    assert re.search(r"2 classes that the head toy does not know: rings, stripes", ran.err)
    assert "such as dots, waves" in ran.err
    ran = wsl(*EVALUATE, "--data", devkit, "--split", "mine", "--head", other)
    assert ran.status == 2
    assert "VOC 2012 mine has 20 classes that the head toy does not know: aeroplane" in ran.err
    assert jobs.runs() == []


def test_a_split_with_a_single_class_is_refused(wsl: Run, devkit: Path, tmp_path: Path) -> None:
    head = made_head(tmp_path / "voc", voc.CLASSES)
    ran = wsl(*EVALUATE, "--data", devkit, "--split", "cats", "--head", head)
    assert ran.status == 2
    assert "VOC 2012 cats shows only the class 'cat'" in ran.err
    assert jobs.runs() == []


def test_a_damaged_head_and_a_damaged_picture_are_refused(
    wsl: Run, head: Path, tmp_path: Path
) -> None:
    root = boxed_toys(tmp_path / "coco")
    asked = (*EVALUATE, "--data", root, "--format", "coco", "--split", "train", *TINY)
    (root / "images" / "02.png").write_bytes(b"no picture")
    ran = wsl(*asked, "--head", head)
    assert ran.status == 2
    assert "02.png" in ran.err
    assert "Traceback" not in ran.err
    Image.new("RGB", (9, 9)).save(root / "images" / "02.png")
    ran = wsl(*asked, "--head", head)
    assert ran.status == 2
    assert "9 x 9 px" in ran.err
    (head / "head.safetensors").write_bytes(b"not tensors")
    ran = wsl(*asked, "--head", head)
    assert ran.status == 2
    assert "damaged, or not those of its card" in ran.err
    json.loads((head / "card.json").read_text(encoding="utf-8"))


def test_help_names_every_argument(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([*EVALUATE, "--help"])
    text = capsys.readouterr().out
    flags = (
        "--data --format --year --split --skip-missing --head --network --sizes --pointed --threshold --flip "
        "--no-flip --write --into-card --json"
    )
    for flag in flags.split():
        assert flag in text
    assert "exit status" in text
