"""What the Segmentation page shows: a picture, and its mask where it has one."""

from dataclasses import dataclass

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from wsl_core.datasets import gallery_masks, voc
from wsl_core.errors import WslError
from wsl_core.fcn.segmentation import masks
from wsl_core.web import pictures
from wsl_core.web.localization import pictures as labelled
from wsl_core.web.pictures import Chosen
from wsl_core.web.segmentation.view import LABELLED, SCENE
from wsl_core.web.sentences import plain

WORKED = "collage-wall"
OF_SET = "outlined by the set's annotators"


@dataclass(frozen=True, eq=False)
class Subject:
    """A picture to be segmented.

    Attributes:
        chosen: the picture.
        mask: (height, width) labels, 0 background, 1 + place of a class of VOC, 255 not judged; None where
            nobody knows.
        known: how the mask is known.
        sample: its name in VOC's set; empty for all others.
    """

    chosen: Chosen
    mask: NDArray[np.uint8] | None = None
    known: str = ""
    sample: str = ""

    @property
    def classes(self) -> list[str]:
        """Names of the classes in the mask."""
        if self.mask is None:
            return []
        there = np.unique(self.mask)
        return [voc.CLASSES[one - 1] for one in there.tolist() if 0 < one <= len(voc.CLASSES)]


def choose(source: str) -> Subject:
    """Ask for a picture where there is a choice; where VOC's are not here, for the visitor's."""
    if source == SCENE:
        return of_gallery(WORKED)
    shown = labelled.choose(source == LABELLED)
    if not shown.sample:
        return of(shown.chosen)
    picture = next(one for one in labelled.labelled_set().pictures if one.name == shown.sample)
    if picture.mask is None:
        return Subject(shown.chosen, sample=shown.sample)
    try:
        mask = masks.read(picture, len(voc.CLASSES))
    except WslError as error:
        st.info(plain(str(error)), icon=":material/broken_image:")
        return Subject(shown.chosen, sample=shown.sample)
    return Subject(shown.chosen, mask, OF_SET, shown.sample)


def of_gallery(key: str) -> Subject:
    """A gallery picture with its mask."""
    return of(pictures.from_gallery(key))


def of(chosen: Chosen) -> Subject:
    """A picture, with its mask where it is of the gallery and has one."""
    found = gallery_masks.mask(chosen.key) if chosen.key else None
    return Subject(chosen, *found) if found else Subject(chosen)
