"""Text to token numbers, as BERT's uncased WordPiece does it (Wu et al., arXiv 1609.08144)."""

import unicodedata
from collections.abc import Mapping

UNKNOWN, START, END = "[UNK]", "[CLS]", "[SEP]"
LONGEST_WORD = 100  # letters; a longer word is unknown as a whole, as in the published tokenizer
# The blocks of Chinese characters, each of which is a word of its own.
IDEOGRAPHS = (
    (0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F), (0x2B740, 0x2B81F),
    (0x2B820, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F),
)  # fmt: skip
ASCII_SIGNS = ((33, 47), (58, 64), (91, 96), (123, 126))


def tokens(text: str, vocabulary: Mapping[str, int], most: int = 256) -> list[int]:
    """Token numbers of a text, with those of start and end.

    Args:
        text: in any case and with any accents, which are dropped.
        vocabulary: the number of every piece; a piece that goes on a word begins with ##.
        most: of the tokens; what is beyond it is left out.
    """
    pieces = [number for word in words(text) for number in _pieces(word, vocabulary)]
    return [vocabulary[START], *pieces[: most - 2], vocabulary[END]]


def words(text: str) -> list[str]:
    """Lower-case words without accents; each sign and each ideograph is a word of its own."""
    plain = "".join(map(_readable, text)).lower()
    found: list[str] = []
    for word in plain.split():
        letters = (c for c in unicodedata.normalize("NFD", word) if unicodedata.category(c) != "Mn")
        spaced = "".join(f" {c} " if _is_sign(c) else c for c in letters)
        found += spaced.split()
    return found


def _readable(letter: str) -> str:
    """The letter; a space where it parts words, nothing where it cannot be seen."""
    if letter in "\t\n\r" or unicodedata.category(letter) == "Zs":
        return " "
    if letter in "\0\ufffd" or unicodedata.category(letter).startswith("C"):
        return ""
    return f" {letter} " if _within(letter, IDEOGRAPHS) else letter


def _is_sign(letter: str) -> bool:
    return _within(letter, ASCII_SIGNS) or unicodedata.category(letter).startswith("P")


def _within(letter: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= ord(letter) <= last for first, last in ranges)


def _pieces(word: str, vocabulary: Mapping[str, int]) -> list[int]:
    """The longest pieces from the left; the unknown token where some letters are no piece."""
    if len(word) > LONGEST_WORD:
        return [vocabulary[UNKNOWN]]
    found, start = [], 0
    while start < len(word):
        for end in range(len(word), start, -1):
            piece = ("##" if start else "") + word[start:end]
            if piece in vocabulary:
                found.append(vocabulary[piece])
                start = end
                break
        else:
            return [vocabulary[UNKNOWN]]
    return found
