"""What the part "table" of the Zero-shot page says: published beside measured."""

from collections.abc import Mapping, Sequence

from wsl_core import published
from wsl_core.figures.ink import percent
from wsl_core.transfer.zero_shot import METHODS
from wsl_core.web.sentences import plain

NOT_MEASURED = (
    "The measured figures do not come with this installation. They are made by `python -m "
    "benchmarks.zero_shot --write`, on pictures in WSL_DATA."
)


FIGURES = {
    "unseen": "unseen, alone", "unseen_among_all": "unseen", "seen": "seen", "harmonic": "harmonic",
    "harmonic_uncalibrated": "γ = 0",
}  # fmt: skip
Section = tuple[str, list[str], list[list[str]]]


def measured(rows: Sequence[Mapping[str, str]]) -> list[Section]:
    """A title and a table a set and split, a row a method."""
    found = []
    for key in dict.fromkeys((row.get("data", ""), row.get("split", "")) for row in rows):
        mine = [row for row in rows if (row.get("data", ""), row.get("split", "")) == key]
        there = [name for name in FIGURES if any(row.get(name) for row in mine)]
        head = ["method", *(FIGURES[name] for name in there)]
        body = [[_named(row), *(_figure(row, name) for name in there)] for row in mine]
        found.append((_titled(mine[0]), head, body))
    return found


def _titled(row: Mapping[str, str]) -> str:
    draws = row.get("draws", "1")
    split = f"{draws} random draws" if draws not in ("", "1") else f"{row.get('split', '')} split"
    counts = [row.get(f"{kind}_classes", "") for kind in ("unseen", "seen")]
    told = f"; {counts[0]} unseen, {counts[1]} seen classes" if all(counts) else ""
    return f"{row.get('data', '')}, {split}{told}"


def _named(row: Mapping[str, str]) -> str:
    name = row.get("method", "")
    title = METHODS[name].title if name in METHODS else plain(name)
    if row.get("vectors"):
        title += f", {plain(row['vectors'])}"
    return f"{title} with taxonomy" if row.get("taxonomy") == "True" else title


def _figure(row: Mapping[str, str], name: str) -> str:
    value, spread = row.get(name, ""), row.get(f"{name}_sd", "")
    if not value:
        return "–"
    return percent(float(value)) + (f" ± {100 * float(spread):.1f}" if spread else "")


def circumstances(rows: Sequence[Mapping[str, str]]) -> str:
    """What the columns are; network, date and machine of measured rows."""
    row = rows[0]
    facts = [row[one] for one in ("network", "date", "machine") if row.get(one)]
    return plain(
        f"Mean over classes. Unseen, alone: among the unseen classes. Seen, unseen and harmonic: all classes "
        f"compete, γ chosen on left-out seen classes. {', '.join(facts)}."
    )


PUBLISHED = "zero-shot"


NOT_THE_SAME = (
    "The published figures are of other pictures and of a larger network, ResNet-101, and all ten unseen "
    "classes had pictures there. They can be compared with each other, not with ours."
)


def papers() -> list[Section]:
    """Published figures: a title and a table a figure, a row a method, a column a data set."""
    found = []
    tables = [name for name in published.tables() if name.startswith(PUBLISHED)]
    order = list(dict.fromkeys(row.dataset for name in tables for row in published.rows(name)))
    for name in tables:
        rows = published.rows(name)
        sets = sorted({row.dataset for row in rows}, key=order.index)
        values = {(row.method, row.dataset): f"{row.value:.1f} %" for row in rows}
        body = [
            [plain(method), *(values.get((method, one), "–") for one in sets)]
            for method in dict.fromkeys(row.method for row in rows)
        ]
        found.append((f"{name.capitalize()}: {rows[0].metric}", ["method", *sets], body))
    return found


def papers_said() -> str:
    """Whence the published figures are, and how far that was seen."""
    rows = [
        row
        for name in published.tables()
        if name.startswith(PUBLISHED)
        for row in published.rows(name)
    ]
    sources = "; ".join(dict.fromkeys(row.source for row in rows))
    kinds = dict.fromkeys(row.status for row in rows)
    told = " ".join(f"{kind.capitalize()}: {published.STATUS[kind]}" for kind in kinds)
    notes = "; ".join(dict.fromkeys(one for row in rows for one in row.note.split("; ") if one))
    return f"{plain(sources)}: {plain(notes)}. {told}"
