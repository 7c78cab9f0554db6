"""The part "layers" of the Retrieval page: how well every layer finds the same, trained and untrained."""

import streamlit as st

from wsl_core.errors import WslError
from wsl_core.figures.bars import Bar, Row, bars
from wsl_core.figures.curves import side_by_side
from wsl_core.figures.ink import percent
from wsl_core.transfer.retrieval import PIXELS, examples
from wsl_core.transfer.retrieval.comparison import LEARNED, RANDOM
from wsl_core.web import station
from wsl_core.web.components.inline import inline
from wsl_core.web.controls import lasting
from wsl_core.web.retrieval import in_python as code
from wsl_core.web.retrieval import sentences as words
from wsl_core.web.retrieval.view import RetrievalView
from wsl_core.web.sentences import plain

METRICS = {
    "map": ("Mean average precision, all ranks", "chance_map"),
    "precision_at_1": ("The nearest picture is right", "chance_precision_at_1"),
}
CHANCE = "chance"
Figures = dict[str, dict[str, list[float]]]  # by metric and kind, a value a layer


def figures(name: str) -> Figures:
    """Every layer of an example measured, every picture asking all others.

    Raises:
        DatasetError: it is missing or damaged.
    """
    compared = [examples.load(name, tap).measured for tap in examples.TAPS]
    return {
        metric: {
            kind: [float(one[kind][metric]) for one in compared]
            for kind in (LEARNED, RANDOM, PIXELS)
        }
        | {CHANCE: [float(one[LEARNED][chance]) for one in compared]}
        for metric, (_, chance) in METRICS.items()
    }


def charts(found: Figures) -> str:
    """Bars of every layer, a figure a metric, with pixels and chance below."""
    drawn = []
    for metric, (title, _) in METRICS.items():
        one = found[metric]
        rows = [
            Row(f"{k + 1}, {tap}", (_bar(one[LEARNED][k]), _bar(one[RANDOM][k])))
            for k, tap in enumerate(examples.TAPS)
        ]
        rows += [
            Row(name, (Bar(None, ""), _bar(one[kind][0])))
            for name, kind in (("pixels", PIXELS), ("any order", CHANCE))
        ]
        said = "; ".join(
            f"{row.label}: {', '.join(bar.words for bar in row.bars if bar.words)}" for row in rows
        )
        kinds = ("trained", "without any training")
        drawn.append(
            f'<div><div style="font-weight:600;margin-bottom:.4rem">{title}</div>'
            f"{bars(rows, kinds, f'{title}, by layer, {kinds[0]} and {kinds[1]}. {said}.')}</div>"
        )
    return side_by_side(drawn)


def _bar(value: float) -> Bar:
    return Bar(value, percent(value))


def table(found: Figures) -> words.Table:
    """The same figures."""
    columns = ["layer"]
    for title, _ in METRICS.values():
        columns += [f"{title.lower()}: trained", "without training"]
    rows = [
        [
            f"{k + 1}, `{tap}`",
            *(percent(found[m][kind][k]) for m in METRICS for kind in (LEARNED, RANDOM)),
        ]
        for k, tap in enumerate(examples.TAPS)
    ]
    for label, kind in (("pixels", PIXELS), ("any order", CHANCE)):
        rows.append([label, *(cell for m in METRICS for cell in (percent(found[m][kind][0]), "–"))])
    return columns, rows


def sentence(found: Figures) -> str:
    """What the curves say."""
    learned, random = found["map"][LEARNED], found["map"][RANDOM]
    best = max(range(len(learned)), key=learned.__getitem__)
    pixels = found["map"][PIXELS][0]
    below = [k for k, value in enumerate(learned) if value <= pixels]
    said = (
        f"Layer {best + 1} (`{examples.TAPS[best]}`) finds most: mAP {percent(learned[best])}. The same "
        f"layer without training: {percent(random[best])}; pixels: {percent(pixels)}."
    )
    if not below:
        return f"{said} Every trained layer does better than pixels."
    if below[-1] + 1 == len(learned):
        return f"{said} The last layer does no better than pixels."
    return f"{said} From layer {below[-1] + 2} on, every trained layer does better than pixels."


def show() -> None:
    """Curves over the layers."""
    left, right = st.columns([3, 2], gap="large")
    with right:
        name = lasting(RetrievalView, "collection")
        st.markdown(plain(examples.EXAMPLES[name].sentence))
    try:
        found = figures(name)
    except WslError as error:
        left.error(plain(str(error)), icon=":material/error:")
        return
    with left:
        st.markdown(sentence(found))
    inline(charts(found), "layer-charts")
    shut = station.drawer("All layers as a table", ":material/table:", "layer_table")
    if shut.open:
        with shut:
            station.table(*table(found))
    st.caption(words.counted(examples.load(name, examples.TAPS[-1]).measured))
    station.same_in_python(code.layers(name))
