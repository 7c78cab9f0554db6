"""Files that a visitor takes away from the Zero-shot page; each is made when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wsl_core.web.downloads import Download, csv_text
from wsl_core.web.zero_shot.animals import Setting

if TYPE_CHECKING:
    from wsl_core.web.zero_shot.decision import Decision
    from wsl_core.web.zero_shot.meeting import Plane

CSV = "text/csv"


def of_decision(found: Decision) -> list[Download]:
    """The table as the visitor has it, and the score of every class."""
    return [
        ("The table, with your rows (CSV)", found.table.csv_text, "attributes.csv", CSV),
        ("Scores of all classes (CSV)", lambda: scores_csv(found), "zero_shot_scores.csv", CSV),
        ("Attributes of the picture (CSV)", lambda: predicted_csv(found), "predicted_attributes.csv", CSV),
    ]  # fmt: skip


def scores_csv(found: Decision) -> str:
    """A row a class, the winner first."""
    names = found.table.classes
    return csv_text(
        ("class", "score", "score_before_calibration", "pictures_shown", "in_network"),
        [
            (
                names[one], f"{found.scores[one]:.6g}", f"{found.raw[one]:.6g}",
                "no" if found.new[one] else "yes", found.taught[names[one]].kind,
            )
            for one in found.order
        ],
    )  # fmt: skip


def predicted_csv(found: Decision) -> str:
    """A row an attribute: what the picture is predicted to have, and how far off such predictions are."""
    values, deviations = found.predicted
    return csv_text(
        ("attribute", "predicted", "deviation"),
        [
            (name, f"{value:.4f}", f"{deviation:.4f}")
            for name, value, deviation in zip(
                found.table.attributes, values, deviations, strict=True
            )
        ],
    )


def of_setting(found: Setting, gamma: float) -> list[Download]:
    """The whole curve, and every picture that was judged."""
    return [
        ("Curve (CSV)", lambda: curve_csv(found), "calibration.csv", CSV),
        ("Predictions (CSV)", lambda: predictions_csv(found, gamma), "predictions.csv", CSV),
    ]


def curve_csv(found: Setting) -> str:
    """A row a gamma at which something changes."""
    curve = found.curve
    return csv_text(
        ("gamma", "seen", "unseen", "harmonic"),
        [
            (f"{g:.6g}", f"{s:.4f}", f"{u:.4f}", f"{h:.4f}")
            for g, s, u, h in zip(
                curve.gammas, curve.seen, curve.unseen, curve.harmonic, strict=True
            )
        ],
    )


def predictions_csv(found: Setting, gamma: float) -> str:
    """A row a picture that was judged, with the slider at gamma."""
    names = [found.animals.table.classes[one] for one in found.places]
    said = found.said(gamma * found.spread)
    return csv_text(
        ("class", "seen", "predicted"),
        [
            (names[truth], "yes" if found.seen[truth] else "no", names[guess])
            for truth, guess in zip(found.labels, said, strict=True)
        ],
    )


def of_planes(planes: Sequence[Plane]) -> list[Download]:
    """The places of all points."""
    return [("Points of the planes (CSV)", lambda: points_csv(planes), "two_networks.csv", CSV)]


def points_csv(planes: Sequence[Plane]) -> str:
    """A row a point."""
    return csv_text(
        ("state", "what", "class", "x", "y"),
        [
            (one.title, "class" if mark else "picture", one.names[group], f"{x:.4f}", f"{y:.4f}")
            for one in planes
            for (x, y), group, mark in zip(one.points, one.groups, one.marks, strict=True)
        ],
    )
