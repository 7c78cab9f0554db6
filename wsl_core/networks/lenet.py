"""LeNet: a small network for digits, with real fully connected layers and no padding anywhere.

After LeNet-5 (LeCun, Bottou, Bengio and Haffner, "Gradient-based learning applied to document
recognition", 1998), with today's ReLU and max pooling. It classifies a window of 32 x 32 pixels:

    32 -> conv 5x5 -> 28 -> pool -> 14 -> conv 5x5 -> 10 -> pool -> 5 -> 120 -> 84 -> 10

Turned fully convolutional, `fc1` is a convolution with 120 filters of 5 x 5 x 32, the others are 1 x 1,
and a canvas of any size gives one cell every 4 pixels. Nothing is padded, so every cell is what the
classifier says of its own window, exactly.

The scores are one logit a class for a sigmoid each, not for a softmax over all: most windows of a
canvas hold no digit, and then all ten are to be low.
"""

from typing import TYPE_CHECKING

from torch import Tensor, nn

if TYPE_CHECKING:
    from wsl_core.networks.cards import Card

WINDOW = 32
"""Side of the window that the classifier sees, in pixels."""


class LeNet(nn.Sequential):
    """Normalised windows (N, channels, 32, 32) -> logits (N, 10)."""

    def __init__(self, channels: int = 3, filters: tuple[int, int] = (16, 32)) -> None:
        super().__init__()
        first, second = filters
        layers: dict[str, nn.Module] = {
            "conv1": nn.Conv2d(channels, first, 5),
            "relu1": nn.ReLU(),
            "pool1": nn.MaxPool2d(2),
            "conv2": nn.Conv2d(first, second, 5),
            "relu2": nn.ReLU(),
            "pool2": nn.MaxPool2d(2),
            "flatten": nn.Flatten(),
            "fc1": nn.Linear(second * 5 * 5, 120),
            "relu3": nn.ReLU(),
            "fc2": nn.Linear(120, 84),
            "relu4": nn.ReLU(),
            "classifier": nn.Linear(84, 10),
        }
        for name, layer in layers.items():
            self.add_module(name, layer)


def coloured(grey: dict[str, Tensor]) -> dict[str, Tensor]:
    """The weights of a network for grey pictures as those of one that sees the mean of R, G and B."""
    return grey | {"conv1.weight": grey["conv1.weight"].repeat(1, 3, 1, 1) / 3}


def build(card: "Card", weights: dict[str, Tensor] | None) -> LeNet:
    """The classifier in evaluation mode.

    Args:
        card: of the network; its title stands in the sentences.
        weights: tensors by their names in this module; None leaves the random initialisation.

    Raises:
        WeightsError: a tensor is missing, left over or of another shape.
    """
    from wsl_core.networks.weights import assign

    network = LeNet()
    if weights is not None:
        assign(network, weights, {name: name for name in network.state_dict()}, card.title)
    return network.eval().requires_grad_(requires_grad=False)
