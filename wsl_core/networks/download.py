"""Weights that no package carries, fetched when somebody asks for them, never by loading a network.

`fetch` is a job: it streams the file of a card beside its place in WSL_CACHE/weights, checks its length
and its SHA-256, and only then renames it, so that what lies in that folder is whole. Whatever goes
wrong, a broken connection or a full disk, leaves nothing behind and is told in a sentence.
"""

import contextlib
import errno
import hashlib
import http.client
import os
import shutil
import socket
import ssl
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from wsl_core.errors import WeightsError
from wsl_core.jobs import Event, Progress, Result, Task
from wsl_core.networks.cards import Card, DownloadedWeights
from wsl_core.networks.zoo import card
from wsl_core.settings import settings, variable

FETCH = "wsl_core.networks.download:fetch"
PATIENCE = 30.0  # seconds without a byte after which a connection counts as broken
ABANDONED = 600.0  # seconds after which a part that nobody writes to is removed
PART = ".part-"
BLOCK = 1 << 18
BETWEEN = 0.2  # seconds between two events
ROOM = 0.05  # share by which a file may differ from the card's megabytes, which are rounded

REASONS: dict[type[Exception], str] = {
    socket.gaierror: "cannot be found: there is no network, or it cannot resolve names",
    TimeoutError: f"did not answer for {PATIENCE:g} seconds",
    ConnectionRefusedError: "refuses the connection",
    ssl.SSLCertVerificationError: "does not prove who it is: its certificate is not accepted here",
}


def source(weights: DownloadedWeights) -> str:
    """The host that weights would come from, for sentences."""
    return urlsplit(weights.url).hostname or weights.url


def missing(card: Card) -> DownloadedWeights | None:
    """What would have to be fetched before this network can be loaded; None if nothing.

    Raises:
        WeightsError: WSL_WEIGHTS names a folder that is not there.
    """
    weights = card.weights
    if not isinstance(weights, DownloadedWeights) or card.brought_weights() is not None:
        return None
    return None if weights.place.is_file() else weights


def forbidden(card: Card, weights: DownloadedWeights) -> str | None:
    """The sentence where the owner of this installation forbids downloads; None where they do not."""
    if settings().downloads:
        return None
    return (
        f"The weights of {card.title} ({weights.megabytes:.0f} MB) are not on this machine, and its "
        f"owner has forbidden downloads ({variable('downloads')}). {_bring(card, weights)}"
    )


def fetch(task: Task) -> Iterator[Event]:
    """Job: fetch the weights of the network `task.config["name"]`; yields progress in megabytes.

    Closing the generator stops the download and removes what came. The result's facts are `file`,
    the path, and `megabytes`.

    Raises:
        NetworkError: no network has that name.
        WeightsError: downloads are forbidden, the connection fails or breaks, the file is not the
            published one, or the disk is full.
    """
    chosen = card(task.config["name"])
    weights = missing(chosen)
    if weights is None:
        yield _fetched(chosen.weights_path())
        return
    if sentence := forbidden(chosen, weights):
        raise WeightsError(sentence)
    target = weights.place
    yield Progress(share=0.0, doing=f"asking {source(weights)}")
    with _part(target) as (file, beside):
        with _answer(chosen, weights) as response:
            total = _announced(chosen, weights, response)
            yield from _stream(chosen, weights, response, total, file)
        try:
            file.close()
            beside.chmod(0o644)  # mkstemp lets nobody else read it
            beside.replace(target)
        except OSError as error:
            raise _unwritable(target.parent, error) from None
    yield _fetched(target)


def _fetched(file: Path) -> Result:
    return Result(facts={"file": str(file), "megabytes": round(file.stat().st_size / 1e6, 1)})


@contextlib.contextmanager
def _part(target: Path) -> Iterator[tuple[IO[bytes], Path]]:
    """A new file beside the target, removed unless it was renamed; parts long abandoned go too."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        for old in target.parent.glob(f"{PART}*"):
            with contextlib.suppress(OSError):  # another fetch was quicker
                if time.time() - old.stat().st_mtime > ABANDONED:
                    old.unlink()
        number, name = tempfile.mkstemp(prefix=PART, dir=target.parent)
    except OSError as error:
        raise _unwritable(target.parent, error) from None
    beside = Path(name)
    try:
        with os.fdopen(number, "wb", buffering=0) as file:
            yield file, beside
    finally:
        beside.unlink(missing_ok=True)


def _allowed(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or (
        parts.scheme == "http" and parts.hostname in {"127.0.0.1", "::1", "localhost"}
    )


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a redirection only where nobody on the way can change the file."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):  # type: ignore[no-untyped-def]
        if not _allowed(newurl):
            raise urllib.error.URLError(f"it points to {newurl}, which is not https")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


@contextlib.contextmanager
def _answer(card: Card, weights: DownloadedWeights) -> Iterator[Any]:
    """The server's response, in which the file begins."""
    opener = urllib.request.build_opener(_Redirects)
    request = urllib.request.Request(weights.url, headers={"User-Agent": "beyond-imagenet"})
    try:
        if not _allowed(weights.url):
            raise urllib.error.URLError(f"the address {weights.url} is not https")
        response = opener.open(request, timeout=PATIENCE)
    except urllib.error.HTTPError as error:
        error.close()
        raise _refused(card, weights, f"answered {error.code} ({error.reason})") from None
    except (OSError, http.client.HTTPException) as error:
        raise _refused(card, weights, _reason(error)) from None
    with response:
        yield response


def _announced(card: Card, weights: DownloadedWeights, response: Any) -> int | None:
    """The length that the server announces, in bytes, if it is plausible."""
    length = response.headers.get("Content-Length")
    if length is None:
        return None
    total, expected = int(length), weights.megabytes * 1e6
    if abs(total - expected) > ROOM * expected + 1e5:
        raise WeightsError(
            f"{source(weights)} offers {total / 1e6:.1f} MB for the weights of {card.title}, which are "
            f"{weights.megabytes:.1f} MB: it is another file, or a page of a proxy. Nothing was kept. "
            f"{_bring(card, weights)}"
        )
    free = shutil.disk_usage(weights.place.parent).free
    if free < total:
        raise _full(weights.place.parent, total)
    return total


def _stream(
    card: Card, weights: DownloadedWeights, response: Any, total: int | None, file: IO[bytes]
) -> Iterator[Progress]:
    """Write the response to the file and check it."""
    digest, done, told = hashlib.sha256(), 0, time.monotonic()
    expected = total or int(weights.megabytes * 1e6)
    most = total or int(expected * (1 + ROOM) + 1e5)
    while True:
        try:
            block = response.read1(BLOCK)
        except (OSError, http.client.HTTPException) as error:
            raise _broken(card, weights, done, expected, _cut(error)) from None
        if not block:
            break
        done += len(block)
        if done > most:
            raise _wrong(card, weights, f"it is longer than {most / 1e6:.1f} MB")
        digest.update(block)
        try:
            file.write(block)
        except OSError as error:
            raise _unwritable(weights.place.parent, error) from None
        if time.monotonic() - told > BETWEEN:
            told = time.monotonic()
            yield Progress(
                share=min(1.0, done / expected),
                doing=f"{done / 1e6:.0f} of {expected / 1e6:.0f} MB from {source(weights)}",
                figures={"megabytes": round(done / 1e6, 1)},
            )
    if total is not None and done < total:
        raise _broken(card, weights, done, total, "the connection was closed early")
    if not digest.hexdigest().startswith(weights.sha256):
        raise _wrong(card, weights, "its SHA-256 is another")
    yield Progress(share=1.0, doing="checked", figures={"megabytes": round(done / 1e6, 1)})


def _reason(error: Exception) -> str:
    """Why there is no connection, in words that end a sentence about the host."""
    why = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(why, str):
        return f"is not trusted: {why}"
    for kind, words in REASONS.items():
        if isinstance(why, kind):
            return words
    if isinstance(why, OSError) and (words := why.strerror or str(why)):
        return f"cannot be reached ({words.lower()})"
    return f"broke the connection ({type(why).__name__})"


def _cut(error: Exception) -> str:
    """Why a connection broke off."""
    if isinstance(error, TimeoutError):
        return f"nothing came for {PATIENCE:g} seconds"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return "the connection was closed early"


def _bring(card: Card, weights: DownloadedWeights) -> str:
    return (
        f"You can bring the file instead: save {weights.url} on any machine as "
        f"{card.file_name}{weights.place.suffix} and name its folder in WSL_WEIGHTS."
    )


def _refused(card: Card, weights: DownloadedWeights, why: str) -> WeightsError:
    return WeightsError(
        f"The weights of {card.title} ({weights.megabytes:.0f} MB) could not be fetched: "
        f"{source(weights)} {why}. Try again when there is a network. {_bring(card, weights)}"
    )


def _broken(
    card: Card, weights: DownloadedWeights, done: int, total: int, why: str
) -> WeightsError:
    return WeightsError(
        f"The download of the weights of {card.title} from {source(weights)} broke off after "
        f"{done / 1e6:.1f} of {total / 1e6:.1f} MB: {why}. Nothing half-written was kept. Fetch them "
        f"again. {_bring(card, weights)}"
    )


def _wrong(card: Card, weights: DownloadedWeights, why: str) -> WeightsError:
    return WeightsError(
        f"What {source(weights)} sent as the weights of {card.title} is not the published file: {why}. "
        f"It was thrown away. Fetch them again. {_bring(card, weights)}"
    )


def _full(folder: Path, needed: int | None = None) -> WeightsError:
    size = f"; {needed / 1e6:.0f} MB are needed" if needed else ""
    return WeightsError(
        f"The disk of the folder {folder} is full{size}. Nothing half-written was kept. Make room, or "
        f"name another folder in WSL_CACHE."
    )


def _unwritable(folder: Path, error: OSError) -> WeightsError:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return _full(folder)
    return WeightsError(
        f"The folder {folder} cannot be written ({(error.strerror or 'the disk refused').lower()}). "
        f"Name a folder of yours in WSL_CACHE."
    )
