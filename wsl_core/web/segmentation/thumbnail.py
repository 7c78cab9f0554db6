"""The thumbnail of the Segmentation page: the visitor's picture with the labels of its classes."""

from wsl_core.images import Photo
from wsl_core.web.pictures import Chosen
from wsl_core.web.segmentation import looked as page
from wsl_core.web.segmentation import sentences as words
from wsl_core.web.segmentation.pictures import Subject
from wsl_core.web.segmentation.strip import drawn
from wsl_core.web.segmentation.view import SegmentationView


def labelled(chosen: Chosen, small: Photo) -> tuple[bytes, str]:
    """JPEG and alternative text: the labels after the CRF.

    Args:
        chosen: the picture.
        small: the same with fewer pixels.

    Raises:
        WslError: why there are no maps.
    """
    looked = page.glance(Subject(chosen), SegmentationView())
    labels = looked.worked.labels[-1]
    text = f"{chosen.title}. {words.update_sentence(looked, labels, len(looked.worked.labels) - 1)}"
    return drawn(small, labels, looked.paint), text
