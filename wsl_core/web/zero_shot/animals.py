"""What the Zero-shot page shows without any folder of pictures: animals, their table, rows of their pictures.

Methods are fitted in the server, once for all visitors: NumPy alone, two seconds at most.
"""

import pickle
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from wsl_core import networks
from wsl_core.datasets.attributes import AttributeTable
from wsl_core.errors import DatasetError
from wsl_core.images import Photo
from wsl_core.networks import imagenet
from wsl_core.products import on_one_thread
from wsl_core.settings import settings
from wsl_core.transfer.few_shot.features import descriptor_of, rows_of
from wsl_core.transfer.zero_shot import METHODS, Fitted, MethodParameters
from wsl_core.transfer.zero_shot import vectors as word_vectors
from wsl_core.transfer.zero_shot.attribute_prediction import AttributePredictor
from wsl_core.transfer.zero_shot.backbone import Taught, taught
from wsl_core.transfer.zero_shot.choosing import fitted
from wsl_core.transfer.zero_shot.division import Division, divided
from wsl_core.transfer.zero_shot.measures import (
    Stacking,
    calibrated,
    class_accuracies,
    predicted_counts,
    stacking,
)
from wsl_core.transfer.zero_shot.methods import resolved
from wsl_core.transfer.zero_shot.parameters import ZeroShotFeatures
from wsl_core.transfer.zero_shot.scaling import Float
from wsl_core.transfer.zero_shot.shipped import Animals, animals
from wsl_core.web import forward
from wsl_core.web.patience import awaited
from wsl_core.web.store import Store

FEATURES = ZeroShotFeatures().features
BY_WORDS = "words "
USUAL = "usual parameters"  # the published table, with nothing chosen for it


@dataclass(frozen=True, eq=False)
class Setting:
    """A method that has learnt from the seen classes of a split, and what it says of the pictures kept aside.

    Attributes:
        animals: the set.
        split: which classes are unseen.
        division: seen and unseen classes that have pictures, and the pictures in parts.
        method: name.
        how: its parameters.
        fitted: the method.
        chosen_gamma: chosen on left-out seen classes; None where nobody has chosen.
    """

    animals: Animals
    split: str
    division: Division
    method: str
    how: MethodParameters
    fitted: Fitted = field(repr=False)
    chosen_gamma: float | None

    @cached_property
    def places(self) -> NDArray[np.intp]:
        """Numbers of the classes that compete when accuracy is measured: all that have pictures."""
        return np.sort(np.concatenate([self.division.seen, self.division.unseen]))

    @cached_property
    def seen(self) -> NDArray[np.bool_]:
        """Which of `places` are seen."""
        return np.isin(self.places, self.division.seen)

    @cached_property
    def judged(self) -> NDArray[np.bool_]:
        """Which pictures are judged."""
        return self.division.aside | self.division.asked

    @cached_property
    def labels(self) -> NDArray[np.intp]:
        """Of the judged pictures, in `places`."""
        return np.searchsorted(self.places, self.animals.labels[self.judged])

    @cached_property
    def scores(self) -> NDArray[np.float64]:
        """(judged pictures, places)."""
        table = self.animals.table.values[self.places]
        return np.asarray(self.fitted.scores(self.animals.rows[self.judged], table), np.float64)

    @cached_property
    def curve(self) -> Stacking:
        """Accuracy of seen and unseen classes for every gamma."""
        return stacking(self.scores, self.labels, self.seen)

    @cached_property
    def spread(self) -> float:
        """Standard deviation of the lead of the best seen over the best unseen class: the slider's unit."""
        lead = self.scores[:, self.seen].max(axis=1) - self.scores[:, ~self.seen].max(axis=1)
        return float(lead.std())

    def counts(self) -> NDArray[np.intp]:
        """How often each unseen class is predicted, for pictures of unseen classes, among these alone."""
        rows = self.scores[np.isin(self.labels, np.flatnonzero(~self.seen))][:, ~self.seen]
        return predicted_counts(rows.argmax(axis=1), int((~self.seen).sum()))

    def sampled(self, places: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
        """Accuracy of seen and of unseen classes and their harmonic mean, at places of the slider."""
        at = self.curve.at(places * self.spread)
        return self.curve.seen[at], self.curve.unseen[at], self.curve.harmonic[at]

    def alone(self) -> NDArray[np.float64]:
        """Accuracy of each unseen class (classes,), among the unseen ones alone."""
        asked = np.isin(self.labels, np.flatnonzero(~self.seen))
        labels = np.searchsorted(np.flatnonzero(~self.seen), self.labels[asked])
        said = self.scores[asked][:, ~self.seen].argmax(axis=1)
        return class_accuracies(said, labels, int((~self.seen).sum()))

    def said(self, gamma: float) -> NDArray[np.intp]:
        """The class of each judged picture, in `places`, with gamma off the seen ones."""
        return calibrated(self.scores, self.seen, gamma)

    def together(self, gamma: float) -> NDArray[np.float64]:
        """Accuracy of each of `places`, with gamma off the seen ones."""
        return class_accuracies(self.said(gamma), self.labels, len(self.places))

    @property
    def new(self) -> NDArray[np.bool_]:
        """(classes of the table,) those that the method has seen no picture of."""
        return ~np.isin(np.arange(len(self.animals.table.classes)), self.division.seen)


_settings: Store[Setting] = Store(
    settings().cache_megabytes / 4, lambda one: len(pickle.dumps(one.fitted)) + one.scores.nbytes
)
_predictors: Store[AttributePredictor] = Store(settings().cache_megabytes / 64, lambda _: 600_000)
_tables: Store[Animals] = Store(
    settings().cache_megabytes / 64, lambda one: one.table.values.nbytes
)
_rows: Store[NDArray[np.float32]] = Store(settings().cache_megabytes / 64, lambda row: row.nbytes)


def keep(digest: str, table: AttributeTable) -> None:
    """Keep a visitor's table, which describes the same animals.

    Raises:
        DatasetError: a class that has pictures is not in it.
    """
    _tables.put(digest, animals().described_by(table))


def known(digest: str = "") -> Animals:
    """The animals, described by the published table, by a visitor's or by their names alone.

    Args:
        digest: of the visitor's table; "" for the published one; `BY_WORDS` and a source of word vectors.

    Raises:
        DatasetError: the animals do not come with this installation, or the table had to make room.
    """
    found = _tables.get(digest) if digest else animals()
    if digest == USUAL:
        found = replace(animals(), chosen={})
    if digest.startswith(BY_WORDS):
        found = _worded(digest.removeprefix(BY_WORDS))
    if found is None:
        raise DatasetError("Your table had to make room on the server. Choose the file again.")
    return found


def _worded(source: str) -> Animals:
    """The animals with a word vector of each name in the place of attributes."""
    of = animals()
    shipped = resolved(word_vectors.SOURCES[source].maker)(None)  # light: the package is not needed
    vectors = np.stack([shipped.vector(name) for name in of.table.classes]).astype(np.float64)
    table = replace(
        of.table,
        attributes=tuple(f"{source} {number}" for number in range(vectors.shape[1])),
        values=vectors,
        missing=np.zeros(vectors.shape, bool),
    )
    return replace(of, table=table, chosen={})


def setting(split: str, method: str, digest: str = "", **changed: object) -> Setting:
    """A method fitted to the seen classes of a split, once for all visitors.

    Args:
        split: "proposed" or "standard".
        method: name.
        digest: of a visitor's table; "" for the published one.
        changed: parameters other than those that were chosen for it.

    Raises:
        DatasetError: as `known` says.
    """
    key = ("zero-shot", split, method, digest, *sorted(changed.items()))
    found = _settings.get(key)
    if found is None:
        of = known(digest)

        def make(_: object) -> Setting:
            made = _made(of, split, method, dict(changed))
            _settings.put(key, made)
            return made

        found = awaited(key, f"{METHODS[method].title} learns from the seen classes", make)
    return found


def _made(of: Animals, split: str, method: str, changed: dict[str, object]) -> Setting:
    division = divided_by(of, split)
    chosen = of.chosen.get(split, {}).get(method, {})
    how = MethodParameters().model_copy(update={**chosen.get("values", {}), **changed})
    with on_one_thread():
        made = fitted(METHODS[method], of.rows, of.labels, of.table.values, division, how)
    return Setting(of, split, division, method, how, made, chosen.get("gamma"))


def divided_by(of: Animals, split: str) -> Division:
    """Seen and unseen classes of a split, and the pictures in parts."""
    unseen = [of.table.index(one) for one in of.splits[split]]
    return divided(of.labels, unseen, 0, names=of.table.classes)


def predictor(split: str, digest: str = "") -> AttributePredictor:
    """What predicts attributes, from the pictures of a split that are learnt from.

    Raises:
        DatasetError: as `known` says.
    """
    found = _predictors.get((split, digest))
    if found is None:
        of = known(digest)
        division = divided_by(of, split)
        labels = np.searchsorted(division.seen, of.labels[division.train])
        rows, signatures = of.rows[division.train], of.table.values[division.seen]
        found = AttributePredictor.of(rows, labels, signatures)
        _predictors.put((split, digest), found)
    return found


def row_of(photo: Photo) -> NDArray[np.float32]:
    """(D,) of a picture as the shipped rows were made, looked at once for all visitors.

    Raises:
        WslError: no network.
    """
    found = _rows.get(photo.digest)
    if found is None:
        network = forward.loaded(networks.DEFAULT)

        def make(_: object) -> NDArray[np.float32]:
            made = rows_of(descriptor_of(FEATURES, network), FEATURES.mirrored, [photo])[0]
            _rows.put(photo.digest, made)
            return made

        found = awaited(("zero-shot row", photo.digest), "Looking at the picture", make)
    return found


def in_network(table: AttributeTable) -> dict[str, Taught]:
    """Of each class of a table what the network itself was taught."""
    return taught(table.classes, imagenet.classes(), animals().relatives)


def lowered(scores: Float, new: NDArray[np.bool_], gamma: float) -> Float:
    """Scores (..., classes) with gamma taken off those of seen classes."""
    return np.where(new, scores, scores - gamma)
