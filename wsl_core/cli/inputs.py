"""Which pictures a command works on: files as they were named, folders searched."""

import os
from collections.abc import Sequence
from pathlib import PurePath
from typing import NamedTuple

from wsl_core import images
from wsl_core.errors import ImageError, ParameterError


class Skipped(NamedTuple):
    """A file or folder that was named or found, and why it was not used."""

    file: str
    reason: str


class Found(NamedTuple):
    """What a search found; files as they were named, a folder's files below its name."""

    files: list[str]
    skipped: list[Skipped]


def find(named: Sequence[str], out: str) -> Found:
    """The pictures that were named and those in the folders that were named, each once.

    Every named file counts, whatever its name; of a folder and the folders in it, files with the
    suffix of a picture, sorted. Hidden files and folders, and `out`, are left out.

    Raises:
        ImageError: nothing that was named is there.
        ParameterError: `out` is one of the folders to search.
    """
    files: dict[str, str] = {}  # by their place on the disk, so that the same file counts once
    skipped: list[Skipped] = []
    for name in named:
        found = [name]
        if os.path.isdir(name):
            if _same(name, out):
                raise ParameterError(
                    f"The folder {name} is to be searched and to be written to, so that overlays "
                    f"would be taken for pictures the next time. Choose another folder with --out."
                )
            found, unreadable = _search(name, out)
            skipped += unreadable
            if not found and not unreadable:
                skipped.append(Skipped(name, f"The folder {name} holds no pictures."))
        for file in found:
            files.setdefault(os.path.realpath(file), file)
    if not any(os.path.exists(file) for file in files.values()):
        suffixes = ", ".join(sorted(images.PICTURE_SUFFIXES))
        raise ImageError(
            f"There is no picture at {', '.join(named)}. Accepted are files that exist, and folders "
            f"with files that end in {suffixes}. Check the names."
        )
    return Found(list(files.values()), skipped)


def _search(folder: str, out: str) -> tuple[list[str], list[Skipped]]:
    """Pictures in a folder and the folders in it, and folders that cannot be opened."""
    found: list[str] = []
    closed: list[Skipped] = []

    def report(error: OSError) -> None:
        reason = f"The system does not open this folder ({error.strerror}). Check its permissions."
        closed.append(Skipped(str(error.filename), reason))

    for place, folders, files in os.walk(folder, onerror=report):
        folders[:] = [
            one
            for one in folders
            if not one.startswith(".") and not _same(os.path.join(place, one), out)
        ]
        found += [
            os.path.join(place, file)
            for file in files
            if not file.startswith(".") and PurePath(file).suffix.lower() in images.PICTURE_SUFFIXES
        ]
    return sorted(found, key=lambda file: PurePath(file).parts), closed


def _same(one: str, other: str) -> bool:
    return os.path.realpath(one) == os.path.realpath(other)
