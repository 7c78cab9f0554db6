"""What the Domain adaptation page says, made from numbers: sentences and rows of tables."""

from collections.abc import Sequence

from wsl_core.datasets.domains import card
from wsl_core.transfer.adaptation import METHODS, diagnosis
from wsl_core.web.adaptation.figures import SEEN_ONLY, smoothed
from wsl_core.web.adaptation.runs import SOURCE_ACCURACY, TARGET_ACCURACY, Baselines, Seen

NOT_THERE = "–"
ACCURACY_HEAD = ["run", "source", f"target ({SEEN_ONLY})", "domain classifier", "proxy A-distance"]
LOOKS_HEAD = ["step", "source", "target", "domain classifier", "proxy distance", "lambda"]
PICK_HEAD = ["chosen by", "step", f"target accuracy ({SEEN_ONLY})"]
CRITERIA = {
    "infomax": "InfoMax",
    "entropy": "least entropy",
    "snd": "soft neighbourhood density",
    "reverse": "reverse validation",
}
QUESTION = "While lambda rises: what does the domain classifier's accuracy do?"
UP, DOWN, SAME = "It rises", "It falls", "It stays"
TURNS = (UP, DOWN, SAME)
MOVED = 0.05  # of an accuracy: less counts as staying
STATISTICS = (
    "*Source only* takes the source's mean from the target's pictures, as it was trained. *Centred* is the "
    "same network, given pictures less the target's own mean: what centring alone is worth."
)


def percent(share: float | None) -> str:
    """A share in per cent; a dash where it is not known."""
    return NOT_THERE if share is None else f"{100 * share:.1f} %"


def about(seen: Seen) -> str:
    """Pair, method and data of a run, as Markdown."""
    run, how = seen.run, seen.run.parameters
    known, method = card(run.pair), METHODS[how.method]
    words = [
        f"**{run.title}**. {known.sentence} **{method.title}**: {method.sentence}",
        f"{how.steps:,} steps with the {how.network} network, seed {how.seed}.",
    ]
    if run.facts:
        counts = run.facts["counts"]
        words.append(
            f"Data: {run.facts['data']}, {counts['source']:,} source pictures with labels, "
            f"{counts['target']:,} target pictures without, {counts['evaluation']:,} to evaluate on; "
            f"trained in {run.facts['seconds']:,.0f} s on {run.facts['date']}."
        )
    return " ".join(words)


def moment(seen: Seen, look: int) -> str:
    """Which step of how many is shown."""
    return f"Step {seen.step(look):,} of {seen.run.parameters.steps or 0:,}"


def progress(seen: Seen) -> str:
    """How far a training is."""
    step = max((told[-1][0] for told in (seen.run.curve, seen.run.looks) if told), default=0)
    return f"Step {step:,} of {seen.run.parameters.steps or 0:,}"


def accuracy_rows(
    runs: Sequence[Seen], looks: Sequence[int], bases: Sequence[Baselines | None]
) -> list[list[str]]:
    """A row a run at its look, then the baselines of each pair."""
    rows = []
    for one, look in zip(runs, looks, strict=True):
        now = one.looked(look)
        source = now.get(SOURCE_ACCURACY, now.get("source_accuracy"))
        distance = now.get("proxy_distance")
        rows.append(
            [
                f"**{one.title(runs)}**, step {one.step(look):,}",
                percent(source),
                f"**{percent(now.get(TARGET_ACCURACY))}**",
                percent(domain_accuracy(one, one.step(look))),
                NOT_THERE if distance is None else f"{distance:.2f}",
            ]
        )
    several = len({one.run.pair for one in runs}) > 1
    for pair, base in {one.run.title: base for one, base in zip(runs, bases, strict=True)}.items():
        where = f" ({pair})" if several else ""
        if base is None:
            continue
        rows += [
            [f"Source only{where}", NOT_THERE, percent(base.source_only), NOT_THERE, NOT_THERE],
            [
                f"Source only, centred{where}",
                NOT_THERE,
                percent(base.centred),
                NOT_THERE,
                NOT_THERE,
            ],
        ]
        if base.ceiling is not None:
            rows.append(
                [
                    f"Trained on target{where}",
                    NOT_THERE,
                    percent(base.ceiling),
                    NOT_THERE,
                    NOT_THERE,
                ]
            )
    return rows


def domain_accuracy(seen: Seen, step: int) -> float | None:
    """How often the domain classifier was right about a step, a mean over a short window."""
    steps, values = smoothed(*seen.curve("domain_accuracy"))
    before = values[steps <= step]
    if len(before):
        return float(before[-1])
    return float(values[0]) if len(values) else None


def remarks(seen: Seen) -> list[str]:
    """What went wrong, in words; of a run that has not ended, what its curve says up to now."""
    run = seen.run
    told: list[str] | None = run.facts.get("remarks")
    return diagnosis.remarks(run.curve, run.looks, len(run.classes)) if told is None else told


def gap_sentence(seen: Seen, base: Baselines | None) -> str:
    """How much of the gap the kept network has covered; empty where that cannot be said."""
    accuracy = seen.run.facts.get("accuracy")
    if accuracy is None or base is None or seen.run.parameters.method in ("source-only", "target"):
        return ""
    better = max(base.source_only, base.centred)
    gap = base.gap(accuracy)
    if gap is None:
        return (
            f"{seen.method} ends {100 * (accuracy - better):+.1f} points from the better source only. There "
            f"is no ceiling to compare with."
        )
    assert base.ceiling is not None
    return (
        f"{seen.method} covers {100 * gap:.0f} % of the gap: from {percent(better)}, the better source only, "
        f"towards {percent(base.ceiling)}, trained on target."
    )


def pick_rows(seen: Seen) -> list[list[str]]:
    """What each way of choosing a network would have kept, without target labels."""
    facts = seen.run.facts
    if not facts:
        return []
    kept = facts["kept"]
    by = CRITERIA.get(kept["by"], "a fixed number of steps")
    rows = [[f"**{by}**, as this run did", f"{kept['step']:,}", percent(facts["accuracy"])]]
    rows += [
        [title, f"{facts['picks'][name]['step']:,}", percent(facts["picks"][name]["accuracy"])]
        for name, title in CRITERIA.items()
        if name != kept["by"] and name in facts["picks"]
    ]
    return rows


def oracle_sentence(seen: Seen) -> str:
    """The best look by the target's labels."""
    oracle = seen.run.facts.get("oracle")
    if not oracle:
        return ""
    return (
        f"The **oracle**, which sees the target's labels and is no way of choosing: step "
        f"{oracle['step']:,}, {percent(oracle['accuracy'])}."
    )


def ends(seen: Seen) -> tuple[float, float] | None:
    """How often the domain classifier is right at its best early on, and at the end; None without one."""
    values = smoothed(*seen.curve("domain_accuracy"))[1]
    if not len(values):
        return None
    return float(values[: max(1, len(values) // 5)].max()), float(values[-1])


def turn(seen: Seen) -> str:
    """Whether the domain classifier's accuracy rises, falls or stays."""
    early, late = ends(seen) or (0.0, 0.0)
    if abs(late - early) < MOVED:
        return SAME
    return UP if late > early else DOWN


def turned(seen: Seen) -> str:
    """The same in figures, and what became of the target accuracy meanwhile."""
    early, late = ends(seen) or (None, None)
    told = seen.of_looks(TARGET_ACCURACY)[1]
    return (
        f"The domain classifier is right {percent(early)} of the time at its best early on, and "
        f"{percent(late)} at the end. Target accuracy ({SEEN_ONLY}) goes from {percent(told[0])} to "
        f"{percent(told[-1])}."
    )


def tables_of_looks(seen: Seen) -> list[tuple[list[str], list[list[str]]]]:
    """Columns and rows of all looks: what the charts draw, then the criteria of choice."""
    first, second = [], []
    for step, figures in seen.run.looks:
        told = seen.told(step)
        first.append(
            [
                f"{step:,}",
                percent(figures.get(SOURCE_ACCURACY, told.get("source_accuracy"))),
                percent(figures.get(TARGET_ACCURACY)),
                percent(domain_accuracy(seen, step)),
                _short(figures.get("proxy_distance")),
                _short(told.get("lambda")),
            ]
        )
        second.append([f"{step:,}", *(_short(figures.get(name)) for name in CRITERIA)])
    return [(LOOKS_HEAD, first), (["step", *CRITERIA.values()], second)]


def _short(value: float | None) -> str:
    return NOT_THERE if value is None else f"{value:.2f}".replace("-", "−")
