import hashlib
import io
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image

import wsl_core
from wsl_core.errors import ParameterError
from wsl_core.images import PICTURE_SUFFIXES, accepted_types, read

QUARTERS = ((200, 30, 40), (30, 160, 60), (40, 60, 190), (230, 220, 60))
LOSSLESS = {
    "PNG": {},
    "BMP": {},
    "TIFF": {},
    "WEBP": {"lossless": True},
}
LOSSY = {
    "JPEG": {"quality": 98, "subsampling": 0},
    "WEBP": {"quality": 98},
    "HEIF": {"quality": 95},
    "AVIF": {"quality": 95},
}


def quarters(height: int = 96, width: int = 64) -> np.ndarray:
    """Four colours, so that every turn and mirroring looks different."""
    array = np.empty((height, width, 3), np.uint8)
    rows, columns = (
        (slice(0, height // 2), slice(height // 2, None)),
        (
            slice(0, width // 2),
            slice(width // 2, None),
        ),
    )
    for number, colour in enumerate(QUARTERS):
        array[rows[number // 2], columns[number % 2]] = colour
    return array


def encoded(array: np.ndarray, form: str, **options: object) -> bytes:
    pillow_heif.register_heif_opener()
    file = io.BytesIO()
    Image.fromarray(array).save(file, form, **options)
    return file.getvalue()


def middles(pixels: np.ndarray) -> np.ndarray:
    """The colours in the middle of the four quarters."""
    height, width = pixels.shape[:2]
    rows, columns = np.array([1, 1, 3, 3]) * height // 4, np.array([1, 3, 1, 3]) * width // 4
    return pixels[rows, columns].astype(int)


@pytest.mark.parametrize("form", LOSSLESS)
def test_lossless_formats_give_the_exact_pixels(form: str) -> None:
    array = np.random.default_rng(0).integers(0, 256, (13, 21, 3), np.uint8)
    data = encoded(array, form, **LOSSLESS[form])
    photo = read(data, name=f"noise.{form.lower()}")
    assert np.array_equal(photo.pixels, array)
    assert (photo.width, photo.height) == (21, 13)
    assert photo.digest == hashlib.sha256(data).hexdigest()
    assert photo.pixels.dtype == np.uint8
    assert photo.pixels.flags.c_contiguous
    assert not photo.pixels.flags.writeable


@pytest.mark.parametrize("form", LOSSY)
def test_lossy_formats_give_the_colours(form: str) -> None:
    photo = read(encoded(quarters(), form, **LOSSY[form]))
    assert photo.pixels.shape == (96, 64, 3)
    assert np.abs(middles(photo.pixels) - QUARTERS).max() <= 6


def test_gif_gives_its_first_frame() -> None:
    first = Image.fromarray(quarters()).quantize(8, dither=Image.Dither.NONE)
    second = Image.new("RGB", first.size, (0, 0, 0))
    file = io.BytesIO()
    first.save(file, "GIF", save_all=True, append_images=[second])
    assert np.abs(middles(read(file.getvalue()).pixels) - QUARTERS).max() <= 8


@pytest.mark.parametrize("form", ["PNG", "TIFF", "JPEG", "WEBP", "HEIF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_turns_the_picture_upright(form: str, orientation: int) -> None:
    stored = quarters()
    upright = {
        1: stored,
        2: stored[:, ::-1],
        3: stored[::-1, ::-1],
        4: stored[::-1],
        5: stored.transpose(1, 0, 2),
        6: stored[::-1].transpose(1, 0, 2),  # a quarter turn clockwise
        7: stored[::-1, ::-1].transpose(1, 0, 2),
        8: stored[:, ::-1].transpose(1, 0, 2),  # a quarter turn anticlockwise
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = LOSSY.get(form) or LOSSLESS[form]
    data = encoded(stored, form, exif=exif.tobytes(), **options)
    for side in (None, 48):
        photo = read(data, longest_side=side)
        assert (photo.width, photo.height) == (upright.shape[1], upright.shape[0])
        assert np.abs(middles(photo.pixels) - middles(upright)).max() <= 6
        height, width = photo.pixels.shape[:2]
        assert (width > height) == (upright.shape[1] > upright.shape[0])


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("size", [(801, 603), (333, 1000)])
def test_reduced_reading_keeps_size_and_geometry(form: str, size: tuple[int, int]) -> None:
    width, height = size
    x, y = (np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height
    array = np.empty((height, width, 3), np.uint8)
    array[..., 0], array[..., 1], array[..., 2] = 255 * x, 255 * y[:, None], 128
    options = {"quality": 98, "subsampling": 0} if form == "JPEG" else {}
    photo = read(encoded(array, form, **options), longest_side=100)
    assert (photo.width, photo.height) == size
    rows, columns = photo.pixels.shape[:2]
    assert max(rows, columns) == 100
    # The same ramp sampled at the centres of the reduced pixels: a shift of one of them, or a
    # stretch by the odd last pixels of a scaled JPEG, would show as more than two levels.
    inside = np.s_[2:-2, 2:-2]
    across = 255 * (np.arange(columns) + 0.5) / columns - 0.5
    down = 255 * (np.arange(rows) + 0.5) / rows - 0.5
    red, green = photo.pixels[..., 0].astype(float), photo.pixels[..., 1].astype(float)
    assert abs((red - across)[inside].mean()) < 0.6
    assert abs((green - down[:, None])[inside].mean()) < 0.6
    assert np.abs(red - across)[inside].max() < 3


def test_reduction_averages_instead_of_skipping() -> None:
    stripes = np.zeros((400, 400, 3), np.uint8)
    stripes[:, ::2] = 255
    for form in ("PNG", "JPEG"):
        photo = read(encoded(stripes, form), longest_side=50)
        assert np.abs(photo.pixels[4:-4, 4:-4].astype(int) - 127).max() <= 6


def test_reading_never_enlarges() -> None:
    photo = read(encoded(quarters(), "PNG"), longest_side=1000)
    assert np.array_equal(photo.pixels, quarters())


def test_paths_bytes_and_names(tmp_path: Path) -> None:
    data = encoded(quarters(), "PNG")
    path = tmp_path / "four colours.png"
    path.write_bytes(data)
    assert read(path) == read(str(path)) == read(data) == read(bytearray(data))
    assert read(path).name == "four colours.png"
    assert read(data).name == "the picture"
    assert read(path, name="C:\\holiday\\beach.png").name == "beach.png"
    assert read(data, name="../up\n\udcffload.png").name == "up??load.png"
    misnamed = tmp_path / "really-a-png.jpg"
    misnamed.write_bytes(data)
    assert np.array_equal(read(misnamed).pixels, quarters())
    if os.name == "posix":
        strange = os.fsencode(tmp_path) + b"/caf\xe9.png"
        Path(os.fsdecode(strange)).write_bytes(data)
        assert read(os.fsdecode(strange)).name == "caf?.png"


def test_a_bad_longest_side_is_a_parameter_error() -> None:
    with pytest.raises(ParameterError, match="longest side of 0 px"):
        read(encoded(quarters(), "PNG"), longest_side=0)


def test_metadata_are_dropped(samples: dict[str, bytes]) -> None:
    for name in ("described.jpg", "described.png", "described.webp", "real.tif", "rgb.avif"):
        assert b"a camera" in samples[name]
        shown = read(samples[name]).jpeg(100)
        assert b"a camera" not in shown
        assert not Image.open(io.BytesIO(shown)).getexif()
        assert "icc_profile" not in Image.open(io.BytesIO(shown)).info


def test_every_sample_is_read_at_its_size(samples: dict[str, bytes]) -> None:
    for name, data in samples.items():
        photo = read(data, name=name)
        turned = name.startswith(("described", "real")) or name in ("rgb.heic", "rgb.avif")
        assert (photo.width, photo.height) == ((12, 16) if turned else (16, 12)), name
        assert photo.pixels.shape == (photo.height, photo.width, 3), name
        assert photo.pixels.std() > 10, name


def test_threads_read_what_one_thread_reads(samples: dict[str, bytes]) -> None:
    alone = {name: read(data).pixels for name, data in samples.items()}
    tasks = list(samples) * 10
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda name: read(samples[name]).pixels, tasks))
    assert all(np.array_equal(alone[n], got) for n, got in zip(tasks, together, strict=True))


def test_accepted_types_match_the_suffixes() -> None:
    types = accepted_types()
    assert {"." + kind for kind in types} == PICTURE_SUFFIXES
    assert len(types) == len(set(types))
    expected = {"jpg", "jpeg", "png", "webp", "bmp", "tif", "tiff", "gif", "heic", "heif", "avif"}
    assert expected <= set(types)


def test_importing_is_light() -> None:
    heavy = "cv2 skimage sklearn scipy torch matplotlib streamlit pillow_heif"
    code = (
        "import sys; from wsl_core import images; images.gallery.load('scene-strip');"
        f"print([name for name in {heavy.split()} if name in sys.modules])"
    )
    root = Path(wsl_core.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() in ("[]", "['pillow_heif']")  # which the first reading registers
