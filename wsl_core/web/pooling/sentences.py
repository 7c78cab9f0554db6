"""What the Pooling page says, made from numbers: sentences and rows of tables."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from wsl_core.fcn.comparison import PooledClass, Ranked, Reading, agreement
from wsl_core.fcn.heads import HeadMaps
from wsl_core.fcn.pooling import SCHEMES
from wsl_core.web.activation_maps.shown import signed
from wsl_core.web.pooling.cases import Case
from wsl_core.web.sentences import listed

Float32 = NDArray[np.float32]

LSE_AND_SPLEAP = (
    "**LSE and SPLeaP are two schemes**, though the lecture writes one formula for both. LSE is the "
    "logarithm of a mean of exponentials, with one β for all classes that is chosen, not learned, and no "
    "cell ever has a negative weight. SPLeaP is a mean weighted by a soft-max; its sharpness is learned for "
    "every part, and all classes share the parts. Where it is sharp, cells below the mean have a negative "
    "weight."
)
PRONET = (
    "**ProNet is a pipeline, not a pooling**: it pools by LSE at several scales, then crops the best boxes "
    "and looks at them again with a second stage. So it has no map in this strip: with trained heads, "
    "*Beside the schemes* puts it below."
)
MODALITIES = (
    "WILDCAT gives a class M maps, each free to answer to another look of it, and pools their mean. As a "
    "function their mean is one map: on a frozen network, as here, M adds no capacity, only another start "
    "and another pull of the weight decay while training. So look at the maps as different answers to one "
    "question, not as proof that M of them are needed."
)


def score_rows(
    readings: Mapping[str, Reading], pooled: Mapping[str, PooledClass], index: int
) -> list[list[str]]:
    """A line a scheme: score, rank of the class, what carries the score, and that it adds up."""
    return [
        score_row(reading.scheme.title, pooled[name], reading.rank(index), len(reading.classes))
        for name, reading in readings.items()
    ]


def score_row(title: str, one: PooledClass, rank: int, classes: int) -> list[str]:
    """The line of one scheme or head."""
    total = float(one.contribution.sum(dtype=np.float64))
    sum_of = signed(total) if not one.bias else f"{signed(total)} {signed(one.bias)} (bias)"
    return [
        title,
        signed(one.score),
        f"{rank} of {classes:,}",
        f"{one.effective_cells:.1f} of {one.weight.size}",
        sum_of,
    ]


SCORE_HEAD = ["scheme", "score", "rank", "cells that carry it", "cells add up to"]
RANKS = 3  # in the table: a phone has room for no more


def ranking_rows(readings: Mapping[str, Reading]) -> list[list[str]]:
    """The first classes under every scheme: a line a scheme, a column a rank."""
    return [
        ranking_row(reading.scheme.title, reading.ranking(RANKS)) for reading in readings.values()
    ]


def ranking_row(title: str, ranking: Sequence[Ranked]) -> list[str]:
    """The line of one scheme or head."""
    return [title, *(f"{one.name} {signed(one.score, 1)}" for one in ranking)]


RANKING_HEAD = ["scheme", "first", "second", "third"]


def agreement_sentence(readings: Mapping[str, Reading]) -> str:
    """Which class every scheme puts first."""
    first = agreement(readings)
    if len(first) == 1:
        return f"All {len(readings)} schemes put **{next(iter(first))}** first."
    parts = [f"**{name}** under {listed(titles)}" for name, titles in first.items()]
    return f"The schemes disagree. First is {'; '.join(parts)}."


AGREEMENTS = ["All the same", "Not all"]


def agreed(readings: Mapping[str, Reading]) -> str:
    """Whether all schemes put the same class first, as `AGREEMENTS` says it."""
    return AGREEMENTS[len(agreement(readings)) > 1]


def title(scheme: str) -> str:
    """Of a scheme."""
    return SCHEMES[scheme].title


def trained_otherwise(heads: Mapping[str, HeadMaps], readings: Mapping[str, Reading]) -> str:
    """Which sliders stand elsewhere than where the heads were trained; nothing where none does."""
    parts = []
    for name, reading in readings.items():
        own = heads[name].head.card.pooling[1].model_dump()
        now = reading.parameters.model_dump()
        fields = reading.scheme.parameters.model_fields
        parts += [
            f"{reading.scheme.title} was trained with {fields[key].title} = {value} and is "
            f"pooled with {now[key]}"
            for key, value in own.items()
            if now[key] != value
        ]
    return f"{'; '.join(parts)}." if parts else ""


def cell_table(pooled: Mapping[str, PooledClass]) -> dict[str, list[float]]:
    """Every cell under every scheme, column by column; rows and columns from 1."""
    shape = next(iter(pooled.values())).weight.shape
    places = list(np.ndindex(shape))
    table: dict[str, list[float]] = {
        "row": [row + 1 for row, _ in places],
        "column": [column + 1 for _, column in places],
    }
    for name, one in pooled.items():
        for what, values in (("weight", one.weight), ("contribution", one.contribution)):
            numbers = values.astype(np.float64).round(4).ravel().tolist()
            table[f"{title(name)}: {what}"] = numbers
    return table


CELL_HEAD = ["scheme", "class map", "weight", "adds"]


def cell_rows(pooled: Mapping[str, PooledClass], row: int, column: int) -> list[list[str]]:
    """One cell under every scheme: where it was selected, the scheme says as what."""
    rows, place = [], (row, column)
    for name, one in pooled.items():
        kinds = (("h⁺", one.positive), ("h⁻", one.negative)) if one.selects else ()
        rows.append(
            [
                ", ".join([title(name), *(sign for sign, mask in kinds if mask[place])]),
                signed(float(one.class_map[place])),
                f"{float(one.weight[place]):.4f}".replace("-", "−"),
                signed(float(one.contribution[place]), 4),
            ]
        )
    return rows


def right(case: Case, readings: Mapping[str, Reading]) -> dict[str, bool]:
    """Whether every scheme's first class is right."""
    return {name: one.ranking(1)[0].name in case.right for name, one in readings.items()}


def case_rows(case: Case, readings: Mapping[str, Reading]) -> list[list[str]]:
    """A line a scheme: its first class, whether it is right, and the best right class."""
    rows = []
    for reading in readings.values():
        first = reading.ranking(1)[0]
        best = best_right(case, reading)
        rows.append(
            [
                reading.scheme.title,
                f"{first.name} {signed(first.score, 1)}",
                "right" if first.name in case.right else "**wrong**",
                f"{reading.classes.titles[best]} {signed(float(reading.scores[best]), 1)}",
                str(reading.rank(best)),
            ]
        )
    return rows


def best_right(case: Case, reading: Reading) -> int:
    """The right class with the highest score under a scheme."""
    indices = [reading.classes.find(name) for name in case.right]
    return max(indices, key=lambda index: float(reading.scores[index]))


PEAKS = ["All in one cell", "Some in one cell", "Each in its own"]


def which_peaks(each: Float32) -> str:
    """Whether the maps of a class, (M, h, w), are highest in the same cell, as `PEAKS` says it."""
    different = len(set(_peaks(each)))
    return PEAKS[0] if different == 1 else PEAKS[2] if different == len(each) else PEAKS[1]


def peaks_sentence(each: Float32) -> str:
    """Where each of the maps of a class, (M, h, w), is highest."""
    places: dict[tuple[int, int], list[str]] = {}
    for number, place in enumerate(_peaks(each), 1):
        places.setdefault(place, []).append(str(number))
    said = [
        f"map{'s' * (len(maps) > 1)} {listed(maps)} in row {row + 1}, column {column + 1}"
        for (row, column), maps in places.items()
    ]
    return f"Highest are {listed(said)}."


def _peaks(each: Float32) -> list[tuple[int, int]]:
    found = (np.unravel_index(int(one.argmax()), one.shape) for one in each)
    return [(int(row), int(column)) for row, column in found]


PLACES = ["Below the average", "Between average and max", "Above the max"]
ALIKE = 1e-5  # how far two scores may lie apart that are the same, as a share of the larger


def where_weldon(pooled: Mapping[str, PooledClass]) -> str:
    """Where WELDON's score lies beside the mean and the maximum, as `PLACES` says it."""
    score, low, high = (pooled[name].score for name in ("weldon", "average", "max"))
    close = ALIKE * max(abs(score), abs(low), abs(high))
    return PLACES[0] if score < low - close else PLACES[2] if score > high + close else PLACES[1]


def weldon_sentence(pooled: Mapping[str, PooledClass], scale: str) -> str:
    """The three scores, and what WELDON's is made of."""
    score, low, high = (signed(pooled[name].score, 3) for name in ("weldon", "average", "max"))
    best, worst = (signed(mean, 3) for mean in pooled["weldon"].evidence)
    return (
        f"The average is {low}, the max {high}, WELDON's score {score}. It adds the mean of its lowest "
        f"cells, {worst}, to that of its highest, {best}{half(scale)} What speaks against the class pulls "
        f"the score down; where nothing does, it can pass the max."
    )


ENDS = ["Max alone", "Average alone", "Both", "Neither"]
CASE_HEAD = ["scheme", "first class", "which is", "best right class", "its rank"]


def which_end(answers: Mapping[str, bool]) -> str:
    """Which of max and average pooling is right, as `ENDS` says it."""
    both = answers["max"], answers["average"]
    return dict(
        zip([(True, False), (False, True), (True, True), (False, False)], ENDS, strict=True)
    )[both]


def half(scale: str) -> str:
    """How the sentence about the score ends."""
    return ", halved as in the released code." if scale == "half" else "."


def verdict_rows(reading: Reading, indices: list[int]) -> list[list[str]]:
    """Three classes under WELDON: what the highest regions say, what the lowest say, and the score."""
    rows = []
    for index in indices:
        one = reading.of(index)
        parts = [signed(mean) for mean in one.evidence]
        rows.append(
            [reading.classes.titles[index], *parts, signed(one.score), str(reading.rank(index))]
        )
    return rows


VERDICT_HEAD = ["class", "mean of h⁺", "mean of h⁻", "score", "rank"]


def verdict_sentence(reading: Reading, indices: list[int]) -> str:
    """Which of the three WELDON takes."""
    best = max(indices, key=lambda index: float(reading.scores[index]))
    others = [reading.classes.titles[index] for index in indices if index != best]
    return (
        f"WELDON's verdict: **{reading.classes.titles[best]}**, not {others[0]} or {others[1]}. A class wins "
        f"where its best regions speak for it and its worst regions do not speak against it."
    )
