"""The visitor's rows on the Zero-shot page: changed values, and classes that no picture ever showed.

They live in the session; the link holds neither.
"""

import hashlib
from dataclasses import dataclass, field, replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from wsl_core.datasets.attributes import AttributeTable
from wsl_core.datasets.attributes.table import plain
from wsl_core.errors import WslError
from wsl_core.web.zero_shot import animals

OWN = "zero_shot_rows"  # in the session
LARGEST = 5  # classes of one's own
LONGEST = 30  # characters of a name


@dataclass
class Own:
    """What a visitor has made of the table.

    Attributes:
        changed: by class and attribute the value, 0 .. 1.
        added: by the name of a new class the one that its row began as.
        table: digest of a table of the visitor's own; "" for the published one.
    """

    changed: dict[str, dict[str, float]] = field(default_factory=dict)
    added: dict[str, str] = field(default_factory=dict)
    table: str = ""


def own() -> Own:
    """What the visitor has made so far."""
    found: Own = st.session_state.setdefault(OWN, Own())
    return found


def grown(table: AttributeTable, mine: Own) -> AttributeTable:
    """A table with the visitor's classes below, as they began."""
    added = {
        name: like
        for name, like in mine.added.items()
        if name not in table.classes and like in table.classes
    }
    places = [table.index(like) for like in added.values()]
    return replace(
        table,
        classes=(*table.classes, *added),
        values=np.concatenate([table.values, table.values[places]]),
        missing=np.concatenate([table.missing, table.missing[places]]),
    )


def edited(table: AttributeTable, mine: Own) -> AttributeTable:
    """A grown table with the visitor's values."""
    values, missing = table.values.copy(), table.missing.copy()
    for name, row in mine.changed.items():
        if name not in table.classes:
            continue
        place = table.index(name)
        for attribute, value in row.items():
            if attribute not in table.attributes:
                continue
            column = table.attributes.index(attribute)
            values[place, column], missing[place, column] = value, False
    return replace(table, values=values, missing=missing)


def change(name: str, attribute: str, value: float) -> None:
    """Give a class another value."""
    own().changed.setdefault(name, {})[attribute] = value


def forget(name: str) -> None:
    """The row of a class as it was."""
    own().changed.pop(name, None)


def add(table: AttributeTable, name: str, like: str) -> str:
    """A class of the visitor's; what is in the way in a sentence, or nothing."""
    mine, clean = own(), " ".join(name.split())[:LONGEST]
    if not clean:
        return "A new class needs a name."
    taken = {plain(one) for one in (*table.classes, *mine.added)}
    if plain(clean) in taken:
        return f"There is a class {clean} already. Choose it in the menu and change its row."
    if len(mine.added) >= LARGEST:
        return f"There are {LARGEST} classes of your own already. Remove one first."
    mine.added[clean] = like
    return ""


def remove(name: str) -> None:
    """Take a class of the visitor's away."""
    own().added.pop(name, None)
    forget(name)


def new_ones(known: NDArray[np.bool_], classes: int) -> NDArray[np.bool_]:
    """(classes,) which are unseen: as told for the table's own, and all that were added."""
    return np.concatenate([known, np.ones(classes - len(known), bool)])


def replace_table(data: bytes | None, name: str) -> str:
    """Take a visitor's table, or the published one again; what is wrong with it in a sentence, or nothing.

    Args:
        data: of a CSV file; None for the published table.
        name: of the file.
    """
    mine = own()
    if data is None:
        mine.table = ""
        return ""
    digest = hashlib.sha256(data).hexdigest()[:16]
    try:
        animals.keep(digest, AttributeTable.of_csv(data.decode("utf-8-sig"), name))
    except UnicodeDecodeError:
        return f"{name} is no text in UTF-8. Save the table as a CSV file in UTF-8."
    except WslError as error:
        return str(error)
    mine.table = digest
    return ""
