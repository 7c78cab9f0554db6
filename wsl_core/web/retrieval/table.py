"""The part "table" of the Retrieval page: what was published of such features, beside what is measured."""

from collections.abc import Mapping, Sequence

import streamlit as st

from wsl_core import published
from wsl_core.figures.bars import Bar, Row, bars
from wsl_core.figures.ink import percent
from wsl_core.web import downloads, station
from wsl_core.web.components.inline import inline
from wsl_core.web.retrieval import in_python as code

FILE = TABLE = "retrieval"
COMMAND = "python -m benchmarks.retrieval --write"
TITLES = {
    "default": "this program's vectors",
    "plain": "plain features",
    "first layer": "first layer, on a grid",
    "random": "without training",
    "random, first layer": "without training, first layer",
    "pixels": "pixels",
    "chance": "any order",
}
RECIPES = {
    "default": "Two sizes, power mean over the cells, centred, principal components.",
    "plain": "One size, mean over the cells, cosine: the features that the classes read, as they are.",
    "first layer": "The stem pooled to a grid, since a mean over all places says too little there.",
    "random": "Random weights, otherwise as the first row.",
    "random, first layer": "Random weights, the stem on the same grid.",
    "pixels": "The picture reduced to 16 by 16 mean colours.",
    "chance": "The expected figure of a random order.",
}
OTHER_SETS = (
    "The published figures are of other sets, of another network (OverFeat), and of a search that compares "
    "parts of pictures at several scales. They cannot be compared with those measured here; what both say "
    "is that features which were learned for classes find instances and classes that they never saw."
)
ABSENT = (
    f"This installation has no measured figures of retrieval: `{COMMAND}` makes them. Below stands what "
    f"was published."
)
Found = Sequence[Mapping[str, str]]


def number(row: Mapping[str, str], key: str) -> float | None:
    """A figure of the file; None where there is none."""
    return float(row[key]) if row.get(key) else None


def measured(found: Found) -> tuple[list[str], list[list[str]]]:
    """Every entry of the file."""
    columns = ["measured here", "values", "mAP", "nearest is right", "class by vote"]
    return columns, [
        [
            TITLES.get(row["entry"], row["entry"]),
            row["dimensions"] or "–",
            *(
                "–" if number(row, key) is None else percent(number(row, key))
                for key in ("map", "precision_at_1", "knn_accuracy")
            ),
        ]
        for row in found
    ]


def chart(found: Found) -> str:
    """Bars of mAP and of the first place."""
    rows = []
    said = []
    for row in found:
        values = [number(row, key) for key in ("map", "precision_at_1")]
        rows.append(
            Row(
                TITLES.get(row["entry"], row["entry"]),
                tuple(Bar(value, "" if value is None else percent(value)) for value in values),
            )
        )
        said.append(f"{rows[-1].label}: mAP {percent(values[0])}, first {percent(values[1])}")
    kinds = ("mAP, all ranks", "the nearest is right")
    return bars(rows, kinds, f"Retrieval on {found[0]['data']}. {'; '.join(said)}.")


def circumstances(found: Found) -> str:
    """Of what the figures are."""
    one = found[0]
    return (
        f"{one['data']}: {int(one['queries']):,} pictures of {one['protocol'].partition(' ')[0]} ask "
        f"{int(one['base']):,} others, {one['classes']} classes, {one['ranks']} ranks, exact duplicates left "
        f"out ({one['duplicates']}). Standard error of the first mAP: {percent(number(one, 'map_se'))}. "
        f"{one['date']}. Recipes were fixed before this measurement."
    )


def quoted() -> tuple[list[str], list[list[str]]]:
    """The published table."""
    return ["published", "set", "figure", "%", "status"], [
        [row.method, row.dataset, row.metric, f"{row.value:.1f}", row.status]
        for row in published.rows(TABLE)
    ]


def sources() -> str:
    """Where the published figures are from, and what their status means."""
    rows = published.rows(TABLE)
    papers = "; ".join(dict.fromkeys(row.source for row in rows))
    notes = "; ".join(dict.fromkeys(row.note for row in rows))
    meaning = " ".join(
        f"*{name}*: {published.STATUS[name]}" for name in dict.fromkeys(row.status for row in rows)
    )
    return f"{papers}. {notes}. {meaning}"


def show() -> None:
    """Measured and published."""
    found = station.measured(FILE)
    if found:
        st.header("Measured here", anchor=False)
        inline(chart(found), "retrieval-bars")
        station.table(*measured(found))
        with st.expander("What each row is", icon=":material/info:"):
            for row in found:
                name = row["entry"]
                st.markdown(f"- **{TITLES.get(name, name)}**: {RECIPES.get(name, '')}")
        st.caption(circumstances(found))
    else:
        st.info(ABSENT, icon=":material/table_chart_view:")
    st.header("Published", anchor=False)
    station.table(*quoted())
    st.markdown(OTHER_SETS)
    st.caption(sources())
    downloads.drawer(lambda: [("Published (CSV)", published.csv_text, "published.csv", "text/csv")])
    station.same_in_python(code.TABLE)
