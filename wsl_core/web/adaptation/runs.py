"""The runs that the Domain adaptation page looks at: those that are shipped, and the visitor's own."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from wsl_core import jobs
from wsl_core.errors import JobError, WslError
from wsl_core.settings import settings
from wsl_core.transfer.adaptation import JOB, METHODS
from wsl_core.transfer.adaptation.contract import SEEN
from wsl_core.transfer.adaptation.finished import AdaptationRun, Shipped, load_shipped, shipped
from wsl_core.transfer.adaptation.results import gap_covered
from wsl_core.web.store import Store

TARGET_ACCURACY, SOURCE_ACCURACY = f"{SEEN}target_accuracy", f"{SEEN}source_accuracy"
SOURCE_ONLY, TARGET = "source-only", "target"


def _bytes(run: AdaptationRun) -> int:
    arrays = (run.features, run.points, run.predictions, run.confidence, run.translated)
    return 100_000 + sum(one.nbytes for one in arrays if one is not None)


_runs: Store[AdaptationRun] = Store(settings().cache_megabytes / 8, _bytes)


@dataclass(frozen=True, eq=False)
class Seen:
    """A run, and what it is called.

    Attributes:
        key: its name among the shipped ones, or the id of the visitor's own.
        run: what is known of it.
    """

    key: str
    run: AdaptationRun

    @property
    def method(self) -> str:
        """Title of its method."""
        return METHODS[self.run.parameters.method].title

    def title(self, beside: Sequence["Seen"] = ()) -> str:
        """What it is called; the pair is left out where all runs beside it are on the same one."""
        how, others = self.run.parameters, [one for one in beside if one is not self]
        words = [self.method]
        if any(one.run.pair != self.run.pair for one in others) or not beside:
            words.insert(0, self.run.title)
        alike = [one.run.parameters for one in others if one.method == self.method]
        if any(one.lambda_largest != how.lambda_largest for one in alike):
            words.append(f"lambda to {how.lambda_largest:g}")
        if any(one.network != how.network for one in alike) or (
            not beside and how.network == "paper"
        ):
            words.append(f"{how.network} network")
        if any(one.seed != how.seed for one in alike) or (not beside and how.seed):
            words.append(f"seed {how.seed}")
        if any(one.steps != how.steps for one in alike):
            words.append(f"{how.steps} steps")
        if any(one.run.pair == self.run.pair and one.run.parameters == how for one in others):
            words.append(self.key)
        return ", ".join(words)

    @property
    def count(self) -> int:
        """How many looks there are."""
        return len(self.run.looks)

    def place(self, look: int) -> int:
        """The look that is shown where this one is asked for: the last one there is, beyond the end."""
        return max(0, min(look, self.count - 1))

    def step(self, look: int) -> int:
        """Of a look; of the latest progress where there is no look yet."""
        if self.run.looks:
            return self.run.looks[self.place(look)][0]
        return self.run.curve[-1][0] if self.run.curve else 0

    def nearest(self, step: int) -> int:
        """The look that is nearest to a step."""
        return min(range(self.count), key=lambda look: abs(self.step(look) - step), default=0)

    def looked(self, look: int) -> dict[str, float]:
        """Figures of a look, and of the training as it was then."""
        figures = self.run.looks[self.place(look)][1] if self.run.looks else {}
        return self.told(self.step(look)) | figures

    def told(self, step: int) -> dict[str, float]:
        """Figures of the training, the last ones that were told up to a step."""
        found = next((one for at, one in reversed(self.run.curve) if at <= step), None)
        if found is None:  # at the start nothing was told yet: the first step shows what is meant
            found = self.run.curve[0][1] if self.run.curve else {}
        return found

    def snapshot(self, look: int) -> int | None:
        """Place of a look's snapshot among `run.steps`; None where it has none yet."""
        if not len(self.run.steps):
            return None
        return int(np.abs(self.run.steps - self.step(look)).argmin())

    def curve(self, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Steps and finite values of a figure of the training."""
        return _finite(self.run.curve, name)

    def of_looks(self, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Steps and finite values of a figure of the looks."""
        return _finite(self.run.looks, name)


def _finite(
    told: Sequence[tuple[int, dict[str, float]]], name: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    pairs = np.array([(step, one[name]) for step, one in told if name in one], float).reshape(-1, 2)
    kept = pairs[np.isfinite(pairs[:, 1])]
    return kept[:, 0], kept[:, 1]


@cache
def _every() -> tuple[tuple[Shipped, ...], str]:
    try:
        return shipped(), ""
    except WslError as error:
        return (), str(error)


def every() -> tuple[Shipped, ...]:
    """The runs that come with the program; none where one of them is damaged."""
    return _every()[0]


def damaged() -> str:
    """Why there are none, in a sentence; empty where all is well."""
    return _every()[1]


def of_shipped(name: str) -> Seen:
    """A run that comes with the program.

    Raises:
        WslError: there is none of this name, or its files are damaged.
    """
    run = _runs.get(name)
    if run is None:
        run = load_shipped(name)
        _runs.put(name, run)
    return Seen(name, run)


def of_job(run: jobs.Run) -> Seen | None:
    """A visitor's own run, finished or not; None before anything is known of it.

    Raises:
        WslError: its files cannot be read.
    """
    found = _runs.get(run.id)
    if found is None:
        found = AdaptationRun.of_run(run)
        if found is None:
            return None
        if found.finished:
            _runs.put(run.id, found)
    return Seen(run.id, found)


MINE = "adaptation_runs"  # in the session: ids of the runs that this visitor has looked at


def remember(id: str) -> None:
    """This visitor has looked at this run."""
    known = st.session_state.setdefault(MINE, [])
    if id not in known:
        known.append(id)


def mine() -> list[jobs.Run]:
    """The runs that this visitor has looked at, and that named by the link; those that are still there."""
    linked = st.query_params.get("run")
    ids = [*st.session_state.get(MINE, ()), *([linked] if linked else ())]
    found = []
    for id in dict.fromkeys(ids):
        with contextlib.suppress(JobError):
            found.append(jobs.find(id))
    return [one for one in found if one.name == JOB]


@dataclass(frozen=True)
class Baselines:
    """What a method is compared with; accuracies on the target's evaluation half.

    Attributes:
        source_only: the source's mean taken from the target's pictures.
        centred: the same network, with the target's own mean.
        steps: of the training on the source alone.
        ceiling: trained on labelled target data; None where nobody did.
    """

    source_only: float
    centred: float
    steps: int
    ceiling: float | None = None

    def gap(self, accuracy: float) -> float | None:
        """Share of the way from the better baseline to the ceiling."""
        return gap_covered(accuracy, max(self.source_only, self.centred), self.ceiling)


def baselines(pair: str, network: str) -> Baselines | None:
    """Of a pair, from shipped runs, else from runs on this machine; None where there are none."""
    low = _facts(pair, SOURCE_ONLY, network)
    if low is None:
        return None
    high = _facts(pair, TARGET, network)
    return Baselines(
        low["accuracy"],
        low["accuracy_centred"],
        int(low["steps"]),
        None if high is None else high["accuracy"],
    )


def _facts(pair: str, method: str, network: str) -> dict[str, float] | None:
    """Facts of a finished run of a method on a pair."""
    try:
        for one in every():
            if (one.pair, one.method, one.network) == (pair, method, network):
                return of_shipped(one.name).run.facts
        found = _trained_here(pair, method, network)
        return None if found is None or (seen := of_job(found)) is None else seen.run.facts
    except WslError:  # a damaged run is no baseline
        return None


def _trained_here(pair: str, method: str, network: str) -> jobs.Run | None:
    for one in jobs.runs():
        asked = one.config.get("adaptation", {}) if one.name == JOB else {}
        same = (one.config.get("pair"), asked.get("method"), asked.get("network"))
        if same == (pair, method, network) and one.state == "finished":
            return one
    return None


def on_pair(pair: str) -> list[Shipped]:
    """The shipped runs on a pair."""
    return [one for one in every() if one.pair == pair]
