"""A finished run on disk: a folder with run.json, what can be read, and run.safetensors, what is drawn.

Of the curve at most 400 steps are kept. Numbers are as narrow as they may be: points as float16, labels and
predictions as uint8 where there are no more than 256 classes. Translated pictures lie as one lossless WebP
in the tensors, where that is smaller. The tensors are written first, each file beside its place and then
renamed.
"""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wsl_core import whole_files
from wsl_core.errors import JobError, ParameterError

SUMMARY, TENSORS = "run.json", "run.safetensors"
VERSION = 1
MOST = 400  # steps of a curve
CURVE = "curve/"  # before the names of its figures
DRAWN, SIZE = "translated.webp", "translated.shape"
DECIMALS = 6
AGAIN = "Get it again, or make it again."
Told = tuple[tuple[int, dict[str, float]], ...]


def write(
    folder: Path,
    facts: Mapping[str, Any],
    curve: Told,
    arrays: Mapping[str, NDArray[Any]],
    translated: NDArray[np.uint8] | None,
) -> None:
    """Write a run.

    Args:
        folder: is made where it is not there.
        facts: plain JSON values.
        curve: step and figures.
        arrays: by name.
        translated: (L, 2, N, H, W, 3), or None.

    Raises:
        ParameterError: the folder cannot be written.
    """
    from safetensors.numpy import save

    tensors = {name: _narrow(name, value) for name, value in arrays.items()} | _columns(curve)
    if translated is not None and translated.size:
        drawn = _webp(translated)
        if len(drawn) < translated.nbytes:
            tensors |= {DRAWN: drawn, SIZE: np.array(translated.shape, np.int32)}
        else:
            tensors["translated"] = translated
    data = save({name: np.asarray(value, order="C") for name, value in tensors.items()})
    text = json.dumps({"version": VERSION, **_rounded(facts)}, indent=1, ensure_ascii=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        whole_files.write(folder / TENSORS, data)
        whole_files.write(folder / SUMMARY, f"{text}\n".encode())
    except OSError as error:
        raise ParameterError(
            f"The run cannot be written to {folder} ({(error.strerror or 'the disk refused').lower()}). "
            f"Choose a folder of yours, with space left."
        ) from None


def summary(folder: Path) -> dict[str, Any]:
    """What can be read of a run, without its tensors.

    Raises:
        JobError: the file is missing, damaged, or of another version.
    """
    try:
        found = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
        version = found.pop("version")
    except (OSError, ValueError, KeyError, AttributeError, TypeError):
        raise JobError(
            f"The folder {folder} holds no run that can be read ({SUMMARY}). {AGAIN}"
        ) from None
    if version != VERSION:
        raise JobError(
            f"The run in {folder} was written by another version of this program (its layout is number "
            f"{version}, this one reads number {VERSION}). {AGAIN}"
        )
    return dict(found)


def read(
    folder: Path,
) -> tuple[dict[str, Any], Told, dict[str, NDArray[Any]], NDArray[np.uint8] | None]:
    """Facts, curve, arrays and translated pictures of a run.

    Raises:
        JobError: a file is missing, damaged, or of another version.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    facts = summary(folder)
    try:
        arrays = load((folder / TENSORS).read_bytes())
        curve = _told({n: arrays.pop(n) for n in list(arrays) if n.startswith(CURVE)})
        translated = arrays.pop("translated", None)
        if DRAWN in arrays:
            translated = _pictures(arrays.pop(DRAWN), arrays.pop(SIZE))
    except (OSError, SafetensorError, KeyError, ValueError):
        raise JobError(f"The file {TENSORS} in {folder} is missing or damaged. {AGAIN}") from None
    return facts, curve, arrays, translated


def thinned(curve: Told, most: int = MOST) -> Told:
    """At most so many steps, evenly, the first and the last among them."""
    if len(curve) <= most:
        return curve
    return tuple(curve[k] for k in np.linspace(0, len(curve) - 1, most).round().astype(int))


def _columns(curve: Told) -> dict[str, NDArray[Any]]:
    """A curve as columns; a figure that a step has not is no number there."""
    kept = thinned(curve)
    names = dict.fromkeys(name for _, figures in kept for name in figures)
    columns = {
        CURVE + name: np.array([figures.get(name, np.nan) for _, figures in kept], np.float32)
        for name in names
    }
    return columns | {f"{CURVE}step": np.array([step for step, _ in kept], np.int32)}


def _told(columns: dict[str, NDArray[Any]]) -> Told:
    """The counterpart of `_columns`."""
    steps = columns.pop(f"{CURVE}step").tolist()
    names = [name.removeprefix(CURVE) for name in columns]
    rows = zip(*(column.tolist() for column in columns.values()), strict=True)
    figures = [{n: v for n, v in zip(names, row, strict=True) if not np.isnan(v)} for row in rows]
    return tuple(zip(steps, figures or [{} for _ in steps], strict=True))


def _narrow(name: str, value: NDArray[Any]) -> NDArray[Any]:
    if name == "points":
        return value.astype(np.float16)
    if name in {"labels", "predictions"} and (not value.size or value.max() < 256):
        return value.astype(np.uint8)
    return value.astype(np.int32) if value.dtype == np.int64 else value


def _webp(pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(L, 2, N, H, W, 3) as one sheet: a row a look and domain."""
    from PIL import Image

    looks, ends, count, height, width, _ = pictures.shape
    rows = pictures.reshape(looks * ends, count, height, width, 3).swapaxes(1, 2)
    sheet = Image.fromarray(rows.reshape(looks * ends * height, count * width, 3))
    packed = io.BytesIO()
    sheet.save(packed, "WEBP", lossless=True, quality=80, method=5)
    return np.frombuffer(packed.getvalue(), np.uint8)


def _pictures(data: NDArray[np.uint8], shape: NDArray[np.integer]) -> NDArray[np.uint8]:
    """The counterpart of `_webp`."""
    from PIL import Image

    looks, ends, count, height, width, channels = shape.tolist()
    with Image.open(io.BytesIO(data.tobytes()), formats=["WEBP"]) as image:
        pixels = np.asarray(image.convert("RGB"))
    rows = pixels.reshape(looks * ends, height, count, width, channels).swapaxes(1, 2)
    return np.ascontiguousarray(rows.reshape(shape.tolist()))


def _rounded(value: Any) -> Any:
    """Figures to six significant digits."""
    match value:
        case float():
            return float(f"{value:.{DECIMALS}g}")
        case Mapping():
            return {name: _rounded(one) for name, one in value.items()}
        case list() | tuple():
            return [_rounded(one) for one in value]
    return value
