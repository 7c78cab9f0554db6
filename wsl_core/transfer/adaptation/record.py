"""What a run has told so far: curve, looks, snapshots, and the evaluation; imported in workers only.

Figures that come from the evaluation half begin with `evaluation_`; no training is ever given them.
"""

import datetime
import zlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wsl_core.datasets.domains import DomainPair
from wsl_core.errors import DatasetError
from wsl_core.jobs import Checkpoint, Result
from wsl_core.transfer.adaptation.contract import (
    MODEL,
    PROBE,
    SEEN,
    SNAPSHOT,
    SOURCE,
    TARGET,
    Adapted,
    Labelled,
)
from wsl_core.transfer.adaptation.diagnosis import remarks
from wsl_core.transfer.adaptation.fitting import Look
from wsl_core.transfer.adaptation.methods import method
from wsl_core.transfer.adaptation.parameters import AdaptationParameters
from wsl_core.transfer.adaptation.torch_adapted import AdaptedFeatures, AdaptedNetwork

PROBED = 200  # values of each domain whose features are kept at every look
DRAWN = 8  # of each domain whose translations are kept at every look
CRITERIA = ("infomax", "entropy", "snd", "reverse")
Figures = dict[str, float]


def accuracy(adapted: Adapted, labelled: Labelled) -> float:
    """The share of values that are given their own label."""
    return float((adapted.predict(labelled.values) == labelled.labels).mean())


@dataclass
class Record:
    """What a run has told so far.

    Attributes:
        pair: the domains.
        source: what is trained on.
        how: the parameters, settled.
        data: a digest of the pictures.
        probes: values of source and evaluation half whose features are kept.
        curve: step and figures of every progress.
        looks: step and figures of every look.
        snapshots: by name, one array a look.
        seconds: of training, without evaluation.
    """

    pair: DomainPair
    source: Labelled
    how: AdaptationParameters
    data: int
    probes: tuple[NDArray[np.int64], NDArray[np.int64]]
    curve: list[tuple[int, Figures]] = field(default_factory=list)
    looks: list[tuple[int, Figures]] = field(default_factory=list)
    snapshots: dict[str, list[NDArray[Any]]] = field(default_factory=dict)
    seconds: float = 0.0

    @classmethod
    def of(
        cls, pair: DomainPair, source: Labelled, how: AdaptationParameters, data: int
    ) -> "Record":
        """At the start; the probes are the same for every seed and method."""
        counts = (len(source.values), len(pair.evaluation.values))
        one, other = (np.random.default_rng(0).permutation(count)[:PROBED] for count in counts)
        return cls(pair, source, how, data, (one, other))

    @property
    def evaluation(self) -> Labelled:
        """What is measured on; the ceiling has its own where both would share pictures."""
        own = self.pair.ceiling_evaluation if method(self.how.method).target_labels else None
        return own or self.pair.evaluation

    def look(self, look: Look) -> Figures:
        """Measure the network on the evaluation half, and keep what the probes give."""
        adapted, evaluation = look.adapted, self.evaluation
        features = adapted.features(evaluation.values)
        right = adapted.scores_of(features).argmax(1) == evaluation.labels
        figures = look.figures | {f"{SEEN}target_accuracy": float(right.mean())}
        if self.pair.source_evaluation is not None:
            held_out = self.pair.source_evaluation
            figures[f"{SEEN}source_accuracy"] = accuracy(adapted.on_source, held_out)
        values = (self.source.values[self.probes[0]], self.pair.evaluation.values[self.probes[1]])
        if evaluation is self.pair.evaluation:
            probed = features[self.probes[1]]
        else:
            probed = adapted.features(values[TARGET])
        both = (adapted.on_source.features(values[SOURCE]), probed)
        scores = [adapted.scores_of(one) for one in both]
        self._keep("features", np.concatenate(both).astype(np.float16))
        self._keep("scores", np.concatenate(scores).astype(np.float16))
        drawn = [look.learner.translated(values[d][:DRAWN], d) for d in (SOURCE, TARGET)]
        pictures = [one for one in drawn if one is not None]
        if pictures:
            self._keep("translated", np.stack(pictures))
        self.looks.append((look.step, figures))
        return figures

    def _keep(self, name: str, value: NDArray[Any]) -> None:
        known = self.snapshots.setdefault(name, [])
        if known and known[-1].shape != value.shape:  # subspaces of other dimensions than before
            width = min(known[-1].shape[-1], value.shape[-1])
            known[:] = [one[..., :width] for one in known]
            value = value[..., :width]
        known.append(value)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Snapshots, the latest last, and the probes."""
        found = {SNAPSHOT + name: np.stack(values) for name, values in self.snapshots.items()}
        labels = (self.source.labels[self.probes[0]], self.pair.evaluation.labels[self.probes[1]])
        return found | {
            f"{SNAPSHOT}steps": np.array([step for step, _ in self.looks]),
            f"{PROBE}source": self.probes[0],
            f"{PROBE}evaluation": self.probes[1],
            f"{PROBE}labels": np.concatenate(labels),
        }

    def state(self) -> dict[str, Any]:
        """For a checkpoint, beside the arrays."""
        return {
            "curve": list(self.curve), "looks": list(self.looks), "seconds": self.seconds, "data": self.data,
            "classes": list(self.pair.classes),
        }  # fmt: skip

    def restore(self, checkpoint: Checkpoint) -> None:
        """The counterpart of `state` and `arrays`.

        Raises:
            DatasetError: the pictures are others than those that the run was begun with.
        """
        state = checkpoint.state
        if state["data"] != self.data:
            raise DatasetError(
                f"The pictures of {self.pair.title} have changed since this run was begun. Start it anew."
            )
        self.curve = [(step, figures) for step, figures in state["curve"]]
        self.looks = [(step, figures) for step, figures in state["looks"]]
        self.seconds = state["seconds"]
        for name in ("features", "scores", "translated"):
            if SNAPSHOT + name in checkpoint.arrays:
                self.snapshots[name] = list(checkpoint.arrays[SNAPSHOT + name])

    def result(self, adapted: AdaptedNetwork | AdaptedFeatures) -> Result:
        """The facts and arrays of a finished run."""
        pair, seen = self.pair, f"{SEEN}target_accuracy"
        trained = [one for one in self.looks if one[0]] or self.looks
        best = _best(trained, seen)
        picks = {name: _best(trained, name) for name in CRITERIA}
        by = picks.get(self.how.choice, trained[-1])
        centred = adapted.centred if isinstance(adapted, AdaptedNetwork) else adapted
        model, tensors = adapted.saved()
        facts = {
            "pair": pair.name,
            "title": pair.title,
            "classes": list(pair.classes),
            "shape": list(pair.evaluation.values.shape[1:]),
            "parameters": self.how.model_dump(mode="json"),
            "steps": self.curve[-1][0] if self.curve else 0,
            "accuracy": accuracy(adapted, self.evaluation),
            "accuracy_centred": accuracy(centred, self.evaluation),
            "parts": {
                title: accuracy(adapted, pair.evaluation[mask])
                for title, mask in pair.parts.items()
            },
            "kept": {"by": self.how.choice, "step": by[0]},
            "oracle": {"step": best[0], "accuracy": best[1][seen]},
            "picks": {name: {"step": s, "accuracy": f[seen]} for name, (s, f) in picks.items()},
            "seconds": self.seconds,
            "remarks": remarks(self.curve, self.looks, len(pair.classes)),
            "looks": [{"step": step, **figures} for step, figures in self.looks],
            "curve": [{"step": step, **figures} for step, figures in self.curve],
            "data": pair.data,
            "notes": list(pair.notes),
            "licence": pair.licence,
            "counts": {
                "source": len(self.source.values),
                "target": len(pair.target.values),
                "evaluation": len(self.evaluation.values),
            },
            "ceiling": pair.target_labelled is not None,
            "model": model,
            "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        }
        arrays = {MODEL + name: value for name, value in tensors.items()} | self.arrays()
        return Result(facts, arrays)


def _best(looks: list[tuple[int, Figures]], name: str) -> tuple[int, Figures]:
    """The look with the highest of a figure."""
    return max(looks, key=lambda one: one[1][name])


def digest(*values: NDArray[Any]) -> int:
    """A number that other pictures would have otherwise."""
    found = 0
    for one in values:
        found = zlib.adler32(np.ascontiguousarray(one).data, found)
    return found
