"""What a pair's data are called: full, subset, generated, shipped."""

SUBSET, FULL, GENERATED, SHIPPED = "subset", "full", "generated", "shipped"


def read(taken: int, published: int) -> str:
    """Whether so many pictures are all that were published, or a part of them."""
    return FULL if taken >= published else SUBSET


def together(source: str, target: str) -> str:
    """Of both domains in one word, or two, the source's first."""
    return source if source == target else f"{source} and {target}"
