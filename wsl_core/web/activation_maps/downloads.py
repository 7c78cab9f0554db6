"""Files that a visitor takes away from the Activation maps page; each is made when it is asked for."""

import csv
import io
import json
from functools import partial

import numpy as np

from wsl_core import figures
from wsl_core.figures import Scale
from wsl_core.networks import ClassMaps
from wsl_core.web.downloads import Download
from wsl_core.web.pictures import Chosen


def offered(
    maps: ClassMaps, chosen: Chosen, indices: list[int], scale: Scale, opacity: float
) -> list[Download]:
    """Everything on offer for the classes `indices`, the overlay for the first of them."""
    stem = chosen.key or "picture"
    drawn = partial(_overlay, maps, chosen, indices[0], scale, opacity)
    return [
        ("Overlay (PNG)", drawn, f"{stem}.png", "image/png"),
        (
            "Sheet with colour bar (PDF)",
            partial(_sheet, maps, chosen, indices, opacity),
            f"{stem}.pdf",
            "application/pdf",
        ),
        ("Maps (npy)", partial(_array, maps, indices), f"{stem}.npy", "application/octet-stream"),
        ("Maps (JSON)", partial(as_json, maps, indices), f"{stem}.json", "application/json"),
        ("All classes (CSV)", partial(as_csv, maps), f"{stem}.csv", "text/csv"),
    ]


def _overlay(maps: ClassMaps, chosen: Chosen, index: int, scale: Scale, opacity: float) -> bytes:
    values = maps.map(index)
    return figures.png(
        figures.overlay(chosen.photo, values, maps.placement, scale=scale, opacity=opacity)
    )


def _sheet(maps: ClassMaps, chosen: Chosen, indices: list[int], opacity: float) -> bytes:
    file = io.BytesIO()
    figures.sheet(chosen.photo, maps, list(indices), opacity=opacity).savefig(file, format="pdf")
    return file.getvalue()


def _array(maps: ClassMaps, indices: list[int]) -> bytes:
    """(classes, rows, columns) float32, in logits."""
    file = io.BytesIO()
    np.save(file, np.stack([maps.map(i) for i in indices]))
    return file.getvalue()


def as_json(maps: ClassMaps, indices: list[int]) -> str:
    """Maps and how they lie on the picture, for other programs."""
    height, width = maps.picture_size
    down, across = maps.placement.down.centres(), maps.placement.across.centres()
    return json.dumps(
        {
            "network": maps.network,
            "width": width,
            "height": height,
            "input": list(maps.input_size),
            "unit": "logits",
            "cell_centres": {"x": across.round(3).tolist(), "y": down.round(3).tolist()},
            "classes": [
                {
                    "index": i,
                    "name": maps.classes.titles[i],
                    "score": float(maps.scores[i]),
                    "peak": list(maps.peak(i)),
                    "map": maps.map(i).round(5).tolist(),
                }
                for i in indices
            ],
        }
    )


def as_csv(maps: ClassMaps) -> str:
    """All classes with their scores, best first."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        ["rank", "index", "wnid", "name", "score_logits", "probability", "peak_x", "peak_y"]
    )
    for rank, one in enumerate(maps.top(len(maps.classes)), 1):
        x, y = maps.peak(one.index)
        writer.writerow(
            [rank, one.index, maps.classes.wnids[one.index], maps.classes.names[one.index],
             f"{one.score:.5f}", f"{one.probability:.6f}", f"{x:.1f}", f"{y:.1f}"]
        )  # fmt: skip
    return out.getvalue()
