"""The paper of digits on the Sliding window page: scenes, drawings, and what LeNet says, from numbers."""

import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache, partial

import numpy as np
import streamlit as st
from PIL import Image

from wsl_core import images
from wsl_core.errors import ImageError
from wsl_core.fcn import digit_canvas, sliding_window
from wsl_core.fcn.activation_maps import ActivationMapParameters
from wsl_core.fcn.digit_canvas import Digit
from wsl_core.images import Photo
from wsl_core.networks import ClassMaps, Network
from wsl_core.web import forward
from wsl_core.web.components.drawing import Mark, Reading, Written
from wsl_core.web.downloads import Download

PARAMETERS = ActivationMapParameters(network="lenet", size="full")
SEEDS = {"first": 0, "second": 5, "third": 10}
BLANK = "blank"
CHECKED = 24  # windows that are classified one by one, beside the convolution
PEN = digit_canvas.PEN
COMPONENT = "paper"  # key of the drawing
WRITTEN = "paper_written"


@cache
def scene(name: str) -> bytes:
    """PNG of a composed scene, or of blank paper."""
    ink = np.zeros((digit_canvas.HEIGHT, digit_canvas.WIDTH), np.uint8)
    if name != BLANK:
        ink = digit_canvas.compose(digit_canvas.shipped(), SEEDS[name]).ink
    return png(digit_canvas.paper(ink))


def png(pixels: np.ndarray) -> bytes:
    """A small grey PNG of paper (height, width, 3)."""
    file = io.BytesIO()
    Image.fromarray(pixels[..., 0]).save(file, "PNG")
    return file.getvalue()


def prepare() -> None:
    """Before the first visitor comes: LeNet looks at the first scene."""
    maps = forward.warm(images.read(scene(next(iter(SEEDS))), name="paper.png"), PARAMETERS)
    if maps is not None:
        found(maps)


def base(name: str) -> str:
    """Names what the strokes lie on; taking a scene, the same one too, makes another name."""
    return f"{name} {st.session_state.get('papers_taken', 0)}"


def take() -> None:
    """A scene was chosen: what was drawn before goes."""
    st.session_state.papers_taken = st.session_state.get("papers_taken", 0) + 1
    st.session_state.pop(WRITTEN, None)


def keep() -> None:
    """A drawing has come from the browser; one that cannot be read leaves the last where it was."""
    try:
        written = Written.of(st.session_state[COMPONENT].picture)
        images.read(written.png, name="the drawing")
    except ImageError as error:
        st.session_state.paper_refused = str(error)
    else:
        st.session_state.pop("paper_refused", None)
        st.session_state[WRITTEN] = written


def current(name: str) -> Written:
    """What lies on the paper: the visitor's drawing, or the scene."""
    written: Written | None = st.session_state.get(WRITTEN)
    if written is not None and written.base == base(name):
        return written
    return Written(base(name), 0, scene(name))


def photo(written: Written) -> Photo:
    """The paper as a picture."""
    return images.read(written.png, name="paper.png")


def found(maps: ClassMaps) -> list[Digit]:
    """The digits on the paper."""
    return forward.derived(
        ("digits", maps.digest), lambda: digit_canvas.found(maps.logits, maps.placement)
    )


def reading(maps: ClassMaps) -> Reading:
    """What LeNet says of the paper, as the drawing shows it."""
    digits = found(maps)
    return Reading(
        names=[str(digit) for digit in range(len(maps.logits))],
        logits=maps.logits,
        placement=maps.placement,
        marks=[Mark(one.x, one.y, f"{one.label}  {one.score:.0%}") for one in digits],
        text=digit_canvas.sentence(digits),
        alts=[alternative_text(maps, digit) for digit in range(len(maps.logits))],
    )


def alternative_text(maps: ClassMaps, digit: int) -> str:
    """What the map of one digit shows, in words and figures."""
    values = maps.map(digit)
    chances = digit_canvas.probabilities(values)
    x, y = maps.peak(digit)
    height, width = maps.picture_size
    return (
        f"Map of {digit}: highest {chances.max():.1%} ({values.max():.2f} logits) at {x:.0f} across, "
        f"{y:.0f} down of {width} by {height} pixels; {int((chances >= 0.5).sum())} of {values.size} "
        f"windows hold at least 50%."
    )


def checked(network: Network, paper: Photo, maps: ClassMaps) -> tuple[int, int, float]:
    """Windows classified one by one, all windows, and the largest difference to the cells, in logits."""
    return forward.derived(("checked", maps.digest), partial(_checked, network, paper, maps))


def _checked(network: Network, paper: Photo, maps: ClassMaps) -> tuple[int, int, float]:
    window = sliding_window.SlidingWindow.of(network, paper, "full")
    places = np.linspace(0, window.count - 1, min(CHECKED, window.count)).astype(int)
    cells = [divmod(int(place), window.columns) for place in places]
    crops = [paper.pixels[window.pixels_of(*cell)] for cell in cells]
    alone = sliding_window.own_scores(network, crops)
    dense = np.stack([maps.logits[:, row, column] for row, column in cells])
    return len(cells), window.count, float(np.abs(alone - dense).max())


def equality(counted: tuple[int, int, float]) -> str:
    """What was measured, in a sentence."""
    some, all_of_them, largest = counted
    return (
        f"Nothing is padded in this LeNet, so each of the {all_of_them:,} cells equals the classifier run "
        f"on its own window of 32 × 32 pixels. Measured just now on {some} of them: the largest "
        f"difference is **{largest:.1e} logits**, which is rounding."
    )


def rows(digits: Sequence[Digit]) -> list[list[str]]:
    """The digits found, from left to right."""
    ordered = sorted(digits, key=lambda one: one.x)
    return [[str(one.label), f"{one.score:.1%}", f"{one.x:.0f}", f"{one.y:.0f}"] for one in ordered]


def downloads(written: Written, maps: ClassMaps) -> list[Download]:
    """The paper, and what was said of it."""
    return [
        ("Paper (PNG)", lambda: written.png, "paper.png", "image/png"),
        ("Maps (npy)", partial(_array, maps), "maps.npy", "application/octet-stream"),
        ("Digits (JSON)", partial(_json, maps), "digits.json", "application/json"),
    ]


def _array(maps: ClassMaps) -> bytes:
    """(10, rows, columns) float32, in logits."""
    file = io.BytesIO()
    np.save(file, maps.logits)
    return file.getvalue()


def _json(maps: ClassMaps) -> str:
    return json.dumps([asdict(one) for one in found(maps)])


def in_python(name: str, written: Written) -> str:
    """The lines that find the digits of a scene, or of a downloaded paper."""
    seed = SEEDS.get(name)
    if seed is None or written.version:
        paper = ['photo = images.read("paper.png")']
    else:
        paper = [
            f"scene = digit_canvas.compose(digit_canvas.shipped(), {seed})",
            "photo = images.Photo.from_array(digit_canvas.paper(scene.ink))",
        ]
    return "\n".join(
        [
            "from wsl_core import images, networks",
            "from wsl_core.fcn import digit_canvas",
            "",
            *paper,
            f'network = networks.load("{PARAMETERS.network}")',
            'maps = network.class_maps(photo, "full")',
            "for digit in digit_canvas.found(maps.logits, maps.placement):",
            "    print(digit)",
        ]
    )
