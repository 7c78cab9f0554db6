"""A result file of figures over labelled pictures: long, a row is one value of one setting.

Columns: head (a head's name, "untrained", or "wslocalization" where points are those of the beam search),
scheme, initialisation, seed, network, sizes, mirror, class (empty for a figure over all), metric (as in the
JSON), value (a fraction, empty where there is none), images (that show the class), data (set and split),
split, pictures (how many), date.
"""

import csv
import datetime
import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from wsl_core import whole_files
from wsl_core.errors import ParameterError, WslError

COLUMNS = (
    "head", "scheme", "initialisation", "seed", "network", "sizes", "mirror", "class", "metric", "value",
    "images", "data", "split", "pictures", "date",
)  # fmt: skip
FOUND = ("value", "images", "pictures", "date")  # all others say what was measured
OF_A_CLASS = ("point_ap", "classification_ap")
Row = dict[str, str]


def rows(found: Mapping[str, Any], setting: Mapping[str, Any]) -> list[Row]:
    """Rows of an evaluation: first what holds over all classes, then class by class.

    Args:
        found: the job's facts, as `Localization.as_json` gives them.
        setting: `Setting.facts`.
    """
    beam, seed = setting["pointed"] == "beam", setting["seed"]
    common = {
        "head": "wslocalization" if beam else setting["head"] or "untrained",
        "scheme": setting["scheme"],
        "initialisation": setting["initialisation"] or "",
        "seed": "" if seed is None else str(seed),
        "network": setting["network"],
        "sizes": ",".join(map(str, setting["sizes"])),
        "mirror": str(setting["mirror"]).lower(),
        "data": found["data"],
        "split": setting["split"],
        "pictures": str(found["images"]),
        "date": datetime.date.today().isoformat(),
    }
    rates = {name: one for name, one in found.items() if one is None or isinstance(one, float)}
    over_all = [
        {"class": "", "metric": name, "value": _number(one), "images": ""}
        for name, one in rates.items()
    ]
    of_classes = [
        {
            "class": name,
            "metric": metric,
            "value": _number(one[metric]),
            "images": str(one["images"]),
        }
        for name, one in found["classes"].items()
        for metric in OF_A_CLASS
    ]
    return [common | row for row in (*over_all, *of_classes)]


def read(path: Path) -> list[Row]:
    """The rows of a file; none where it is not there yet.

    Raises:
        ParameterError: the file is none of these; nothing of another kind is ever overwritten.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if path.absolute().parent.is_dir():
            return []
        raise ParameterError(
            f"There is no folder {path.parent} for the file {path.name}. Make it, or choose another "
            f"with --write."
        ) from None
    except (OSError, UnicodeDecodeError):
        raise ParameterError(
            f"{path} cannot be read as a table, so nothing is added to it. Choose another file with "
            f"--write."
        ) from None
    table = csv.DictReader(io.StringIO(text, newline=""))
    if text and tuple(table.fieldnames or ()) != COLUMNS:
        raise ParameterError(
            f"{path} has other columns, so nothing is added to it. Accepted is a new file, or one with "
            f"the columns {', '.join(COLUMNS)}: choose another with --write."
        )
    return list(table)


def add(path: Path, fresh: Iterable[Row]) -> None:
    """Add rows to a file; what was measured in the same setting before is replaced, not counted twice.

    Raises:
        ParameterError: the file is no such table.
        WslError: it cannot be written.
    """
    added = list(fresh)
    again = {_setting(row) for row in added}
    kept = [row for row in read(path) if _setting(row) not in again]
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, fieldnames=COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(kept + added)
    try:
        whole_files.write(path, text.getvalue().encode())
    except OSError as error:
        raise WslError(
            f"The file {path} cannot be written ({(error.strerror or 'the disk refused').lower()}). Choose "
            f"another with --write; nothing is measured again for that."
        ) from None


def _setting(row: Row) -> tuple[str, ...]:
    return tuple(row[name] for name in COLUMNS if name not in FOUND)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6f}"
