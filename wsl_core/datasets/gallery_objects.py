"""Where the gallery's pictures show objects of VOC's classes: known from composing, or marked by hand."""

from wsl_core.datasets import voc
from wsl_core.datasets.labelled import LabelledObject
from wsl_core.images.cutouts import COLLAGES
from wsl_core.images.scenes import CUTS, SCENES

SHOWS = {"cat": "cat", "motorcycle": "motorbike", "astronaut": "person"}
"""VOC's class by gallery photograph; the others show none of the 20."""
MARKED = ("cat", "motorcycle")  # photographs in which the region marked by hand is not the whole


def objects(key: str) -> tuple[LabelledObject, ...]:
    """The objects of VOC's classes in a gallery picture; none where their places are not known.

    Args:
        key: of the picture.

    Returns:
        boxes as edges in picture pixels, `index` counting VOC's 20 classes. In a scene a box is that of the
        pasted picture, in a collage that of the pixels that are seen; in a photograph, the region that was
        marked as showing the object and little else.
    """
    if key in COLLAGES:
        collage = COLLAGES[key]
        found = [(one.key, box) for one, box in zip(collage.parts, collage.boxes(), strict=True)]
    elif key in SCENES:
        found = [(one.key, one.box) for one in SCENES[key].objects]
    else:
        found = [(key, CUTS[key])] if key in MARKED else []
    return tuple(
        LabelledObject(voc.CLASSES.index(SHOWS[shown]), (*map(float, box),), False)  # type: ignore[arg-type]
        for shown, box in found
        if shown in SHOWS
    )
