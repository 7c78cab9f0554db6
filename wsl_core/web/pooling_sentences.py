"""What the Pooling page says, made from numbers: sentences and rows of tables."""

from collections.abc import Mapping

import numpy as np

from wsl_core.fcn.comparison import PooledClass, Reading, agreement
from wsl_core.fcn.heads import HeadMaps
from wsl_core.fcn.pooling import SCHEMES
from wsl_core.web.activation_maps import signed
from wsl_core.web.pooling_cases import Case

LSE_AND_SPLEAP = (
    "**LSE and SPLeaP are two schemes**, though the lecture writes one formula for both. LSE is the "
    "logarithm of a mean of exponentials, with one β for all classes that is chosen, not learned, and no "
    "cell ever has a negative weight. SPLeaP is a mean weighted by a soft-max; its sharpness is learned for "
    "every part, and all classes share the parts. Where it is sharp, cells below the mean have a negative "
    "weight."
)
PRONET = (
    "**ProNet is a pipeline, not a pooling**: it pools by LSE at several scales, then crops the best boxes "
    "and looks at them again with a second network. So it has no map in this strip."
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
    rows = []
    for name, one in pooled.items():
        reading = readings[name]
        total = float(one.contribution.sum(dtype=np.float64))
        sum_of = signed(total) if not one.bias else f"{signed(total)} {signed(one.bias)} (bias)"
        rows.append(
            [
                reading.scheme.title,
                signed(one.score),
                f"{reading.rank(index)} of {len(reading.classes):,}",
                f"{one.effective_cells:.1f} of {one.weight.size}",
                sum_of,
            ]
        )
    return rows


SCORE_HEAD = ["scheme", "score", "rank", "cells that carry it", "cells add up to"]
RANKS = 3  # in the table: a phone has room for no more


def ranking_rows(readings: Mapping[str, Reading]) -> list[list[str]]:
    """The first classes under every scheme: a line a scheme, a column a rank."""
    return [
        [
            reading.scheme.title,
            *(f"{one.name} {signed(one.score, 1)}" for one in reading.ranking(RANKS)),
        ]
        for reading in readings.values()
    ]


RANKING_HEAD = ["scheme", "first", "second", "third"]


def agreement_sentence(readings: Mapping[str, Reading]) -> str:
    """Which class every scheme puts first."""
    first = agreement(readings)
    if len(first) == 1:
        return f"All {len(readings)} schemes put **{next(iter(first))}** first."
    parts = [f"**{name}** under {listed(titles)}" for name, titles in first.items()]
    return f"The schemes disagree. First is {'; '.join(parts)}."


def listed(names: list[str]) -> str:
    """Names as a sentence lists them."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


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
