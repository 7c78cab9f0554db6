"""QR codes are read back by OpenCV, which knows nothing of how they were made."""

import re

import cv2
import numpy as np
import pytest

from wsl_core.errors import ParameterError
from wsl_core.figures import qr

LINK = "http://192.168.1.20:8501/pooling?picture=cat&chapter=three+verdicts"


def read(picture: np.ndarray) -> str:
    return cv2.QRCodeDetector().detectAndDecode(picture)[0]


def test_a_picture_is_read_back() -> None:
    picture = cv2.imdecode(np.frombuffer(qr.png(LINK), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert read(picture) == LINK


@pytest.mark.parametrize("length", [20, 300, 600])
def test_long_links_are_read_back(length: int) -> None:
    text = "http://a.example/?l=" + "".join(chr(97 + k * k % 26) for k in range(length))
    picture = cv2.imdecode(np.frombuffer(qr.png(text), np.uint8), cv2.IMREAD_GRAYSCALE)
    assert read(picture) == text


def test_a_terminal_shows_the_same_modules() -> None:
    rows = re.sub(r"\x1b\[[\d;]*m", "", qr.terminal(LINK)).splitlines()
    light = {"█": (1, 1), "▀": (1, 0), "▄": (0, 1), " ": (0, 0)}
    cells = np.array([[light[one] for one in row] for row in rows if row], np.uint8)
    lines = cells.transpose(0, 2, 1).reshape(-1, cells.shape[1])
    shown = cv2.resize(lines * 255, None, fx=8, fy=8, interpolation=cv2.INTER_NEAREST)
    padded = cv2.copyMakeBorder(shown, 32, 32, 32, 32, cv2.BORDER_CONSTANT, value=255)
    assert read(padded) == LINK


def test_a_drawing_is_as_wide_as_its_modules_and_quiet_zone() -> None:
    drawing = qr.svg(LINK, dark="#102030")
    side = qr.modules(LINK) + 8
    assert f'viewBox="0 0 {side} {side}"' in drawing
    assert "#102030" in drawing
    assert "script" not in drawing


def test_too_long_a_text_is_refused_in_words() -> None:
    with pytest.raises(ParameterError, match=r"at most 2,953 bytes, and this text has 3,000\."):
        qr.svg("x" * 3000)
