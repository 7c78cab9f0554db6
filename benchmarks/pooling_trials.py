"""One head after the other: trained on some pictures, judged on others; for `benchmarks.pooling_schemes`."""

import datetime
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import fmean
from typing import Any, TypeVar

import numpy as np

from benchmarks import measure
from benchmarks.judged_pictures import MIRROR, SIZES, Figures, Judge, measured
from wsl_core import whole_files
from wsl_core.datasets import relatives
from wsl_core.datasets.labelled import LabelledPictures
from wsl_core.fcn import pronet
from wsl_core.fcn.heads.parameters import TrainingParameters
from wsl_core.fcn.heads.request import Request
from wsl_core.fcn.localization.untrained import grouped
from wsl_core.figures.pooling_schemes import PRONET, UNTRAINED, WSLOCALIZATION
from wsl_core.jobs.parts import completed
from wsl_core.networks import Network
from wsl_core.settings import settings

FIFTH, VAL = "a fifth of train", "val"
KEPT = "pooling_trials.json"  # in WSL_CACHE
Result = TypeVar("Result")


@dataclass(frozen=True)
class Setting:
    """What is trained: a scheme, its start, seed, learning rate and decay; empty where nothing is."""

    scheme: str
    start: str
    seed: int | None = None
    rate: float | None = None
    decay: float | None = None

    def from_start(self, start: str, seed: int) -> "Setting":
        """The same from another start and seed."""
        return replace(self, start=start, seed=seed)

    def of(self, scheme: str) -> "Setting":
        """The same for another scheme."""
        return replace(self, scheme=scheme)

    @property
    def training(self) -> TrainingParameters:
        """How it is trained; all that is not said here is the default."""
        return TrainingParameters(
            sizes=SIZES, mirror=MIRROR, rate=self.rate, decay=self.decay, seed=self.seed or 0,
            initialisation=self.start,
        )  # fmt: skip


@dataclass(frozen=True)
class Trial:
    """A trained head, judged.

    Attributes:
        setting: of the head.
        judged: on which pictures.
        figures: by method (the scheme; for max pooling WSLocalization, too) the four metrics, 0 .. 1.
        date: of the training.
    """

    setting: Setting
    judged: str
    figures: Mapping[str, Figures]
    date: str

    @property
    def merit(self) -> float:
        """What is chosen by: the mean of classification mAP and point mAP over all classes."""
        own = self.figures[self.setting.scheme]
        return fmean((own["classification_map"], own["point_map"]))

    def rows(self) -> list[dict[str, Any]]:
        """A row a method, for a table of trainings."""
        own = {"judged": self.judged, "date": self.date}
        return [
            {"method": method}
            | asdict(self.setting)
            | own
            | {name: round(value, 6) for name, value in found.items()}
            for method, found in self.figures.items()
        ]


def place() -> Path:
    """Where figures are kept from run to run."""
    return settings().cache / KEPT


def parted(pictures: LabelledPictures) -> tuple[LabelledPictures, LabelledPictures]:
    """Four fifths and the fifth that is left, drawn at random, the same every time."""
    fold = np.random.default_rng(0).integers(0, 5, len(pictures.pictures))
    parts = [
        tuple(one for one, there in zip(pictures.pictures, inside, strict=True) if there)
        for inside in (fold != 0, fold == 0)
    ]
    titles = f"four fifths of {pictures.title}", f"a fifth of {pictures.title}"
    return tuple(  # type: ignore[return-value]
        replace(pictures, title=title, pictures=part)
        for title, part in zip(titles, parts, strict=True)
    )


class Trials:
    """Trains and judges, everything once: what was found before is read from WSL_CACHE."""

    def __init__(
        self,
        network: Network,
        learned: LabelledPictures,
        judged: LabelledPictures,
        title: str,
    ) -> None:
        """Nothing is trained yet.

        Args:
            network: frozen.
            learned: pictures to train on.
            judged: pictures to judge on, none of the others.
            title: what the latter are called.
        """
        self.network, self.learned, self.title = network, learned, title
        self.judge = Judge(network, judged)
        self._place = place()

    @classmethod
    def of_fifth(cls, network: Network, train: LabelledPictures) -> "Trials":
        """On four fifths of the training pictures, judged on the one that is left."""
        return cls(network, *parted(train), FIFTH)

    def run(self, setting: Setting) -> Trial:
        """A head trained so, judged."""
        return self._once(setting, lambda: self._trained(setting))

    def untrained(self) -> Trial:
        """The maps of ImageNet's classes, grouped."""
        groups = relatives.kind_of(self.learned.classes)
        return self._once(
            Setting(UNTRAINED, ""),
            lambda: {UNTRAINED: measured(self.judge.read(lambda maps: grouped(maps, groups)))},
        )

    def shipped(self, name: str) -> Trial:
        """A ProNet that comes with the program; it is measured anew wherever it has changed."""
        head = pronet.ProNet.load(name)
        card = head.card
        setting = Setting(
            PRONET, card.initialisation, card.seed, card.recipe.rate, card.recipe.decay
        )
        return self._once(
            setting, lambda: {PRONET: self._looked(head)}, f"shipped {card.tensors_sha256}"
        )

    def _trained(self, setting: Setting) -> dict[str, Figures]:
        from wsl_core.fcn.heads import training

        if setting.scheme == PRONET:
            return {PRONET: self._pronet(setting)}
        request = Request(scheme=setting.scheme, training=setting.training)
        head = completed(training.trained(self.network, self.learned, request))
        found = {setting.scheme: measured(self.judge.read(head.read))}
        if setting.scheme == "max" and self.title == VAL:
            found[WSLOCALIZATION] = measured(self.judge.read(head.read, beam=True))
        return found

    def _pronet(self, setting: Setting) -> Figures:
        from wsl_core.fcn.pronet import training
        from wsl_core.fcn.pronet.parameters import ProNetRequest

        request = ProNetRequest(training=setting.training)
        return self._looked(completed(training.trained(self.network, self.learned, request)))

    def _looked(self, head: pronet.ProNet) -> Figures:
        return measured(
            self.judge.look(lambda photo: head.look(self.network, photo, SIZES, MIRROR))
        )

    def _once(
        self, setting: Setting, work: Callable[[], dict[str, Figures]], which: str = ""
    ) -> Trial:
        """From what is kept, else by working; `which` tells heads of one setting apart."""
        kept = json.loads(self._place.read_text("utf-8")) if self._place.is_file() else {}
        key = self._key(setting, which)
        if key not in kept:
            measure.say(f"Trains, to be judged on {self.title}: {setting}")
            found = {"figures": work(), "date": datetime.date.today().isoformat()}
            self._place.parent.mkdir(parents=True, exist_ok=True)
            kept[key] = found
            whole_files.write(self._place, json.dumps(kept, indent=1).encode())
        return Trial(setting, self.title, kept[key]["figures"], kept[key]["date"])

    def _key(self, setting: Setting, which: str = "") -> str:
        """Over the setting, the network, and names, labels and boxes of all pictures."""
        found = hashlib.sha256(repr((setting, SIZES, MIRROR, self.network.card)).encode())
        for one in (*self.learned.pictures, *self.judge.pictures.pictures):
            found.update(repr((one.name, one.labels, one.objects)).encode())
        found.update(which.encode())
        return f"{setting.scheme}-{setting.start}-{found.hexdigest()[:16]}"
