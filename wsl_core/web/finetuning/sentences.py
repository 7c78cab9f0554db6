"""What the Fine-tuning page says: sentences and tables made from the figures."""

from collections.abc import Sequence

from wsl_core.figures.ink import percent
from wsl_core.transfer.finetuning import STRATEGIES
from wsl_core.transfer.finetuning.finished import Course, FinishedCases, Mean, Race, Shipped

RACE_HEAD = ["strategy", "test", "last epoch: training", "validation", "gap", "processor time"]
SHIFT = {
    "input": "The bottom has to learn to see again, and what lies above can stay.",
    "labels": "The network sees as well as before; only the names on top are wrong.",
}


def accuracy(found: Mean) -> str:
    """A mean with its deviation."""
    if found.deviation is None:
        return percent(found.mean)
    return f"{100 * found.mean:.1f} ± {100 * found.deviation:.1f} %"


def setting(race: Race, draws: int = 1) -> str:
    """What was raced on."""
    counts, classes = race.counts, len(race.classes)
    each = f", over {draws} draws" if draws > 1 else ""
    return (
        f"{race.title}: {classes} classes ({', '.join(race.classes)}), {race.parameters['train']} pictures "
        f"of each to learn from, of which {counts['validation'] // classes} are kept aside to stop early; "
        f"{counts['test']} others tested{each}. The longer side is {race.parameters['size']} px."
    )


def outcome(found: Shipped) -> str:
    """Who wins, who comes last, and how wide the gap is, in a sentence."""
    means = found.accuracies()
    order = sorted(means, key=lambda name: -means[name].mean)
    best, last = order[0], order[-1]
    sentence = (
        f"{STRATEGIES[best].title} comes first with {accuracy(means[best])}, "
        f"{STRATEGIES[last].title.lower()} last with {accuracy(means[last])}."
    )
    if "full" in means:
        sentence += (
            f" Everything at full rate reaches {accuracy(means['full'])}, although it has the same start as "
            f"the others."
        )
    return f"{sentence} {chance(found)}"


def chance(found: Shipped) -> str:
    """How far two strategies have to lie apart to be told apart, in a sentence."""
    tested = sum(one.counts["test"] for one in found.races)
    best = max(one.mean for one in found.accuracies().values())
    error = (2 * max(best * (1 - best), 1 / tested) / tested) ** 0.5
    draws = "one draw" if len(found.races) == 1 else f"{len(found.races)} draws"
    return (
        f"With {draws} and {tested} tested pictures, a difference has a standard error of about "
        f"{100 * error:.1f} points: the first ones are not told apart by less than twice that."
    )


def gap(one: Course) -> str:
    """What a pair of curves says, in a sentence."""
    last, wide = (one.curve[-1] if one.curve else {}), one.gap()
    if wide is None:
        return f"{one.title}: tested at {percent(one.accuracy)}."
    return (
        f"{one.title}: at the last epoch {percent(last['train_accuracy'], 0)} of the training pictures are "
        f"right and {percent(last['validation_accuracy'], 0)} of the validation pictures; kept is epoch "
        f"{one.best} of {len(one.curve)}, tested at {percent(one.accuracy)}."
    )


def race_rows(races: Sequence[Race]) -> list[list[str]]:
    """Of one race, or means over several draws."""
    rows = []
    for place, first in enumerate(races[0].courses):
        own = [one.courses[place] for one in races]
        count = len(own)
        tested = sum(one.accuracy for one in own) / count
        spread = ""
        if count > 1:
            mean = sum(one.accuracy for one in own) / count
            spread = (
                f" ± {100 * (sum((o.accuracy - mean) ** 2 for o in own) / (count - 1)) ** 0.5:.1f}"
            )
        ends = [one.curve[-1] for one in own]
        known = all("validation_accuracy" in one for one in ends)
        learned = sum(one["train_accuracy"] for one in ends) / count
        kept = sum(one["validation_accuracy"] for one in ends) / count if known else None
        seconds = sum(one.facts["cpu_s"] for one in own) / count
        rows.append(
            [
                first.title,
                f"{100 * tested:.1f}{spread} %",
                percent(learned, 0),
                percent(kept, 0),
                "–" if kept is None else f"{100 * (learned - kept):.0f} points",
                f"{seconds:.0f} s",
            ]
        )
    return rows


def case_rows(found: FinishedCases, case: str) -> list[list[str]]:
    """A row a setup."""
    return [[title, accuracy(mean)] for title, mean in found.accuracies(case).items()]


def case_outcome(found: FinishedCases, case: str) -> str:
    """Which single block does best, in a sentence."""
    means = found.accuracies(case)
    single = {
        title: one for title, one in means.items() if title not in ("all blocks", "from scratch")
    }
    best = max(single, key=lambda title: single[title].mean)
    worst = min(single, key=lambda title: single[title].mean)
    return (
        f"Of the single blocks the {best} does best ({accuracy(single[best])}), the {worst} worst "
        f"({accuracy(single[worst])}); all blocks together reach {accuracy(means['all blocks'])}, a network "
        f"from scratch {accuracy(means['from scratch'])}. {SHIFT[case]}"
    )
