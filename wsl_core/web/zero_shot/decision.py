"""What a method says of a picture, of classes as the visitor describes them, and why."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wsl_core.datasets.attributes import AttributeTable
from wsl_core.transfer.zero_shot import reasons
from wsl_core.transfer.zero_shot.backbone import Taught
from wsl_core.web.zero_shot import animals, rows
from wsl_core.web.zero_shot.animals import Setting
from wsl_core.web.zero_shot.asked import Asked

TELLING = 6  # attributes with a slider
CARRIED = 8  # attributes with a bar in why
PREDICTED = 12  # attributes of the picture with a bar
CERTAIN = 0.1  # a deviation below it counts as much


@dataclass(frozen=True, eq=False)
class Decision:
    """What a method says of a picture.

    Attributes:
        setting: the method.
        table: as the visitor has it.
        before: the same without the visitor's values.
        row: (D,) of the picture.
        gamma: off the scores of seen classes.
        taught: by class what the network itself was taught.
        digest: of a table of the visitor's own; "" for the published one.
    """

    setting: Setting
    table: AttributeTable
    before: AttributeTable
    row: NDArray[np.float32] = field(repr=False)
    gamma: float
    taught: dict[str, Taught] = field(repr=False)
    digest: str = ""

    @cached_property
    def new(self) -> NDArray[np.bool_]:
        """(classes,) those of which no picture was shown."""
        return rows.new_ones(self.setting.new, len(self.table.classes))

    @cached_property
    def raw(self) -> NDArray[np.float64]:
        """(classes,) scores before calibration."""
        scores = self.setting.fitted.scores(self.row[None], self.table.values)
        return np.asarray(scores[0], np.float64)

    @cached_property
    def scores(self) -> NDArray[np.float64]:
        """(classes,) with gamma off the seen ones."""
        return np.asarray(animals.lowered(self.raw, self.new, self.gamma), np.float64)

    @cached_property
    def order(self) -> NDArray[np.intp]:
        """The classes, the winner first."""
        return np.argsort(-self.scores, kind="stable")

    @cached_property
    def predicted(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(attributes,) what the picture is predicted to have, 0 .. 1, and how far off that usually is."""
        made = animals.predictor(self.setting.split, self.digest)
        return np.asarray(made.predict(self.row[None])[0], float), np.asarray(made.deviation, float)

    def carried(self) -> list[tuple[str, float]]:
        """The attributes that set the winner most apart from the second, for and against."""
        best, second = self.order[:2]
        parts = reasons.carried(
            self.setting.fitted, self.row, self.table.values[best], self.table.values[second]
        )
        return [
            (self.table.attributes[one], float(parts[one]))
            for one in np.argsort(-np.abs(parts))[:CARRIED]
            if abs(parts[one]) > 0
        ]

    def telling(self, name: str) -> list[str]:
        """The attributes that set a class's published row most apart from its best rival's here."""
        place, values = self.before.index(name), self.before.values
        scores = self.setting.fitted.scores(self.row[None], values)[0]
        rival = int(np.where(np.arange(len(values)) == place, -np.inf, scores).argmax())
        weights = reasons.carried(self.setting.fitted, self.row, values[place], values[rival])
        return [self.before.attributes[one] for one in np.argsort(-np.abs(weights))[:TELLING]]

    def standing_out(self) -> NDArray[np.intp]:
        """The attributes by which the picture differs most from the mean of all classes, largest first."""
        values, deviations = self.predicted
        apart = (values - self.before.values.mean(axis=0)) / np.maximum(deviations, CERTAIN)
        chosen = np.argsort(-np.abs(apart))[:PREDICTED]
        return chosen[np.argsort(-apart[chosen])]


def decided(place: Asked, split: str, method: str, gamma: float) -> Decision:
    """What the method says now.

    Raises:
        WslError: no network, or no animals.
    """
    mine = rows.own()
    made = animals.setting(split, method, mine.table)
    before = rows.grown(made.animals.table, mine)
    table = rows.edited(before, mine)
    taught = animals.in_network(before)
    return Decision(made, table, before, place.row(), gamma * made.spread, taught, mine.table)
