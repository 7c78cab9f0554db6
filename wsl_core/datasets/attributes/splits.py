"""Which classes are unseen, as lists and files beside a set say.

testclasses.txt, trainclasses.txt                      the standard split
testclasses_proposed.txt, trainclasses_proposed.txt    the proposed split (Xian et al., TPAMI 2018)
standard_split/, proposed_split/                       the same lists as Xian et al. distribute them
att_splits.mat                                         the proposed split with its pictures, from them, too
"""

from pathlib import Path

import numpy as np

from wsl_core.datasets.attributes import files
from wsl_core.datasets.attributes.labelled import TEST, TRAIN, AttributePicture
from wsl_core.datasets.attributes.table import plain
from wsl_core.errors import DatasetError

STANDARD, PROPOSED = "standard", "proposed"
SPLITS = (PROPOSED, STANDARD)
"""In the order of preference."""
Splits = dict[str, tuple[list[str], list[str] | None]]
MATLAB = "att_splits.mat"


def beside(root: Path) -> Splits:
    """The splits whose lists lie in a set's folder: unseen classes, and seen ones where they are listed.

    Raises:
        DatasetError: a list that cannot be read.
    """
    found: Splits = {}
    for name, suffix in ((STANDARD, ""), (PROPOSED, "_proposed")):
        for folder, ending in ((root, suffix), (root / f"{name}_split", "")):
            unseen = folder / f"testclasses{ending}.txt"
            seen = [folder / f"{one}{ending}.txt" for one in ("trainclasses", "trainvalclasses")]
            if unseen.is_file():
                there = next((one for one in seen if one.is_file()), None)
                found[name] = files.lines(unseen), None if there is None else files.lines(there)
    return found


def of_matlab(
    root: Path, pictures: list[AttributePicture]
) -> tuple[list[AttributePicture], Splits]:
    """Pictures with the proposed split of att_splits.mat, where that and res101.mat lie in the folder.

    att_splits.mat counts pictures in the order of res101.mat, whose image_files name them.

    Returns:
        the pictures with "train" and "test", and the split; what was given where the files are not there.

    Raises:
        DatasetError: files that do not fit each other.
    """
    file, names = root / MATLAB, root / "res101.mat"
    if not (file.is_file() and names.is_file()):
        return pictures, {}
    found = files.matlab(file)
    listed = [
        Path(one.replace("\\", "/")).name for one in files.words(files.matlab(names)["image_files"])
    ]
    kind = {}
    for key, value in (
        ("trainval_loc", TRAIN),
        ("test_seen_loc", TEST),
        ("test_unseen_loc", "unseen"),
    ):
        for place in np.ravel(files.variable(found, key, file)).astype(int):
            if not 1 <= place <= len(listed):
                raise DatasetError(
                    f"{file} counts picture {place}, and {names} names {len(listed)}. Get both again."
                )
            kind[listed[place - 1]] = value
    unseen = {plain(one.label) for one in pictures if kind.get(Path(one.name).name) == "unseen"}
    marked = [
        AttributePicture(
            one.name,
            one.label,
            {TRAIN: TRAIN, TEST: TEST}.get(kind.get(Path(one.name).name, "")),
            one.box,
        )
        for one in pictures
    ]
    labels = dict.fromkeys(one.label for one in pictures)
    return marked, {PROPOSED: ([one for one in labels if plain(one) in unseen], None)}
