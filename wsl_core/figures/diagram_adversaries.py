"""Living diagrams of the methods whose adversaries have losses of their own: ADDA and image translation.

Arrows back are as thick as the norms of the gradient over the weights of the part at which they end.
"""

from collections.abc import Sequence

from wsl_core.figures.diagram import figure
from wsl_core.figures.diagram_parts import Box, Diagram, Forward, Junction, Kind, Way
from wsl_core.figures.diagram_words import (
    LOWER,
    SOURCE,
    TARGET,
    Figures,
    Part,
    accuracy,
    by_name,
    gradient,
    loss_box,
    part_box,
    part_of,
    said,
    title_of,
    told,
    want,
)


def adda(
    norms: Figures,
    *,
    step: int,
    wants: Sequence[Part],
    doing: str = "",
    largest: float | None = None,
) -> str:
    """Adversarial discriminative adaptation: first the source's network, then a copy against a discriminator.

    Args:
        norms: figures of this step; those of the second training have `gradient_domain_classifier`.
        step: at which they were measured.
        wants: the method's parts.
        doing: which of the two trainings it belongs to, for the title.
        largest: as in `dann`.
    """
    second = any(name in norms for name in ("gradient_domain_classifier", "domain_loss"))
    part = by_name(wants)
    back, begin = ("judges", "features"), ("loss", "judges")
    if second:
        gradients = [
            gradient(norms, "gradient_encoder", back, 1, "look like source: inverted labels", "turned",
                     signed=False),
            gradient(norms, "gradient_domain_classifier", begin, 1, "lower the domain loss"),
        ]  # fmt: skip
    else:
        gradients = [
            gradient(norms, "gradient_encoder", back, 0, "lower the label loss"),
            gradient(norms, "gradient_classifier", begin, 0, "lower the label loss"),
        ]
    goal = "tell the source's classes apart"
    boxes = [
        Box("pictures", (0, 0), *SOURCE, low=True),
        Box("pictures", (1, 1), *TARGET, low=True),
        Box("features", (0, 0), part["source_encoder"].title,
            (want(part["source_encoder"].wants if second else "help the label classifier"),),
            "frozen" if second else ""),
        Box("features", (1, 1), part["encoder"].title,
            (want(part["encoder"].wants),) if second else ("not made yet: will begin as a copy",),
            "" if second else "absent"),
        Box("judges", (0, 0), part["classifier"].title,
            (want(part["classifier"].wants if second else goal),),
            "frozen" if second else ""),
        Box("judges", (1, 1), part["domain_classifier"].title,
            (want(part["domain_classifier"].wants), *accuracy("domain_classifier", norms))
            if second else ("not trained yet",), "" if second else "absent"),
        loss_box("loss", 1, "Domain loss", norms, "domain_loss") if second
        else loss_box("loss", 0, "Label loss", norms, "loss"),
    ]  # fmt: skip
    forwards = [Forward(("pictures", 0), ("features", 0)), Forward(("features", 0), ("judges", 0))]
    if second:
        forwards += [
            Forward(("pictures", 1), ("features", 1)), Forward(("features", 1), ("judges", 1)),
            Forward(("features", 0), ("judges", 1)), Forward(("judges", 1), ("loss", 1)),
        ]  # fmt: skip
    else:
        forwards.append(Forward(("judges", 0), ("loss", 0)))
    ways = (
        Way(True, {"pictures": (0, 104), "features": (134, 306), "judges": (478, 660), "loss": (832, 922)},
            ((0, 150), (170, 320)), 38, 82, 14),
        Way(False, {"pictures": (0, 54), "features": (80, 180), "judges": (284, 404), "loss": (484, 540)},
            ((0, 174), (186, 360)), 16, 46, 13),
    )  # fmt: skip
    doing = doing or ("training the target's encoder" if second else "training on the source")
    frozen = (
        "No gradient reaches the dashed parts. In the end the label classifier reads the target features."
        if second
        else ""
    )
    against = (
        "against the discriminator, by a loss of its own with inverted labels; no sign is turned"
    )
    kinds: dict[Kind, str] = {"kept": LOWER, "turned": against} if second else {"kept": LOWER}
    alt = told(
        step, wants, norms,
        f"{doing.capitalize()}. " + " ".join(
            f"To the {title_of(part, one, second)}: {said(one)}." for one in gradients) + f" {frozen}",
    )  # fmt: skip
    return figure(
        Diagram(boxes, forwards, gradients), ways, title=f"Gradients of the weights, step {step}: {doing}",
        kinds=kinds, notes=[frozen] if frozen else [], largest=largest, alt=alt,
    )  # fmt: skip


def translation(
    norms: Figures, *, step: int, wants: Sequence[Part], largest: float | None = None
) -> str:
    """Image translation: one encoder serves a classifier and decoders, and has to fool two adversaries.

    Args:
        norms: figures of this step.
        step: at which they were measured.
        wants: the method's parts.
        largest: as in `dann`.
    """
    part = by_name(wants)
    trunk = gradient(
        norms, "gradient_encoder", ("makers", "features"), 1, "together", "mixed", signed=False
    )
    joined = Junction(
        trunk, ((0, "kept", "labels"), (1, "turned", "fool it"), (2, "kept", "draw well"))
    )
    back = ("critics", "makers")
    gradients = [
        gradient(norms, "gradient_classifier", back, 0, "lower the label loss"),
        gradient(norms, "gradient_domain_classifier", back, 1, "lower its loss"),
        gradient(norms, "gradient_decoders", back, 2, "draw well and fool them", "mixed", signed=False),
        gradient(norms, "gradient_critics", ("loss", "critics"), 2, "lower their loss"),
    ]  # fmt: skip
    boxes = [
        Box("pictures", (0, 0), *SOURCE, low=True),
        Box("pictures", (2, 2), *TARGET, low=True),
        part_box("features", (0, 2), part["encoder"], norms),
        part_box("makers", (0, 0), part["classifier"], norms),
        part_box("makers", (1, 1), part["domain_classifier"], norms),
        part_box("makers", (2, 2), part["decoders"], norms),
        part_box("critics", (2, 2), part["critics"], norms),
        loss_box("critics", 0, "Label loss", norms, "loss"),
        loss_box("critics", 1, "Its loss", norms, "domain_loss"),
        loss_box("loss", 2, "Their loss", norms, "critics_loss"),
    ]
    forwards = [
        Forward(("pictures", 0), ("features", 0)), Forward(("pictures", 2), ("features", 2)),
        *(Forward(("features", lane), ("makers", lane)) for lane in range(3)),
        *(Forward(("makers", lane), ("critics", lane)) for lane in range(3)),
        Forward(("critics", 2), ("loss", 2)),
    ]  # fmt: skip
    ways = (
        Way(True, {"pictures": (0, 92), "features": (118, 270), "makers": (442, 608),
                   "critics": (728, 870), "loss": (974, 1050)},
            ((0, 152), (164, 316), (328, 480)), 38, 84, 14),
        Way(False, {"pictures": (0, 72), "features": (96, 190), "makers": (330, 520),
                    "critics": (614, 760), "loss": (846, 902)},
            ((0, 114), (123, 237), (246, 360)), 12, 34, 12.5),
    )  # fmt: skip
    note = "Thin dashed arrows were not measured one by one: they join in the gradient of the features."
    kinds: dict[Kind, str] = {
        "kept": LOWER,
        "turned": "against an adversary: asks to be taken for the other domain",
        "mixed": "both together",
    }
    alt = told(
        step, wants, norms,
        " ".join(f"To the {part[part_of(one)].title}: {said(one)}." for one in (*gradients, trunk)), [note],
    )  # fmt: skip
    return figure(
        Diagram(boxes, forwards, gradients, junctions=[joined]), ways,
        title=f"Gradients of the weights, step {step}", kinds=kinds, notes=[note], largest=largest, alt=alt,
    )  # fmt: skip
