"""What all tests share: settings read anew, the labelled pictures, the default network."""

import csv
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from wsl_core import images, networks
from wsl_core.networks import ClassMaps, ClassNames, Geometry, Network, Placement
from wsl_core.settings import settings

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True, scope="session")
def _runs_apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test, and no process that one starts, works in the folder where you keep your runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WSL_RUNS", str(tmp_path_factory.mktemp("runs")))
        yield


@pytest.fixture(autouse=True)
def _settings_read_anew() -> Iterator[None]:
    """Each test sees the environment as it is, and leaves nothing of its own behind."""
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of labelled sets; its absence is a failure where WSL_REQUIRE_DATA is set."""
    places = [Path(os.environ["WSL_DATA"])] if os.environ.get("WSL_DATA") else []
    places.append(PROJECT.parent / "shared" / "data")
    found = next((place for place in places if place.is_dir()), None)
    if found is None:
        tell = pytest.fail if os.environ.get("WSL_REQUIRE_DATA") else pytest.skip
        tell("The labelled pictures are not here: set WSL_DATA to their folder.")
    return found


@pytest.fixture(scope="session")
def network() -> Network:
    """The default network on the default runtime."""
    return networks.load()


@dataclass(frozen=True)
class Sample:
    """An ImageNet picture, cut to the square in its middle, and its class."""

    photo: images.Photo
    index: int


@pytest.fixture(scope="session")
def samples(data: Path) -> list[Sample]:
    """The labelled ImageNet pictures; their shorter side is 256 px."""
    folder = data / "imagenet" / "samples"
    found = []
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            pixels = images.read(folder / row["file"]).pixels
            height, width = pixels.shape[:2]
            side = min(height, width)
            top, left = (height - side) // 2, (width - side) // 2
            square = pixels[top : top + side, left : left + side]
            photo = images.Photo.from_array(square, name=row["file"])
            found.append(Sample(photo, int(row["class_index"])))
    return found


@pytest.fixture(scope="session")
def hand_made() -> Callable[..., ClassMaps]:
    """Class maps with known values: class k is channel k, with bias 0 unless one is given.

    Cells lie as those of the default network: cell i on pixel 32 i of an input of side 32 k + 1.
    """

    def build(
        values: np.ndarray,
        picture: tuple[int, int] | None = None,
        *,
        mirrored: bool = False,
        digest: str = "hand-made",
        bias: np.ndarray | None = None,
    ) -> ClassMaps:
        values = np.asarray(values, np.float32)
        count, rows, columns = values.shape
        fed = (32 * (rows - 1) + 1, 32 * (columns - 1) + 1)
        names = tuple(f"class {chr(97 + i)}" for i in range(count))
        return ClassMaps(
            network="hand-made",
            classes=ClassNames(wnids=("",) * count, names=names),
            features=values,
            weight=np.eye(count, dtype=np.float32),
            bias=np.zeros(count, np.float32) if bias is None else np.asarray(bias, np.float32),
            placement=Placement.of(
                Geometry(32, 65, 0), (rows, columns), fed, picture or fed, mirrored
            ),
            digest=digest,
        )

    return build


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once, in words, how many tests had nothing to work on."""
    skipped = terminalreporter.stats.get("skipped", [])
    without = sum("labelled pictures are not here" in str(one.longrepr) for one in skipped)
    if without:
        terminalreporter.write_line(
            f"{without} tests were skipped because the labelled pictures are not here (WSL_DATA)."
        )
