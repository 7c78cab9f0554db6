"""The pairs of digits that are read from WSL_DATA."""

import numpy as np
from numpy.typing import NDArray

from wsl_core.datasets.digits import Digits, mnist
from wsl_core.datasets.domains.cards import Request
from wsl_core.datasets.domains.generators.blending import in_channels, padded
from wsl_core.datasets.domains.loaders import amounts
from wsl_core.datasets.domains.pair import DomainPair, Labelled
from wsl_core.datasets.domains.readers import mat, sheets
from wsl_core.datasets.domains.readers.mnist_m import PUBLISHED as MNIST_M
from wsl_core.datasets.domains.readers.mnist_m import mnist_m
from wsl_core.datasets.domains.readers.usps import usps
from wsl_core.datasets.domains.sets import SETS, folder_of, is_there, layout_of

CLASSES = tuple("0123456789")
MNIST_TRAIN, SVHN_TRAIN, SYN_NUMBERS = 60_000, 73_257, 479_400
FROM_MNIST, FROM_USPS = 2000, 1800
"""Pictures that ADDA (Tzeng et al., 2017) takes of MNIST and of USPS."""

GENERATED = 20_000
"""House numbers that are made where the published ones are not there."""

SOME = 2000
"""Pictures of the source that are kept for its own accuracy."""


def mnist_mnistm(request: Request) -> DomainPair:
    """MNIST, padded to 32 x 32 in three channels, and MNIST-M."""
    source = _mnist(request, "source", "train", side=32)
    pictures, labels = mnist_m("train")
    chosen = request.some("target", labels)
    known = Labelled(pictures[chosen], labels[chosen], f"MNIST-M, {len(chosen):,} for training")
    pictures, labels = mnist_m("test")
    tested = request.some("evaluation", labels)
    return DomainPair(
        name=request.card.name,
        title=request.card.title,
        classes=CLASSES,
        source=source,
        target=known.without_labels(),
        evaluation=Labelled(
            pictures[tested], labels[tested], f"MNIST-M, {len(tested):,} for testing"
        ),
        source_evaluation=_mnist(request, "source_evaluation", "test", side=32, usual=SOME),
        target_labelled=known,
        data=amounts.together(
            amounts.read(len(source), MNIST_TRAIN), amounts.read(len(known), MNIST_M["train"])
        ),
        notes=(
            "Test pictures of MNIST-M show digits of MNIST's test half, so that no digit of the source is "
            "among them.",
        ),
        licence=f"MNIST: {SETS['mnist'].licence}; MNIST-M: {SETS['mnist_m'].licence}",
    )


def synnumbers_svhn(request: Request) -> DomainPair:
    """SYN NUMBERS, as published where it is there, else generated, and SVHN."""
    source, kept, kind, notes = _syn_numbers(request)
    known, tested, parts, svhn_notes = _svhn()
    evaluation = tested[request.some("evaluation", tested.labels)]
    if parts:
        chosen = request.some("evaluation", tested.labels)
        parts = {name: mask[chosen] for name, mask in parts.items()}
    unlabelled = known or tested
    target = unlabelled[request.some("target", unlabelled.labels)]
    return DomainPair(
        name=request.card.name,
        title=request.card.title,
        classes=CLASSES,
        source=source,
        target=target.without_labels(),
        evaluation=evaluation,
        source_evaluation=kept,
        target_labelled=target if known else None,
        data=amounts.together(kind, amounts.FULL if known else amounts.SUBSET),
        notes=(*notes, *svhn_notes),
        licence=f"SVHN: {SETS['svhn'].licence}",
        parts=parts,
    )


def svhn_mnist(request: Request) -> DomainPair:
    """SVHN and MNIST, padded to 32 x 32 in three channels."""
    known, tested, _, notes = _svhn()
    whole = known or tested
    source = whole[request.some("source", whole.labels)]
    target = _mnist(request, "target", "train", side=32)
    if known is None:
        notes = (
            f"The source is {len(source):,} digits of SVHN, where the published set has "
            f"{SVHN_TRAIN:,}: figures say little about the method.",
            *notes[:1],
        )
    kept = tested[request.some("source_evaluation", tested.labels, SOME)] if known else None
    return DomainPair(
        name=request.card.name,
        title=request.card.title,
        classes=CLASSES,
        source=source,
        target=target.without_labels(),
        evaluation=_mnist(request, "evaluation", "test", side=32),
        source_evaluation=kept,
        target_labelled=target,
        data=amounts.together(
            amounts.read(len(source), SVHN_TRAIN), amounts.read(len(target), MNIST_TRAIN)
        ),
        notes=notes,
        licence=f"SVHN: {SETS['svhn'].licence}; MNIST: {SETS['mnist'].licence}",
    )


def mnist_usps(request: Request) -> DomainPair:
    """2,000 digits of MNIST and 1,800 of USPS, drawn by the seed; tested on all of USPS's test half."""
    source = _mnist(request, "source", "train", usual=FROM_MNIST)
    target = _usps(request, "target", "train", usual=FROM_USPS)
    return _framed(
        request,
        source,
        target,
        _usps(request, "evaluation", "test"),
        _mnist(request, "source_evaluation", "test", usual=SOME),
        (FROM_MNIST, FROM_USPS),
    )


def usps_mnist(request: Request) -> DomainPair:
    """1,800 digits of USPS and 2,000 of MNIST, drawn by the seed; tested on all of MNIST's test half."""
    source = _usps(request, "source", "train", usual=FROM_USPS)
    target = _mnist(request, "target", "train", usual=FROM_MNIST)
    return _framed(
        request,
        source,
        target,
        _mnist(request, "evaluation", "test"),
        _usps(request, "source_evaluation", "test"),
        (FROM_USPS, FROM_MNIST),
    )


def _framed(
    request: Request,
    source: Labelled,
    target: Labelled,
    evaluation: Labelled,
    kept: Labelled,
    protocol: tuple[int, int],
) -> DomainPair:
    return DomainPair(
        name=request.card.name,
        title=request.card.title,
        classes=CLASSES,
        source=source,
        target=target.without_labels(),
        evaluation=evaluation,
        source_evaluation=kept,
        target_labelled=target,
        data=amounts.together(
            amounts.read(len(source), protocol[0]), amounts.read(len(target), protocol[1])
        ),
        notes=(
            f"{len(source):,} digits of the source and {len(target):,} of the target, drawn by the seed; "
            "ADDA (Tzeng et al., 2017) takes 2,000 of MNIST and 1,800 of USPS.",
            "USPS is enlarged from 16 to 28 pixels; its ink fills the frame, MNIST's leaves a margin.",
        ),
        licence=f"MNIST: {SETS['mnist'].licence}; USPS: {SETS['usps'].licence}",
    )


def _mnist(
    request: Request, part: str, split: str, *, side: int = 28, usual: int | None = None
) -> Labelled:
    half: Digits = mnist(folder_of("mnist"), "train" if split == "train" else "test")
    chosen = half[request.some(part, half.labels, usual)]
    pictures = in_channels(padded(chosen.pictures, side))
    return Labelled(pictures, chosen.labels, f"MNIST, {len(chosen):,} of its {split} half")


def _usps(request: Request, part: str, split: str, usual: int | None = None) -> Labelled:
    pictures, labels = usps(folder_of("usps"), "train" if split == "train" else "test")
    chosen = request.some(part, labels, usual)
    title = f"USPS, {len(chosen):,} of its {split} half"
    return Labelled(in_channels(pictures[chosen]), labels[chosen], title)


Parts = dict[str, NDArray[np.bool_]]


def _svhn() -> tuple[Labelled | None, Labelled, Parts, tuple[str, ...]]:
    """SVHN's training half where it is there, what is tested on, its parts, and what has to be said."""
    folder = folder_of("svhn", "rendered-digits")
    if layout_of("svhn") == "published":
        known = Labelled(*mat.digits(folder / "train_32x32.mat"), "SVHN, training half")
        return known, Labelled(*mat.digits(folder / "test_32x32.mat"), "SVHN, test half"), {}, ()
    sheet = sheets.read(folder, "test")
    tested = Labelled(sheet.pictures, sheet.labels, f"SVHN, {len(sheet.labels):,} digits")
    parts: Parts = {}
    notes = [
        "Labels were recovered by classifiers and looked over; 1 to 3 % may be wrong, and the hardest "
        "digits, about 4 %, are missing.",
        "The unlabelled digits are those tested on (transductive); there is no labelled half to train a "
        "ceiling on.",
    ]
    colour = sheet.columns.get("colour")
    if colour is not None and colour.dtype == bool and colour.any() and not colour.all():
        parts = {"in colour": colour, "grey": ~colour}
    return None, tested, parts, tuple(notes)


def _syn_numbers(request: Request) -> tuple[Labelled, Labelled | None, str, tuple[str, ...]]:
    """The source, what its own accuracy is measured on, what it is called, and what has to be said."""
    if is_there("syn_numbers"):
        folder = folder_of("syn_numbers")
        kept: Labelled | None = None
        if layout_of("syn_numbers") == "published":
            whole = Labelled(*mat.digits(folder / "synth_train_32x32.mat"), "SYN NUMBERS")
            other = Labelled(*mat.digits(folder / "synth_test_32x32.mat"), "SYN NUMBERS, test half")
            kept = other[request.some("source_evaluation", other.labels, SOME)]
        else:
            sheet = sheets.read(folder, "train")
            whole = Labelled(sheet.pictures, sheet.labels, "house numbers of the sheet")
        source = whole[request.some("source", whole.labels)]
        return source, kept, amounts.read(len(source), SYN_NUMBERS), ()
    from wsl_core.datasets.domains.generators.syn_numbers import syn_numbers

    count = request.count("source", GENERATED)
    source = Labelled(
        *syn_numbers(count, request.seed_of("source")), f"{count:,} house numbers made here"
    )
    few = request.count("source_evaluation", SOME)
    kept = Labelled(
        *syn_numbers(few, request.seed_of("source_evaluation")),
        f"{few:,} other house numbers made here",
    )
    note = "The house numbers were made by this program, after the paper's description; they are not its own."
    return source, kept, amounts.GENERATED, (note,)
