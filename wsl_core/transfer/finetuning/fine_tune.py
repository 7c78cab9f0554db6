"""`FineTune`: one strategy, from a trained network to a classifier of one's own classes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from numpy.typing import NDArray

from wsl_core.errors import HeadError
from wsl_core.jobs import Progress, Result
from wsl_core.jobs.parts import completed
from wsl_core.transfer.finetuning import delivered
from wsl_core.transfer.finetuning.examples import Examples, drawn, pictures_of
from wsl_core.transfer.finetuning.parameters import FineTuneParameters, RaceParameters
from wsl_core.transfer.finetuning.strategies import strategy

Report = Callable[[float, str], None]


class FineTune:
    """A strategy and what it has learned.

    Attributes:
        strategy: its name.
        how: the parameters.
        accuracy_: on the test pictures, a mean over classes, 0 to 1.
        curve_: figures of every epoch.
        facts_: all that is told of the training.
    """

    def __init__(
        self, name: str = "probe-then-tune", how: FineTuneParameters | None = None, **options: Any
    ) -> None:
        """Nothing is trained yet.

        Args:
            name: of `STRATEGIES`.
            how: the parameters; those of `options` if not given.
            **options: fields of `FineTuneParameters`.

        Raises:
            ParameterError: no such strategy, or a parameter that is not accepted.
        """
        self.strategy = strategy(name).name
        self.how = FineTuneParameters.of(options) if how is None else how
        self.facts_: dict[str, Any] = {}
        self._arrays: dict[str, NDArray[Any]] = {}

    def fit(
        self, examples: Examples | str | Path, report: Report | None = None, **drawing: Any
    ) -> Self:
        """Train in this process.

        Args:
            examples: pictures to learn from and to be tested on; or a folder of class folders or a zip file,
                from which they are drawn.
            report: called with the share done (0 .. 1) and what is being done.
            **drawing: of a folder: `train`, `test`, `classes` and `mixed` of `RaceParameters`.

        Raises:
            ParameterError: a parameter, block or network that is not accepted.
            DatasetError: a folder that cannot be learned from.
        """
        from wsl_core.transfer.finetuning.race import checked, raced

        given = {"strategies": (self.strategy,), "data": "", **drawing}
        if not isinstance(examples, Examples):
            given["data"] = str(examples)
        how = checked(RaceParameters.of(self.how.model_dump() | given))
        if not isinstance(examples, Examples):
            if report is not None:
                report(0.0, "reading pictures")
            examples = completed(drawn(pictures_of(how, {}), how))
        for event in raced(how, examples):
            if isinstance(event, Progress):
                if report is not None:
                    report(event.share, event.doing)
            elif isinstance(event, Result):
                self.facts_, self._arrays = event.facts, event.arrays
        return self

    @property
    def accuracy_(self) -> float:
        """On the test pictures, a mean over classes, 0 to 1."""
        return float(self._told()["accuracy"])

    @property
    def curve_(self) -> list[dict[str, Any]]:
        """Figures of every epoch: losses and accuracies of the training and validation pictures."""
        return list(self._told()["curve"])

    def save(self, place: str | Path) -> None:
        """Write the trained classifier into a folder that `wsl_core.fcn.heads.Head.load` reads.

        Raises:
            HeadError: it is not trained yet, ends in two layers, or the folder cannot be written.
        """
        self._told()
        delivered.save(place, self.facts_, self._arrays, self.strategy)

    def _told(self) -> dict[str, Any]:
        if not self.facts_:
            raise HeadError("This strategy is not trained yet. Call fit first.")
        found: dict[str, Any] = self.facts_["strategies"][0]
        return found
