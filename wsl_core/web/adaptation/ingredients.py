"""What each ingredient of the best recipe on MNIST → MNIST-M adds: table, bars and a sentence from rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from wsl_core.figures import adaptation_results as results
from wsl_core.figures.adaptation_results import Measured
from wsl_core.figures.bars import Bar, Row, bars
from wsl_core.web.adaptation.published import Table, percent, title

PAIR = "mnist-mnistm"


@dataclass(frozen=True)
class Share:
    """An ingredient, or several together.

    Attributes:
        one: the measured row.
        accuracy: what counts: of source only, the better of its two.
        gain: over the row that adds nothing, -1 .. 1.
        gap: share of the gap, between that row and the ceiling of the row with everything.
    """

    one: Measured
    accuracy: float
    gain: float
    gap: float | None

    @property
    def deviation(self) -> float | None:
        """Over the seeds; of source only it belongs to the source's mean."""
        return self.one.deviation if self.accuracy == self.one.accuracy else None

    @property
    def words(self) -> str:
        """The accuracy with its spread."""
        return percent(self.accuracy, self.deviation)


def shares(found: Sequence[Measured]) -> list[Share]:
    """Every variant beside the first, which adds nothing; the last one's ceiling is the gap's end."""
    rows = results.variants(found, PAIR)
    if not rows:
        return []
    low, high = _counts(rows[0]), rows[-1].target
    return [
        Share(one, _counts(one), _counts(one) - low, results.covered(_counts(one), low, high))
        for one in rows
    ]


def _counts(one: Measured) -> float:
    return one.baseline if one.method == "source-only" else one.accuracy


def table(found: Sequence[Share]) -> Table:
    """What is used beside labelled source pictures, and what that gives."""
    columns = ["used beside the labelled source", "accuracy, %", "points gained", "gap covered, %"]
    return columns, [
        [
            one.one.variant,
            one.words,
            f"{100 * one.gain:+.1f}".replace("-", "−"),
            percent(one.gap),
        ]
        for one in found
    ]


def chart(found: Sequence[Share]) -> str:
    """Bars of what each variant reaches, as HTML."""
    drawn = [
        Row(
            one.one.variant,
            (Bar(None, ""), Bar(one.accuracy, one.words, one.deviation)),
        )
        for one in found
    ]
    words = "; ".join(f"{one.one.variant}: {one.words}" for one in found)
    alt = f"Accuracy on MNIST-M by what is used, percent. {words}."
    return bars(drawn, ("published", "measured here"), alt)


def sentence(found: Sequence[Share]) -> str:
    """What the rows have in common, and their ceiling."""
    last = found[-1].one
    methods = "; ".join(
        dict.fromkeys(f"{one.one.variant}: {title(one.one.method)}" for one in found)
    )
    ceiling = "" if last.target is None else f" Trained on the target: {percent(last.target)} %."
    few, many = (end(one.one.seeds for one in found) for end in (min, max))
    seeds = f"{few} seed{'s' * (few != 1)} each" if few == many else f"{few} to {many} seeds"
    return (
        f"All rows take {last.steps:,} steps of the same network, {seeds}; {last.date}.{ceiling} "
        f"Negatives are knowledge of the target's "
        f"kind, brought in by hand: they are no adaptation. Rows of source only are the better of both "
        f"means. ({methods}.)"
    )
