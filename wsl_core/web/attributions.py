"""Attributions beside the class map: what is asked for, which run answers it, and what is drawn of it."""

import hashlib
import io
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from wsl_core import figures
from wsl_core.fcn import attributions
from wsl_core.fcn.attributions import METHODS, Attribution, AttributionParameters, Method
from wsl_core.figures import Scale
from wsl_core.images import Photo
from wsl_core.images.photo import fit
from wsl_core.jobs import Run
from wsl_core.networks import ClassMaps, Placement
from wsl_core.networks.network import resized
from wsl_core.settings import settings
from wsl_core.web.activation_maps import ActivationMapView, alternative_text, picture_in_python
from wsl_core.web.pictures import Chosen
from wsl_core.web.store import Store

DRAWN_SIDE = 900  # longer side of a picture on the page, in pixels
ROWS, COLUMNS = ("upper", "middle", "lower"), ("left", "middle", "right")
CENTRE = "middle"
BINARY = "application/octet-stream"


class AttributionView(AttributionParameters):
    """What the page's link holds of attributions; the class map itself is there without asking."""

    method: str = Field(
        "gradient",
        title="Method",
        description="How the score is shared out.",
        json_schema_extra={
            "choices": [method.name for method in METHODS.values() if method.work],
            "menu": True,
        },
    )

    @property
    def parameters(self) -> AttributionParameters:
        """The same without the page."""
        return AttributionParameters(**self.model_dump())


@dataclass(frozen=True, eq=False)
class Asked:
    """An attribution that the page asks for.

    Attributes:
        network: its name.
        chosen: the picture.
        index: of the class.
        name: of the class.
        size: longer side as fed, or "full".
        parameters: the method and what it uses.
    """

    network: str
    chosen: Chosen
    index: int
    name: str
    size: int | str
    parameters: AttributionParameters

    @classmethod
    def of(
        cls,
        page: ActivationMapView,
        chosen: Chosen,
        maps: ClassMaps,
        index: int,
        view: AttributionView,
    ) -> "Asked":
        """What the controls of the page say."""
        name = maps.classes.titles[index]
        return cls(page.network, chosen, index, name, page.size, view.parameters)

    @property
    def method(self) -> Method:
        """How the score is shared out."""
        return METHODS[self.parameters.method]

    @property
    def input_size(self) -> tuple[int, int]:
        """(height, width) as fed."""
        return attributions.fed(self.network, self.chosen.photo, self.size)

    @property
    def looks(self) -> int:
        """How often the network will look."""
        return attributions.looks(self.parameters, *self.input_size)

    def request(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """Config and arrays of the job; the config also says which picture and size it belongs to.

        Raises:
            ParameterError: a parameter that does not fit this picture.
        """
        config, arrays = attributions.request(
            self.network, self.chosen.photo, self.index, self.parameters, self.size
        )
        return config | {"picture": self.chosen.photo.digest, "size": self.size}, arrays

    def differs(self, config: Mapping[str, Any]) -> list[str]:
        """In what a run of this config is not what is asked for; empty where it answers it."""
        of_run = AttributionParameters.model_validate(config["parameters"])
        facts = {
            "picture": (config.get("picture"), self.chosen.photo.digest),
            "network": (config["network"], self.network),
            "class": (config["index"], self.index),
            "picture size": (config.get("size"), self.size),
            "method": (of_run.method, self.parameters.method),
        }
        found = [what for what, (one, other) in facts.items() if one != other]
        if of_run.method == self.parameters.method:
            before, now = of_run.used(), self.parameters.used()
            found += [
                str(AttributionParameters.model_fields[name].title).lower()
                for name in {**before, **now}
                if name in before and name in now and before[name] != now[name]
            ]
        return found


_found: Store[Attribution] = Store(
    settings().cache_megabytes / 4, lambda one: 2 * one.values.nbytes + 10_000
)
_drawn: Store[bytes] = Store(settings().cache_megabytes / 4, len)
# Seconds per look and fed pixel, by network and method, as the last run on this server took them.
_pace: dict[tuple[str, str], float] = {}


def answer(run: Run, asked: Asked) -> Attribution:
    """What a finished run has found, kept for the next visitor.

    Raises:
        WslError: the run's result is gone, or cannot be read.
    """
    found = _found.get(run.id)
    if found is None:
        of_run = AttributionParameters.model_validate(run.config["parameters"])
        found = attributions.read(
            run.result(), asked.network, asked.chosen.photo, of_run, asked.size
        )
        _found.put(run.id, found)
    height, width = asked.input_size
    _pace[asked.network, asked.method.name] = found.seconds / (asked.looks * height * width)
    return found


def expected_seconds(asked: Asked) -> float | None:
    """How long it will take, going by the last run of this method; None where there was none."""
    height, width = asked.input_size
    pace = _pace.get((asked.network, asked.method.name))
    return None if pace is None else pace * asked.looks * height * width


@dataclass(frozen=True, eq=False)
class Drawing:
    """One picture of the comparison.

    Attributes:
        title: above it.
        png: the file.
        alt: what it shows, from its numbers.
        scale: of its colours.
        signed: whether values below zero can be there.
        unit: of the values.
        reach: what the scale holds, in words.
        pale: whether the photograph below the colours is a pale backdrop.
    """

    title: str
    png: bytes
    alt: str
    scale: Scale
    signed: bool
    unit: str
    reach: str = "a scale of its own"
    pale: bool = False


def drawings(
    found: Attribution, maps: ClassMaps, asked: Asked, scale: Scale, view: ActivationMapView
) -> list[Drawing]:
    """The class map, the attribution and, where weights were randomised, the one with random weights.

    Args:
        found: the attribution.
        maps: of the same picture.
        asked: what the attribution answers.
        scale: of the class map.
        view: what the page shows.
    """
    chosen, method, index = asked.chosen, found.method, found.index
    photo, opacity = chosen.photo, view.opacity
    class_map = Drawing(
        "Class activation map",
        _png(photo, maps.map(index), maps.placement, scale, opacity, pale=False),
        alternative_text(maps, index, chosen, view.threshold),
        scale,
        signed=True,
        unit="logits",
        reach="a scale of its own" if scale.own else "one scale for all likely classes",
    )
    pale = method.level == "pixels"
    versions = [(method.title, found.values)]
    if found.randomised is not None:
        versions[0] = (f"{method.title}, learned weights", found.values)
        versions.append((f"{method.title}, random weights", found.randomised.values))
    shown = [class_map]
    for title, values in versions:
        own = scale_of(method, values)
        png = _png(photo, values, found.placement, own, opacity, pale=pale)
        alt = words_for(f"{chosen.title} with {title} of {found.name}", values, found)
        shown.append(Drawing(title, png, alt, own, method.signed, method.unit, pale=pale))
    return shown


def scale_of(method: Method, values: NDArray[np.float32]) -> Scale:
    """The scale of an attribution, its own: units differ from method to method."""
    return Scale.of_pixels([values]) if method.level == "pixels" else Scale.of([values])


def _png(
    photo: Photo,
    values: NDArray[np.float32],
    placement: Placement,
    scale: Scale,
    opacity: float,
    *,
    pale: bool,
) -> bytes:
    """Values over the photograph, in as many pixels as the page shows, drawn once for all visitors."""
    digest = hashlib.sha256(values.tobytes()).digest()
    key = (photo.digest, photo.pixels.shape, digest, placement, scale, opacity, pale)
    data = _drawn.get(key)
    if data is None:
        rows, columns = photo.pixels.shape[:2]
        width, height = fit((columns, rows), DRAWN_SIDE)
        small = replace(photo, pixels=resized(photo.pixels, height, width))
        backdrop = figures.faded(small) if pale else small
        data = figures.png(
            figures.overlay(backdrop, values, placement, scale=scale, opacity=opacity)
        )
        _drawn.put(key, data)
    return data


def words_for(what: str, values: NDArray[np.float32], found: Attribution) -> str:
    """An attribution in words and figures, for those who do not see it."""
    row, column = np.unravel_index(int(np.argmax(values)), values.shape)
    x, y = found.placement.centre(int(row), int(column))
    height, width = found.placement.down.picture_side, found.placement.across.picture_side
    shares = ninths(values, found.placement)[0]
    most = int(np.argmax(shares))
    return (
        f"{what}: highest {values.max():.2g} {found.method.unit} at {x:.0f} across, {y:.0f} down of "
        f"{width} by {height} pixels, lowest {values.min():.2g}. The {place(most)} ninth of the picture "
        f"holds the largest share, {shares[most]:.0%}."
    )


def place(ninth: int) -> str:
    """The name of one of nine places, counted row by row from 0."""
    row, column = divmod(ninth, 3)
    if ROWS[row] == COLUMNS[column] == CENTRE:
        return CENTRE
    return f"{ROWS[row]} {COLUMNS[column]}"


def ninths(
    values: NDArray[np.float32], placement: Placement
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """The picture in nine places, row by row.

    Returns:
        (9,) each: shares of the absolute values; means of the values, not a number where no cell has
        its centre; and their sums.
    """
    down, across = (
        np.clip((3 * (axis.centres() + 0.5) / axis.picture_side).astype(int), 0, 2)
        for axis in (placement.down, placement.across)
    )
    parts = [
        values[np.ix_(down == row, across == column)].astype(np.float64)
        for row in range(3)
        for column in range(3)
    ]
    sizes = np.array([np.abs(part).sum() for part in parts])
    means = np.array([part.mean() if part.size else np.nan for part in parts])
    sums = np.array([part.sum() for part in parts])
    return sizes / (sizes.sum() or 1), means, sums


def table(found: Attribution, maps: ClassMaps) -> tuple[list[str], list[list[str]]]:
    """Head and rows of the picture's nine places."""
    head = ["place", "share of all values"]
    shares, means, sums = ninths(found.values, found.placement)
    columns = [_written(shares, ".1%")]
    if found.completeness is not None:
        head.append(f"sum, {found.method.unit}")
        columns.append(_written(sums, ".2f"))
    elif found.method.signed:
        head.append(f"mean, {found.method.unit}")
        columns.append(_written(means, ".3f"))
    if found.randomised is not None:
        head.append("share with random weights")
        columns.append(_written(ninths(found.randomised.values, found.placement)[0], ".1%"))
    head.append("class map, mean, logits")
    columns.append(_written(ninths(maps.map(found.index), maps.placement)[1], ".2f"))
    return head, [list(row) for row in zip(map(place, range(9)), *columns, strict=True)]


def _written(numbers: NDArray[np.float64], form: str) -> list[str]:
    return [
        "no cell" if np.isnan(one) else f"{one:{form}}".replace("-", "−")
        for one in numbers.tolist()
    ]


def as_png(found: Attribution, asked: Asked, opacity: float) -> bytes:
    """The attribution over its photograph, in all pixels that are there."""
    photo = asked.chosen.photo
    backdrop = figures.faded(photo) if found.method.level == "pixels" else photo
    scale = scale_of(found.method, found.values)
    return figures.png(
        figures.overlay(backdrop, found.values, found.placement, scale=scale, opacity=opacity)
    )


def as_npy(values: NDArray[np.float32]) -> bytes:
    """(rows, columns) of cells or (height, width) of pixels as fed, float32."""
    file = io.BytesIO()
    np.save(file, values)
    return file.getvalue()


def in_python(asked: Asked) -> str:
    """The lines that give the figures of the attribution."""
    pixels = asked.method.level == "pixels"
    backdrop = "figures.faded(photo)" if pixels else "photo"
    scale = "of_pixels" if pixels else "of"
    parameters = ", ".join(f"{name}={value!r}" for name, value in _given(asked).items())
    return "\n".join(
        [
            "from wsl_core import figures, images",
            "from wsl_core.fcn import attributions",
            "",
            picture_in_python(asked.chosen),
            f"parameters = attributions.AttributionParameters({parameters})",
            "found = attributions.attribute(",
            f'    "{asked.network}", photo, {asked.index}, parameters, size={asked.size!r}',
            ")",
            "print(found.score, found.peak(), found.completeness, found.randomised)",
            f"scale = figures.Scale.{scale}([found.values])",
            "picture = figures.overlay(",
            f"    {backdrop}, found.values, found.placement, scale=scale",
            ")",
            'open("attribution.png", "wb").write(figures.png(picture))',
        ]
    )


def command_line(asked: Asked) -> str:
    """The same on the command line, for a picture in a file."""
    words = ["python", "-m", "wsl_core", "heatmap", "PICTURE.jpg", "--out", "results"]
    words += ["--network", asked.network, "--size", str(asked.size), "--classes", str(asked.index)]
    for name, value in _given(asked).items():
        words += [f"--{name}", str(value)]
    return shlex.join(words)


def _given(asked: Asked) -> dict[str, Any]:
    """The method, and what differs from the defaults of its parameters."""
    fields = AttributionParameters.model_fields
    used = asked.parameters.used().items()
    return {"method": asked.method.name} | {
        name: value for name, value in used if value != fields[name].default
    }
