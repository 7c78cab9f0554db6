"""The pooling schemes once more, as plain loops over Python numbers; it shares nothing with the package."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass
class Answer:
    """Of one class: score, gradient and contributions of its cells (of the mean map, for WILDCAT)."""

    score: float
    gradient: list[float]
    contributions: list[float]


def select(cells: Sequence[float], most: int, least: int, alpha: float, factor: float) -> Answer:
    """Picks the selected cells one by one, the first of equal ones first."""
    gradient = [0.0] * len(cells)
    for count, sign, share in ((most, 1, 1.0), (least, -1, alpha)):
        left = list(range(len(cells)))
        for _ in range(count):
            chosen = left[0]
            for i in left:
                if sign * cells[i] > sign * cells[chosen]:
                    chosen = i
            left.remove(chosen)
            gradient[chosen] += factor * share / count
    contributions = [g * z for g, z in zip(gradient, cells, strict=True)]
    return Answer(math.fsum(contributions), gradient, contributions)


def soft(cells: Sequence[float], beta: float) -> list[float]:
    top = max(beta * z for z in cells)
    exponents = [math.exp(beta * z - top) for z in cells]
    return [e / math.fsum(exponents) for e in exponents]


def log_sum_exp(cells: Sequence[float], beta: float, steps: int = 1000) -> Answer:
    """Integrated gradients by Simpson's rule in t."""
    top = max(cells)
    mean = math.fsum(math.exp(beta * (z - top)) for z in cells) / len(cells)
    shares = [0.0] * len(cells)
    for j in range(steps + 1):
        weight = (1 if j in (0, steps) else 4 if j % 2 else 2) / (3 * steps)
        for i, p in enumerate(soft(cells, beta * j / steps)):
            shares[i] += weight * p
    contributions = [s * z for s, z in zip(shares, cells, strict=True)]
    return Answer(top + math.log(mean) / beta, soft(cells, beta), contributions)


def wildcat(
    maps: Sequence[Sequence[float]], most: int, least: int, alpha: float, factor: float
) -> Answer:
    mean = [math.fsum(column) / len(maps) for column in zip(*maps, strict=True)]
    return select(mean, most, least, alpha, factor)


def spleap(
    parts: Sequence[Sequence[float]], sharpness: Sequence[float], combination: Sequence[float]
) -> tuple[float, np.ndarray, list[float]]:
    """Of one class without its bias: score, gradient (P, n), contributions (n)."""
    score, contributions = 0.0, [0.0] * len(parts[0])
    gradient = np.zeros((len(parts), len(parts[0])))
    for q, (cells, lam, w) in enumerate(zip(parts, sharpness, combination, strict=True)):
        attention = soft(cells, lam)
        f = math.fsum(p * z for p, z in zip(attention, cells, strict=True))
        score += w * f
        for i, (p, z) in enumerate(zip(attention, cells, strict=True)):
            contributions[i] += w * p * z
            gradient[q, i] = w * p * (1 + lam * (z - f))
    return score, gradient, contributions
