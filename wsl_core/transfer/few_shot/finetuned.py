"""Fine-tuning on the draws that the heads on frozen features meet; it trains with torch, so in workers alone.

The seam between few-shot measurement and fine-tuning: an episode becomes `Examples`, a strategy is fitted to
them, and its accuracy is a figure like a head's.
"""

from collections.abc import Generator, Sequence

import numpy as np

from wsl_core import networks
from wsl_core.datasets.collection import Collection
from wsl_core.images import Photo
from wsl_core.transfer.few_shot.episodes import Episode, Numbers
from wsl_core.transfer.few_shot.features import Rows
from wsl_core.transfer.few_shot.measurement import Measured
from wsl_core.transfer.finetuning import FineTune, FineTuneParameters
from wsl_core.transfer.finetuning.examples import Examples, Samples, parts


def finetuning(
    name: str,
    found: Collection,
    rows: Rows,
    episodes: Sequence[Episode],
    shots: Sequence[int],
    how: FineTuneParameters,
) -> Generator[float, None, list[Measured]]:
    """One strategy of fine-tuning on all episodes.

    Args:
        name: of the strategy.
        found: the pictures.
        rows: what episodes count the pictures of.
        episodes: one a draw.
        shots: examples a class, each at most as many as the episodes have.
        how: its parameters; `size` is the side at which pictures are seen.

    Yields:
        the share that is done, 0 .. 1.

    Raises:
        ParameterError: no such strategy, or a network that it does not know.
    """
    values = {count: np.full(len(episodes), np.nan) for count in shots}
    for number, episode in enumerate(episodes):
        asked, truth = episode.asked()
        test = samples(found, rows, asked, truth, how)
        for place, count in enumerate(shots):
            yield (number + place / len(shots)) / len(episodes)
            labels = np.repeat(np.arange(episode.ways), count)
            given = samples(found, rows, episode.support[:, :count].ravel(), labels, how)
            names = tuple(f"{one}" for one in episode.classes)
            examples = Examples(found.title, names, *parts(given, how), test)
            values[count][number] = FineTune(name, how).fit(examples).accuracy_
    return [Measured(name, count, told, told[:, None]) for count, told in values.items()]


def samples(
    found: Collection, rows: Rows, numbers: Numbers, labels: Numbers, how: FineTuneParameters
) -> Samples:
    """Pictures of an episode, with the places of their classes as labels."""
    sides = networks.card(how.network).sides
    photos: list[Photo] = [found.read(rows.entries[int(one)].name) for one in numbers]
    return Samples(
        tuple(one.pixels for one in photos),
        tuple(sides.fit(one.height, one.width, how.size) for one in photos),
        np.asarray(labels, np.int64),
        tuple(one.name for one in photos),
    )
