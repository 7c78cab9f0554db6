"""The folder that a command writes: names that never collide, nothing overwritten unasked."""

import os
import re
from collections.abc import Sequence
from pathlib import Path, PurePath

from wsl_core.errors import WslError

MANIFEST = "manifest.json"
LONGEST_STEM = 200  # bytes; file systems allow 255 for a name, and ours add an index and a suffix


def stems(files: Sequence[str]) -> list[str]:
    """A name for each picture's results: its stem, with -2, -3 ... where an earlier one has it.

    A name that was made so is never the stem of another picture, nor do names differ in case alone,
    which some systems take for the same.
    """
    own = [_stem(file) for file in files]
    real = {stem.casefold() for stem in own}
    used: set[str] = set()
    names = []
    for stem in own:
        name, number = stem, 1
        while name.casefold() in used or (number > 1 and name.casefold() in real):
            number += 1
            name = f"{stem}-{number}"
        used.add(name.casefold())
        names.append(name)
    return names


def _stem(file: str) -> str:
    short = os.fsencode(PurePath(file).stem)[:LONGEST_STEM].decode("utf-8", "ignore")
    return short or "picture"


def check(
    folder: str,
    names: Sequence[str],
    files: Sequence[str],
    *,
    overwrite: bool,
    results: str = r"\d+\.(?:png|npy)",
) -> None:
    """Refuse a folder whose files would be overwritten; nothing is written yet.

    Args:
        folder: may be missing.
        names: of the results, as `stems` gives them.
        files: the pictures.
        overwrite: earlier results may be replaced; pictures never.
        results: what follows a name and a dot in those of the command, a regular expression.

    Raises:
        WslError: names the first file in the way.
    """
    try:
        present = sorted(os.listdir(folder))
    except FileNotFoundError:
        return
    except OSError as error:
        raise unwritable(folder, error) from None
    ours = {name.casefold() for name in names}
    result = re.compile(rf"(.+)\.{results}", re.DOTALL)
    pictures = {os.path.realpath(file) for file in files}
    for name in present:
        match = result.fullmatch(name)
        if name != MANIFEST and not (match and match[1].casefold() in ours):
            continue
        place = os.path.join(folder, name)
        if os.path.realpath(place) in pictures:
            raise WslError(
                f"The picture {place} is named like a result of another picture and could be "
                f"overwritten. Choose another folder with --out."
            )
        if not overwrite:
            raise WslError(
                f"{place} is there already and nothing was written. Choose another folder with "
                f"--out, or replace earlier results with --overwrite."
            )


def prepare(folder: str) -> None:
    """Make the folder, see that it can be written, and take away an earlier manifest.

    While results are being replaced, no manifest describes what is no longer there.

    Raises:
        WslError: the folder cannot be made or written.
    """
    place = Path(folder)
    try:
        os.makedirs(folder, exist_ok=True)  # unlike a Path, it does not take "" for this folder
        trial = place / f".{MANIFEST}.part"
        trial.touch()
        trial.unlink()
        (place / MANIFEST).unlink(missing_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from None


def write(folder: str, name: str, data: bytes) -> None:
    """Write a file beside its place and rename it, so that a half-written one is never read.

    Raises:
        WslError: the folder cannot be written.
    """
    beside = Path(folder) / f".{name}.part"
    try:
        beside.write_bytes(data)
        beside.replace(Path(folder) / name)
    except OSError as error:
        raise unwritable(folder, error) from None
    finally:
        beside.unlink(missing_ok=True)


def unwritable(folder: str, error: OSError) -> WslError:
    """The sentence for a folder that cannot be written."""
    reason = (error.strerror or "the disk refused").lower()
    return WslError(
        f"The output folder {folder} cannot be written ({reason}). Choose a folder of yours, with "
        f"space left, with --out."
    )
