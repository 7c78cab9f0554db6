"""The pairs that need no data: they are made from what comes with the program and its packages."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from wsl_core.datasets.domains import photographs
from wsl_core.datasets.domains.cards import Request
from wsl_core.datasets.domains.generators import blending
from wsl_core.datasets.domains.generators.printed_digits import printed_digits
from wsl_core.datasets.domains.loaders import amounts
from wsl_core.datasets.domains.pair import DomainPair, Labelled
from wsl_core.datasets.domains.readers import handwritten

CLASSES = tuple("0123456789")
SIDE = 32
SOURCE, UNLABELLED = 898, 600
"""Of scikit-learn's 1,797 digits so many are the source and the target; on the other 299 is tested."""

RENDERINGS = 4
"""Each digit of the target is seen so often, every time otherwise."""

PRINTED = 6000
"""Digits that are rendered from fonts."""

SMALL = "scikit-learn's digits (UCI, optical recognition of handwritten digits), CC BY 4.0"


def mnist_mnistm_shipped(request: Request) -> DomainPair:
    """The shipped digits of MNIST, and the same blended into the gallery's photographs."""
    train, test = handwritten.shipped()
    chosen = train[request.some("source", train.labels)]
    source = Labelled(
        _plain(chosen.pictures), chosen.labels, f"MNIST, {len(chosen):,} shipped digits"
    )

    def blended(part: str, half: photographs.Half) -> Labelled:
        digits = train if half == "train" else test
        digits = digits[request.some(part, digits.labels)]
        found, title = photographs.of_gallery(half)
        pictures = blending.mnist_m(digits.pictures, found, request.seed_of(part), SIDE)
        return Labelled(pictures, digits.labels, f"{len(digits):,} digits in {title}")

    known = blended("target", "train")
    kept = test[request.some("source_evaluation", test.labels)]
    return DomainPair(
        name=request.card.name,
        title=request.card.title,
        classes=CLASSES,
        source=source,
        target=known.without_labels(),
        evaluation=blended("evaluation", "test"),
        source_evaluation=Labelled(
            _plain(kept.pictures), kept.labels, "MNIST, shipped test digits"
        ),
        target_labelled=known,
        data=amounts.together(amounts.SHIPPED, amounts.GENERATED),
        notes=(
            "MNIST-M is made here from the shipped digits and the gallery's photographs; it is not the "
            "published set.",
            "Test pictures show other digits before other photographs.",
        ),
        licence=f"{handwritten.LICENCE}; photographs as the gallery says",
    )


def digits_dimmed(request: Request) -> DomainPair:
    """Small digits, and others at low contrast under a ramp of light, with noise."""
    return _small(request, lambda digits, _, seed: blending.dimmed(digits, seed))


def digits_photos(request: Request) -> DomainPair:
    """Small digits, and others blended into photographs."""

    def blended(digits: NDArray[np.uint8], half: photographs.Half, seed: int) -> NDArray[np.uint8]:
        return blending.mnist_m(digits, photographs.of_gallery(half)[0], seed, SIDE, solid=False)

    note = (
        "In photographs digits are dark on bright, too. The recipe shows half of the source as negatives, "
        "which is knowledge of the target, and both source only baselines have it."
    )
    return _small(request, blended, note)


def digits_colours(request: Request) -> DomainPair:
    """Small digits, and others in two random colours."""
    note = (
        "Ink may be darker than the paper or brighter, which the source never shows: expect little from "
        "adaptation."
    )
    return _small(request, lambda digits, _, seed: blending.coloured(digits, seed), note)


def rendered_digits(request: Request) -> DomainPair:
    """Digits rendered from fonts, and shipped handwritten ones."""
    count, few = request.count("source", PRINTED), request.count("source_evaluation", 1000)
    pictures, labels = printed_digits(count, request.seed_of("source"))
    others, their = printed_digits(few, request.seed_of("source_evaluation"))
    train, test = handwritten.shipped()
    chosen = train[request.some("target", train.labels)]
    known = Labelled(
        _plain(chosen.pictures), chosen.labels, f"MNIST, {len(chosen):,} shipped digits"
    )
    tested = test[request.some("evaluation", test.labels)]
    return DomainPair(
        name=request.card.name,
        title=request.card.title,
        classes=CLASSES,
        source=Labelled(_plain(pictures), labels, f"{count:,} printed digits"),
        target=known.without_labels(),
        evaluation=Labelled(
            _plain(tested.pictures), tested.labels, f"MNIST, {len(tested):,} shipped test digits"
        ),
        source_evaluation=Labelled(_plain(others), their, f"{few:,} other printed digits"),
        target_labelled=known,
        data=amounts.together(amounts.GENERATED, amounts.SHIPPED),
        notes=("The printed digits are made here from free fonts.",),
        licence=handwritten.LICENCE,
    )


Shift = Callable[[NDArray[np.uint8], photographs.Half, int], NDArray[np.uint8]]
"""From digits (N, 32, 32), the half whose photographs may be used, and a seed, to pictures of them."""


def _small(request: Request, shift: Shift, *notes: str) -> DomainPair:
    """A pair of scikit-learn's digits and a shift of others of them."""
    pictures, labels = handwritten.small_digits()
    pictures = blending.padded(pictures, SIDE)
    order = np.random.default_rng(request.seed).permutation(len(labels))
    first, second, third = np.split(order, (SOURCE, SOURCE + UNLABELLED))

    def shifted(part: str, which: NDArray[np.int64], half: photographs.Half) -> Labelled:
        which = np.repeat(which, RENDERINGS)
        made = shift(pictures[which], half, request.seed_of(part))
        chosen = request.some(part, labels[which])
        title = f"{len(chosen):,} pictures of {len(which) // RENDERINGS} digits, shifted"
        return Labelled(made[chosen], labels[which][chosen], title)

    first = first[request.some("source", labels[first])]
    known = shifted("target", second, "train")
    kept = third[request.some("source_evaluation", labels[third])]
    return DomainPair(
        name=request.card.name,
        title=request.card.title,
        classes=CLASSES,
        source=Labelled(
            blending.in_channels(pictures[first]), labels[first], f"{len(first):,} small digits"
        ),
        target=known.without_labels(),
        evaluation=shifted("evaluation", third, "test"),
        source_evaluation=Labelled(
            blending.in_channels(pictures[kept]), labels[kept], f"{len(kept):,} other small digits"
        ),
        target_labelled=known,
        data=amounts.together(amounts.SHIPPED, amounts.GENERATED),
        notes=(
            f"{SOURCE} digits are the source, {UNLABELLED} others the target and {len(third)} others are "
            f"tested on, each of the target's in {RENDERINGS} renderings.",
            *notes,
        ),
        licence=f"{SMALL}; photographs as the gallery says",
    )


def _plain(digits: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return blending.in_channels(blending.padded(digits, SIDE))
