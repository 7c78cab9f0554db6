"""Files that a visitor takes away from the Sliding window page; each is made when it is asked for."""

import io
from functools import partial

import numpy as np

from wsl_core import figures
from wsl_core.networks.layers import Layers
from wsl_core.web.downloads import Download, csv_text
from wsl_core.web.pictures import Chosen
from wsl_core.web.sliding_window.shown import Slid, crop


def of_windows(one: Slid, chosen: Chosen, place: tuple[int, int]) -> list[Download]:
    """The score of one class in every window, and one window: framed, and cut out."""
    stem = chosen.key or "picture"
    return [
        (
            "Window in the picture (PNG)",
            partial(_framed, one, chosen, place),
            f"{stem}-window.png",
            "image/png",
        ),
        (
            "Crop (PNG)",
            lambda: figures.png(crop(chosen.photo, one.window, place).pixels),
            f"{stem}-crop.png",
            "image/png",
        ),
        ("Map (npy)", partial(_array, one), f"{stem}-windows.npy", "application/octet-stream"),
        ("All windows (CSV)", partial(windows_csv, one), f"{stem}-windows.csv", "text/csv"),
    ]


def _framed(one: Slid, chosen: Chosen, place: tuple[int, int]) -> bytes:
    return figures.png(figures.framed(chosen.photo, one.window.placement.window(*place)))


def _array(one: Slid) -> bytes:
    """(rows, columns) float32, in logits."""
    file = io.BytesIO()
    np.save(file, one.values)
    return file.getvalue()


def windows_csv(one: Slid) -> str:
    """A line a window: row and column from 1, its edges in picture pixels, its score."""
    rows, columns = one.values.shape
    return csv_text(
        ["row", "column", "left", "top", "right", "bottom", "score_logits"],
        (
            [row + 1, column + 1, *(f"{edge:.2f}" for edge in one.placement.window(row, column)),
             f"{one.values[row, column]:.5f}"]
            for row in range(rows)
            for column in range(columns)
        ),
    )  # fmt: skip


def layers_csv(layers: Layers, side: int) -> str:
    """A line a layer: its shapes, parameters, and what it costs on an input of `side` pixels."""
    return csv_text(
        [
            "layer",
            "kind",
            "published_shape",
            "shape",
            "parameters",
            "cells",
            "multiply_accumulates",
        ],
        (
            [
                layer.name,
                layer.kind,
                " ".join(map(str, layer.published_shape or layer.shape)),
                " ".join(map(str, layer.shape)),
                layer.parameters,
                layer.cells(side),
                layer.multiply_accumulates(side, side),
            ]
            for layer in layers
        ),
    )
