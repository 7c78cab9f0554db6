"""Recipes: what a field is when nobody chose it, by pair, method and network, in one table.

More special rows win: everywhere, the method, the pair, the pair with the method, the papers' network.
Dropout, separate statistics and the rate of SGD were settled on MNIST -> MNIST-M by comparing target
accuracies (one seed), and count as known there. The smaller batch was settled on the shipped pair, whose
target this program makes, ADDA's rate on printed -> handwritten digits; for MNIST -> USPS the lower of two
by InfoMax on the unlabelled target. Digits in photographs are bright on dark or dark on bright: with
negatives of the source, which say so, three recipes were compared by target accuracy (one seed). No other
row was chosen on target labels.
"""

from typing import Any

from wsl_core.transfer.adaptation.methods import method

Row = dict[str, Any]

EVERYWHERE: Row = {
    "steps": 2000, "batch": 64, "rate": 0.01, "decay": "tail", "weight_decay": 0.0, "inputs": "mean",
    "augmentation": "none", "negatives": False, "strong": "shift", "strong_negatives": False,
    "architecture": "fast-digits",
}  # fmt: skip

METHODS: dict[str, Row] = {
    "dann": {"steps": 3000},
    "self-training": {"steps": 4000},
    "adda": {"steps": 3000, "encoder_rate": 2e-4},
    "translation": {"steps": 3000, "rate": 1e-3},
}

SIGNS: Row = {
    "steps": 5000, "batch": 32, "weight_decay": 1e-4, "inputs": "picture", "augmentation": "signs",
    "strong": "signs", "architecture": "fast-signs",
}  # fmt: skip
NUMBERS: Row = {"steps": 4000, "inputs": "picture", "architecture": "fast-signs"}
USPS: Row = {"steps": 5000, "batch": 32, "augmentation": "affine", "strong": "affine"}

PAIRS: dict[str, Row] = {
    "mnist-mnistm": {"steps": 10_000, "batch": 32},
    "mnist-mnistm-shipped": {"steps": 1300, "batch": 32},
    "synnumbers-svhn": NUMBERS,
    "svhn-mnist": NUMBERS,
    "synsigns-gtsrb": SIGNS,
    "drawnsigns-gtsrb": SIGNS,
    "mnist-usps": USPS,
    "usps-mnist": USPS,
    "digits-dimmed": {"steps": 1000, "batch": 32},
    "digits-photos": {"steps": 1900, "batch": 32, "negatives": True},
    "digits-colours": {"steps": 1300, "batch": 32},
    "photo-sketch": {"steps": 600},
    "edges-sketch": {"steps": 600},
}

TOGETHER: dict[tuple[str, str], Row] = {
    ("mnist-mnistm", "self-training"): {"strong_negatives": True},
    ("mnist-mnistm-shipped", "self-training"): {"strong_negatives": True},
    ("mnist-usps", "adda"): {"encoder_rate": 5e-5},
    ("mnist-usps", "translation"): {"steps": 3000},
    ("usps-mnist", "translation"): {"steps": 3000},
}

PAPERS: dict[str, str] = {
    "synnumbers-svhn": "numbers", "svhn-mnist": "numbers", "synsigns-gtsrb": "signs",
    "drawnsigns-gtsrb": "signs",
}  # fmt: skip
"""Architecture of the papers by pair; the digit network for all others."""

LENET = ("adda", "translation")
"""Methods whose papers adapt a LeNet."""


def recipe(pair: str, name: str, network: str) -> Row:
    """The row for a pair, a method and "fast" or "paper".

    Raises:
        ParameterError: there is no such method.
    """
    method(name)
    found = (
        EVERYWHERE | METHODS.get(name, {}) | PAIRS.get(pair, {}) | TOGETHER.get((pair, name), {})
    )
    if network == "paper":
        own = PAPERS.get(pair, "lenet" if name in LENET else "digits")
        decay = "constant" if name in LENET else "paper"
        found = found | {"architecture": own, "batch": 64, "decay": decay}
    return found
