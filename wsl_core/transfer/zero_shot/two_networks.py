"""The lecture's f(x) and g(y): two small networks that bring a picture and its class together.

f takes the row of a picture, g the signature of a class; each has one hidden layer (ReLU) and ends on the
unit sphere, where a picture and a class meet as a cosine. Losses:

    hinge      max(0, margin - f(x).g(y) + max_{m != y} f(x).g(m))
    soft-max   -log of the soft-max of SCALE * f(x).g(m) over the seen classes m, at y
    without negatives   1 - f(x).g(y): nothing pushes apart, and all pictures and classes fall on one point

Adam in NumPy, from a fixed seed, so that a page can train it while somebody waits.
"""

from dataclasses import dataclass, field

import numpy as np

from wsl_core.transfer.zero_shot.method_parameters import MethodParameters
from wsl_core.transfer.zero_shot.scaling import Float, Labels

BATCH = 64  # pictures a step
SCALE = 5.0  # of the cosines, before soft-max
TINY = 1e-8
FIRST, SECOND = 0.9, 0.999  # Adam's moments; Kingma, Ba, ICLR 2015


@dataclass(frozen=True, eq=False)
class Tower:
    """One of the two networks: linear, ReLU, linear, length 1.

    Attributes:
        parts: weights (in, hidden), bias (hidden,), weights (hidden, dimensions), bias (dimensions,).
    """

    parts: tuple[Float, ...] = field(repr=False)

    @classmethod
    def drawn(cls, width: int, how: MethodParameters, random: np.random.Generator) -> "Tower":
        """With first weights at random, scaled to inputs of length 1 (He et al., ICCV 2015)."""
        first = random.standard_normal((width, how.hidden)) * np.sqrt(2.0)
        second = random.standard_normal((how.hidden, how.dimensions)) * np.sqrt(1 / how.hidden)
        return cls((first, np.zeros(how.hidden), second, np.zeros(how.dimensions)))

    def apply(self, values: Float) -> Float:
        """(N, in) -> (N, dimensions) of length 1."""
        return self.forward(values)[0]

    def forward(self, values: Float) -> tuple[Float, tuple[Float, ...]]:
        """The same, and what `backward` needs."""
        first, shift, second, offset = self.parts
        hidden = np.maximum(values @ first + shift, 0)
        raw = hidden @ second + offset
        length = np.maximum(np.linalg.norm(raw, axis=1, keepdims=True), TINY)
        return raw / length, (values, hidden, raw / length, length)

    def backward(self, slope: Float, kept: tuple[Float, ...]) -> tuple[Float, ...]:
        """Gradients by the parts, from the gradient by the output."""
        values, hidden, place, length = kept
        raw = (slope - (slope * place).sum(axis=1, keepdims=True) * place) / length
        inner = raw @ self.parts[2].T * (hidden > 0)
        return values.T @ inner, inner.sum(axis=0), hidden.T @ raw, raw.sum(axis=0)


@dataclass(frozen=True)
class Moment:
    """Where training stood.

    Attributes:
        step: updates done.
        loss: mean over all training pictures.
        spread: mean over pictures of the standard deviation of their scores over the classes; 0 when all
            classes are one point.
        accuracy: share of the training pictures that are nearest to their class.
    """

    step: int
    loss: float
    spread: float
    accuracy: float


@dataclass(frozen=True, eq=False)
class Pair:
    """Both networks.

    Attributes:
        f: of pictures.
        g: of classes.
        history: before training, and after every epoch.
        start: both networks before training, for the plane before and after.
    """

    f: Tower
    g: Tower
    history: tuple[Moment, ...] = ()
    start: "Pair | None" = field(default=None, repr=False)

    def pictures(self, rows: Float) -> Float:
        """(N, D) -> places (N, dimensions) of length 1."""
        return self.f.apply(rows)

    def classes(self, signatures: Float) -> Float:
        """(classes, A) -> places (classes, dimensions) of length 1."""
        return self.g.apply(signatures)

    def scores(self, rows: Float, signatures: Float) -> Float:
        """Cosines (N, classes), -1 .. 1."""
        return self.pictures(rows) @ self.classes(signatures).T


def fit(rows: Float, labels: Labels, signatures: Float, how: MethodParameters) -> Pair:
    """Train both.

    Args:
        rows: (N, D) of length 1.
        labels: (N,) of 0 .. classes - 1.
        signatures: (classes, A) of length 1.
        how: loss, negatives, sizes, epochs, rate, seed.
    """
    random = np.random.default_rng(how.seed)
    f = Tower.drawn(rows.shape[1], how, random)
    g = Tower.drawn(signatures.shape[1], how, random)
    start = Pair(f, g)
    history = [_moment(start, 0, rows, labels, signatures, how)]
    adam = _Adam((*f.parts, *g.parts), how)
    for _ in range(how.epochs):
        order = random.permutation(len(rows))
        for begin in range(0, len(order), BATCH):
            part = order[begin : begin + BATCH]
            pictures, kept = f.forward(rows[part])
            places, held = g.forward(signatures)
            _, slope = losses(pictures @ places.T, labels[part], how)
            slope /= len(part)
            moved = adam.step(
                (*f.backward(slope @ places, kept), *g.backward(slope.T @ pictures, held))
            )
            f, g = Tower(moved[:4]), Tower(moved[4:])
        history.append(_moment(Pair(f, g), adam.count, rows, labels, signatures, how))
    return Pair(f, g, tuple(history), start)


def losses(cosines: Float, labels: Labels, how: MethodParameters) -> tuple[Float, Float]:
    """The loss of each picture (N,), and its gradient by the cosines (N, classes)."""
    at = np.arange(len(labels))
    right = cosines[at, labels]
    slope = np.zeros_like(cosines)
    if not how.negatives:
        slope[at, labels] = -1
        return 1 - right, slope
    if how.loss == "hinge":
        others = cosines.copy()
        others[at, labels] = -np.inf
        best = others.argmax(axis=1)
        value = np.maximum(0, how.margin - right + others[at, best])
        slope[at, best] = value > 0
        slope[at, labels] = -(value > 0).astype(float)
        return value, slope
    logits = SCALE * cosines
    logits -= logits.max(axis=1, keepdims=True)
    exponents = np.exp(logits)
    sums = exponents.sum(axis=1)
    value = np.log(sums) - logits[at, labels]
    slope = exponents / sums[:, None]
    slope[at, labels] -= 1
    return value, SCALE * slope


def _moment(
    pair: Pair, step: int, rows: Float, labels: Labels, signatures: Float, how: MethodParameters
) -> Moment:
    cosines = pair.scores(rows, signatures)
    value, _ = losses(cosines, labels, how)
    right = cosines.argmax(axis=1) == labels
    return Moment(step, float(value.mean()), float(cosines.std(axis=1).mean()), float(right.mean()))


class _Adam:
    """Adam with decoupled weight decay, on a tuple of arrays."""

    def __init__(self, parts: tuple[Float, ...], how: MethodParameters) -> None:
        self.parts, self.count, self._how = parts, 0, how
        self._mean = tuple(np.zeros_like(one) for one in parts)
        self._square = tuple(np.zeros_like(one) for one in parts)

    def step(self, slopes: tuple[Float, ...]) -> tuple[Float, ...]:
        self.count += 1
        rate, fade = self._how.network_rate, 1 - self._how.weight_decay
        self._mean = tuple(
            FIRST * m + (1 - FIRST) * s for m, s in zip(self._mean, slopes, strict=True)
        )
        self._square = tuple(
            SECOND * v + (1 - SECOND) * s**2 for v, s in zip(self._square, slopes, strict=True)
        )
        early, late = 1 - FIRST**self.count, 1 - SECOND**self.count
        self.parts = tuple(
            one * fade - rate * (m / early) / (np.sqrt(v / late) + TINY)
            for one, m, v in zip(self.parts, self._mean, self._square, strict=True)
        )
        return self.parts
