"""Full sets in their published layouts take the place of subsets; what does not fit is refused."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

from tests.datasets.test_digits import idx
from wsl_core.datasets import domains
from wsl_core.datasets.domains.readers import sheets
from wsl_core.datasets.domains.sets import layout_of
from wsl_core.errors import DatasetError


def random(count: int, side: int) -> np.ndarray:
    return np.random.default_rng(side).integers(0, 256, (count, side, side, 3), np.uint8)


def save(path: Path, picture: np.ndarray) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path)


def mnist(root: Path, labels: np.ndarray) -> None:
    folder = root / "mnist" / "MNIST" / "raw"
    folder.mkdir(parents=True)
    for split in ("train", "t10k"):
        digits = np.full((len(labels), 28, 28), 7, np.uint8)
        (folder / f"{split}-images-idx3-ubyte").write_bytes(idx(digits))
        (folder / f"{split}-labels-idx1-ubyte").write_bytes(idx(labels.astype(np.uint8)))


def mnist_m(root: Path, pictures: np.ndarray) -> None:
    for split in ("train", "test"):
        for k, picture in enumerate(pictures):
            save(root / "mnist_m" / f"mnist_m_{split}" / f"{k:08}.png", picture)
        lines = "".join(f"{k:08}.png {9 - k}\n" for k in range(len(pictures)))
        (root / "mnist_m" / f"mnist_m_{split}_labels.txt").write_text(lines)


def test_mnist_m(empty: Path) -> None:
    mnist(empty, np.arange(10))
    mnist_m(empty, random(10, 32))
    assert layout_of("mnist_m") == "published"
    pair = domains.load("mnist-mnistm")
    assert np.array_equal(pair.target.values, random(10, 32))
    assert pair.evaluation.labels.tolist() == list(range(9, -1, -1))
    assert pair.source.values[0, 1, 1].tolist() == [0, 0, 0]  # the margin
    assert pair.source.values[0, 2, 2].tolist() == [7, 7, 7]


def test_mnist_m_that_is_damaged(empty: Path) -> None:
    mnist(empty, np.arange(10))
    mnist_m(empty, random(10, 32))
    (empty / "mnist_m" / "mnist_m_test" / "00000003.png").write_bytes(b"")
    with pytest.raises(DatasetError, match=r"00000003\.png is not readable as a picture"):
        domains.load("mnist-mnistm")
    (empty / "mnist_m" / "mnist_m_train_labels.txt").write_text("00000000.png five\n")
    with pytest.raises(DatasetError, match="lines of a file's name and a label"):
        domains.load("mnist-mnistm")


def test_sheets_of_another_size_are_refused(empty: Path) -> None:
    mnist(empty, np.arange(10))
    for split in ("train", "test"):
        (empty / "mnist_m").mkdir(exist_ok=True)
        sheets.write(empty / "mnist_m", split, random(10, 28), np.arange(10))
    with pytest.raises(DatasetError, match=r"MNIST-M.* 28 x 28 x 3, but MNIST.* 32 x 32 x 3"):
        domains.load("mnist-mnistm")


def test_label_sets_that_differ_are_refused(empty: Path) -> None:
    mnist(empty, np.arange(9))  # no nine
    (empty / "mnist_m").mkdir()
    for split in ("train", "test"):
        sheets.write(empty / "mnist_m", split, random(10, 32), np.arange(10))
    with pytest.raises(DatasetError, match=r"label sets differ: MNIST-M.* shows “9”"):
        domains.load("mnist-mnistm")
    sheets.write(empty / "mnist_m", "test", random(10, 32), np.arange(10) + 1)
    with pytest.raises(
        DatasetError, match=r"label sets differ: .* the label 10, but .* 10 classes"
    ):
        domains.load("mnist-mnistm")


def svhn(folder: Path, names: tuple[str, str], pictures: np.ndarray) -> None:
    folder.mkdir()
    for name in names:
        labels = np.where(np.arange(len(pictures)) % 10, np.arange(len(pictures)) % 10, 10)
        savemat(folder / name, {"X": pictures.transpose(1, 2, 3, 0), "y": labels[:, None]})


def test_svhn_and_syn_numbers(empty: Path) -> None:
    svhn(empty / "svhn", ("train_32x32.mat", "test_32x32.mat"), random(20, 32))
    svhn(empty / "syn_numbers", ("synth_train_32x32.mat", "synth_test_32x32.mat"), random(30, 32))
    pair = domains.load("synnumbers-svhn")
    assert (len(pair.source), len(pair.target), len(pair.evaluation)) == (30, 20, 20)
    assert pair.source.labels.tolist() == list(range(10)) * 3
    assert pair.target_labelled is not None
    assert pair.parts == {}
    assert not any("recovered" in note for note in pair.notes)
    mnist(empty, np.arange(10))
    assert len(domains.load("svhn-mnist").source) == 20


def gtsrb(root: Path, labels: tuple[int, ...]) -> None:
    for label in labels:
        save(root / f"gtsrb/GTSRB/Training/{label:05}/00000_00000.ppm", random(43, 40)[label])
        save(root / f"gtsrb/GTSRB/Final_Test/Images/{label:05}.ppm", random(43, 50)[label])
    rows = [f"{label:05}.ppm;50;50;5;5;45;45;{label}" for label in labels]
    head = "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId"
    (root / "gtsrb" / "GT-final_test.csv").write_text("\n".join([head, *rows]) + "\n")


def test_gtsrb(empty: Path) -> None:
    gtsrb(empty, (3, 41))
    pair = domains.load("drawnsigns-gtsrb", counts={"source": 86, "source_evaluation": 5})
    assert pair.target_labelled is not None
    assert pair.target_labelled.labels.tolist() == pair.evaluation.labels.tolist() == [3, 41]
    assert pair.target.values.shape == (2, 32, 32, 3)
    small = Image.fromarray(random(43, 40)[41]).resize((32, 32), Image.Resampling.BILINEAR)
    assert np.array_equal(pair.target.values[1], np.asarray(small))
    assert "the gallery's photographs" in pair.notes[0]  # BSDS500 is not there


def test_gtsrb_that_is_damaged(empty: Path) -> None:
    gtsrb(empty, (3, 41))
    (empty / "gtsrb" / "GT-final_test.csv").write_text("Name;Class\nx;1\n")
    with pytest.raises(DatasetError, match="columns Filename and ClassId"):
        domains.load("drawnsigns-gtsrb", counts={"source": 43})
    save(empty / "gtsrb/GTSRB/Training/stop/1.ppm", random(1, 40)[0])
    with pytest.raises(DatasetError, match="has the folder stop; expected are numbers"):
        domains.load("drawnsigns-gtsrb", counts={"source": 43})


def test_pacs_with_other_classes(empty: Path) -> None:
    for domain, names in (("photo", ("dog", "house")), ("sketch", ("dog", "guitar"))):
        for name in names:
            for k in range(2):
                save(empty / "pacs" / "kfold" / domain / name / f"{k}.png", random(2, 30)[k])
    with pytest.raises(DatasetError, match=r"label sets differ: .* class folder guitar, house"):
        domains.load("photo-sketch")
    (empty / "pacs/kfold/sketch/guitar").rename(empty / "pacs/kfold/sketch/house")
    pair = domains.load("photo-sketch")
    assert pair.classes == ("dog", "house")
    assert len(pair.source) == len(pair.target) == 4
    (empty / "pacs/kfold/photo/dog/0.png").write_bytes(b"GIF89a")
    with pytest.raises(DatasetError, match=r"dog/0\.png is not readable"):
        domains.load("photo-sketch")
