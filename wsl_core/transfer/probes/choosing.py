"""What is chosen for a layer, on a part of a draw's training pictures; imported in workers only.

A fifth of each class is held out. The pooling is that by which the ridge preview names more of them, the
constant C of a classifier that by which the classifier does. Then it is fitted to all training pictures. No
test picture plays a part.
"""

import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wsl_core.transfer.probes.classifiers import CLASSIFIERS, RIDGE, Classifier
from wsl_core.transfer.probes.fitting import TOLERANCE, Fitted, Resolvent, fit, ridge
from wsl_core.transfer.probes.gram import Centred, Float32
from wsl_core.transfer.probes.protocol import accuracy, folds

ROUGHLY = 10 * TOLERANCE  # near enough for a choice


@dataclass(frozen=True, eq=False)
class Labels:
    """Classes of all pictures.

    Attributes:
        numbers: (N,).
        classes: how many there are.
    """

    numbers: NDArray[np.int64] = field(repr=False)
    classes: int


@dataclass(frozen=True, eq=False)
class Ground:
    """Some training pictures of a layer, ready for any number of fits.

    Attributes:
        space: their products.
        labels: their classes.
        classes: how many there are.
        resolvent: shared by all fits, and the ridge itself.
    """

    space: Centred
    labels: NDArray[np.int64] = field(repr=False)
    classes: int
    resolvent: Resolvent = field(repr=False)

    @classmethod
    def of(cls, products: Float32, labels: Labels, train: NDArray[np.int64]) -> "Ground":
        """Take their rows and columns, and factor them.

        Args:
            products: of all pictures.
            labels: of all pictures.
            train: (n,) numbers of the training pictures.
        """
        space = Centred.of(products, train)
        resolvent = Resolvent.of(space.train, CLASSIFIERS[RIDGE].usual)
        return cls(space, labels.numbers[train], labels.classes, resolvent)

    def solved(
        self,
        classifier: Classifier,
        constant: float,
        start: Fitted | None = None,
        tolerance: float = TOLERANCE,
    ) -> Fitted:
        """A classifier fitted with a constant."""
        if classifier.loss is None:
            return ridge(self.resolvent, self.labels, self.classes)
        return fit(
            self.space.train, self.labels, self.classes, classifier.loss, constant, start,
            self.resolvent, tolerance,
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Prepared:
    """A layer in a draw, its pooling chosen.

    Attributes:
        pooling: its name.
        whole: all training pictures.
        inner: those that choices are learned from; None where there are too few for a choice.
        against: (m, n) products of the pictures held out with those of `inner`.
        held: (m,) their classes.
        places: (k,) where the pictures of `inner` stand among all training pictures.
        seconds: of one processor, for the choice of the pooling and both factorisations.
    """

    pooling: str
    whole: Ground
    inner: Ground | None = field(repr=False)
    against: Float32 | None = field(repr=False)
    held: NDArray[np.int64] = field(repr=False)
    places: NDArray[np.int64] = field(repr=False)
    seconds: float

    def start(self, fitted: Fitted) -> Fitted:
        """From the solution on `inner` to where the fit to all training pictures begins."""
        wide = np.zeros((len(self.whole.labels), self.whole.classes), fitted.coefficients.dtype)
        wide[self.places] = fitted.coefficients
        return Fitted(wide, fitted.intercept, fitted.objective, fitted.steps)


def prepared(
    options: Mapping[str, Float32], labels: Labels, train: NDArray[np.int64]
) -> Generator[None, None, Prepared]:
    """Choose the products by which the ridge preview is best on the pictures held out.

    Args:
        options: products of all pictures, by pooling.
        labels: of all pictures.
        train: (n,) of a draw.
    """
    begun = time.process_time()
    apart = folds(train, labels.numbers)
    best, inner, against, rate = next(iter(options)), None, None, -1.0
    held = places = np.empty(0, np.int64)
    if apart is not None:
        held = labels.numbers[apart[1]]
        order = np.argsort(train)
        places = order[np.searchsorted(train, apart[0], sorter=order)]
        for name, products in options.items():
            ground = Ground.of(products, labels, apart[0])
            others = ground.space.against(apart[1])
            said = ground.solved(CLASSIFIERS[RIDGE], 1.0).scores(others).argmax(axis=1)
            right = accuracy(said, held, labels.classes)
            if right > rate:
                best, inner, against, rate = name, ground, others, right
            yield
    whole = Ground.of(options[best], labels, train)
    yield
    return Prepared(best, whole, inner, against, held, places, time.process_time() - begun)


@dataclass(frozen=True, eq=False)
class Chosen:
    """A classifier with its constant.

    Attributes:
        constant: C.
        fitted: to all training pictures.
        seconds: of one processor, for choice and fit.
    """

    constant: float
    fitted: Fitted
    seconds: float


def chosen(classifier: Classifier, layer: Prepared) -> Generator[None, None, Chosen]:
    """A classifier on a layer, its constant chosen; pauses after every fit."""
    begun = time.process_time()
    constant, start = classifier.usual, None
    if layer.inner is not None and layer.against is not None and len(classifier.constants) > 1:
        fitted: Fitted | None = None
        most = -1.0
        for one in classifier.constants:  # each begins where the one before ended
            fitted = layer.inner.solved(classifier, one, fitted, ROUGHLY)
            said = fitted.scores(layer.against).argmax(axis=1)
            right = accuracy(said, layer.held, layer.whole.classes)
            if right > most:
                constant, start, most = one, layer.start(fitted), right
            yield
    fitted = layer.whole.solved(classifier, constant, start)
    yield
    return Chosen(constant, fitted, time.process_time() - begun)
