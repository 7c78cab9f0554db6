"""What the part "any word" of the Zero-shot page says: text, tables, alternative text, lines of Python."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from wsl_core.transfer.zero_shot.placed import Carriers, PlacedWord, Share
from wsl_core.transfer.zero_shot.vectors import SOURCES, Vectors
from wsl_core.web.sentences import plain

UNIT = (
    "Clear is chance: an even guess among all classes. Red is more likely, blue less, in natural logarithms. "
    "Each map has a scale of its own, since a word is spread over many classes."
)
SHOWN = 8  # carrying classes in the table
HEAD = ["class", "cosine with the word", "weight", "probability there", "share of the word"]
# What there is to be seen in the gallery's pictures, something that is not there, and no thing at all.
EXAMPLES = {
    "cat": ("kitten", "pet", "tiger", "wheel", "theorem"),
    "coffee": ("mug", "drink", "spoon", "breakfast", "theorem"),
    "motorcycle": ("motorbike", "wheel", "vehicle", "horse", "theorem"),
    "rocket": ("spaceship", "tower", "boat", "kitten", "theorem"),
    "astronaut": ("person", "rocket", "helmet", "kitten", "theorem"),
    "photographer": ("person", "camera", "tripod", "kitten", "theorem"),
    "temple": ("church", "roof", "palace", "kitten", "theorem"),
    "flower": ("blossom", "plant", "butterfly", "kitten", "theorem"),
}
ANY = ("kitten", "vehicle", "person", "furniture", "theorem")


def examples(key: str | None) -> tuple[str, ...]:
    """Words to try on a picture."""
    return EXAMPLES.get(key or "", ANY)


def carried(found: PlacedWord) -> str:
    """Who carried the word to its highest place."""
    x, y = found.peak
    best = found.shares[0]
    title = plain(best.carrier.title)
    own = f"{best.share:.0%} of it from **{title}**"
    others = sum(one.share > 0.05 for one in found.shares[1:])
    more = f", the rest from {others} more" if others > 1 else ""
    name = "a class" if found.carriers.taught else "no class"
    return (
        f"**{plain(found.carriers.word)}** is highest at {x:.0f} across, {y:.0f} down: "
        f"{times(float(found.values.max()))} there, {own}{more}. The network has {name} of that name."
    )


def times(value: float) -> str:
    """A logarithm of odds in words."""
    factor = float(np.exp(value))
    return f"{factor:.{0 if factor >= 10 else 1}f} times as likely as chance"


def rows(shares: Sequence[Share], count: int = SHOWN) -> list[list[str]]:
    """The classes that carried a word, the largest share first."""
    return [
        [
            plain(one.carrier.title), f"{one.carrier.similarity:.2f}", f"{one.carrier.weight:.3f}",
            f"{one.probability:.1%}", f"{one.share:.0%}",
        ]
        for one in shares[:count]
    ]  # fmt: skip


def nearest(carriers: Carriers, count: int = 5) -> list[list[str]]:
    """The classes nearest to a word that has no relative."""
    return [[plain(one.title), f"{one.similarity:.2f}"] for one in carriers.classes[:count]]


def alt(picture: str, word: str, values: NDArray[np.float32], peak: tuple[float, float]) -> str:
    """What a map shows, for those who do not see it."""
    x, y = peak
    return (
        f"{picture} with the map of {word}: highest {values.max():.2f} at {x:.0f} across, {y:.0f} down, "
        f"lowest {values.min():.2f}, where 0 is chance."
    )


def known(source: Vectors) -> str:
    """How many words there are to be typed."""
    if source.whole:
        return f"Any text has a vector: {source.card.title} is installed."
    return (
        f"{len(source.known.words):,} words and names ship with the program. For any text install "
        f"{source.card.title}, the package {source.card.package}."
    )


def measured(table: Sequence[dict[str, str]]) -> tuple[list[str], list[list[str]], str]:
    """Head, rows and a caption, from the committed figures."""
    lines = []
    for row in table:
        source = SOURCES.get(row["vectors"])
        taxonomy = ", with taxonomy" if row["taxonomy"] == "True" else ""
        lines.append(
            [
                plain(row["data"]), f"{source.title if source else row['vectors']}{taxonomy}",
                *(f"{100 * float(row[name]):.1f}" for name in ("pointing", "wrong_word", "centre")),
            ]
        )  # fmt: skip
    first = table[0]
    return (
        ["pictures", "words by", "on the thing, %", "a wrong word, %", "the middle, %"],
        lines,
        "How often the highest place lies within 18 px of a box of the thing that the word names, mean over "
        "20 classes. Relatives by hand: no words, but a list of related classes that people made. Chosen on "
        f"another half of the training pictures. {first['date']}, {first['network']}.",
    )


def in_python(key: str | None, word: str, taxonomy: bool) -> str:
    """The same in Python."""
    how = "PlacedParameters(taxonomy=True)" if taxonomy else "PlacedParameters()"
    photo = f'gallery.load("{key}")' if key else 'images.read("picture.jpg")'
    source = "from wsl_core.images import gallery" if key else "from wsl_core import images"
    return f"""\
from wsl_core import networks
{source}
from wsl_core.transfer.zero_shot import placed
from wsl_core.transfer.zero_shot.placed_parameters import PlacedParameters

carriers = placed.carriers({word!r}, {how})
if carriers.verdict:
    print(carriers.verdict)
else:
    found = placed.place(networks.load(), {photo}, carriers)
    print(found.peak, found.values.max())       # x and y in pixels; 0 is chance
    for one in found.shares[:5]:
        print(one.carrier.title, one.carrier.weight, one.share)
"""
