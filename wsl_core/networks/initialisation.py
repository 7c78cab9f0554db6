"""Random weights under which every layer still speaks.

The initialisations of published networks are made for training: without it the signal of some of them
dies away (GoogLeNet, AlexNet) or grows with every block (ResNet), and whatever is compared then is a
comparison of biases. Here a picture of smooth noise goes through once, and every layer is scaled so
that its output has a variance of 1 (Mishkin and Matas, "All you need is a good init", ICLR 2016).
"""

import torch
from torch import Tensor, nn

_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d)


def initialise(network: nn.Module, side: int, seed: int = 0) -> None:
    """Fill every tensor of `network` with seeded random values.

    Args:
        network: pictures (N, 3, h, w) -> anything; in evaluation mode.
        side: of the picture that is used, in pixels.
        seed: of the random numbers.
    """
    random = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for _, value in sorted(network.named_parameters()):
            value.normal_(generator=random)
        hooks = [
            layer.register_forward_hook(_rescale)
            for layer in network.modules()
            if isinstance(layer, (nn.Conv2d, nn.Linear, nn.LayerNorm, nn.GroupNorm, *_NORMS))
        ]
        _mild(network)
        try:
            network(noise(side, random))
        finally:
            for hook in hooks:
                hook.remove()


def noise(side: int, random: torch.Generator) -> Tensor:
    """A normalised picture (1, 3, side, side) of coarse and fine structure."""
    picture = torch.zeros(1, 3, side, side)
    for cells in (3, 9, 27, side):
        coarse = torch.randn(1, 3, cells, cells, generator=random)
        picture += nn.functional.interpolate(coarse, (side, side), mode="bilinear")
    return picture / picture.std()


def _mild(network: nn.Module) -> None:
    """Scales near 1, offsets near 0, and statistics of 0 and 1 until they are measured."""
    for layer in network.modules():
        for name, value in layer.named_parameters(recurse=False):
            if name == "bias":
                value.mul_(0.1)
            elif not isinstance(layer, nn.Conv2d | nn.Linear):
                value.mul_(0.1).add_(1)  # scales of a normalisation or of a branch
        if isinstance(layer, _NORMS):
            assert layer.running_mean is not None
            assert layer.running_var is not None
            assert layer.num_batches_tracked is not None
            layer.running_mean.zero_()
            layer.running_var.fill_(1)
            layer.num_batches_tracked.zero_()


def _rescale(layer: nn.Module, _inputs: tuple[Tensor, ...], output: Tensor) -> Tensor | None:
    """Scale a layer so that its output has variance 1; let a normalisation measure its statistics."""
    if isinstance(layer, _NORMS):
        (x,) = _inputs
        places = [axis for axis in range(x.ndim) if axis != 1]
        assert layer.running_mean is not None
        assert layer.running_var is not None
        if x.numel() > x.shape[1]:
            layer.running_mean.copy_(x.mean(places))
            layer.running_var.copy_(x.var(places).clamp_min(1e-4))
        return layer.forward(x)
    if isinstance(layer, nn.Conv2d | nn.Linear):
        bias = 0 if layer.bias is None else layer.bias
        shape = (-1, 1, 1) if isinstance(layer, nn.Conv2d) else (-1,)
        without = output if layer.bias is None else output - layer.bias.view(shape)
        scale = without.std().clamp_min(1e-12)
        layer.weight.div_(scale)
        return without / scale + (bias if layer.bias is None else layer.bias.view(shape))
    return None
