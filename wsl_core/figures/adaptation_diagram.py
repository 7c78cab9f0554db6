"""Living diagrams of the methods of adaptation: one big network, whose parts have different goals.

Arrows back are gradients, as thick as the norms that were measured at this step. Of DANN they are norms at
the features, where the reversal layer stands: what leaves the domain classifier with `gradient_domain`
reaches the features as `gradient_reversed` = -lambda `gradient_domain`. Of the other methods they are norms
over the weights of the part at which an arrow ends.
"""

import math
from collections.abc import Iterable, Sequence

from wsl_core.figures.diagram import figure
from wsl_core.figures.diagram_adversaries import adda, translation
from wsl_core.figures.diagram_parts import Box, Diagram, Forward, Gradient, Kind, Twist, Way
from wsl_core.figures.diagram_words import (
    LOWER,
    RAISE,
    SOURCE,
    TARGET,
    Figures,
    Part,
    by_name,
    gradient,
    loss_box,
    negative,
    norm_in,
    part_box,
    part_of,
    said,
    teacher,
    told,
)
from wsl_core.figures.ink import number

AT_FEATURES = ("gradient_label", "gradient_domain", "gradient_reversed")
OF_WEIGHTS = (
    "gradient_encoder", "gradient_classifier", "gradient_decoders", "gradient_domain_classifier",
    "gradient_critics",
)  # fmt: skip


def largest_norm(rows: Iterable[Figures]) -> float | None:
    """The largest norm that the arrows of a run ever have, so that all its steps share one scale.

    Args:
        rows: the figures of all steps; None where nothing was measured.
    """
    known = list(rows)
    names = AT_FEATURES if any("gradient_domain" in one for one in known) else OF_WEIGHTS
    sizes = [abs(one[name]) for one in known for name in names if name in one]
    return max((one for one in sizes if math.isfinite(one)), default=None)


def diagram(
    method: str,
    norms: Figures,
    *,
    step: int,
    wants: Sequence[Part],
    lambda_: float | None = None,
    doing: str = "",
    largest: float | None = None,
) -> str:
    """The diagram of a method, by its name; arguments as in `dann`, `adda`, `translation` and `plain`."""
    if method == "adda":
        return adda(norms, step=step, doing=doing, wants=wants, largest=largest)
    if method == "translation":
        return translation(norms, step=step, wants=wants, largest=largest)
    if method == "dann" or (method == "self-training" and "gradient_domain" in norms):
        return dann(norms, step=step, lambda_=lambda_, wants=wants, largest=largest)
    labelled = TARGET[0] if method == "target" else SOURCE[0]
    return plain(norms, step=step, wants=wants, largest=largest, labelled=labelled)


def dann(
    norms: Figures,
    *,
    step: int,
    wants: Sequence[Part],
    lambda_: float | None = None,
    largest: float | None = None,
) -> str:
    """Domain-adversarial training: the ribbon of the domain's gradient is turned over on its way.

    Args:
        norms: figures of this step: `gradient_label`, `gradient_domain`, `gradient_reversed`, `lambda`, and
            beside them losses and accuracies, where known.
        step: at which they were measured.
        wants: the method's parts; with a `teacher` among them, it is shown, too.
        lambda_: to see what another lambda would make of the measured gradient; None for what was measured.
        largest: the norm of the thickest arrow, as of `largest_norm`; None for the largest of this step.
    """
    domain, measured = norm_in(norms, "gradient_domain"), norms.get("lambda")
    weight = measured if lambda_ is None else lambda_
    after = norms.get("gradient_reversed")
    if lambda_ is not None:
        after = None if domain is None else -lambda_ * domain
    turned: Kind = "kept" if after is not None and after > 0 else "turned"
    passed = None if after is None else abs(after)
    asked = "raise the domain loss" if turned == "turned" else "lower the domain loss"
    if passed == 0:
        asked = "nothing passes"
    before = Gradient(
        "judges",
        "reversal",
        1,
        domain,
        "kept",
        "lower the domain loss",
        "gradient_domain",
        tip=False,
    )
    behind = Gradient("reversal", "features", 1, passed, turned, asked, "gradient_reversed")
    label = gradient(norms, "gradient_label", ("judges", "features"), 0, "lower the label loss")
    factor = f"× −λ = {negative(weight)}" if weight is not None else "× −λ"
    part = by_name(wants)
    boxes = [
        Box("pictures", (0, 0), *SOURCE, low=True),
        Box("pictures", (1, 1), *TARGET, low=True),
        part_box("features", (0, 1), part["encoder"], norms, weights=True),
        part_box("judges", (0, 0), part["classifier"], norms, weights=True),
        part_box("judges", (1, 1), part["domain_classifier"], norms, weights=True),
        Box("reversal", (1, 1), ""),
    ]
    forwards = [
        Forward(("pictures", 0), ("features", 0)), Forward(("pictures", 1), ("features", 1)),
        Forward(("features", 0), ("judges", 0)), Forward(("features", 1), ("reversal", 1)),
        Forward(("reversal", 1), ("judges", 1)),
    ]  # fmt: skip
    drawn = Diagram(
        boxes,
        forwards,
        [label, before, behind],
        [Twist("reversal", 1, before, behind, "Reversal", factor)],
    )
    ways = (
        Way(True, {"pictures": (0, 104), "features": (140, 324), "reversal": (446, 574),
                   "judges": (696, 910)},
            ((0, 168), (182, 350)), 38, 86, 14),
        Way(False, {"pictures": (0, 54), "features": (80, 196), "reversal": (286, 366),
                    "judges": (456, 620)},
            ((0, 174), (186, 360)), 16, 46, 13),
    )  # fmt: skip
    notes = teacher(part, norms)
    if lambda_ is not None and measured is not None and not math.isclose(lambda_, measured):
        notes.append(
            f"Lambda is set to {number(lambda_, 3)} here; at this step the training had "
            f"{number(measured, 3)}."
        )
    alt = told(
        step, wants, norms,
        f"Label classifier to features: {said(label)}. "
        f"Domain classifier to reversal layer: {said(before)}. The reversal layer multiplies by minus lambda"
        f"{'' if weight is None else f', {negative(weight)}'}. Reversal layer to features: {said(behind)}.",
        notes,
    )  # fmt: skip
    return figure(
        drawn, ways, title=f"Gradients at the features, step {step}", notes=notes,
        kinds={"kept": LOWER, "turned": RAISE}, largest=largest, alt=alt,
        about="On its weights: the norm of the whole gradient over the weights of a part, another measure.",
    )  # fmt: skip


def plain(
    norms: Figures,
    *,
    step: int,
    wants: Sequence[Part],
    largest: float | None = None,
    labelled: str = SOURCE[0],
) -> str:
    """Methods whose network has one goal: features and label classifier, and labels that train both.

    Args:
        norms: figures of this step.
        step: at which they were measured.
        wants: the method's parts.
        largest: as in `dann`.
        labelled: the pictures whose labels are learned.
    """
    part = by_name(wants)
    gradients = [
        gradient(norms, "gradient_encoder", ("judges", "features"), 0, "lower the label loss"),
        gradient(norms, "gradient_classifier", ("loss", "judges"), 0, "lower the label loss"),
    ]
    boxes = [
        Box("pictures", (0, 0), labelled, ("labelled",), low=True),
        part_box("features", (0, 0), part["encoder"], norms),
        part_box("judges", (0, 0), part["classifier"], norms),
        loss_box("loss", 0, "Label loss", norms, "loss"),
    ]
    forwards = [
        Forward(("pictures", 0), ("features", 0)),
        Forward(("features", 0), ("judges", 0)),
        Forward(("judges", 0), ("loss", 0)),
    ]
    ways = (
        Way(True, {"pictures": (0, 104), "features": (134, 306), "judges": (478, 660), "loss": (832, 922)},
            ((0, 150),), 38, 82, 14),
        Way(False, {"pictures": (0, 54), "features": (80, 160), "judges": (244, 324), "loss": (408, 464)},
            ((0, 360),), 90, 140, 13),
    )  # fmt: skip
    notes = teacher(part, norms)
    alt = told(
        step, wants, norms,
        " ".join(f"To the {part[part_of(one)].title}: {said(one)}." for one in gradients), notes,
    )  # fmt: skip
    return figure(
        Diagram(boxes, forwards, gradients), ways, title=f"Gradients of the weights, step {step}",
        kinds={"kept": LOWER}, notes=notes, largest=largest, alt=alt,
    )  # fmt: skip
