"""The files of published layouts: lists, numbers, MATLAB's, each with its sentence where it does not fit."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wsl_core.datasets.attributes.labelled import AttributePicture
from wsl_core.errors import DatasetError

COLUMNS = ("path", "class")


def text(file: Path) -> str:
    """What a text file says.

    Raises:
        DatasetError: it is not there, or no text.
    """
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(
            f"{file} cannot be read: {error}. It belongs to this set: get the set again."
        ) from None


def lines(file: Path) -> list[str]:
    """The lines of a list that are not empty; see `text`."""
    return [one.strip() for one in text(file).splitlines() if one.strip()]


def numbered(file: Path) -> list[str]:
    """The names of a list `1 antelope`, by line; the number before each is left out.

    Raises:
        DatasetError: a line without both.
    """
    found = []
    for number, one in enumerate(lines(file), 1):
        parts = one.split(None, 1)
        if len(parts) < 2:
            raise DatasetError(
                f"Line {number} of {file} is {one!r}. Accepted is a number and a name: get the set again."
            )
        found.append(parts[1])
    return found


def numbers(file: Path) -> NDArray[np.float64]:
    """A table of numbers apart by spaces.

    Raises:
        DatasetError: a value that is no number, or rows of different lengths; which row and column.
    """
    rows: list[list[float]] = []
    for number, one in enumerate(lines(file), 1):
        values = []
        for column, value in enumerate(one.split(), 1):
            try:
                values.append(float(value))
            except ValueError:
                raise DatasetError(
                    f"Row {number}, column {column} of {file} is {value!r}. Accepted are numbers: get the "
                    f"set again."
                ) from None
        if rows and len(values) != len(rows[0]):
            raise DatasetError(
                f"Row {number} of {file} has {len(values)} numbers, and row 1 has {len(rows[0])}. Accepted "
                f"are rows of one length: get the set again."
            )
        rows.append(values)
    return np.array(rows, np.float64)


def listed(file: Path) -> tuple[list[AttributePicture], dict[str, set[str]]]:
    """Pictures of a table `images.csv` (path, class, and where they are there split, zsl).

    Returns:
        the pictures, and where a column zsl is there the classes that it calls seen and unseen.

    Raises:
        DatasetError: a row without path and class.
    """
    rows = list(csv.DictReader(text(file).splitlines()))
    kinds: dict[str, set[str]] = {}
    found = []
    for line, row in enumerate(rows, 2):
        if not all(row.get(one) for one in COLUMNS):
            raise DatasetError(
                f"Row {line} of {file} does not give a path and a class. Accepted is a table with the "
                f"columns {', '.join(COLUMNS)}, and split and zsl where wanted: correct it."
            )
        if kind := row.get("zsl"):
            kinds.setdefault(kind, set()).add(row["class"])
        found.append(AttributePicture(row["path"], row["class"], row.get("split") or None))
    return found, kinds


def matlab(file: Path) -> dict[str, Any]:
    """The variables of a MATLAB file.

    Raises:
        DatasetError: it is not there, or none.
    """
    from scipy.io import loadmat

    try:
        return dict(loadmat(file))
    except (OSError, ValueError, NotImplementedError, TypeError) as error:
        raise DatasetError(
            f"{file} cannot be read as a MATLAB file: {error}. Get the set again."
        ) from None


def words(cells: Any) -> list[str]:
    """The texts of a cell array."""
    return [
        str(np.asarray(one).reshape(-1)[0]) if np.asarray(one).size else ""
        for one in np.ravel(cells)
    ]


def variable(found: dict[str, Any], name: str, file: Path) -> Any:
    """One variable.

    Raises:
        DatasetError: it is not there.
    """
    if name not in found:
        there = ", ".join(one for one in found if not one.startswith("__"))
        raise DatasetError(
            f"{file} has no variable {name!r}. There are: {there}. Get the set again."
        )
    return found[name]
