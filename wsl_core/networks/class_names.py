"""Names of classes, and finding a class by what people type."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property, lru_cache

from wsl_core.errors import ClassNameError


@lru_cache(4096)  # a page looks through the same thousand names at every move of a slider
def _plain(text: str) -> str:
    return " ".join(text.replace("_", " ").lower().split())


@dataclass(frozen=True)
class ClassNames:
    """The classes of a network, in the order of its outputs.

    Attributes:
        wnids: WordNet identifiers, "n02123045"; empty where classes come from elsewhere.
        names: full names, synonyms separated by commas: "tabby, tabby cat".
        definitions: one line each, or empty.
    """

    wnids: tuple[str, ...]
    names: tuple[str, ...]
    definitions: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.names)

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """A short name for each class, all different: the first synonym, the wnid where two share it."""
        first = [name.split(",")[0] for name in self.names]
        count = Counter(_plain(title) for title in first)
        return tuple(
            f"{title} ({wnid})" if count[_plain(title)] > 1 else title
            for title, wnid in zip(first, self.wnids, strict=True)
        )

    @cached_property
    def _synonyms(self) -> list[set[str]]:
        return [
            {_plain(part) for part in name.split(",")} | {_plain(name), wnid}
            for name, wnid in zip(self.names, self.wnids, strict=True)
        ]

    def find(self, wanted: str | int) -> int:
        """Index of the class that `wanted` names.

        Args:
            wanted: an index, a wnid, a full name, a synonym, or a part of one that no other has. A
                title names its class even where it is a synonym of another.

        Raises:
            ClassNameError: no class answers, or several do; the sentence lists them.
        """
        text = _plain(str(wanted))
        if re.fullmatch(r"-?[0-9]{1,9}", text):
            index = int(text)
            if not 0 <= index < len(self):
                raise ClassNameError(
                    f"There is no class {index}: the indices go from 0 to {len(self) - 1}."
                )
            return index
        if not text:
            raise ClassNameError(
                "A class name is empty. Give an index, a wnid, a name or a part of one."
            )
        found = self.matches(text)
        if len(found) == 1:
            return found[0]
        if not found:
            raise ClassNameError(
                f"No class is named {wanted!r}. Give an index (0 to {len(self) - 1}), a wnid, a name "
                f"or a part of one."
            )
        shown = "; ".join(self.describe(i) for i in found[:12])
        more = f"; and {len(found) - 12} more" if len(found) > 12 else ""
        raise ClassNameError(
            f"{wanted!r} could be any of {len(found)} classes: {shown}{more}. Give one of these."
        )

    def matches(self, wanted: str) -> list[int]:
        """Indices of the classes that a name could mean: by title, else by synonym, else by part.

        Of the parts, whole words come first: "cat" is a tabby cat before it is a catesbeiana.
        """
        text = _plain(wanted)
        titled = [i for i, title in enumerate(self.titles) if text == _plain(title)]
        exact = titled or [i for i, synonyms in enumerate(self._synonyms) if text in synonyms]
        within = [i for i, name in enumerate(self.names) if text in _plain(name)]
        word = re.compile(rf"\b{re.escape(text)}\b")
        return exact or sorted(within, key=lambda i: word.search(_plain(self.names[i])) is None)

    def describe(self, index: int) -> str:
        """Index, short name and what it means, for lists of candidates."""
        meaning = f" ({self.definitions[index].split(';')[0]})" if self.definitions else ""
        return f"{index} {self.titles[index].split(' (n')[0]}{meaning}"


DIGITS = ClassNames(("",) * 10, tuple("0123456789"))
"""The ten digits; a figure names itself."""


def numbered(count: int) -> ClassNames:
    """Names for classes of which nothing but the number is known."""
    return ClassNames(("",) * count, tuple(f"class {i}" for i in range(count)))
