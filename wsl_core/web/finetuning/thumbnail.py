"""The small picture of the Fine-tuning station: the visitor's own in training views, mirrored and cropped."""

from dataclasses import replace

import numpy as np

from wsl_core.networks.network import resized
from wsl_core.transfer.finetuning.examples import Samples
from wsl_core.transfer.finetuning.views import view
from wsl_core.web.pictures import Chosen

VIEWS = (0, 1, 2, 3)


def seen(chosen: Chosen, side: int) -> tuple[bytes, str]:
    """JPEG, `side` pixels at its longer side, and alternative text: four views of the picture."""
    photo = chosen.photo
    share = side / (2 * max(photo.width, photo.height))
    fed = (max(1, round(photo.height * share)), max(1, round(photo.width * share)))
    larger = resized(photo.pixels, 2 * fed[0], 2 * fed[1])
    samples = Samples((larger,), (fed,), np.zeros(1, np.int64), (chosen.title,))
    views = [view(samples, 0, number, 0) for number in VIEWS]
    rows = [np.concatenate(views[i : i + 2], axis=1) for i in (0, 2)]
    picture = np.concatenate(rows)
    text = f"{chosen.title}, four times: whole, mirrored, and cropped twice, as it is seen in training."
    return replace(photo, pixels=picture).jpeg(side), text
