"""Pictures are drawn from class folders: nothing is in two parts, and what cannot be is said."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.transfer import finetuning_pictures as made
from wsl_core.errors import DatasetError
from wsl_core.transfer.finetuning import RaceParameters
from wsl_core.transfer.finetuning.examples import Examples, drawn, pictures_of
from wsl_core.transfer.finetuning.views import view


def draw(root: Path, **given: Any) -> Examples:
    how = RaceParameters(data=str(root), size=65, **{"train": 3} | given)
    steps = drawn(pictures_of(how, {}), how)
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            found: Examples = stop.value
            return found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return made.folders(tmp_path / "set")


def test_parts_share_no_picture(root: Path) -> None:
    found = draw(root, validation=0.34)
    assert found.counts == {"train": 6, "validation": 3, "test": 6}
    pictures = [
        one.tobytes()
        for part in (found.train, found.validation, found.test)
        for one in part.pictures
    ]
    assert len(set(pictures)) == 15
    assert np.bincount(found.validation.labels).tolist() == [1, 1, 1]
    assert draw(root).train.names == draw(root).train.names
    assert draw(root, seed=1).train.names != draw(root).train.names


def test_copies_and_damaged_files_are_left_out(root: Path) -> None:
    shutil.copy(root / "dots" / "0.png", root / "dots" / "copy.png")
    (root / "rings" / "0.png").write_bytes(b"nothing")
    found = draw(root, test=20)
    assert len(found.duplicates) == 1
    assert set(found.skipped) == {"rings/0.png"}
    assert found.counts["test"] == 2 + 1 + 2


def test_splits_of_the_set_are_kept_unless_mixed(tmp_path: Path) -> None:
    made.folders(tmp_path / "train", 4)
    made.folders(tmp_path / "test", 2, seed=8)
    assert draw(tmp_path).counts["test"] == 3 * 2
    assert draw(tmp_path, mixed=True).counts["test"] == 3 * 3
    with pytest.raises(DatasetError, match="4 to learn from"):
        draw(tmp_path, train=5)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"train": 5}, "'dots' has too few pictures: 5 to learn from and 0 others"),
        ({"classes": "dots"}, "only the class 'dots'"),
        ({"classes": "dots,cats"}, "no class 'cats'. It has: dots, rings, stripes"),
    ],
)
def test_what_cannot_be_learned_from_is_refused(
    root: Path, given: dict[str, Any], said: str
) -> None:
    with pytest.raises(DatasetError, match=said):
        draw(root, **given)


def test_loose_pictures_have_no_classes(root: Path) -> None:
    with pytest.raises(DatasetError, match="do not lie in class folders"):
        draw(root / "dots")


def test_views() -> None:
    random = np.random.default_rng(0)
    pictures = random.integers(0, 256, (1, 32, 32, 3), dtype=np.uint8)
    samples = made.bars(RaceParameters(**made.LENET)).train.some([0])
    samples = type(samples)((pictures[0],), ((32, 32),), samples.labels, samples.names)
    whole, mirrored = (view(samples, 0, number, 0) for number in (0, 1))
    assert np.array_equal(whole, pictures[0])
    assert np.array_equal(mirrored, whole[:, ::-1])
    crops = [view(samples, 0, number, 0) for number in range(2, 8)]
    assert {crop.shape for crop in crops} == {whole.shape}
    assert len({crop.tobytes() for crop in (whole, mirrored, *crops)}) >= 6
    assert np.array_equal(crops[0], view(samples, 0, 2, 0))
    assert not np.array_equal(view(samples, 0, 3, 0, mirror=False), crops[1])
