"""Comparisons of tasks alone and together, and the trainings they are made of; for `benchmarks.multitask`.

A training is kept in WSL_CACHE, named after all that it depends on, so that a run that was broken off goes on
where it was.
"""

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import measure
from wsl_core import whole_files
from wsl_core.jobs.parts import completed
from wsl_core.settings import settings
from wsl_core.transfer.multitask import MultitaskParameters, Request, card
from wsl_core.transfer.multitask.finished import VARIANTS
from wsl_core.transfer.multitask.results import Comparison, Training
from wsl_core.transfer.multitask.task_data import TaskData, load
from wsl_core.transfer.multitask.task_sets import BLOCKS

SHARED = 3  # of the variants


@dataclass(frozen=True)
class Entry:
    """A comparison over seeds: a task set, a fraction of its training part, a branching point, a variant."""

    data: str
    fraction: float
    shared: int
    variant: str = "fixed"

    def request(self, seed: int) -> Request:
        """Of one seed."""
        chosen = {"shared": self.shared, "fraction": self.fraction, "seed": seed}
        how = MultitaskParameters.model_validate(chosen | VARIANTS[self.variant])
        return Request(data=self.data, multitask=how)

    def command(self, seeds: int) -> str:
        """That trains the same."""
        flags = {"weighting": "--weighting", "match": "--match"}
        own = [
            "--surgery" if name == "surgery" else f"{flags[name]} {value}"
            for name, value in VARIANTS[self.variant].items()
        ]
        words = [
            "python -m wsl_core multitask", f"--data {self.data}", f"--shared {self.shared}",
            f"--fraction {self.fraction:g}", f"--seeds {seeds}", *own,
        ]  # fmt: skip
        return " ".join(words)


def entries(data: str) -> list[Entry]:
    """All of a task set."""
    fractions = card(data).fractions
    found = [Entry(data, one, shared) for one in fractions for shared in range(1, BLOCKS + 1)]
    others = [name for name in VARIANTS if name != "fixed"]
    return found + [Entry(data, fractions[-1], SHARED, name) for name in others]


class Trainings:
    """Those of one task set, kept in WSL_CACHE; its pictures are read once, when something is trained."""

    def __init__(self, data: str) -> None:
        self.card = card(data)
        self._data: TaskData | None = None

    def read(self) -> TaskData:
        """The task set."""
        if self._data is None:
            self._data = completed(
                load(self.card), lambda event: measure.say(f"{self.card.name}: {event.doing}")
            )
        return self._data

    def comparison(self, request: Request, *, anew: bool = True) -> Comparison | None:
        """Of one seed; None where it is not kept and nothing is to be trained."""
        from wsl_core.transfer.multitask.training import plan

        how, found, facts = request.settled(), {}, {}
        for name, (tasks, own) in plan(self.card, how).items():
            kept = self._kept(tasks, own)
            if kept is None:
                if not anew:
                    return None
                kept = self._train(tasks, own)
            found[name], facts = Training.from_json(kept), kept
        own = ("said", "held_out", "pictures", "seconds", "date", "machine", "versions")
        facts = {name: facts[name] for name in own}
        return Comparison(request.data, how, facts.pop("pictures"), found, facts)

    def _place(self, tasks: Sequence[str], how: MultitaskParameters) -> Path:
        facts = [
            self.card.name, self.card.shape, repr(self.card.blocks), list(tasks),
            how.model_dump(mode="json"),
        ]  # fmt: skip
        digest = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:24]
        return settings().cache / "multitask-trainings" / f"{digest}.json"

    def _kept(self, tasks: Sequence[str], how: MultitaskParameters) -> dict[str, Any] | None:
        place = self._place(tasks, how)
        if not place.is_file():
            return None
        found: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
        return found

    def _train(self, tasks: Sequence[str], how: MultitaskParameters) -> dict[str, Any]:
        data = self.read()
        train = data.drawn(how.fraction, how.seed)
        began = time.process_time()
        training = one_training(data, train, tasks, how)
        found = training.to_json() | {
            "said": data.said,
            "held_out": len(data.held_out),
            "pictures": len(train),
            "seconds": round(time.process_time() - began, 2),
            **measure.circumstances(("torch", "numpy")),
        }
        words = f"{how.shared} shared, fraction {how.fraction:g}, seed {how.seed}"
        rates = ", ".join(f"{name} {training.rate(name):.3f}" for name in tasks)
        measure.say(f"{self.card.name}, {words}: {rates}; {found['seconds']:.1f} CPU s")
        place = self._place(tasks, how)
        place.parent.mkdir(parents=True, exist_ok=True)
        whole_files.write(place, json.dumps(found).encode())
        return found


def one_training(data: TaskData, train: Any, tasks: Sequence[str], how: Any) -> Training:
    """Its looks."""
    from wsl_core.transfer.multitask.fitting import Look, fitted

    events = fitted(data, train, tasks, how)
    looks = [(one.step, one.figures) for one in events if isinstance(one, Look)]
    return Training(tuple(tasks), tuple(looks))
