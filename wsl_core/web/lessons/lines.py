"""On which line of a JSON text each of its values stands, so that a sentence can say where to look."""

import json
import re

Path = tuple[int | str, ...]
"""Keys and places from the outermost value inwards."""

TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


def lines_of(text: str) -> dict[Path, int]:
    """Lines, counted from 1, by path; a member of an object stands where its key does.

    Args:
        text: JSON that has been read without a fault.
    """
    lines: dict[Path, int] = {}
    open_: list[int | str | None] = []  # by depth: the key, or place, that is being read
    key_next = False
    for token in TOKEN.finditer(text):
        word, line = token[0], text.count("\n", 0, token.start()) + 1
        if word in "}]":
            open_.pop()
            key_next = False
        elif word == ",":
            if isinstance(open_[-1], int):
                open_[-1] += 1
            else:
                key_next = True
        elif word == ":":
            key_next = False
        elif key_next:
            open_[-1] = _unquoted(word)
            lines[_path(open_)] = line
        else:
            lines.setdefault(_path(open_), line)
            if word == "{":
                open_.append("")
                key_next = True
            elif word == "[":
                open_.append(0)
    return lines


def _path(open_: list[int | str | None]) -> Path:
    return tuple(one for one in open_ if one is not None)


def _unquoted(word: str) -> str:
    return str(json.loads(word))
