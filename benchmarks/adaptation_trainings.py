"""Trainings of adaptation that are kept: each is trained once; for `benchmarks.adaptation_pairs`.

A training has two files in WSL_CACHE, in `adaptation_trainings`: its facts and its arrays, named after what
was asked for with every default filled in, parameters of other methods left out. Another recipe is therefore
another training. While one is trained a lock is held, so that a second process waits for it instead of
training it, too.

`results/adaptation_trainings.csv` has a row a training, with the facts that the figures are made of: what was
trained once, on whichever machine, need not be trained again.
"""

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import measure
from wsl_core import jobs, whole_files
from wsl_core.jobs.locks import Lock
from wsl_core.settings import settings
from wsl_core.transfer.adaptation.methods import METHODS, method
from wsl_core.transfer.adaptation.request import Request

TABLE = "adaptation_trainings"
PACKAGES = ("torch", "openvino", "numpy", "scikit-learn")
LOOK_S = 5.0  # between two looks at a training of another process
COUNTS = {"source": "source_pictures", "target": "target_pictures", "evaluation": "evaluated"}
DIGITS = 4  # of a fraction
SEEN = "evaluation_target_accuracy"


@dataclass(frozen=True)
class Training:
    """A training, done or not.

    Attributes:
        request: what is asked for, with every default filled in.
    """

    request: Request

    @classmethod
    def of(cls, request: Request) -> "Training":
        """With the recipe's values wherever none were given."""
        return cls(request.model_copy(update={"adaptation": request.settled()}))

    @property
    def key(self) -> str:
        """A name that no other request has."""
        how = self.request.adaptation
        card = method(how.method)
        foreign = {name for one in METHODS.values() for name in one.parameters} - {*card.parameters}
        asked = json.dumps(how.model_dump(mode="json", exclude=foreign), sort_keys=True)
        digest = hashlib.sha256(asked.encode()).hexdigest()[:12]
        return f"{self.request.pair}-{how.method}-{how.network}-{how.seed}-{digest}"

    @property
    def words(self) -> str:
        """For a line of progress."""
        how = self.request.adaptation
        return (
            f"{self.request.pair} {how.method}, {how.network}, seed {how.seed}, {how.steps} steps"
        )

    def kept(self) -> dict[str, Any] | None:
        """The facts of its result, and the machine; None where it has not been trained."""
        place = self._place(".json")
        return json.loads(place.read_text("utf-8")) if place.is_file() else None

    def result(self) -> jobs.Result | None:
        """Facts and arrays, as the job gave them; None where it has not been trained."""
        from safetensors.numpy import load_file

        facts = self.kept()
        if facts is None:
            return None
        return jobs.Result(facts, load_file(self._place(".safetensors")))

    def facts(self) -> dict[str, Any]:
        """The facts, trained where they are not kept.

        Raises:
            WslError: what the training refuses, or that it diverged.
        """
        place = self._place(".lock")
        place.parent.mkdir(parents=True, exist_ok=True)
        lock, told = Lock(place), False
        while (found := self.kept()) is None:
            if lock.take():
                try:
                    found = self.kept() or self._train()  # it may have been trained meanwhile
                finally:
                    lock.release()
                break
            if not told:
                measure.say(f"{self.words}: another process is at it")
                told = True
            time.sleep(LOOK_S)
        return found

    def forget(self) -> None:
        """Let it be trained again."""
        for suffix in (".json", ".safetensors"):
            self._place(suffix).unlink(missing_ok=True)

    def _train(self) -> dict[str, Any]:
        from safetensors.numpy import save

        from wsl_core.transfer.adaptation import training

        began = time.monotonic()
        measure.say(self.words)
        last = None
        for event in training.adapt(jobs.Task(self.request.model_dump(mode="json"))):
            match event:
                case jobs.Progress(figures=figures) if SEEN in figures:
                    measure.say(f"  step {event.step}: {100 * figures[SEEN]:.1f} %")
                case jobs.Result():
                    last = event
        assert last is not None
        facts = last.facts | measure.circumstances(PACKAGES) | {"date": last.facts["date"]}
        minutes = (time.monotonic() - began) / 60
        measure.say(f"  accuracy {100 * facts['accuracy']:.1f} %, {minutes:.1f} minutes")
        whole_files.write(self._place(".safetensors"), save(dict(last.arrays)))
        whole_files.write(
            self._place(".json"), json.dumps(facts).encode()
        )  # last: it says that all is there
        return facts

    def _place(self, suffix: str) -> Path:
        return settings().cache / "adaptation_trainings" / f"{self.key}{suffix}"


def written() -> dict[str, dict[str, Any]]:
    """The facts of every training in the table, by its key: those that a row holds."""
    return {one["key"]: _facts(one) for one in measure.read(TABLE)}


def _facts(row: Mapping[str, str]) -> dict[str, Any]:
    parts = (one.rsplit(" ", 1) for one in row["parts"].split("; ") if one)
    return {
        "accuracy": float(row["accuracy"]),
        "accuracy_centred": float(row["accuracy_centred"]),
        "oracle": {"accuracy": float(row["oracle"]), "step": int(row["oracle_step"])},
        "seconds": float(row["seconds"]),
        "steps": int(row["steps"]),
        "data": row["data"],
        "ceiling": row["ceiling"] == "True",
        "counts": {name: int(row[column]) for name, column in COUNTS.items()},
        "parts": {name: float(value) for name, value in parts},
        "notes": [row["notes"]],
        **{name: row[name] for name in ("date", "machine", "versions")},
    }


def row(training: Training, facts: Mapping[str, Any]) -> dict[str, Any]:
    """A training's row for the table."""
    how, last = training.request.adaptation, facts["looks"][-1]
    return {
        "pair": training.request.pair,
        "method": how.method,
        "network": how.network,
        "seed": how.seed,
        "steps": facts["steps"],
        "negatives": how.negatives,
        "augmentation": how.augmentation,
        "accuracy": round(facts["accuracy"], DIGITS),
        "accuracy_centred": round(facts["accuracy_centred"], DIGITS),
        "oracle": round(facts["oracle"]["accuracy"], DIGITS),
        "oracle_step": facts["oracle"]["step"],
        **{f"by_{name}": round(one["accuracy"], DIGITS) for name, one in facts["picks"].items()},
        "proxy_distance": round(last["proxy_distance"], 3),
        "seconds": round(facts["seconds"], 1),
        "data": facts["data"],
        "ceiling": facts["ceiling"],
        **{column: facts["counts"][name] for name, column in COUNTS.items()},
        "parts": "; ".join(f"{name} {value:.{DIGITS}f}" for name, value in facts["parts"].items()),
        "notes": " ".join(facts["notes"]),
        "remarks": " ".join(facts["remarks"]),
        "key": training.key,
        **{name: facts[name] for name in ("date", "machine", "versions")},
    }
