"""Schemes at equal effort over several seeds: tables, verdicts and circumstances, in words."""

from collections.abc import Sequence

from wsl_core.figures import pooling_schemes as schemes
from wsl_core.figures.localization_results import FREQUENT
from wsl_core.figures.pooling_schemes import Compared, Figure, Step, Verdict
from wsl_core.web.localization.table import title

STARTS = {"relatives": "Started from ImageNet's classes", "random": "Started at random"}
COLUMNS = (("point_map", "point mAP, %"), ("classification_map", "classification mAP, %"))
FIGURE = {"point_map": "point mAP", "classification_map": "classification mAP"}
HOLDS, OTHER, CLOSE = "The order holds", "Another order", "Too close to tell"
LECTURE = {"max": "Deep MIL", **{name: title(name) for name in schemes.LECTURE[1:]}}
"""The lecture's names for our methods, in its order."""


def percent(one: Figure) -> str:
    """A figure with its spread over the seeds."""
    spread = "" if one.deviation is None else f" ± {100 * one.deviation:.1f}"
    return f"{100 * one.mean:.1f}{spread}"


def table(found: Sequence[Compared]) -> tuple[list[str], list[list[str]]]:
    """Columns and rows of the methods, in their order: over all classes, and over the frequent ones."""
    columns = ["method", *(f"{heading} (frequent classes)" for _, heading in COLUMNS)]
    return columns, [[named(one), *(_both(one, metric) for metric, _ in COLUMNS)] for one in found]


def _both(one: Compared, metric: str) -> str:
    frequent = one.figures[f"{metric}_frequent"]
    return f"{percent(one.figures[metric])} ({percent(frequent)})"


def named(one: Compared) -> str:
    """A method as the table names it."""
    return f"{title(one.method)}{' (one seed)' if one.seeds == 1 else ''}"


def answer(found: Sequence[Verdict]) -> str:
    """Whether the lecture's order was found again: one of the three answers of the exercise."""
    if not all(one.clear for one in found):
        return CLOSE
    return HOLDS if all(one.holds for one in found) else OTHER


def paragraph(found: Sequence[Verdict]) -> str:
    """What the figures say of the lecture's order and of the newer schemes, start by start."""
    return "\n\n".join(f"**{STARTS[start(one)]}.** {verdict(one)}" for one in found)


def orders(found: Sequence[Verdict]) -> str:
    """What they say of the lecture's order alone."""
    return " ".join(f"{STARTS[start(one)]}: {_order(one)}" for one in found)


def start(one: Verdict) -> str:
    """From which all methods of a verdict started."""
    return one.ranked[0].start


def verdict(one: Verdict) -> str:
    """The lecture's order, the place of the newer schemes, and whether differences exceed chance."""
    return " ".join((_order(one), _newer(one), _chance(one)))


def _order(one: Verdict) -> str:
    told = {name: one.figure(name) for name in LECTURE}
    figures = ", ".join(
        f"{LECTURE[name]} {percent(figure)}" for name, figure in told.items() if figure
    )
    order = " < ".join(LECTURE.values())
    if one.absent:
        lacking = " and ".join(LECTURE[name] for name in one.absent)
        return (
            f"The lecture's order, {order}, cannot be tested: no figure of {lacking} ({figures})."
        )
    steps = ", then ".join(_step(step) for step in one.steps)
    holds = "holds" if one.holds else "does not hold"
    return (
        f"The lecture's order, {order}, {holds} in {FIGURE[one.metric]}: {figures}; {steps} points, and "
        f"{_sure(one)}."
    )


def _sure(one: Verdict) -> str:
    """Whether other seeds may give another order."""
    if one.alone:
        only = _listed([LECTURE[name] for name in one.alone])
        return (
            f"of {only} there is one seed, so nothing says whether other seeds give the same order"
        )
    clear = sum(step.clear for step in one.steps)
    which = {len(one.steps): "each step is", 0: "neither step is"}
    return f"{which.get(clear, 'only one of the steps is')} larger than twice its spread over the seeds"


def _step(one: Step) -> str:
    spread = "" if one.spread is None else f" (spread {100 * one.spread:.1f})"
    return f"{100 * one.rise:+.1f}{spread}".replace("-", "−")


def _newer(one: Verdict) -> str:
    """Where the newer schemes stand among all methods, and beside those of the lecture."""
    said = []
    for name in schemes.NEWER:
        own, place = one.figure(name), one.place(name)
        if own is None or place is None:
            continue
        below = [LECTURE[other] for other in LECTURE if _beats(own, one.figure(other))]
        passed = f"above {_listed(below)}" if below else "below all of the lecture's"
        said.append(
            f"{title(name)} {percent(own)} is number {place} of {len(one.ranked)}, {passed}"
        )
    return f"{'; '.join(said)}." if said else ""


def _beats(own: Figure, other: Figure | None) -> bool:
    return other is not None and own.mean > other.mean


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def _chance(one: Verdict) -> str:
    """Differences beside the spread over seeds, and beside what other pictures would change."""
    every, by_seeds, by_pictures = one.pairs
    best, last = one.ranked[0], one.ranked[-1]
    return (
        f"{named(best)} is first and {named(last)} last, {100 * one.range:.1f} points apart. Of {every} "
        f"pairs of methods with several seeds, {by_seeds} differ by more than twice their spread over the "
        f"seeds, and {by_pictures} by more than the {100 * one.bootstrap:.1f} points by which a figure "
        f"changes when other pictures are drawn."
    )


def circumstances(found: Sequence[Compared]) -> str:
    """Of what the tables are: seeds, choice, data, counts, date."""
    first = max(found, key=lambda one: one.seeds)
    pronet = next((one for one in found if one.method == schemes.PRONET), None)
    own = f" ProNet has {pronet.rate:g} and {pronet.decay:g}, not chosen for it." if pronet else ""
    return (
        f"Mean ± standard deviation over {first.seeds} seeds; frequent classes have {FREQUENT} pictures or "
        f"more. Every scheme was tried with the same rates and decays on a fifth of {first.trained_on}; "
        f"chosen were {_chosen(found)}.{own} WSLocalization searches the maps of the heads for max pooling. "
        f"Trained on {first.trained_on}, {first.training_pictures:,} pictures, measured on {first.data}, "
        f"{first.pictures:,} pictures, subsets of VOC's; all on the same features, sizes "
        f"{first.sizes.replace(',', ', ')} px{', mirrored too' if first.mirror else ''}; "
        f"{max(one.date for one in found)}."
    )


def _chosen(found: Sequence[Compared]) -> str:
    """Rate and decay of every scheme."""
    own = [
        one for one in found if one.rate is not None and one.method not in schemes.WITHOUT_CHOICE
    ]
    pairs = dict.fromkeys((one.rate, one.decay) for one in own)
    return "; ".join(
        f"{rate:g} and {decay:g} for "
        + _listed(
            list(
                dict.fromkeys(
                    title(one.method) for one in own if (one.rate, one.decay) == (rate, decay)
                )
            )
        )
        for rate, decay in pairs
    )
