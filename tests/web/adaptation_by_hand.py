"""Finished runs made by hand, so that the page has something to show and every figure is known."""

from functools import cache
from pathlib import Path

import numpy as np

from wsl_core.datasets import domains
from wsl_core.datasets.domains import DomainPair
from wsl_core.transfer.adaptation import AdaptationParameters
from wsl_core.transfer.adaptation.finished import AdaptationRun

PAIR = "digits-dimmed"
PROBED, LOOKS, EVERY = 40, 5, 25  # values of each domain; looks; steps between two of them
STEPS = EVERY * (LOOKS - 1)
TARGETS = {"source-only": 0.4, "dann": 0.9, "translation": 0.7, "target": 0.95}
CENTRED = 0.55


@cache
def pair() -> DomainPair:
    """The domains; nothing is downloaded for them."""
    return domains.load(PAIR)


def run(method: str, **parameters: object) -> AdaptationRun:
    """A run whose target accuracy rises evenly; DANN's domain classifier falls from 1 to one half."""
    how = AdaptationParameters(method=method, steps=STEPS, interval=EVERY, **parameters).settled(
        PAIR
    )
    random = np.random.default_rng(len(method))
    known, end = pair(), TARGETS[method]
    places = np.arange(PROBED)
    source = known.target_labelled if method == "target" else known.source
    labels = np.concatenate([source.labels[places], known.evaluation.labels[places]])
    own = np.repeat(np.arange(2, dtype=np.int8), PROBED)
    share = np.linspace(0, 1, LOOKS)
    accuracy = 0.1 + share * (end - 0.1)
    # The first so many of each look's target values are named right.
    right = np.concatenate([np.arange(PROBED), np.arange(PROBED)]) < (accuracy * PROBED)[:, None]
    angle = 2 * np.pi * labels / 10
    circle = np.stack([np.cos(angle), np.sin(angle)], -1)
    apart = np.stack([own * 3.0, own * 0.0], -1)
    looks = [
        {
            "infomax": float(s), "entropy": float(-1 + s), "snd": float(s), "reverse": float(s),
            "largest_class": 0.2, "proxy_distance": float(2 - s),
            "evaluation_target_accuracy": float(a), "evaluation_source_accuracy": float(0.1 + 0.88 * s),
        }
        for s, a in zip(share, accuracy, strict=True)
    ]  # fmt: skip
    steps = range(5, STEPS + 1, 5)
    facts = {
        "shape": [32, 32, 3], "steps": STEPS, "accuracy": end,
        "accuracy_centred": CENTRED if method == "source-only" else end,
        "parts": {}, "kept": {"by": "fixed", "step": STEPS}, "oracle": {"step": STEPS, "accuracy": end},
        "picks": {
            name: {"step": EVERY, "accuracy": float(accuracy[1])}
            for name in ("infomax", "entropy", "snd", "reverse")
        },
        "seconds": 12.5, "remarks": [f"A remark on {method}."] if method == "translation" else [],
        "data": "shipped and generated", "notes": [], "licence": "CC BY 4.0",
        "counts": {"source": 898, "target": 2400, "evaluation": 1196}, "ceiling": True,
        "date": "2026-11-27",
    }  # fmt: skip
    return AdaptationRun(
        PAIR,
        known.title,
        known.classes,
        how,
        tuple((step, _told(method, step / STEPS)) for step in steps),
        tuple((EVERY * at, figures) for at, figures in enumerate(looks)),
        labels=labels,
        domains=own,
        places=np.concatenate([places, places]),
        steps=EVERY * np.arange(LOOKS),
        points=np.stack([circle + (1 - s) * apart for s in share]).astype(np.float32),
        predictions=np.where(right, labels, (labels + 1) % 10).astype(np.int16),
        confidence=np.full((LOOKS, 2 * PROBED), 0.8, np.float16),
        translated=random.integers(0, 255, (LOOKS, 2, 8, 32, 32, 3), np.uint8)
        if method == "translation"
        else None,
        facts=facts,
        finished=True,
    )


def _told(method: str, share: float) -> dict[str, float]:
    figures = {
        "loss": 2.3 * (1 - 0.9 * share), "source_accuracy": 0.1 + 0.8 * share,
        "gradient_encoder": 1.0 - 0.5 * share, "gradient_classifier": 0.5,
    }  # fmt: skip
    if method == "translation":
        return figures | {"gradient_decoders": 0.3, "gradient_critics": 0.2, "latent_loss": 0.25}
    if method != "dann":
        return figures
    return figures | {
        "lambda": share, "domain_loss": 0.2 + 0.5 * share, "domain_accuracy": 1 - share / 2,
        "gradient_label": 0.4, "gradient_domain": 0.2, "gradient_reversed": -0.2 * share,
        "gradient_domain_classifier": 0.6,
    }  # fmt: skip


def ship(place: Path, *methods: str) -> Path:
    """Write runs of these methods as though they came with the program; returns the folder."""
    for method in methods:
        run(method).save(place / f"{PAIR}-{method}")
    return place
