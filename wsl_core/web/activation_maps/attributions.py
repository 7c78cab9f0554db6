"""Attributions beside the class map: what is asked for, which run answers it, and the same as code."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray
from pydantic import Field

from wsl_core.fcn import attributions
from wsl_core.fcn.attributions import METHODS, Attribution, AttributionParameters, Method
from wsl_core.jobs import Run
from wsl_core.networks import ClassMaps
from wsl_core.settings import settings
from wsl_core.web.activation_maps.shown import ActivationMapView, picture_in_python
from wsl_core.web.pictures import Chosen, fed
from wsl_core.web.store import Store


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
        photo = fed(self.chosen.photo, self.input_size)
        config, arrays = attributions.request(
            self.network, photo, self.index, self.parameters, self.size
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
