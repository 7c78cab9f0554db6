"""Networks for adaptation as tables: the papers', and fast ones for a training that is watched live.

A network has three parts that methods treat apart: `maps`, convolutions whose flattened output the domain
classifier sees; `hidden`, fully connected layers whose output are the features; and a linear output. What
is learned on top (domain classifiers, decoders) is the method's own.
"""

from dataclasses import dataclass

from wsl_core.errors import ParameterError


@dataclass(frozen=True)
class Convolution:
    """A convolution with ReLU, and max pooling after it.

    Attributes:
        channels: that leave it.
        kernel: side, in pixels.
        stride: in pixels.
        padding: zeros around, in pixels.
        pool: side of the pooling window; 0 for none.
        pool_stride: in pixels.
    """

    channels: int
    kernel: int
    stride: int = 1
    padding: int = 0
    pool: int = 0
    pool_stride: int = 2


@dataclass(frozen=True)
class Architecture:
    """A network.

    Attributes:
        title: for people.
        source: where it is published.
        maps: convolutions, in their order; of features, instead, widths of fully connected layers.
        hidden: widths of the fully connected layers before the output.
        domain: widths of the hidden layers of a domain classifier.
        normalised: batch normalisation in the maps, with statistics for each domain.
        map_dropout: share of the last channels that are left out in training.
        dropout: share of the features that are left out in training.
    """

    title: str
    source: str
    maps: tuple[Convolution, ...] | tuple[int, ...]
    hidden: tuple[int, ...]
    domain: tuple[int, ...]
    normalised: bool = False
    map_dropout: float = 0.0
    dropout: float = 0.0


DANN = "Ganin and Lempitsky, ICML 2015, figure 4"
OURS = "ours, for one processor core"
VECTORS = "vectors"

ARCHITECTURES = {
    "fast-digits": Architecture(
        "Fast network", OURS,
        (Convolution(24, 5, stride=2), Convolution(48, 3, pool=2), Convolution(48, 3)),
        (64,), (64,), normalised=True, map_dropout=0.5, dropout=0.5,
    ),
    "fast-signs": Architecture(
        "Fast network for signs and numbers", OURS,
        (Convolution(24, 5, stride=2), Convolution(48, 3, pool=2), Convolution(96, 3, pool=2)),
        (256,), (64,), normalised=True, map_dropout=0.25, dropout=0.5,
    ),
    "digits": Architecture(
        "The paper's network for MNIST", DANN,
        (Convolution(32, 5, pool=2), Convolution(48, 5, pool=2)), (100, 100), (100,),
    ),
    "numbers": Architecture(
        "The paper's network for house numbers", DANN,
        (Convolution(64, 5, padding=2, pool=3), Convolution(64, 5, padding=2, pool=3),
         Convolution(128, 5, padding=2)),
        (3072, 2048), (1024, 1024), dropout=0.5,
    ),
    "signs": Architecture(
        "The paper's network for signs", DANN,
        (Convolution(96, 5, pool=2), Convolution(144, 3, pool=2), Convolution(256, 5, pool=2)),
        (512,), (1024, 1024),
    ),
    "lenet": Architecture(
        "LeNet as ADDA uses it", "Tzeng et al., CVPR 2017, section 5.1",
        (Convolution(20, 5, pool=2), Convolution(50, 5, pool=2)), (500,), (500, 500), dropout=0.5,
    ),
    VECTORS: Architecture(
        "Two layers on features", OURS, (256,), (64,), (64,),
        normalised=True, map_dropout=0.5, dropout=0.5,
    ),
}  # fmt: skip
"""Every architecture, by name."""


def architecture(name: str) -> Architecture:
    """The architecture of this name.

    Raises:
        ParameterError: there is none.
    """
    if name not in ARCHITECTURES:
        raise ParameterError(
            f"There is no architecture named {name!r}. There are: {', '.join(ARCHITECTURES)}."
        )
    return ARCHITECTURES[name]
