"""Sentences that list names, or quote a visitor's words: a file's name, a value in a link."""

import re
from collections.abc import Sequence


def plain(text: str) -> str:
    """Markdown that shows `text` as it is: nothing in it becomes a picture, a link or a formula."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", " ".join(text.split()))


def listed(names: Sequence[str]) -> str:
    """Names as a sentence lists them."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
