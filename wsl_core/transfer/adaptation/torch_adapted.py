"""What a training leaves: a classifier for the target, also from its arrays; imported in workers only."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from wsl_core.transfer.adaptation.contract import SOURCE, TARGET, Adapted, Float32
from wsl_core.transfer.adaptation.linear import Linear
from wsl_core.transfer.adaptation.torch_inputs import PART, Inputs
from wsl_core.transfer.adaptation.torch_networks import Network, build

Facts = dict[str, Any]
Arrays = dict[str, NDArray[Any]]
_NETWORK = "network."


@dataclass(frozen=True, eq=False)
class AdaptedNetwork:
    """A network, and with whose statistics it is read.

    Attributes:
        network: it may still be in training; it is read as it is now.
        architecture: its name.
        inputs: how values are standardised.
        mean: the domain whose mean is taken from the inputs.
        statistics: the set of its batch normalisation's statistics.
    """

    network: Network
    architecture: str
    inputs: Inputs
    mean: int = TARGET
    statistics: int = TARGET

    @property
    def on_source(self) -> "AdaptedNetwork":
        """The same network with the source's mean and statistics."""
        return replace(self, mean=SOURCE, statistics=SOURCE)

    @property
    def centred(self) -> "AdaptedNetwork":
        """The same with the target's mean, and the statistics as they are."""
        return replace(self, mean=TARGET)

    def scores(self, values: NDArray[Any]) -> Float32:
        """(N, K) logits."""
        return self._read(values, hidden=False)

    def predict(self, values: NDArray[Any]) -> NDArray[np.int64]:
        """(N,) the class with the highest score."""
        return self.scores(values).argmax(1)

    def features(self, values: NDArray[Any]) -> Float32:
        """(N, D) what the output layer reads."""
        return self._read(values, hidden=True)

    def scores_of(self, features: Float32) -> Float32:
        """(N, D) features -> (N, K) logits."""
        with torch.inference_mode():
            found: Float32 = self.network.output(torch.from_numpy(features)).numpy()
        return found

    def _read(self, values: NDArray[Any], *, hidden: bool) -> Float32:
        return np.concatenate([part.numpy() for part in self._parts(values, hidden)])

    def _parts(self, values: NDArray[Any], hidden: bool) -> Iterator[Tensor]:
        was = self.network.training
        self.network.eval()
        try:
            for start in range(0, len(values), PART):
                x = self.inputs.raw(values[start : start + PART])
                with torch.inference_mode():
                    read = self.network.encode if hidden else self.network
                    part = read(self.inputs.standardised(x, self.mean), self.statistics)
                yield part
        finally:
            self.network.train(was)

    def saved(self) -> tuple[Facts, Arrays]:
        """Facts, as plain JSON values, and arrays, from which `load` makes it again."""
        facts = {
            "architecture": self.architecture,
            "shape": list(self.network.inputs),
            "classes": self.network.output.out_features,
            "each": self.inputs.each,
            "mean": self.mean,
            "statistics": self.statistics,
        }
        arrays = {
            _NETWORK + name: value.detach().contiguous().numpy().copy()
            for name, value in self.network.state_dict().items()
        }
        arrays["inputs.mean"] = self.inputs.mean.numpy().copy()
        if self.inputs.spread is not None:
            arrays["inputs.spread"] = self.inputs.spread.numpy().copy()
        return facts, arrays


@dataclass(frozen=True, eq=False)
class AdaptedFeatures:
    """A linear classifier on features that were brought together: `features @ turn + offset` by domain.

    Attributes:
        reader: of the features; None where the values are the features.
        turns: (2, D, d).
        offsets: (2, d).
        linear: on the d numbers.
        domain: whose turn is taken.
    """

    reader: AdaptedNetwork | None
    turns: Float32
    offsets: Float32
    linear: Linear
    domain: int = TARGET

    @property
    def on_source(self) -> "AdaptedFeatures":
        """The same for values of the source."""
        reader = None if self.reader is None else self.reader.on_source
        return replace(self, reader=reader, domain=SOURCE)

    def scores(self, values: NDArray[Any]) -> Float32:
        """(N, K) logits."""
        return self.scores_of(self.features(values))

    def scores_of(self, features: Float32) -> Float32:
        """(N, d) features -> (N, K) logits."""
        return self.linear.scores(features)

    def predict(self, values: NDArray[Any]) -> NDArray[np.int64]:
        """(N,) the class with the highest score."""
        return self.scores(values).argmax(1)

    def features(self, values: NDArray[Any]) -> Float32:
        """(N, d) what the linear classifier reads."""
        read = values if self.reader is None else self.reader.features(values)
        found: Float32 = read @ self.turns[self.domain] + self.offsets[self.domain]
        return found

    def saved(self) -> tuple[Facts, Arrays]:
        """Facts, as plain JSON values, and arrays, from which `load` makes it again."""
        facts, arrays = ({}, {}) if self.reader is None else self.reader.saved()
        arrays |= {
            "aligned.turns": self.turns, "aligned.offsets": self.offsets,
            "aligned.weight": self.linear.weight, "aligned.bias": self.linear.bias,
        }  # fmt: skip
        return facts | {"domain": self.domain}, arrays


def load(facts: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Adapted:
    """The classifier that was saved."""
    reader = None
    if "architecture" in facts:
        domains = next(
            (len(value) for name, value in arrays.items() if name.endswith(".variance")), 2
        )
        with torch.random.fork_rng(devices=[]):  # weights are drawn before the saved ones are read
            network, _ = build(
                facts["architecture"], tuple(facts["shape"]), facts["classes"], domains=domains
            )
        network.load_state_dict(
            {name.removeprefix(_NETWORK): torch.from_numpy(value.copy())
             for name, value in arrays.items() if name.startswith(_NETWORK)}
        )  # fmt: skip
        spread = arrays.get("inputs.spread")
        inputs = Inputs(
            torch.from_numpy(arrays["inputs.mean"].copy()),
            None if spread is None else torch.from_numpy(spread.copy()),
            facts["each"],
        )
        reader = AdaptedNetwork(
            network, facts["architecture"], inputs, facts["mean"], facts["statistics"]
        )
    if "aligned.turns" not in arrays:
        assert reader is not None
        return reader
    linear = Linear(arrays["aligned.weight"], arrays["aligned.bias"])
    turns, offsets = arrays["aligned.turns"], arrays["aligned.offsets"]
    return AdaptedFeatures(reader, turns, offsets, linear, facts["domain"])
