"""EfficientNet-Lite as a torch module whose parts are the taps of its card.

EfficientNet (Tan and Le, ICML 2019) without squeeze-and-excitation and with ReLU6: every layer is
local, the score is a global average followed by a linear layer, so the class maps are exact. Written
here because importing timm takes three times as long as all the rest of an export; the tests hold it
equal to timm's.

Weights come from TensorFlow: BatchNorm eps is 1e-3, and "same" padding, which at sides 32 k + 1 is
the symmetric padding used here. With another eps or at other sides they load without a word, and the
scores are not the network's own.
"""

import math

from torch import Tensor, nn

from wsl_core.networks.cards import Card

# (repeats, kernel, stride, expansion, channels) of each stage of EfficientNet-B0.
STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
STEM, HEAD = 32, 1280


def scaled_channels(channels: int, width: float) -> int:
    """Channels times `width`, to the nearest multiple of 8 that loses less than a tenth."""
    wanted = channels * width
    rounded = max(8, int(wanted + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * wanted else rounded


class Unit(nn.Sequential):
    """Convolution, batch normalisation and, where asked for, ReLU6."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int,
        stride: int = 1,
        groups: int = 1,
        relu: bool = True,
    ) -> None:
        layers: list[nn.Module] = [
            nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
            nn.BatchNorm2d(outputs, eps=1e-3),
        ]
        super().__init__(*layers, *([nn.ReLU6()] if relu else []))


class Block(nn.Module):
    """Inverted residual: expand (1x1), depthwise, project (1x1); added to its input where shapes allow."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int) -> None:
        super().__init__()
        inner = inputs * expansion
        self.expand = Unit(inputs, inner, 1) if expansion > 1 else nn.Identity()
        self.depthwise = Unit(inner, inner, kernel, stride, groups=inner)
        self.project = Unit(inner, outputs, 1, relu=False)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs, h, w) -> (N, outputs, h', w')."""
        y = self.project(self.depthwise(self.expand(x)))
        return x + y if self.residual else y


class EfficientNetLite(nn.Module):
    """Normalised pictures (N, 3, h, w) -> scores (N, classes) in logits."""

    def __init__(self, width: float, depth: float, classes: int = 1000) -> None:
        super().__init__()
        self.stem = Unit(3, STEM, 3, 2)
        inputs, last = STEM, len(STAGES) - 1
        for number, (repeats, kernel, stride, expansion, channels) in enumerate(STAGES):
            # Lite keeps the first and the last stage, the stem and the head at their size.
            count = repeats if number in {0, last} else math.ceil(repeats * depth)
            outputs = scaled_channels(channels, width)
            blocks = [
                Block(outputs if i else inputs, outputs, kernel, 1 if i else stride, expansion)
                for i in range(count)
            ]
            self.add_module(f"stage{number + 1}", nn.Sequential(*blocks))
            inputs = outputs
        self.head = Unit(inputs, HEAD, 1)
        self.classifier = nn.Linear(HEAD, classes)

    def forward(self, x: Tensor) -> Tensor:
        """The score of every class."""
        for name in ("stem", *(f"stage{i + 1}" for i in range(len(STAGES))), "head"):
            x = getattr(self, name)(x)
        return self.classifier(x.mean((2, 3)))


def published_name(name: str, stage_starts: dict[str, int]) -> str:
    """The name that a tensor of this module has in the published weights file.

    Args:
        name: as in the module's state dict, "stage2.0.expand.1.bias".
        stage_starts: number of blocks before each stage, "stage2": 1.
    """
    outer = {"stem.0": "_conv_stem", "stem.1": "_bn0", "head.0": "_conv_head", "head.1": "_bn1"}
    inner = {"expand.0": "_expand_conv", "expand.1": "_bn0", "depthwise.0": "_depthwise_conv"}
    inner |= {"depthwise.1": "_bn1", "project.0": "_project_conv", "project.1": "_bn2"}
    *layer, tensor = name.split(".")
    if layer[0] in stage_starts:
        block = stage_starts[layer[0]] + int(layer[1])
        return f"_blocks.{block}.{inner['.'.join(layer[2:])]}.{tensor}"
    return f"{outer.get('.'.join(layer), '_fc')}.{tensor}"


def build(card: Card, weights: dict[str, Tensor] | None) -> EfficientNetLite:
    """The network of `card`, in evaluation mode.

    Args:
        card: of one of the family.
        weights: tensors by their published names, or by those of this module; None leaves the random
            initialisation, for tests.

    Raises:
        WeightsError: a tensor is missing, left over or of another shape.
    """
    from wsl_core.networks.weights import assign

    network = EfficientNetLite(
        float(card.options["width"]), float(card.options["depth"]), card.classes
    )
    starts, blocks = {}, 0
    for number in range(1, len(STAGES) + 1):
        starts[f"stage{number}"] = blocks
        blocks += len(getattr(network, f"stage{number}"))
    if weights is not None:
        names = {name: name for name in network.state_dict()}
        if "stem.0.weight" not in weights:
            names = {name: published_name(name, starts) for name in names}
        assign(network, weights, names, card.title)
    return network.eval().requires_grad_(requires_grad=False)
