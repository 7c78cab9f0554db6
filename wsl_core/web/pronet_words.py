"""What ProNet's score of a class is made of, and the way to it, for the pages that show it."""

import numpy as np

from wsl_core.fcn.pronet import ProNetMaps
from wsl_core.figures import Scale, png
from wsl_core.figures.tensors import mosaic
from wsl_core.networks import card
from wsl_core.web.activation_maps.shown import signed
from wsl_core.web.pipeline import SHOWN, Stage, strongest
from wsl_core.web.sentences import listed

SUM_HEAD = ["what", "logits"]


def sum_rows(maps: ProNetMaps, index: int) -> list[list[str]]:
    """The score of a class, line by line: streams, crops, and how they are joined."""
    first, second = maps.streams, maps.second[:, index]
    share, best = maps.pronet.parameters.second_share, int(second.argmax())
    rows = [
        [f"stream at {max(one.input_size)} px, LSE", signed(float(one.scores[index]))]
        for one in first.maps
    ]
    rows.append(["**first stage**, their mean", signed(float(first.scores[index]))])
    for row, box in enumerate(maps.crops):
        left, top, right, bottom = first.edges[box]
        rows.append(
            [
                f"crop {left:.0f} to {right:.0f} across, {top:.0f} to {bottom:.0f} down",
                signed(float(second[row])),
            ]
        )
    rows.append(["**second stage**, its best crop", signed(float(second[best]))])
    joined = f"**score**, {1 - share:g} of the first and {share:g} of the second"
    rows.append([joined, signed(float(maps.scores[index]))])
    return rows


def sum_sentence(maps: ProNetMaps, index: int) -> str:
    """Both stages and the score in a sentence."""
    name, second = maps.classes.titles[index], float(maps.second[:, index].max())
    cropped = listed([maps.classes.titles[k] for k in maps.proposals])
    return (
        f"ProNet's first stage gives {name} {signed(float(maps.streams.scores[index]))} logits, its second, "
        f"the best of {len(maps.crops)} crops, {signed(second)}; together "
        f"{signed(float(maps.scores[index]))}. The best boxes of {cropped} were cropped."
    )


def stages(maps: ProNetMaps, index: int) -> list[Stage]:
    """ProNet as a strip: features and maps of all streams, pooling, crops, score."""
    head, name = maps.pronet, maps.classes.titles[index]
    channels = len(maps.features)
    sizes = [one.cells for one in maps.streams.maps]
    grids = ", ".join(f"{rows} × {columns}" for rows, columns in sizes)
    features = strongest(maps, index)
    likely = [index, *(one.index for one in maps.top(SHOWN) if one.index != index)][:SHOWN]
    found = np.stack([maps.map(k) for k in likely])
    count = len(maps.classes)
    return [
        Stage(
            "Transfer",
            f"{channels} × ({grids})",
            f"features of {card(head.card.network).title}, learned on ImageNet, at "
            f"{len(sizes)} sizes",
            png(mosaic(features, Scale.of(features))),
            f"The {len(features)} channels of {channels} that count most for {name}, all sizes fused.",
        ),
        Stage(
            "Classification layer",
            f"{count} × ({grids})",
            "a 1 × 1 convolution: every cell is a box with a confidence",
            png(mosaic(found, Scale.of(found))),
            f"{len(found)} of {count} maps, all sizes fused, from {found.min():.2f} to {found.max():.2f} "
            f"logits.",
        ),
        Stage(
            "Pooling",
            f"{len(sizes)} × {count}",
            f"LSE with β = {head.parameters.beta:g}, then the mean of all sizes",
            number=signed(float(maps.streams.scores[index])),
        ),
        Stage(
            "Second look",
            f"{len(maps.crops)} × {count}",
            f"the best boxes, cropped, fed at {head.parameters.box_side} px and scored again",
            number=signed(float(maps.second[:, index].max())),
        ),
        Stage("Score", f"{count}", f"logits for {name}", number=signed(float(maps.scores[index]))),
    ]
