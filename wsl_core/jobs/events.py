"""What a job is given and what it yields."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Arrays: TypeAlias = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Progress:
    """How far a job is.

    Attributes:
        share: of the work that is done, 0 .. 1.
        doing: what is being done, in words.
        step: of a training: how many updates are done.
        figures: by name, such as a loss; in true units, not finite where a run diverged.
    """

    share: float
    doing: str = ""
    step: int | None = None
    figures: dict[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The fields as plain JSON values, whatever number types a job filled in."""
        figures = {name: float(value) for name, value in self.figures.items()}
        step = None if self.step is None else int(self.step)
        return asdict(self) | {"share": float(self.share), "step": step, "figures": figures}

    @classmethod
    def from_json(cls, facts: Mapping[str, Any]) -> Progress:
        """The counterpart of `to_json`; other keys are passed over."""
        return cls(facts["share"], facts["doing"], facts["step"], facts["figures"])


@dataclass(frozen=True)
class Checkpoint:
    """All that a job needs to go on from here to the same result as an unbroken run.

    Attributes:
        step: how many steps are done.
        arrays: by name, any shape and numeric type.
        state: what is no array (generators, schedules); plain JSON values.
    """

    step: int
    arrays: Arrays
    state: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """What a job has found out; its last event.

    Attributes:
        facts: plain JSON values.
        arrays: by name, any shape and numeric type.
    """

    facts: dict[str, Any]
    arrays: Arrays = field(default_factory=dict)


@dataclass(frozen=True)
class Task:
    """What a job works on.

    Attributes:
        config: plain JSON values.
        arrays: by name, any shape and numeric type.
        checkpoint: where an earlier attempt stopped; None at the first.
    """

    config: dict[str, Any]
    arrays: Arrays = field(default_factory=dict)
    checkpoint: Checkpoint | None = None


Event: TypeAlias = Progress | Checkpoint | Result
Job: TypeAlias = Callable[[Task], Iterator[Event]]
