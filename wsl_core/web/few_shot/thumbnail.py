"""The thumbnail of the Few examples page: the visitor's picture, and what in it speaks for its class."""

from wsl_core import networks
from wsl_core.figures import Scale, overlay
from wsl_core.images import Photo, gallery
from wsl_core.transfer.few_shot import LIVE, ExampleClassifier, seen
from wsl_core.transfer.few_shot.features import descriptor_of
from wsl_core.web import forward
from wsl_core.web.few_shot import sentences as words
from wsl_core.web.few_shot.view import STARTS, FewShotView
from wsl_core.web.pictures import Chosen

START = STARTS[FewShotView().start].classes


def asked(chosen: Chosen, small: Photo, side: int) -> tuple[bytes, str]:
    """JPEG and alternative text: what the classifier of the page's first sight says of the picture.

    Args:
        chosen: the picture.
        small: the same with fewer pixels.
        side: longer side of the JPEG.

    Raises:
        WslError: why the network does not come.
    """
    descriptor = descriptor_of(LIVE, forward.loaded(networks.DEFAULT))

    def answered() -> tuple[bytes, str]:
        examples = {name: [gallery.load(key) for key in keys] for name, keys in START.items()}
        made = ExampleClassifier.of(examples, descriptor=descriptor)
        answer = made.answer(seen(small, LIVE, descriptor))
        painted = overlay(
            small, answer.maps[answer.best], answer.placement, scale=Scale.of(answer.maps)
        )
        text = words.alternative_text(answer, answer.best, chosen.title)
        return Photo.from_array(painted).jpeg(side), text

    return forward.derived(("few-shot thumbnail", chosen.photo.digest, side), answered)
