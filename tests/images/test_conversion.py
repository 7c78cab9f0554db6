"""Every mode as a viewer shows it, against values worked out by hand."""

import io

import numpy as np
import pytest
from PIL import Image, ImageCms

from wsl_core.images import read


def shown(image: Image.Image, form: str = "PNG", **options: object) -> np.ndarray:
    file = io.BytesIO()
    image.save(file, form, **options)
    return read(file.getvalue()).pixels.astype(int)


def test_grey() -> None:
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    assert np.array_equal(shown(Image.fromarray(levels)), np.repeat(levels[..., None], 3, axis=2))


def test_one_bit() -> None:
    bits = np.array([[True, False, True], [False, False, True]])
    for form in ("PNG", "TIFF", "BMP"):
        pixels = shown(Image.fromarray(bits), form)
        assert np.array_equal(pixels, np.where(bits, 255, 0)[..., None].repeat(3, axis=2))


@pytest.mark.parametrize("form", ["PNG", "TIFF", "WEBP"])
def test_alpha_is_laid_over_white(form: str) -> None:
    levels = np.random.default_rng(0).integers(0, 256, (9, 11, 4), np.uint8)
    levels[..., 3] = np.linspace(0, 255, 99).reshape(9, 11)
    options = {"lossless": True, "exact": True} if form == "WEBP" else {}
    alpha = levels[..., 3:] / 255
    expected = levels[..., :3] * alpha + 255 * (1 - alpha)
    assert np.abs(shown(Image.fromarray(levels), form, **options) - expected).max() <= 1


def test_grey_with_alpha() -> None:
    image = Image.new("LA", (2, 1))
    image.putpixel((0, 0), (100, 255))
    image.putpixel((1, 0), (100, 51))  # a fifth of 100, four fifths of white
    assert np.abs(shown(image)[0, :, 0] - [100, 224]).max() <= 1


def test_palette_with_partly_transparent_colours() -> None:
    image = Image.new("P", (3, 1))
    image.putpalette([200, 0, 0, 0, 200, 0, 0, 0, 200])
    image.putdata([0, 1, 2])
    pixels = shown(image, transparency=bytes([255, 0, 51]))
    expected = [[200, 0, 0], [255, 255, 255], [204, 204, 244]]
    assert np.abs(pixels[0] - expected).max() <= 1


@pytest.mark.parametrize("form", ["PNG", "GIF"])
def test_palette_with_one_transparent_colour(form: str) -> None:
    image = Image.new("P", (2, 1))
    image.putpalette([200, 0, 0, 0, 200, 0])
    image.putdata([0, 1])
    assert shown(image, form, transparency=1).tolist() == [[[200, 0, 0], [255, 255, 255]]]


def test_transparent_colour_without_palette() -> None:
    colours = np.array([[[10, 20, 30], [40, 50, 60]]], np.uint8)
    pixels = shown(Image.fromarray(colours), transparency=(40, 50, 60))
    assert pixels.tolist() == [[[10, 20, 30], [255, 255, 255]]]


def test_cmyk_inks_in_tiff() -> None:
    image = Image.new("CMYK", (5, 1))
    image.putdata([(0, 0, 0, 0), (255, 0, 0, 0), (0, 255, 0, 0), (0, 0, 0, 255), (0, 0, 255, 51)])
    expected = [[255, 255, 255], [0, 255, 255], [255, 0, 255], [0, 0, 0], [204, 204, 0]]
    assert shown(image, "TIFF").tolist() == [expected]


def test_adobe_cmyk_jpeg_is_not_a_negative() -> None:
    # Pillow writes CMYK as Adobe does: inverted, with the marker that says so.
    cyan = Image.new("CMYK", (16, 16), (255, 0, 0, 0))
    assert np.abs(shown(cyan, "JPEG", quality=95)[8, 8] - [0, 255, 255]).max() <= 4


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_sixteen_bit_grey_is_scaled_not_clipped(form: str) -> None:
    values = np.array([[0, 200, 257, 32768, 65278, 65535]], np.uint16)
    assert shown(Image.fromarray(values), form)[0, :, 0].tolist() == [0, 1, 1, 128, 254, 255]


def test_sixteen_bit_grey_with_a_transparent_level() -> None:
    values = np.array([[0, 300, 301]], np.uint16)
    assert shown(Image.fromarray(values), transparency=300)[0, :, 0].tolist() == [0, 255, 1]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 100, 255], [0, 100, 255]),  # 8-bit numbers in wide storage
        ([0, 25700, 65535], [0, 100, 255]),  # 16-bit numbers
        ([-100, 0, 100], [0, 128, 255]),  # neither: lowest black, highest white
        ([0, 50_000_000, 100_000_000], [0, 128, 255]),
        ([-7, -7, -7], [0, 0, 0]),
    ],
)
def test_thirty_two_bit_grey(values: list[int], expected: list[int]) -> None:
    image = Image.fromarray(np.array([values], np.int32))
    assert shown(image, "TIFF")[0, :, 0].tolist() == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.0, 0.2, 1.0], [0, 51, 255]),
        ([0.0, 100.0, 200.0], [0, 100, 200]),
        ([-1.0, 0.0, 1.0], [0, 128, 255]),
        ([np.nan, np.inf, 0.4], [0, 255, 102]),
        ([np.nan, np.nan, np.nan], [0, 0, 0]),
    ],
)
def test_real_numbers(values: list[float], expected: list[int]) -> None:
    image = Image.fromarray(np.array([values], np.float32))
    assert shown(image, "TIFF")[0, :, 0].tolist() == expected


def test_lab() -> None:
    colours = np.array([[[255, 255, 255], [0, 0, 0], [200, 60, 50], [90, 110, 150]]], np.uint8)
    lab = ImageCms.profileToProfile(
        Image.fromarray(colours),
        ImageCms.createProfile("sRGB"),
        ImageCms.createProfile("LAB"),
        outputMode="LAB",
    )
    assert np.abs(shown(lab, "TIFF") - colours).max() <= 4


def swapped_profile() -> bytes:
    """sRGB with red and green exchanged: the two tags' names are, in the table of tags."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"____").replace(b"gXYZ", b"rXYZ").replace(b"____", b"gXYZ")


@pytest.mark.parametrize("form", ["PNG", "TIFF", "JPEG", "WEBP"])
def test_an_embedded_profile_is_applied(form: str) -> None:
    options = {"WEBP": {"lossless": True}, "JPEG": {"quality": 98, "subsampling": 0}}.get(form, {})
    image = Image.new("RGB", (16, 16), (250, 10, 30))
    pixels = shown(image, form, icc_profile=swapped_profile(), **options)
    assert np.abs(pixels[8, 8] - [10, 250, 30]).max() <= 4


def test_a_profile_leaves_alpha_and_paper_alone() -> None:
    image = Image.new("RGBA", (2, 1), (255, 0, 0, 255))
    image.putpixel((1, 0), (255, 0, 0, 0))
    pixels = shown(image, icc_profile=swapped_profile())
    assert np.abs(pixels[0] - [[0, 255, 0], [255, 255, 255]]).max() <= 2


@pytest.mark.parametrize(
    "profile",
    [
        b"no profile at all",
        swapped_profile()[:200],
        ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes(),
    ],
    ids=["text", "cut short", "for another colour space"],
)
def test_an_unusable_profile_is_ignored(profile: bytes) -> None:
    image = Image.new("RGB", (2, 1), (250, 10, 30))
    assert shown(image, icc_profile=profile).tolist() == [[[250, 10, 30]] * 2]
