"""Small pictures of every accepted format and of every mode that its writer offers."""

import io
from collections.abc import Iterator

import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageCms

from wsl_core.settings import settings

SIZE = (16, 12)


@pytest.fixture(autouse=True)
def _own_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The default limits, whatever this machine's environment says; none kept afterwards."""
    for field in ("MEGABYTES", "MEGAPIXELS"):
        monkeypatch.delenv(f"WSL_{field}", raising=False)
    settings.cache_clear()
    yield
    settings.cache_clear()


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()


@pytest.fixture(scope="session")
def samples() -> dict[str, bytes]:
    pillow_heif.register_heif_opener()
    levels = np.random.default_rng(0).integers(0, 256, (SIZE[1], SIZE[0], 4), np.uint8)
    rgba = Image.fromarray(levels)
    rgb, grey = rgba.convert("RGB"), rgba.convert("L")
    palette, bits = rgb.quantize(16), grey.convert("1")
    deep = Image.fromarray(levels[..., 0].astype(np.uint16) * 257)
    wide = Image.fromarray(levels[..., 0].astype(np.int32) * 100)
    real = Image.fromarray(levels[..., 0].astype(np.float32) / 255)
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "a camera"
    lab = ImageCms.profileToProfile(
        rgb, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    described = {"exif": exif.tobytes(), "icc_profile": icc}
    frames = {"save_all": True, "append_images": [rgb.rotate(180)]}
    return {
        "rgb.jpg": saved(rgb, "JPEG"),
        "grey.jpg": saved(grey, "JPEG"),
        "cmyk.jpg": saved(rgb.convert("CMYK"), "JPEG"),
        "progressive.jpg": saved(rgb, "JPEG", progressive=True, restart_marker_blocks=1),
        "described.jpg": saved(rgb, "JPEG", **described),
        "frames.jpg": saved(rgb, "MPO", **frames),
        "bits.png": saved(bits, "PNG"),
        "grey.png": saved(grey, "PNG", transparency=7),
        "grey-alpha.png": saved(rgba.convert("LA"), "PNG"),
        "palette.png": saved(palette, "PNG"),
        "palette-alpha.png": saved(palette, "PNG", transparency=bytes(range(0, 256, 16))),
        "rgba.png": saved(rgba, "PNG"),
        "deep.png": saved(deep, "PNG"),
        "described.png": saved(rgb, "PNG", **described),
        "lossy.webp": saved(rgb, "WEBP"),
        "lossless.webp": saved(rgba, "WEBP", lossless=True),
        "described.webp": saved(rgb, "WEBP", **described),
        "frames.webp": saved(rgb, "WEBP", **frames),
        "bits.bmp": saved(bits, "BMP"),
        "palette.bmp": saved(palette, "BMP"),
        "rgb.bmp": saved(rgb, "BMP"),
        "rgba.bmp": saved(rgba, "BMP"),
        "bits.tif": saved(bits, "TIFF", compression="group4"),
        "grey.tif": saved(grey, "TIFF", compression="packbits"),
        "palette.tif": saved(palette, "TIFF"),
        "rgb.tif": saved(rgb, "TIFF", compression="tiff_lzw"),
        "jpeg.tif": saved(rgb, "TIFF", compression="jpeg"),
        "rgba.tif": saved(rgba, "TIFF", compression="tiff_adobe_deflate"),
        "cmyk.tif": saved(rgb.convert("CMYK"), "TIFF"),
        "lab.tif": saved(lab, "TIFF"),
        "deep.tif": saved(deep, "TIFF"),
        "wide.tif": saved(wide, "TIFF"),
        "real.tif": saved(real, "TIFF", **described),
        "palette.gif": saved(palette, "GIF"),
        "transparent.gif": saved(palette, "GIF", transparency=3, disposal=2),
        "frames.gif": saved(palette, "GIF", **frames),
        "rgb.heic": saved(rgb, "HEIF", **described),
        "rgba.heic": saved(rgba, "HEIF"),
        "rgb.avif": saved(rgb, "AVIF", **described),
        "rgba.avif": saved(rgba, "AVIF"),
    }
