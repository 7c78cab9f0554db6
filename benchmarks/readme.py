"""Puts measured figures and the settings into the README, and LeNet's into its card, between markers.

    python -m benchmarks.readme

A block stands between `<!-- NAME:begin -->` and `<!-- NAME:end -->`; what is written there by hand is
lost. What each says is in `readme_blocks`.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from benchmarks.readme_blocks import DECLARED, MEASURED, block

ROOT = Path(__file__).parents[1]
CARD = ("training", "lenet")
BLOCKS = tuple(name for name in (*MEASURED, *DECLARED) if name not in CARD)
DOCUMENTS = {ROOT / "README.md": BLOCKS, ROOT / "assets" / "lenet" / "README.md": CARD}


def filled(text: str, names: Iterable[str] = BLOCKS) -> str:
    """The text of a document with every block made anew.

    Raises:
        ValueError: the markers of a block are missing.
    """
    for name in names:
        begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
        pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
        if not pattern.search(text):
            raise ValueError(f"The document has no markers {begin} and {end}.")
        made = f"{begin}\n{block(name)}\n{end}"
        text = pattern.sub(lambda _, made=made: made, text)
    return text


def main() -> None:
    """Fill the documents in place."""
    for document, names in DOCUMENTS.items():
        text = filled(document.read_text(encoding="utf-8"), names)
        document.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
