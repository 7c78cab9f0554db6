"""Sentences that quote a visitor's words: a file's name, a value in a link."""

import re


def plain(text: str) -> str:
    """Markdown that shows `text` as it is: nothing in it becomes a picture, a link or a formula."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", " ".join(text.split()))
