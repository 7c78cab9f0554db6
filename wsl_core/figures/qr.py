"""QR codes, made on this machine: a link that a room of phones can read off a wall or a terminal.

The symbols are ISO/IEC 18004's, by segno; the weakest error correction that leaves the code no larger.
"""

import io

import segno
from segno.encoder import DataOverflowError

from wsl_core.errors import ParameterError

MOST = 2953  # bytes that the largest code holds


def svg(text: str, *, dark: str = "#000000", light: str = "#ffffff") -> str:
    """A code as a drawing that scales, with the quiet zone of four modules that readers need.

    Args:
        text: what the code says, usually an address.
        dark: colour of the modules.
        light: colour behind them; dark on light is read by every phone, the reverse is not.

    Raises:
        ParameterError: the text is longer than a code can hold.
    """
    out = io.BytesIO()
    _code(text).save(
        out, kind="svg", dark=dark, light=light, border=4, xmldecl=False, omitsize=True
    )
    return out.getvalue().decode().strip()


def png(text: str, *, scale: int = 8) -> bytes:
    """A code as a picture, `scale` pixels a module.

    Raises:
        ParameterError: the text is longer than a code can hold.
    """
    out = io.BytesIO()
    _code(text).save(out, kind="png", scale=scale, border=4)
    return out.getvalue()


def terminal(text: str) -> str:
    """A code in characters, two modules a character, dark where the terminal is light and the reverse.

    Raises:
        ParameterError: the text is longer than a code can hold.
    """
    out = io.StringIO()
    _code(text).terminal(out, border=2, compact=True)
    return out.getvalue()


def modules(text: str) -> int:
    """How many modules wide the code of a text is, without its quiet zone: 21 to 177.

    Raises:
        ParameterError: the text is longer than a code can hold.
    """
    return int(_code(text).symbol_size(border=0)[0])


def _code(text: str) -> segno.QRCode:
    try:
        return segno.make_qr(text, error="L", boost_error=True)
    except DataOverflowError:
        raise ParameterError(
            f"A QR code holds at most {MOST:,} bytes, and this text has {len(text.encode()):,}. "
            f"Shorten it, or give the link in another way."
        ) from None
