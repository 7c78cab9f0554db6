"""The pairs of traffic signs: SYN SIGNS, or signs drawn here, and GTSRB."""

import cv2
import numpy as np

from wsl_core.datasets.domains import photographs
from wsl_core.datasets.domains.cards import Request
from wsl_core.datasets.domains.generators.sign_templates import CLASSES
from wsl_core.datasets.domains.generators.syn_signs import syn_signs
from wsl_core.datasets.domains.loaders import amounts
from wsl_core.datasets.domains.pair import DomainPair, Labelled
from wsl_core.datasets.domains.readers import sheets
from wsl_core.datasets.domains.readers.gtsrb import PUBLISHED, gtsrb
from wsl_core.datasets.domains.sets import SETS, folder_of

SIDE = 32
SYN_SIGNS = 100_000
DRAWN = 10_000
"""Signs that are drawn where a count is not given."""

SOME = 1000
"""Drawn signs that are kept for the source's own accuracy."""


def synsigns_gtsrb(request: Request) -> DomainPair:
    """Published synthetic signs, reduced from 40 to 32 pixels, and real ones."""
    sheet = sheets.read(folder_of("syn_signs"), "train")
    chosen = request.some("source", sheet.labels)
    pictures = sheet.pictures[chosen]
    if pictures.shape[1] != SIDE:
        sized = [cv2.resize(one, (SIDE, SIDE), interpolation=cv2.INTER_AREA) for one in pictures]
        pictures = np.stack(sized)
    source = Labelled(pictures, sheet.labels[chosen], f"SYN SIGNS, {len(chosen):,} signs")
    kind = amounts.read(len(source), SYN_SIGNS)
    return _pair(request, source, None, kind, (), f"; SYN SIGNS: {SETS['syn_signs'].licence}")


def drawnsigns_gtsrb(request: Request) -> DomainPair:
    """Signs drawn by this program, and real ones."""
    found, title = photographs.at_hand("train")
    count, few = request.count("source", DRAWN), request.count("source_evaluation", SOME)
    source = Labelled(
        *syn_signs(count, found, request.seed_of("source")), f"{count:,} signs drawn here"
    )
    kept = Labelled(
        *syn_signs(few, found, request.seed_of("source_evaluation")),
        f"{few:,} other signs drawn here",
    )
    note = (
        f"The signs were drawn by this program before pieces of {title}; they are not the paper's."
    )
    return _pair(request, source, kept, amounts.GENERATED, (note,), "")


def _pair(
    request: Request,
    source: Labelled,
    kept: Labelled | None,
    kind: str,
    notes: tuple[str, ...],
    licence: str,
) -> DomainPair:
    pictures, labels = gtsrb("train")
    chosen = request.some("target", labels)
    known = Labelled(pictures[chosen], labels[chosen], f"GTSRB, {len(chosen):,} for training")
    pictures, labels = gtsrb("test")
    tested = request.some("evaluation", labels)
    return DomainPair(
        name=request.card.name,
        title=request.card.title,
        classes=CLASSES,
        source=source,
        target=known.without_labels(),
        evaluation=Labelled(
            pictures[tested], labels[tested], f"GTSRB, {len(tested):,} for testing"
        ),
        source_evaluation=kept,
        target_labelled=known,
        data=amounts.together(kind, amounts.read(len(known), PUBLISHED["train"])),
        notes=(
            *notes,
            "The halves of GTSRB are the benchmark's own: no physical sign is in both.",
        ),
        licence=f"GTSRB: {SETS['gtsrb'].licence}{licence}",
    )
