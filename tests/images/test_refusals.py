"""Files that are no pictures, broken ones and too large ones: a sentence for each."""

import io
import os
import struct
import sys
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from wsl_core.errors import ImageError
from wsl_core.images import read
from wsl_core.settings import settings


def refusal(source: bytes | Path, name: str | None = None) -> str:
    with pytest.raises(ImageError) as caught:
        read(source, name=name)
    sentence = str(caught.value)
    assert sentence.startswith("Cannot read ")
    assert sentence.endswith(".")
    assert "<" not in sentence
    assert "Error" not in sentence
    assert caught.value.__suppress_context__  # no decoder's traceback above the sentence
    return sentence


def noise(form: str, width: int = 40, height: int = 30, **options: object) -> bytes:
    array = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(array).save(file, form, **options)
    return file.getvalue()


def png_of_size(width: int, height: int) -> bytes:
    """A PNG of one bit per pixel, all black, written by hand."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    packer = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    packed = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    ends = chunk(b"IHDR", header), chunk(b"IDAT", packed), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(ends)


def peak_megabytes() -> float:
    resource = pytest.importorskip("resource", reason="peak memory is read on POSIX only")
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 10**6


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "HEIF", "AVIF"])
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_truncated(form: str, share: float) -> None:
    data = noise(form)
    sentence = refusal(data[: int(share * len(data))], name="cut.bin")
    assert "cut.bin" in sentence
    assert "damaged" in sentence
    assert "complete files" in sentence
    assert "again" in sentence


def test_a_header_without_pixels() -> None:
    for data, form in ((png_of_size(0, 5), "PNG"), (b"GIF89a" + bytes(7) + b";", "GIF")):
        sentence = refusal(data, name="none.png")
        assert f"begins like {form}" in sentence
        assert "0 px wide or high" in sentence


def test_empty(tmp_path: Path) -> None:
    path = tmp_path / "empty.jpg"
    path.touch()
    for sentence in (refusal(path), refusal(b"", name="empty.jpg")):
        assert "Cannot read empty.jpg: it is empty (0 bytes)" in sentence
        assert "JPEG, PNG" in sentence
    assert "Cannot read the picture" in refusal(b"")


def test_text_named_as_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "notes.jpg"
    path.write_text("Dear diary, " * 50)
    sentence = refusal(path)
    assert "notes.jpg" in sentence
    assert "not a picture of an accepted format" in sentence
    assert "JPEG, PNG, WebP, BMP, TIFF, GIF, HEIC and AVIF" in sentence
    assert str(tmp_path) not in sentence


@pytest.mark.parametrize("form", ["PPM", "ICO", "TGA", "EPS", "PDF", "JPEG2000"])
def test_formats_that_pillow_reads_and_we_do_not(form: str) -> None:
    assert "not a picture of an accepted format" in refusal(noise(form))


def test_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "holiday"
    folder.mkdir()
    assert "Cannot read holiday: it is a folder" in refusal(folder)


def test_a_missing_file(tmp_path: Path) -> None:
    sentence = refusal(tmp_path / "gone.png")
    assert "Cannot read gone.png: there is no such file" in sentence
    assert str(tmp_path) not in sentence
    file = tmp_path / "file.png"
    file.write_bytes(noise("PNG"))
    assert "no such file" in refusal(file / "inside.png")


def test_a_file_that_the_system_does_not_open(tmp_path: Path) -> None:
    loop = tmp_path / "loop.png"
    loop.symlink_to(loop)
    assert "Cannot read loop.png: the system does not open it (too many" in refusal(loop)
    assert "its name is not a file name" in refusal(Path("null\0.png"))
    assert "null?.png" in refusal(Path("null\0.png"))


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "locked.png"
    path.write_bytes(noise("PNG"))

    def locked(file: object, mode: str) -> None:
        raise PermissionError(13, "Permission denied", str(file))

    monkeypatch.setattr("builtins.open", locked)  # chmod does not keep an administrator out
    sentence = refusal(path)
    assert "Cannot read locked.png: the system does not open it (permission denied)" in sentence
    assert str(tmp_path) not in sentence


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.png"
    os.mkfifo(pipe)
    assert "no ordinary file" in refusal(pipe)


def limit(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for field, value in values.items():
        monkeypatch.setenv(f"WSL_{field.upper()}", value)
    settings.cache_clear()


def test_too_many_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = noise("BMP", 200, 200)  # 120,054 bytes
    path = tmp_path / "large.bmp"
    path.write_bytes(data)
    limit(monkeypatch, megabytes="0.1")
    for sentence in (refusal(path), refusal(data, name="large.bmp")):
        assert "large.bmp" in sentence
        assert "0.2 MB" in sentence  # rounded up
        assert "up to 0.1 MB" in sentence
        assert "WSL_MEGABYTES" in sentence
    limit(monkeypatch, megabytes=str(len(data) / 10**6))
    assert read(path).width == 200


def test_too_many_bytes_are_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "sparse.png"
    with path.open("wb") as file:
        file.truncate(5 * 10**9)  # occupies nothing
    before = peak_megabytes()
    assert "5000 MB" in refusal(path)
    assert peak_megabytes() - before < 50


def test_too_many_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    data = noise("PNG", 200, 100)
    limit(monkeypatch, megapixels="0.019")
    sentence = refusal(data, name="wide.png")
    assert "wide.png" in sentence
    assert "200 x 100 px" in sentence
    assert "up to 0.019 megapixels" in sentence
    assert "WSL_MEGAPIXELS" in sentence
    limit(monkeypatch, megapixels="0.02")
    assert read(data).width == 200


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    bomb = png_of_size(20_000, 10_000)
    assert len(bomb) < 100_000
    before = peak_megabytes()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        sentence = refusal(bomb, name="bomb.png")
    assert "bomb.png" in sentence
    assert "20000 x 10000 px, 200 megapixels" in sentence
    assert "up to 64 megapixels" in sentence
    assert caught == []
    assert peak_megabytes() - before < 20


def test_a_gif_whose_frame_is_larger_than_its_canvas() -> None:
    frame = struct.pack("<HHHHB", 0, 0, 65_000, 65_000, 0)
    clear = b"!\xf9\x04\x08\x00\x00\x00\x00"  # dispose of the frame, which takes a copy of it
    data = b"GIF89a" + struct.pack("<HHBBB", 4, 4, 0, 0, 0) + clear + b"," + frame + b"\x02\x00;"
    before = peak_megabytes()
    sentence = refusal(data, name="frame.gif")
    assert "frame.gif" in sentence
    assert "more than 89 megapixels" in sentence
    assert "up to 64 megapixels" in sentence
    assert peak_megabytes() - before < 20


@pytest.mark.parametrize("form", ["TIFF", "WEBP", "PNG", "GIF"])
def test_our_limit_alone_counts(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 500)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert read(noise(form)).width == 40  # 1,200 pixels, more than twice Pillow's limit
    assert caught == []
