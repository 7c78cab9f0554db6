"""Zip files of pictures from anybody: looked through before anything is unpacked, read within bounds.

Refused are those that would unpack to more than is accepted, names that lead out of them, and links. A
picture is unpacked in memory, never to a path that the file names.
"""

import io
import stat
import threading
import zipfile
import zlib
from pathlib import Path, PurePosixPath, PureWindowsPath

from wsl_core.errors import DatasetError, ImageError
from wsl_core.settings import settings

ENCRYPTED = 0x1  # of a member's flags
DAMAGES = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)
MEMBERS = 1_000_000  # no set has more files


class Archive:
    """A zip file that was looked through; safe to read from several threads."""

    def __init__(self, opened: zipfile.ZipFile, title: str) -> None:
        """Use `open_checked` instead."""
        self._opened, self._title = opened, title
        self._lock = threading.Lock()
        self._members = {one.filename: one for one in opened.infolist() if not one.is_dir()}

    @property
    def names(self) -> tuple[str, ...]:
        """Of all files in it."""
        return tuple(self._members)

    def stamp(self, name: str) -> str:
        """Size and checksum of a file in it."""
        return f"{self._members[name].file_size} {self._members[name].CRC}"

    def read(self, name: str) -> bytes:
        """What a file in it holds.

        Raises:
            ImageError: it is damaged, or larger than a picture may be.
        """
        limit = int(settings().megabytes * 10**6)
        member = self._members[name]
        if member.file_size > limit:
            raise ImageError(
                f"Cannot read {name}: it is of {member.file_size / 10**6:.1f} MB. Accepted are files up to "
                f"{settings().megabytes:g} MB: save it smaller, or raise WSL_MEGABYTES."
            )
        try:
            with self._lock, self._opened.open(member) as file:
                return file.read(limit)  # it never gives more than it says it holds
        except DAMAGES:
            raise ImageError(
                f"Cannot read {name}: it is damaged in the zip file {self._title}. Pack it again."
            ) from None


def open_checked(source: Path | bytes, title: str, megabytes: float) -> Archive:
    """Open a zip file.

    Args:
        source: the file, or what it holds.
        title: what to call it.
        megabytes: that it may be as unpacked.

    Raises:
        DatasetError: no zip file or a damaged one, one that unpacks to more than is accepted, names that
            leave it, links, or encrypted files.
    """
    try:
        opened = zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)
        members = opened.infolist()
    except DAMAGES:
        raise DatasetError(
            f"{title} cannot be read as a zip file: it is damaged or something else. Accepted is a zip file "
            f"of pictures or of class folders: pack it again."
        ) from None
    whole = sum(one.file_size for one in members)
    if whole > megabytes * 10**6 or len(members) > MEMBERS:
        raise DatasetError(
            f"The zip file {title} would unpack to {whole / 10**6:,.0f} MB in {len(members):,} files. "
            f"Accepted are up to {megabytes:,g} MB: pack fewer pictures, or raise the limit "
            f"(archive megabytes)."
        )
    for one in members:
        if reason := _refusal(one):
            raise DatasetError(
                f"The zip file {title} is refused: {one.filename!r} {reason}. Accepted are ordinary files "
                f"below the archive's own folder: pack it again."
            )
    if len({one.filename for one in members}) < len(members):
        raise DatasetError(
            f"The zip file {title} is refused: it holds two files of one name. Pack it again."
        )
    return Archive(opened, title)


def _refusal(member: zipfile.ZipInfo) -> str:
    """Why a member is not accepted; empty where it is."""
    name = member.filename
    windows = PureWindowsPath(name)
    if windows.drive or windows.root or ".." in windows.parts or ".." in PurePosixPath(name).parts:
        return "leads out of it"
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind and kind not in (stat.S_IFREG, stat.S_IFDIR):
        return "is a link or no ordinary file"
    if member.flag_bits & ENCRYPTED:
        return "is encrypted"
    return ""
