"""Worked examples of the Pooling page: pictures that schemes disagree on, classes to judge, small maps."""

from dataclasses import dataclass

ANY = "the most likely"
NO_PARTS = (
    "SPLeaP pools parts that it has learned, so it needs a trained head; a network that was trained "
    "without it has none."
)


@dataclass(frozen=True)
class Case:
    """A gallery picture on which schemes disagree, found by looking at all of them.

    Attributes:
        picture: key of the gallery.
        right: ImageNet classes that count as right.
        why: what the picture shows, and which class is the nearest to it, in a sentence.
        lesson: what is seen.
    """

    picture: str
    right: tuple[str, ...]
    why: str
    lesson: str


CASES = {
    one.picture: one
    for one in (
        Case(
            "temple",
            ("palace",),
            "A Chinese tower with tiled roofs. ImageNet has no pagoda; of its 1,000 classes palace is the "
            "nearest.",
            "One stretch of roof alone looks more like a bell cote than any region looks like a palace. The "
            "tower as a whole, several storeys of it, looks like a palace.",
        ),
        Case(
            "rocket",
            ("missile", "projectile", "space shuttle"),
            "A rocket on its launch pad. ImageNet has no carrier rocket; missile, projectile and space "
            "shuttle are counted as right.",
            "Here it is the other way round: the lattice towers fill more of the picture than the rocket, "
            "and the mean of all regions is theirs.",
        ),
        Case(
            "flower",
            ("daisy",),
            "An orange dahlia. ImageNet has no dahlia; daisy is the nearest.",
            "Also the other way round: ImageNet's bees sit on flowers, so the whole flower speaks for a "
            "bee a little, and the mean of all regions names an animal that is not there.",
        ),
        Case(
            "scene-strip",
            ("tiger cat", "tabby", "Egyptian cat", "moped", "espresso", "daisy", "missile"),
            "A cat, a cup of coffee, a motorcycle, a flower and a rocket, side by side on a wall.",
            "Most of the picture is wall, and the layout looks like a web page: the mean of all regions "
            "says so, the best region does not.",
        ),
        Case(
            "scene-corner",
            ("tiger cat", "tabby", "Egyptian cat"),
            "One small picture of a cat in a corner of an empty wall.",
            "The object is too small for all of them: no way of pooling finds what the maps do not hold.",
        ),
    )
}

VERDICTS = {
    "cat": ("tabby", "lynx", "gibbon"),
    "coffee": ("espresso", "consomme", "abacus"),
    "motorcycle": ("moped", "disk brake", "unicycle"),
    "photographer": ("tripod", "rifle", "gondola"),
    "rocket": ("missile", "drilling platform", "mosque"),
    "temple": ("palace", "bell cote", "cannon"),
    "flower": ("daisy", "bee", "football helmet"),
}
"""For a gallery picture: a class that it shows (or the nearest to it), and two that it does not."""

GRIDS = {
    "two objects": "0.5, 4, 3.5, -1; -0.5, 3, 2.5, -2; 0, -1, -0.5, 5",
    "one peak": "-1, -0.5, -1, -0.5; -0.5, 6, -0.5, -1; -1, -0.5, -1, -0.5",
    "a broad region": "2, 2.5, 2, 0; 2.5, 3, 2.5, 0.5; 2, 2.5, 2, 0",
    "evidence against": "4, 3, 0, -5; 3, 2, -1, -6; 0, -1, -2, -4",
    "the tests' map": "2, -1, 0.5; 3, 0, -2",
}
"""Maps to start from; the last one is the check vector of the tests."""
