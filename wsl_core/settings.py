"""Limits and folders: each declared once, each set by one environment variable.

`Settings()` reads the environment; the page, the command line and `.streamlit/config.toml` use the
same values (a test compares the defaults with the configuration file).
"""

import os
import sys
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from wsl_core.errors import ParameterError


def user_folder(kind: str) -> Path:
    """The user's own folder for `kind` ("cache" or "data") of this program, on any system."""
    home = Path.home()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = home / "Library" / ("Caches" if kind == "cache" else "Application Support")
    else:
        names = {"cache": ("XDG_CACHE_HOME", ".cache"), "data": ("XDG_DATA_HOME", ".local/share")}
        variable, default = names[kind]
        base = Path(os.environ.get(variable) or home / default)
    return base / "beyond-imagenet"


class Settings(BaseModel):
    """Every bound and folder of the program.

    The environment variable of a field is `WSL_` and its name in capitals: `WSL_MEGABYTES=40`.
    """

    model_config = ConfigDict(frozen=True)

    megabytes: float = Field(20, gt=0, le=2000, description="Largest picture file, in megabytes.")
    megapixels: float = Field(64, gt=0, le=1000, description="Largest picture, in megapixels.")
    max_side: int = Field(
        4097, ge=33, le=16385, description="Largest longer side fed to a network, in pixels."
    )
    cache_megabytes: float = Field(
        192, gt=0, description="Pictures, and class maps, that a server keeps, each in megabytes."
    )
    threads: int = Field(0, ge=0, description="Threads of a forward pass; 0 takes every core.")
    cache: Path = Field(
        default_factory=lambda: user_folder("cache"), description="Exported networks and features."
    )
    features_megabytes: float = Field(
        8192,
        gt=0,
        description="Features of training pictures that are kept in WSL_CACHE, in megabytes; beyond it the "
        "oldest are removed.",
    )
    weights: Path | None = Field(
        None, description="Folder of weights files, NAME.safetensors or NAME.pth, of your own."
    )
    downloads: bool = Field(
        True, description="Weights may be fetched from the network when somebody asks for them."
    )
    data: Path | None = Field(None, description="Folder of labelled picture sets.")
    runs: Path = Field(
        default_factory=lambda: user_folder("data") / "runs",
        description="Folder of runs: trainings, races and other long work.",
    )
    runs_days: float = Field(
        30, gt=0, le=3650, description="Runs that nothing happened to for as many days are removed."
    )
    runs_megabytes: float = Field(
        2000,
        gt=0,
        description="All runs together, in megabytes; beyond it the stalest are removed.",
    )
    queue: int = Field(
        32,
        ge=1,
        le=1000,
        description="Runs that may wait for a worker, in each lane: trainings, downloads, all others.",
    )
    trainings: int = Field(
        0,
        ge=0,
        le=64,
        description="Trainings at a time; 0 takes as many as the cores allow, or eight on a cluster.",
    )
    scheduler: str | None = Field(
        None,
        pattern=r"^(tcp|tls|ws|wss)://[^\s/:]+:\d+$",
        description="Address of a Dask scheduler, tcp://HOST:PORT, that takes the trainings.",
    )
    hosts: str = Field(
        "",
        pattern=r"^[\w.-]*( *, *[\w.-]+)*$",
        description="Names by which the pages may be reached, with commas; where any are given, requests "
        "by another name are refused.",
    )
    handout_megabytes: float = Field(
        8, gt=0, le=100, description="Largest handout that a browser's session holds, in megabytes."
    )
    answers: bool = Field(
        False,
        description="The practical's answers may be shown: for the teacher's own server, not the class's.",
    )


def variable(field: str) -> str:
    """The environment variable that sets `field`."""
    return f"WSL_{field.upper()}"


@cache
def settings() -> Settings:
    """The settings of this process.

    Raises:
        ParameterError: an environment variable holds a value that its field does not accept.
    """
    found = {
        name: os.environ[variable(name)]
        for name in Settings.model_fields
        if os.environ.get(variable(name))
    }
    try:
        return Settings.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        raise ParameterError(
            f"The environment variable {variable(name)} is {found[name]!r}, which is not accepted: "
            f"{first['msg'].lower()}. {Settings.model_fields[name].description} "
            f"Correct it or remove it."
        ) from None
