"""Files that a visitor takes away from the Segmentation page; each is made when it is asked for."""

import io
from functools import partial

import numpy as np

from wsl_core.fcn.segmentation import palette
from wsl_core.fcn.segmentation.on_picture import at_size
from wsl_core.figures import png, segments
from wsl_core.web.downloads import Download, csv_text
from wsl_core.web.segmentation.looked import Looked


def of_picture(looked: Looked) -> list[Download]:
    """Labels as VOC's palette PNG, the picture with them, shares, and a table."""
    chosen = looked.subject.chosen
    stem = f"{chosen.key or looked.subject.sample or 'picture'}-segments"
    return [
        ("Labels (palette PNG)", partial(labels_png, looked), f"{stem}.png", "image/png"),
        ("Picture with labels (PNG)", partial(overlay_png, looked), f"{stem}-overlay.png", "image/png"),
        ("Shares (NPY)", partial(shares_npy, looked), f"{stem}-shares.npy", "application/octet-stream"),
        ("Areas and IoU (CSV)", partial(as_csv, looked), f"{stem}.csv", "text/csv"),
    ]  # fmt: skip


def labels_png(looked: Looked) -> bytes:
    """The labels after the last update, as large as the picture, numbered and coloured as VOC's."""
    height, width = looked.subject.chosen.photo.pixels.shape[:2]
    return palette.png(at_size(looked.worked.last.labels, height, width))


def overlay_png(looked: Looked) -> bytes:
    """The picture with the labels in the page's colours."""
    pixels = looked.subject.chosen.photo.pixels
    labels = at_size(looked.worked.last.labels, *pixels.shape[:2])
    return png(segments.painted(pixels, labels, looked.paint))


def shares_npy(looked: Looked) -> bytes:
    """(1 + L, height, width) float16 shares after the last update, background first, as the CRF had them."""
    file = io.BytesIO()
    np.save(file, looked.worked.last.shares.astype(np.float16), allow_pickle=False)
    return file.getvalue()


def as_csv(looked: Looked) -> str:
    """A line a label and update: its area and, where there is a mask, its intersection over union."""
    rows = []
    for update, labels in enumerate(looked.worked.labels):
        overlaps = looked.overlaps(labels)
        for name, area in zip(looked.names, looked.areas(labels), strict=True):
            value = overlaps.get(name)
            rows.append([update, name, f"{area:.5f}", "" if value is None else f"{value:.5f}"])
    return csv_text(["update", "label", "area", "iou"], rows)
