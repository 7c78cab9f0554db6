"""A run of an adaptation as people look at it: curves, looks, features in the plane; NumPy only.

It is made of a result, of a run that is still under way, or of a folder: those in `assets/runs` come with
the program, so that there is something to see before anything is trained.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from wsl_core import jobs
from wsl_core.datasets import domains
from wsl_core.errors import JobError, ParameterError
from wsl_core.transfer.adaptation import JOB, AdaptationParameters
from wsl_core.transfer.adaptation.choice import probabilities
from wsl_core.transfer.adaptation.contract import PROBE, SEEN, SNAPSHOT
from wsl_core.transfer.adaptation.finished_folder import SUMMARY, read, summary, write
from wsl_core.transfer.adaptation.projection import principal_plane
from wsl_core.transfer.adaptation.request import Request

Figures = dict[str, float]
Told = tuple[tuple[int, Figures], ...]
Arrays = Mapping[str, NDArray[Any]]

READ = (SNAPSHOT, PROBE)  # of the arrays of a run; the others are the network's
HERE = Path(__file__).parent
# In an installation they lie in the package; in a checkout of the project, in its assets.
PLACES = (HERE / "shipped", HERE.parents[2] / "assets" / "runs")


@dataclass(frozen=True, eq=False)
class AdaptationRun:
    """A run of an adaptation, finished or not; small enough to ship.

    P values are looked at L times: some of the source first, then as many of the target's evaluation half,
    the same at every look. Figures whose names begin with `evaluation_` only the evaluation has seen.

    Attributes:
        pair: its name.
        title: the pair's, for people.
        classes: names, in the order of the labels.
        parameters: settled.
        curve: step and figures of every progress; of a shipped run, of at most 400.
        looks: step and figures of every look.
        facts: what else the result says (accuracy, oracle, remarks, seconds, ...); empty while it runs.
        labels: (P,) true ones; those of the target only the evaluation has seen.
        domains: (P,) 0 for the source, 1 for the target.
        places: (P,) in the pair's `source` or `evaluation`; of the ceiling, `target_labelled` is the source.
        steps: (L,) at which the snapshots were taken.
        features: (L, P, D) what the last layer reads; None of a shipped run.
        points: (L, P, 2) features in one plane, as `projection.principal_plane` says.
        predictions: (L, P) the class with the highest score.
        confidence: (L, P) its probability, 0 to 1.
        translated: (L, 2, 8, H, W, 3) of image translation: the first 8 values of each domain (0 source, 1
            target) as the other domain would show them; otherwise None.
        finished: whether it has its result.
    """

    pair: str
    title: str
    classes: tuple[str, ...]
    parameters: AdaptationParameters
    curve: Told
    looks: Told
    labels: NDArray[np.int64]
    domains: NDArray[np.int8]
    places: NDArray[np.int64]
    steps: NDArray[np.int64]
    points: NDArray[np.float32]
    predictions: NDArray[np.int16]
    confidence: NDArray[np.float16]
    features: NDArray[np.float16] | None = None
    translated: NDArray[np.uint8] | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    finished: bool = False

    @classmethod
    def of(cls, result: jobs.Result) -> Self:
        """A finished run."""
        apart = ("pair", "title", "classes", "parameters", "curve", "looks", "model")
        facts = result.facts
        return cls(
            facts["pair"],
            facts["title"],
            tuple(facts["classes"]),
            AdaptationParameters(**facts["parameters"]),
            _told(facts["curve"]),
            _told(facts["looks"]),
            **_snapshots(result.arrays),
            facts={name: value for name, value in facts.items() if name not in apart},
            finished=True,
        )

    @classmethod
    def of_checkpoint(cls, run: jobs.Run) -> Self | None:
        """A run as far as it has come: its figures up to now, its snapshots up to the last checkpoint.

        None where it is no adaptation. Before the first checkpoint there are no snapshots, and classes have
        numbers for names.

        Raises:
            ParameterError: it was asked for something that is not accepted.
        """
        if run.name != JOB:
            return None
        asked = Request.of(run.config)
        history = [one for one in run.history() if one.figures]
        seen = [any(name.startswith(SEEN) for name in one.figures) for one in history]
        told = [(one.step or 0, one.figures) for one in history]
        last = run.checkpoint(READ)
        card = domains.card(asked.pair)
        classes = last.state.get("classes") if last else None
        return cls(
            asked.pair,
            card.title,
            tuple(classes or map(str, range(card.classes))),
            asked.settled(),
            tuple(one for one, look in zip(told, seen, strict=True) if not look),
            tuple(one for one, look in zip(told, seen, strict=True) if look),
            **_snapshots(last.arrays if last else {}),
        )

    @classmethod
    def of_run(cls, run: jobs.Run) -> Self | None:
        """A run as it stands; the network's weights are not read. None where it is no adaptation.

        Raises:
            ParameterError: it was asked for something that is not accepted.
        """
        if run.name == JOB and run.state == "finished":
            return cls.of(run.result(READ))
        return cls.of_checkpoint(run)

    @property
    def name(self) -> str:
        """What its folder is called: pair and method, then what differs from the usual."""
        how = self.parameters
        paper, seed = how.network == "paper", how.seed
        return f"{self.pair}-{how.method}{'-paper' * paper}{f'-seed-{seed}' if seed else ''}"

    def save(self, folder: Path) -> None:
        """Write it into a folder, without the features.

        Raises:
            ParameterError: the folder cannot be written.
        """
        facts = {
            "pair": self.pair,
            "title": self.title,
            "classes": list(self.classes),
            "parameters": self.parameters.model_dump(mode="json"),
            "looks": [{"step": step, **figures} for step, figures in self.looks],
            "finished": self.finished,
            "facts": self.facts,
        }
        arrays = {name: getattr(self, name) for name in ARRAYS}
        write(folder, facts, self.curve, arrays, self.translated)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """The counterpart of `save`.

        Raises:
            JobError: a file is missing, damaged, or of another version.
        """
        facts, curve, arrays, translated = read(folder)
        try:
            return cls(
                facts["pair"],
                facts["title"],
                tuple(facts["classes"]),
                AdaptationParameters(**facts["parameters"]),
                curve,
                _told(facts["looks"]),
                **{name: arrays[name].astype(kind) for name, kind in ARRAYS.items()},
                translated=translated,
                facts=facts["facts"],
                finished=facts["finished"],
            )
        except (KeyError, TypeError, ValueError) as error:
            raise _damaged(folder, error) from None


ARRAYS: dict[str, type] = {
    "labels": np.int64, "domains": np.int8, "places": np.int64, "steps": np.int64,
    "points": np.float32, "predictions": np.int16, "confidence": np.float16,
}  # fmt: skip


@dataclass(frozen=True)
class Shipped:
    """What a menu says of a run that comes with the program.

    Attributes:
        name: of its folder.
        title: of the pair, for people.
        pair: its name.
        method: its name.
        network: "fast" or "paper".
        seed: of the training.
        accuracy: on the target's evaluation half, 0 to 1; seen by the evaluation only.
    """

    name: str
    title: str
    pair: str
    method: str
    network: str
    seed: int
    accuracy: float


def shipped() -> tuple[Shipped, ...]:
    """The runs that come with the program, by pair and method in the order of their registries.

    Raises:
        JobError: one of them is damaged.
    """
    from wsl_core.transfer.adaptation.methods import METHODS

    pairs, methods = list(domains.PAIRS), list(METHODS)
    found = [_shipped(folder) for folder in _folders().values()]
    return tuple(
        sorted(found, key=lambda o: (pairs.index(o.pair), methods.index(o.method), o.name))
    )


def load_shipped(name: str) -> AdaptationRun:
    """A run that comes with the program.

    Raises:
        ParameterError: there is none of this name.
        JobError: it is damaged.
    """
    folders = _folders()
    if name not in folders:
        raise ParameterError(
            f"There is no finished run {name!r}. Shipped are: {', '.join(folders) or 'none'}."
        )
    return AdaptationRun.load(folders[name])


def _folders() -> dict[str, Path]:
    """The folders of shipped runs, by name; those in the package go before."""
    found = {card.parent.name: card.parent for p in PLACES[::-1] for card in p.glob(f"*/{SUMMARY}")}
    return dict(sorted(found.items()))


def _shipped(folder: Path) -> Shipped:
    facts = summary(folder)
    try:
        how = facts["parameters"]
        return Shipped(
            folder.name, facts["title"], facts["pair"], how["method"], how["network"], how["seed"],
            facts["facts"]["accuracy"],
        )  # fmt: skip
    except (KeyError, TypeError) as error:
        raise _damaged(folder, error) from None


def _damaged(folder: Path, error: Exception) -> JobError:
    return JobError(
        f"The run in {folder} is damaged: {type(error).__name__} at {error}. Get it again, or make it again."
    )


def _told(rows: Sequence[Mapping[str, Any]]) -> Told:
    """Step and figures, apart."""
    return tuple((int(row["step"]), {k: v for k, v in row.items() if k != "step"}) for row in rows)


def _snapshots(arrays: Arrays) -> dict[str, Any]:
    """The fields of a run that come from what was kept at its looks; empty before the first."""
    ends = [arrays.get(PROBE + name, np.zeros(0, np.int64)) for name in ("source", "evaluation")]
    count = sum(map(len, ends))
    features = arrays.get(f"{SNAPSHOT}features", np.zeros((0, count, 1), np.float16))
    scores = arrays.get(f"{SNAPSHOT}scores", np.zeros((0, count, 1), np.float16))
    shares = probabilities(scores.reshape(-1, scores.shape[-1])).reshape(scores.shape)
    return {
        "labels": arrays.get(f"{PROBE}labels", np.zeros(0, np.int64)),
        "domains": np.repeat(np.arange(2, dtype=np.int8), [len(one) for one in ends]),
        "places": np.concatenate(ends),
        "steps": arrays.get(f"{SNAPSHOT}steps", np.zeros(0, np.int64)),
        "features": features,
        "points": principal_plane(features),
        "predictions": scores.argmax(-1).astype(np.int16),
        "confidence": shares.max(-1).astype(np.float16),
        "translated": arrays.get(f"{SNAPSHOT}translated"),
    }
