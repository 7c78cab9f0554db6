"""Trainings of adaptation that are kept: each is trained once; for `benchmarks.adaptation_pairs`.

A training has two files in WSL_CACHE, in `adaptation_trainings`: its facts and its arrays, named after what
was asked for with every default filled in, parameters of other methods left out. Another recipe is therefore
another training. While one is
trained a lock is held, so that a second process waits for it instead of training it, too.
"""

import hashlib
import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import measure
from wsl_core import jobs, whole_files
from wsl_core.jobs.locks import Lock
from wsl_core.settings import settings
from wsl_core.transfer.adaptation.methods import METHODS, method
from wsl_core.transfer.adaptation.request import Request

PACKAGES = ("torch", "openvino", "numpy", "scikit-learn")
LOOK_S = 5.0  # between two looks at a training of another process
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
