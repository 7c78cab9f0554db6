"""What lies beside a set in any layout: lists of seen and unseen classes, and related ImageNet classes."""

import json
from dataclasses import replace
from pathlib import Path

from wsl_core.datasets.attributes import files, splits
from wsl_core.datasets.attributes.labelled import AttributePicture, AttributeSet, checked
from wsl_core.datasets.attributes.table import AttributeTable
from wsl_core.errors import DatasetError

RELATIVES = "imagenet_relatives.json"


def with_splits(
    title: str,
    root: Path,
    table: AttributeTable,
    pictures: list[AttributePicture],
    given: splits.Splits,
) -> AttributeSet:
    """With the splits that lie beside."""
    pictures, proposed = splits.of_matlab(root, pictures)
    lists = splits.beside(root)
    said = {
        **dict.fromkeys(given, "the set's own table"),
        **dict.fromkeys(lists, "the lists of classes"),
        **dict.fromkeys(proposed, splits.MATLAB),
    }
    found = checked(title, root, table, pictures, {**given, **lists, **proposed}, said)
    return replace(found, relatives=_relatives(root / RELATIVES))


def _relatives(file: Path) -> dict[str, tuple[int, ...]] | None:
    """By class the indices of related ImageNet classes, where a set lists them."""
    if not file.is_file():
        return None
    try:
        found = json.loads(files.text(file))
        return {name: tuple(int(one["index"]) for one in of) for name, of in found.items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        raise DatasetError(
            f"{file} is damaged. Accepted is a JSON object: by class a list of ImageNet classes with their "
            f"index. Get the set again, or remove the file."
        ) from None
