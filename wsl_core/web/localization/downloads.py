"""Files that a visitor takes away from the part "point and box"; each is made when it is asked for."""

import csv
import io
import json
from functools import partial

from wsl_core import figures
from wsl_core.fcn.localization import Located
from wsl_core.figures.marks import marked
from wsl_core.web.downloads import Download
from wsl_core.web.localization import looked as page
from wsl_core.web.localization.looked import LocalizationView, Looked


def of_picture(
    looked: Looked, view: LocalizationView, scheme: str, index: int, found: Located
) -> list[Download]:
    """Picture with map, boxes and point; the places as JSON; all schemes as CSV."""
    stem = f"{looked.shown.chosen.key or looked.shown.sample or 'picture'}-{looked.classes[index]}"
    return [
        (
            "Picture with point and boxes (PNG)",
            partial(_drawn, looked, view, scheme, index, found),
            f"{stem}.png",
            "image/png",
        ),
        (
            "Point and boxes (JSON)",
            partial(as_json, looked, scheme, index, found),
            f"{stem}.json",
            "application/json",
        ),
        (
            "All schemes (CSV)",
            partial(as_csv, looked, index, view.threshold),
            f"{stem}.csv",
            "text/csv",
        ),
    ]


def _drawn(
    looked: Looked, view: LocalizationView, scheme: str, index: int, found: Located
) -> bytes:
    photo, maps = looked.shown.chosen.photo, looked.maps[scheme]
    painted = figures.overlay(
        photo, maps.map(index), maps.placement, scale=page.scale(maps, index), opacity=view.opacity
    )
    crops = looked.crops(scheme, index)
    return figures.png(marked(painted, photo, page.marks(found, view, crops=crops)))


def as_json(looked: Looked, scheme: str, index: int, found: Located) -> str:
    """Places in picture pixels, for other programs."""
    height, width = looked.own.picture_size
    return json.dumps(
        {
            "network": looked.maps[scheme].network,
            "trained": looked.trained,
            "scheme": scheme,
            "class": looked.classes[index],
            "width": width,
            "height": height,
            "score": float(looked.scores[scheme][index]),
            "point": [found.point.x, found.point.y],
            "hit": found.right,
            "boxes": [list(one.box) for one in found.boxes],
            "overlaps": list(found.overlaps),
            "beam_search": {"box": list(found.region.box), "score": found.region.score},
            "crops": [
                {"box": list(box), "confidence": value}
                for box, value in looked.crops(scheme, index)
            ],
            "truth": found.truth.tolist(),
        }
    )


def as_csv(looked: Looked, index: int, threshold: float) -> str:
    """A line a scheme."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["scheme", "score_logits", "x", "y", "hit", "largest_box_iou"])
    for name, score, found in page.rows_of(looked, index, threshold):
        overlap = "" if found.overlap is None else f"{found.overlap:.4f}"
        writer.writerow(
            [name, f"{score:.5f}", f"{found.point.x:.1f}", f"{found.point.y:.1f}",
             "" if found.right is None else found.right, overlap]
        )  # fmt: skip
    return out.getvalue()
