"""ProNet or a fine-tuned head beside the six schemes: its own maps and cells, on the scale of the strip."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from wsl_core.errors import HeadError, WslError
from wsl_core.fcn.comparison import PooledClass, Ranked, Reading
from wsl_core.fcn.heads import HeadMaps
from wsl_core.fcn.pronet import ProNetMaps
from wsl_core.figures import Scale
from wsl_core.figures.marks import Mark
from wsl_core.web import pictures, pipeline, pronet_words, station, trained_heads
from wsl_core.web.activation_maps.shown import signed
from wsl_core.web.components.canvas import Panel, canvas
from wsl_core.web.controls import lasting
from wsl_core.web.pictures import Chosen
from wsl_core.web.pooling import panels
from wsl_core.web.pooling import sentences as words
from wsl_core.web.pooling.panels import Layer
from wsl_core.web.pooling.view import NONE, PoolingView
from wsl_core.web.sentences import plain
from wsl_core.web.sliding_window.shown import token

KEY = "strip-beside"


@dataclass(frozen=True, eq=False)
class Beside:
    """A head beside the schemes.

    Attributes:
        name: of `trained_heads.FURTHER`.
        maps: of the picture.
        reading: as its scheme pools them; None for ProNet, which is no pooling.
    """

    name: str
    maps: HeadMaps
    reading: Reading | None

    @property
    def title(self) -> str:
        """With the scheme that pools its maps."""
        named = trained_heads.title(self.name)
        return f"{named} ({self.reading.scheme.title})" if self.reading else named

    def pooled(self, index: int) -> PooledClass | None:
        """One class; None for ProNet."""
        return self.reading.of(index) if self.reading else None

    def score(self, index: int) -> float:
        """Of a class, in logits."""
        return float((self.reading or self.maps).scores[index])

    def ranking(self, count: int) -> list[Ranked]:
        """The `count` classes with the highest scores, best first."""
        if self.reading:
            return self.reading.ranking(count)
        return [
            Ranked(rank, one.index, one.name, one.score)
            for rank, one in enumerate(self.maps.top(count), 1)
        ]

    def rank(self, index: int) -> int:
        """Place of a class in the ranking, from 1."""
        if self.reading:
            return self.reading.rank(index)
        return 1 + int((self.maps.scores > self.maps.scores[index]).sum())


def ask() -> str:
    """Which head stands beside the schemes; says below what it costs and whose network it reads."""
    name: str = lasting(PoolingView, "beside")
    if name != NONE:
        try:
            st.markdown(trained_heads.cost(name))
        except HeadError as error:
            st.info(plain(str(error)), icon=":material/model_training:")
    return name


def look(chosen: Chosen, view: PoolingView) -> Beside | None:
    """The head that is asked for; a sentence in its place where it is not there."""
    if view.beside == NONE or not view.trained:
        return None
    try:
        maps = trained_heads.look(view.beside, chosen.photo, view.looked())
        if isinstance(maps, ProNetMaps):
            return Beside(view.beside, maps, None)
        return Beside(view.beside, maps, trained_heads.reading(maps, view.parameters()))
    except HeadError:  # said below the control
        return None
    except WslError as error:
        st.info(plain(str(error)), icon=":material/model_training:")
        return None


def draw(beside: Beside, chosen: Chosen, view: PoolingView, index: int, layer: Layer) -> None:
    """Its figure below the strip.

    Args:
        beside: the head.
        chosen: the picture.
        view: what the page says.
        index: of the class.
        layer: of the strip, whose scale it shares; ProNet's has one of its own.
    """
    maps, name = beside.maps, beside.maps.classes.titles[index]
    pooled = beside.pooled(index)
    if isinstance(maps, ProNetMaps):
        shown, scale = pronet_panel(maps, index), Scale.of([maps.map(index)])
        unit, measure = (
            "logits of the first stage, all sizes fused, on a scale of its own. At a box: both stages.",
            "logits",
        )
    elif pooled:
        shown = panels.one_panel_of(beside.title, pooled, layer.name, name, maps.placement)
        scale, measure = layer.scale, panels.MEASURES[layer.name]
        unit = panels.UNITS[layer.name]
    st.markdown(f"**{name}** by {beside.title}, on cells of its own")
    figure, says = st.columns([2, 3], gap="large")
    with figure:
        canvas(
            pictures.jpeg(chosen.photo),
            maps.placement,
            [shown],
            scale=scale,
            key=KEY,
            token=token(KEY, maps.digest, maps.trained, index, *view.model_dump().values()),
            opacity=view.opacity,
            smooth=False,
            unit=unit,
            measure=measure,
            least=10.5,
            hint="Point at a cell, or focus the picture and use the arrow keys.",
        )
    if isinstance(maps, ProNetMaps):
        says.markdown(pronet_words.sum_sentence(maps, index))
        with says:
            station.table(pronet_words.SUM_HEAD, pronet_words.sum_rows(maps, index))


def pronet_panel(maps: ProNetMaps, index: int) -> Panel:
    """The first stage's map of a class, all sizes fused, and the boxes that were looked at again."""
    name, values = maps.classes.titles[index], maps.map(index)
    boxes = [
        (tuple(maps.streams.edges[box].tolist()), value) for box, value in maps.confidences(index)
    ]
    row, column = np.unravel_index(int(values.argmax()), values.shape)
    x, y = maps.peak(index)
    return Panel(
        title="ProNet",
        score=signed(float(maps.scores[index])),
        values=values,
        alt=f"ProNet, first stage's map of {name}: score of both stages {maps.scores[index]:.2f} logits. "
        f"Highest {values.max():.2f} in row {row + 1}, column {column + 1}; the middle of the best box is "
        f"at {x:.0f} across, {y:.0f} down.",
        marks=[Mark("crop", box, f"crop {signed(value, 1)}") for box, value in boxes]
        + [Mark("middle", (x, y))],
    )


def score_row(beside: Beside, index: int) -> list[str]:
    """Its line in the table of scores."""
    one = beside.pooled(index)
    if one:
        return words.score_row(beside.title, one, beside.rank(index), len(beside.maps.classes))
    return [
        beside.title,
        signed(beside.score(index)),
        f"{beside.rank(index)} of {len(beside.maps.classes):,}",
        "–",
        "stages, above",
    ]


def details(beside: Beside, index: int) -> None:
    """The way to its score."""
    maps, one = beside.maps, beside.pooled(index)
    st.markdown(f"**{beside.title}**")
    if isinstance(maps, ProNetMaps):
        pipeline.draw(pronet_words.stages(maps, index))
    elif one and beside.reading:
        pipeline.show(maps, index, beside.reading.scheme, one)
