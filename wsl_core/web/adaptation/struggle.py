"""The domain classifier should struggle: how often it is right, beside what that is worth on the target."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from wsl_core.datasets.domains import card
from wsl_core.errors import WslError
from wsl_core.figures.curves import Level, Line, chart, side_by_side
from wsl_core.figures.ink import SERIES
from wsl_core.figures.paths import Path, paths
from wsl_core.web import prediction, station
from wsl_core.web.adaptation import runs, training
from wsl_core.web.adaptation.figures import PERCENT, SEEN_ONLY, smoothed
from wsl_core.web.adaptation.runs import TARGET_ACCURACY, Seen
from wsl_core.web.adaptation.sentences import NOT_THERE, percent
from wsl_core.web.adaptation.view import NONE, AdaptationView
from wsl_core.web.components.inline import inline
from wsl_core.web.controls import lasting
from wsl_core.web.sentences import listed, plain

QUESTION = "struggle"
ALWAYS, HARDLY, CHANCE = "Right nearly always", "In between", "At chance, near 50 %"
SHOW = "Just show me"
ANSWERS = (ALWAYS, HARDLY, CHANCE, SHOW)
CANNOT_TELL, LOWEST = "it cannot tell", 0.2
SURE, GUESSING = 0.9, 0.6  # domain accuracies
HEAD = ["run", "largest lambda", "domain classifier at the end", "fresh one at the end",
        f"target accuracy ({SEEN_ONLY})"]  # fmt: skip
DANN = "dann"
TO_TRY = (0.0, 0.1, 10.0)
TRY = (
    "**Try another largest lambda.** 0 leaves the domain classifier unhindered; see what ten times the usual "
    "one does. Your runs then stand here beside these."
)
EXPLAINED = (
    "While lambda is small, nobody hinders the domain classifier and it tells the domains apart easily: the "
    "features carry the domain. As lambda rises, the features are trained against it. If it then loses its "
    "grip although it goes on learning, what it reads is alike in both domains, and a label classifier that "
    "was trained on one can be used on the other. **It has to struggle, though**: one that never learned "
    "anything is at chance, too, and its gradient moves nothing. A *fresh* classifier, trained anew on the "
    "features of each look, tells the two cases apart."
)


@dataclass(frozen=True, eq=False)
class Fared:
    """How a run ended.

    Attributes:
        seen: the run.
        domain: how often its domain classifier was right at the end; None where it has none.
        fresh: how often a fresh classifier is right about the features at the end.
        target: accuracy on the target at the last look.
    """

    seen: Seen
    domain: float | None
    fresh: float | None
    target: float

    @classmethod
    def of(cls, seen: Seen) -> "Fared":
        """From its curves."""
        domain = smoothed(*seen.curve("domain_accuracy"))[1]
        distance = seen.of_looks("proxy_distance")[1]
        target = seen.of_looks(TARGET_ACCURACY)[1]
        return cls(
            seen,
            float(domain[-1]) if len(domain) else None,
            fresh_accuracy(float(distance[-1])) if len(distance) else None,
            float(target[-1]),
        )


def fresh_accuracy(distance: float) -> float:
    """How often a domain classifier is right at this proxy A-distance, 2 (1 - 2 error)."""
    return 0.5 + distance / 4


def compared(pair: str) -> list[Seen]:
    """Source only and domain-adversarial runs on a pair; then the visitor's own, whatever their method."""
    shown = (runs.SOURCE_ONLY, DANN)
    found = [runs.of_shipped(one.name) for one in runs.on_pair(pair) if one.method in shown]
    for run in runs.mine():
        own = runs.of_job(run) if run.config.get("pair") == pair else None
        if own is not None and own.count > 1:
            found.append(own)
    found.sort(key=lambda one: one.run.parameters.method != runs.SOURCE_ONLY)
    return found


def pairs() -> list[str]:
    """Pairs with runs to compare, that with most of them first."""
    there = list(dict.fromkeys(one.pair for one in runs.every()))
    there += [str(one.config.get("pair")) for one in runs.mine()]
    return sorted(dict.fromkeys(there), key=lambda pair: -len(runs.on_pair(pair)))


def show() -> str | None:
    """The chapter; returns the pair once its runs are shown."""
    st.markdown(
        "“The domain classifier fails in the end; it should struggle.” Look at how often it is right, and "
        "at what the features are worth on the target meanwhile."
    )
    there = pairs()
    asked = lasting(AdaptationView, "over") if len(there) > 1 else NONE
    pair = asked if asked in there else next(iter(there), NONE)
    try:
        found = compared(pair) if pair != NONE else []
    except WslError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None
    if not any(len(one.curve("domain_accuracy")[0]) for one in found):
        st.info(
            "There is no run here whose domain classifier could be watched: none comes with this "
            "installation for this pair. Train one in the part *train*, with several values of lambda.",
            icon=":material/model_training:",
        )
        return None
    if asked not in (NONE, pair):
        st.info(
            plain(f"Nobody has trained on {card(asked).title} here. This is {card(pair).title}."),
            icon=":material/swap_horiz:",
        )
    st.markdown(f"Runs on **{plain(card(pair).title)}**.")
    ended = [Fared.of(one) for one in found]
    if not predicted(ended):
        return None
    draw(found)
    st.markdown(EXPLAINED)
    station.table(HEAD, rows(found, ended))
    others(pair)
    return pair


def others(pair: str) -> None:
    """Offer trainings with another lambda."""
    if card(pair).missing() is None:
        st.markdown(TRY)
        with st.container(horizontal=True, key="lambdas"):
            for largest in TO_TRY:
                st.button(
                    f"Train with lambda {largest:g}",
                    key=f"lambda-{largest:g}",
                    icon=":material/play_arrow:",
                    on_click=training.with_lambda,
                    args=(pair, largest),
                )


def best(ended: Sequence[Fared]) -> Fared:
    """The run with the highest target accuracy among those with a domain classifier."""
    return max((one for one in ended if one.domain is not None), key=lambda one: one.target)


def answer(ended: Sequence[Fared]) -> str:
    """How often the domain classifier of the best run is right at the end."""
    right = best(ended).domain
    assert right is not None
    return ALWAYS if right > SURE else CHANCE if right < GUESSING else HARDLY


def predicted(ended: Sequence[Fared]) -> bool:
    """Ask, or say how the answer compares; whether there is one."""
    every = [one.seen for one in ended]
    said = prediction.ask(
        QUESTION,
        f"{len(ended)} trainings: {listed([one.seen.title(every) for one in ended])}. Take the one that "
        f"names target pictures best. How often is its domain classifier right at the end?",
        ANSWERS,
    )
    if said is None:
        return False
    if said == SHOW:
        return True
    one = best(ended)
    prediction.compare(
        QUESTION,
        said,
        answer(ended),
        f"The best one here is {one.seen.title(every)}, right about {percent(one.target)} of the target "
        f"({SEEN_ONLY}); its domain classifier is right {percent(one.domain)} of the time at the end.",
    )
    return True


def draw(found: Sequence[Seen]) -> None:
    """Domain accuracy over target accuracy, a line a run in the same colour."""
    domain, fresh, target, ways = [], [], [], []
    for place, one in enumerate(found):
        name, colour = one.title(found), SERIES[place % len(SERIES)]
        steps, values = smoothed(*one.curve("domain_accuracy"))
        at, accuracy = one.of_looks(TARGET_ACCURACY)
        if len(steps):
            domain.append(Line(name, steps.tolist(), values.tolist(), colour=colour))
            then = np.interp(at, steps, values)
            ways.append(Path(name, then.tolist(), accuracy.tolist(), colour))
        looks, distances = one.of_looks("proxy_distance")
        right = [fresh_accuracy(value) for value in distances]
        fresh.append(Line(name, looks.tolist(), right, colour=colour))
        target.append(Line(name, at.tolist(), accuracy.tolist(), dashed=True, colour=colour))
    levels = (Level(0.5, CANNOT_TELL),)
    charts = [
        paths(
            ways, "One against the other", across="domain classifier is right",
            up=f"target accuracy, {SEEN_ONLY}", low=LOWEST, level=CANNOT_TELL,
        ),
        chart(domain, "Domain classifier is right", unit=PERCENT, low=LOWEST, levels=levels),
        chart(target, f"Target accuracy, {SEEN_ONLY}", unit=PERCENT),
        chart(fresh, "A fresh domain classifier is right", unit=PERCENT, low=LOWEST, levels=levels),
    ]  # fmt: skip
    inline(side_by_side(charts), "struggle")


def rows(found: Sequence[Seen], ended: Sequence[Fared]) -> list[list[str]]:
    """A row a run."""
    return [
        [
            one.seen.title(found),
            NOT_THERE
            if one.domain is None
            else f"{one.seen.run.parameters.lambda_largest:g}"
            if "lambda" in one.seen.told(one.seen.step(0))
            else NOT_THERE,
            percent(one.domain),
            percent(one.fresh),
            percent(one.target),
        ]
        for one in ended
    ]
