"""The part "table": published beside measured, with given image labels and with predicted ones."""

import html

import streamlit as st

from wsl_core import published
from wsl_core.errors import DatasetError
from wsl_core.figures import segments_results as results
from wsl_core.figures.bars import Bar, Row, bars
from wsl_core.figures.segments_results import Pair, Segmented
from wsl_core.web import downloads, station
from wsl_core.web.downloads import Download
from wsl_core.web.localization.table import title
from wsl_core.web.segmentation import in_python as code
from wsl_core.web.sentences import plain

FILE, PUBLISHED = "segmentation", "segmentation"
ABSENT = (
    "This installation has no measured figures of segmentation: *python -m benchmarks.segmentation --write* "
    "makes them from labelled pictures. Below stands what was published."
)
KINDS = {
    "given": "With the true image labels given",
    "predicted": "With image labels that the head predicts",
}
ABOUT = {
    "given": "The classes of each picture are known; only the places are asked.",
    "predicted": "The head also has to say what is in the picture: a class that it misses has no pixels, and "
    "one that it invents takes some.",
}


def figures() -> list[Segmented]:
    """All measured figures; a damaged file is said in a sentence."""
    try:
        return results.read(station.measured(FILE))
    except DatasetError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return []


def table() -> None:
    """Published beside measured."""
    found, known = figures(), published.rows(PUBLISHED)
    if not found:
        st.info(ABSENT, icon=":material/table_chart_view:")
    for labels, heading in KINDS.items():
        pairs = results.pairs(found, labels)
        if not pairs:
            continue
        st.header(heading, anchor=False)
        st.markdown(ABOUT[labels])
        station.figure(chart(heading, pairs))
        station.table(*measured_table(pairs))
    if found:
        st.caption(circumstances(found))
    st.header("Published", anchor=False)
    if known:
        station.table(
            ["method", "mIoU, %", "of what"],
            [
                [plain(row.method), f"{row.value:.1f} ({row.status})", plain(row.note)]
                for row in known
            ],
        )
        statuses = dict.fromkeys(row.status for row in known)
        st.markdown(" ".join(f"*{one}*: {published.STATUS[one]}" for one in statuses))
        st.caption("\n".join(f"- **{plain(row.method)}**: {plain(row.source)}." for row in known))
    else:
        st.markdown("No published figures of segmentation are shipped.")
    if found:
        st.markdown(
            "Measured figures are of a subset of the pictures, and the published ones use other networks and "
            "more training pictures. They say what each step adds here, not who was right."
        )
    classes(found)
    _files()
    station.same_in_python(code.table())


def chart(heading: str, pairs: list[Pair]) -> str:
    """Bars of before and after the CRF, as HTML."""
    rows = [Row(name(one), (_bar(one.before), _bar(one.after))) for one in pairs]
    said = "; ".join(f"{name(one)}: {_figures(one)}" for one in pairs)
    alt = f"Mean intersection over union, percent. {heading}. {said}."
    return bars(rows, ("class maps alone", "after the CRF"), alt)


def name(pair: Pair) -> str:
    """A head as the table names it."""
    return title(pair.either.head)


def _bar(one: Segmented | None) -> Bar:
    return Bar(one.value if one else None, _percent(one))


def _figures(pair: Pair) -> str:
    parts = [("before", pair.before), ("after", pair.after)]
    return ", ".join(f"{words} {_percent(one)}" for words, one in parts if one)


def _percent(one: Segmented | None) -> str:
    return f"{100 * one.value:.1f}" if one else ""


def measured_table(pairs: list[Pair]) -> tuple[list[str], list[list[str]]]:
    """Columns and rows: mIoU before and after the CRF, in percent."""
    rows = []
    for one in pairs:
        gain = ""
        if one.before and one.after:
            gain = f"{100 * (one.after.value - one.before.value):+.1f}".replace("-", "−")
        sizes = f"{one.either.sizes}{', mirrored too' * one.either.mirror}"
        rows.append(
            [
                html.escape(name(one)),
                _percent(one.before) or "–",
                _percent(one.after) or "–",
                gain,
                sizes,
            ]
        )
    return ["head", "class maps", "after the CRF", "gain", "sizes fed"], rows


def circumstances(found: list[Segmented]) -> str:
    """Of which pictures, and when."""
    sets = dict.fromkeys((one.data, one.pictures) for one in found)
    dates = sorted({one.date for one in found})
    of = "; ".join(f"{data}, {count:,} pictures with masks" for data, count in sets)
    return f"Measured on {of}; {dates[-1]}. Nothing was chosen on these pictures."


def classes(found: list[Segmented]) -> None:
    """The best setting class by class."""
    shut = station.drawer("Class by class", ":material/list:", "classes-table")
    if not shut.open:
        return
    with shut:
        best = results.pairs(found, "given")[:1] or results.pairs(found, "predicted")[:1]
        rows = [] if not best else _by_class(found, best[0].either)
        if not rows:
            st.markdown("Nothing was measured by class.")
            return
        st.markdown(f"{name(best[0])}, image labels {best[0].either.labels}.")
        station.table(["class", "class maps", "after the CRF"], rows)


def _by_class(found: list[Segmented], of: Segmented) -> list[list[str]]:
    names = dict.fromkeys(one.class_name for one in found if one.class_name)
    rows = []
    for one in names:
        for pair in results.pairs(found, of.labels, one):
            if pair.either.setting == of.setting:
                rows.append([one, _percent(pair.before) or "–", _percent(pair.after) or "–"])
    return rows


def _files() -> None:
    files: list[Download] = [("Published (CSV)", published.csv_text, "published.csv", "text/csv")]
    path = station.RESULTS / f"{FILE}.csv"
    if path.is_file():
        files.append(("Measured (CSV)", path.read_bytes, path.name, "text/csv"))
    downloads.drawer(lambda: files)
