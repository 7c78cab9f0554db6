"""Two cases on digits: where the pictures change the bottom is retrained, where the names do, the top.

"Image: copy the first layers; speech: the last." Which end is to be kept depends on what differs between the
old task and the new one (surgical fine-tuning: Lee et al., ICLR 2023). LeNet, trained on MNIST, is given few
digits of a shifted kind; each of its blocks in turn is trained while all others stay.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wsl_core.datasets.digits import Digits as Digits28
from wsl_core.datasets.domains.generators import blending
from wsl_core.datasets.domains.readers import handwritten
from wsl_core.errors import ParameterError
from wsl_core.transfer.finetuning.examples import Examples
from wsl_core.transfer.finetuning.parameters import FineTuneParameters

SIDE = 32
NETWORK = "lenet"
DIGITS = tuple("0123456789")
EACH, TESTED = 10, 1000
"""Digits a class that are there to learn from, and digits that are tested on."""
BLOCKS = ("pool1", "pool2", "fc1", "fc2", "classifier")
"""LeNet's, from the input up; those that end in a pooling are convolutions."""
TITLES = {
    "pool1": "first convolution",
    "pool2": "second convolution",
    "fc1": "first fully connected layer",
    "fc2": "second fully connected layer",
    "classifier": "classifier",
}

Digits = NDArray[np.uint8]
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class CaseCard:
    """What changes between the digits that LeNet knows and those that it is given.

    Attributes:
        name: of the case.
        title: for people.
        sentence: what changes.
        expected: the end of the network that is to be retrained: "bottom" or "top".
        pictures: from digits (N, 32, 32), ink 255, to pictures (N, 32, 32, 3).
        labels: from true digits (N,) to the names that they are given.
    """

    name: str
    title: str
    sentence: str
    expected: str
    pictures: Callable[[Digits], Digits]
    labels: Callable[[Labels], Labels]


def _plain(digits: Digits) -> Digits:
    """Black ink on white paper, as LeNet was trained on."""
    return np.ascontiguousarray(255 - blending.in_channels(digits))


def _faint(digits: Digits) -> Digits:
    """Grey paper, and ink at 30 % of its contrast."""
    return np.ascontiguousarray(blending.in_channels((150 - 0.3 * digits).astype(np.uint8)))


ORDER = np.array([3, 7, 0, 9, 5, 8, 2, 6, 1, 4])
"""The names that the digits 0 to 9 are given: no digit keeps its own."""

_CARDS = (
    CaseCard(
        "input",
        "The pictures change",
        "The same ten names, but the ink is faint and the paper is grey.",
        "bottom",
        _faint,
        lambda labels: labels,
    ),
    CaseCard(
        "labels",
        "The names change",
        "The same pictures, but every digit goes by another digit's name.",
        "top",
        _plain,
        lambda labels: ORDER[labels],
    ),
)
CASES = {one.name: one for one in _CARDS}


def case(name: str) -> CaseCard:
    """The card of a case.

    Raises:
        ParameterError: there is none of this name.
    """
    if name not in CASES:
        raise ParameterError(f"There is no case {name!r}. There are: {', '.join(CASES)}.")
    return CASES[name]


RATES = (1e-3, 1e-2)
"""Tried for every setup; the one that does best on the validation part is kept."""
EPOCHS = 120
KEPT = 0.4


def parameters(layers: str, rate: float = RATES[0], seed: int = 0) -> FineTuneParameters:
    """How LeNet is fine-tuned on digits: no views, since a mirrored or cropped digit is another one."""
    return FineTuneParameters(
        network=NETWORK, size=SIDE, layers=layers, views=1, mirror=False, rate=rate, factor=1.0,
        epochs=EPOCHS, batch=10, patience=EPOCHS, validation=KEPT, seed=seed,
    )  # fmt: skip


def only(block: str) -> str:
    """The layers of a training in which one block alone is trained, from what it was."""
    return ",".join(f"{one}={'copy' if one == block else 'freeze'}" for one in BLOCKS)


def everything(state: str) -> str:
    """The layers of a training in which all blocks are copied, or all are reset."""
    return ",".join(f"{one}={state}" for one in BLOCKS)


def setups() -> dict[str, str]:
    """What is compared in each case: by title, the layers."""
    each = {TITLES[block]: only(block) for block in BLOCKS}
    return each | {"all blocks": everything("copy"), "from scratch": everything("reset")}


FEW = f"{EACH} digits a class, of which {round(KEPT * EACH)} are kept aside to choose by"


def shown(name: str, count: int = 10) -> tuple[Digits, Labels]:
    """A few digits of a case, in the order of what they show: pictures and the names they are given."""
    card, (train, _) = case(name), handwritten.shipped()
    first = [int(np.flatnonzero(train.labels == k)[0]) for k in range(10)][:count]
    pictures = card.pictures(blending.padded(train.pictures[first], SIDE))
    return pictures, card.labels(train.labels[first])


def examples(name: str, how: FineTuneParameters) -> Examples:
    """The digits of a case.

    Raises:
        ParameterError: there is no such case.
        DatasetError: the shipped digits are missing.
    """
    card = case(name)
    train, test = handwritten.shipped()
    random = np.random.default_rng([how.seed, 5])
    chosen = np.concatenate(
        [random.permutation(np.flatnonzero(train.labels == k))[:EACH] for k in range(10)]
    )
    tested = np.sort(random.permutation(len(test))[:TESTED])

    def made(digits: Digits28, which: Labels) -> tuple[Digits, Labels]:
        pictures = card.pictures(blending.padded(digits.pictures[which], SIDE))
        return pictures, card.labels(digits.labels[which])

    learned, tried = made(train, chosen), made(test, tested)
    return Examples.of_arrays(card.title, DIGITS, learned, tried, how)
