"""A table of classes and attributes: what each class has, 0 .. 1."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from wsl_core.errors import DatasetError

Float64 = NDArray[np.float64]
MISSING = ("", "-1", "nan", "?")
WORDS = {"yes": 1.0, "no": 0.0, "true": 1.0, "false": 0.0}
PERCENT = 100.0
ACCEPTED = (
    "Accepted is a CSV file with a row a class and a column an attribute: class,furry,tail and below "
    "it dog,1,0.9. Numbers go from 0 to 1, or from 0 to 100 in the whole table; nothing means not known"
)


@dataclass(frozen=True, eq=False)
class AttributeTable:
    """What classes have.

    Attributes:
        classes: (K,) names, each once.
        attributes: (A,) names, each once.
        values: (K, A) how much of an attribute a class has, 0 .. 1.
        missing: (K, A) whether a value was not known; the mean of the attribute's others stands there.
        threshold: above it a class counts as having an attribute; as Lampert et al. (CVPR 2009) cut AwA's
            percentages, the mean of the table as it was given.
    """

    classes: tuple[str, ...]
    attributes: tuple[str, ...]
    values: Float64 = field(repr=False)
    missing: NDArray[np.bool_] = field(repr=False)
    threshold: float

    @classmethod
    def of(
        cls,
        classes: Sequence[str],
        attributes: Sequence[str],
        values: Float64,
        title: str,
        first: int = 1,
    ) -> "AttributeTable":
        """From numbers as they are published.

        Args:
            classes: names.
            attributes: names.
            values: (K, A), 0 .. 1 or 0 .. 100; -1 or NaN where a value is not known.
            title: what to call the table in a sentence.
            first: number of the first row and column of numbers in their file, for that sentence.

        Raises:
            DatasetError: names or numbers that do not fit; the sentence says which row and column.
        """
        _check_names(classes, "class", title)
        _check_names(attributes, "attribute", title)
        expected = len(classes), len(attributes)
        if values.shape != expected:
            shape = " x ".join(map(str, values.shape))
            raise DatasetError(
                f"{title} has {shape} values, and names {expected[0]} classes and {expected[1]} attributes. "
                f"Accepted is a row a class and a column an attribute: correct the file."
            )
        values = np.asarray(values, np.float64)
        missing = np.isnan(values) | (values == -1)
        most = PERCENT if np.nanmax(np.where(missing, 0, values)) > 1 else 1.0
        wrong = ~missing & ((values < 0) | (values > most) | np.isinf(values))
        if wrong.any():
            row, column = np.argwhere(wrong)[0]
            raise DatasetError(
                f"{title}: {classes[row]} (row {row + first}) has {values[row, column]:g} for "
                f"{attributes[column]} (column {column + first}). {ACCEPTED}: correct it."
            )
        for axis, names, what in ((1, classes, "class"), (0, attributes, "attribute")):
            if (empty := missing.all(axis=axis)).any():
                raise DatasetError(
                    f"{title} has no value at all for the {what} {names[int(empty.argmax())]}. {ACCEPTED}: "
                    f"fill it in, or leave it out."
                )
        threshold = float(np.where(missing, -1, values).mean()) / most
        known = np.where(missing, np.nan, values / most)
        filled = np.where(missing, np.nanmean(known, axis=0), known)
        return cls(tuple(classes), tuple(attributes), filled, missing, threshold)

    @classmethod
    def of_csv(cls, text: str, title: str) -> "AttributeTable":
        """From the text of a CSV file.

        Raises:
            DatasetError: it is no such table; the sentence says which row and column.
        """
        return cls.of_rows(list(csv.reader(io.StringIO(text))), title)

    @classmethod
    def of_rows(cls, rows: Sequence[Sequence[str]], title: str) -> "AttributeTable":
        """From the cells of a CSV file; see `of_csv`."""
        lines = [row for row in rows if any(one.strip() for one in row)]
        if len(lines) < 2 or len(lines[0]) < 2:
            raise DatasetError(f"{title} has no class or no attribute. {ACCEPTED}.")
        head = [one.strip() for one in lines[0]]
        values = np.full((len(lines) - 1, len(head) - 1), np.nan)
        for number, row in enumerate(lines[1:]):
            if len(row) != len(head):
                raise DatasetError(
                    f"{title}: row {number + 2} ({row[0].strip() or 'no name'}) has {len(row) - 1} values, "
                    f"and there are {len(head) - 1} attributes. {ACCEPTED}: correct that row."
                )
            for column, one in enumerate(row[1:]):
                values[number, column] = _number(one, number + 2, row[0], head[column + 1], title)
        return cls.of([row[0].strip() for row in lines[1:]], head[1:], values, title, 2)

    def csv_text(self) -> str:
        """The same as a CSV file; what is not known is empty."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["class", *self.attributes])
        for name, row, gone in zip(self.classes, self.values, self.missing, strict=True):
            cells = ("" if none else f"{one:.4g}" for one, none in zip(row, gone, strict=True))
            writer.writerow([name, *cells])
        return out.getvalue()

    @property
    def binary(self) -> NDArray[np.bool_]:
        """(K, A) what each class has; what is not known counts as not there, as AwA's authors have it."""
        return (self.values > self.threshold) & ~self.missing

    def index(self, name: str) -> int:
        """The row of a class; `+`, `_` and capitals make no difference.

        Raises:
            DatasetError: there is none of this name.
        """
        wanted = plain(name)
        for row, one in enumerate(self.classes):
            if plain(one) == wanted:
                return row
        raise DatasetError(
            f"The table has no class named {name!r}. There are: {_listed(self.classes)}."
        )

    def rows(self, names: Sequence[str]) -> Float64:
        """The values of some classes (classes, A).

        Raises:
            DatasetError: one that is not there.
        """
        return self.values[[self.index(one) for one in names]]

    def chosen(self, attributes: Sequence[str]) -> "AttributeTable":
        """The same classes with some of the attributes, in the order given; the threshold stays.

        Raises:
            DatasetError: one that is not there.
        """
        unknown = next((one for one in attributes if one not in self.attributes), None)
        if unknown is not None:
            raise DatasetError(
                f"The table has no attribute named {unknown!r}. There are: {_listed(self.attributes)}."
            )
        columns = [self.attributes.index(one) for one in attributes]
        return replace(
            self,
            attributes=tuple(attributes),
            values=self.values[:, columns],
            missing=self.missing[:, columns],
        )

    def coinciding(self) -> list[tuple[str, ...]]:
        """Groups of classes whose binary rows are equal, so that no picture can tell them apart."""
        groups: dict[bytes, list[str]] = {}
        for name, row in zip(self.classes, self.binary, strict=True):
            groups.setdefault(row.tobytes(), []).append(name)
        return [tuple(names) for names in groups.values() if len(names) > 1]


def plain(name: str) -> str:
    """A class's name for comparison: `Grizzly+Bear`, `grizzly_bear` and `grizzly bear` are one."""
    return " ".join(name.replace("+", " ").replace("_", " ").lower().split())


def spoken(name: str) -> str:
    """A class's name as people say it: of `001.Black_footed-Albatross`, black footed albatross."""
    head, _, rest = name.partition(".")
    return plain((rest if head.isdigit() and rest else name).replace("-", " "))


def _number(text: str, row: int, name: str, attribute: str, title: str) -> float:
    found = text.strip().lower()
    if found in MISSING:
        return float("nan")
    try:
        return WORDS[found] if found in WORDS else float(found)
    except ValueError:
        raise DatasetError(
            f"{title}: row {row} ({name.strip()}) has {text.strip()!r} for {attribute}, which is no number. "
            f"{ACCEPTED}: correct it."
        ) from None


def _check_names(names: Sequence[str], what: str, title: str) -> None:
    seen: dict[str, int] = {}
    for place, name in enumerate(names, 1):
        if not name.strip():
            raise DatasetError(f"{title}: {what} {place} has no name. {ACCEPTED}: name it.")
        if (key := plain(name)) in seen:
            raise DatasetError(
                f"{title} has the {what} {name} twice, as {what} {seen[key]} and {place}. {ACCEPTED}: name "
                f"each once."
            )
        seen[key] = place
    if len(names) < (2 if what == "class" else 1):
        raise DatasetError(
            f"{title} has {len(names)} {what}{'es' if what == 'class' else 's'}. {ACCEPTED}: two classes "
            f"or more, and one attribute or more."
        )


def _listed(names: Sequence[str], most: int = 60) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
