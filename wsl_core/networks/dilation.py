"""Finer cells from the same weights, and cells without padding: changed copies of a network.

A stride that is left out gives every cell that the stride would have skipped; the layers after it then
look at every second cell, by dilation, and so at what they looked at before. (Shift-and-stitch computes
the same, input by shifted input: Long, Shelhamer and Darrell, CVPR 2015; Chen et al., "DeepLab".)
"""

import copy

from torch import nn

from wsl_core.errors import NetworkError
from wsl_core.networks import receptive_field
from wsl_core.networks.convolutionalization import FullyConvolutional
from wsl_core.networks.tracing import trace


def dilated(network: FullyConvolutional, stride: int) -> FullyConvolutional:
    """A copy whose features have cells `stride` pixels apart; weights are shared.

    Where the strides of the network allow it, every cell of the original is a cell of the copy with
    the same value.

    Raises:
        NetworkError: the stride is none that the network passes, or the layer named cannot be dilated.
    """
    changed = _copy(network)
    traced = trace(changed)
    lattices = receptive_field.lattices(traced)
    jumps = sorted({int(one.jump) for one in lattices.values() if not one.whole})
    if stride not in jumps:
        raise NetworkError(
            f"There is no stride of {stride} pixels in this network. There are: "
            f"{', '.join(map(str, jumps))}."
        )
    done: dict[nn.Module, int] = {}
    for node in traced.graph.nodes:
        layer = traced.layer(node)
        if not isinstance(layer, receptive_field.WINDOWED) or lattices[node].whole:
            continue
        (before,) = (lattices[one] for one in node.all_input_nodes)
        factor = int(before.jump // min(before.jump, stride))
        if layer in done and done[layer] != factor:
            raise NetworkError(
                f"The layer {traced.name(node)} is used at two distances between cells, so it cannot "
                f"be dilated."
            )
        if layer not in done:
            step = int(min(lattices[node].jump, stride) // min(before.jump, stride))
            _dilate(layer, traced.name(node), factor, step)
            done[layer] = factor
    return changed


def _dilate(layer: nn.Module, name: str, factor: int, stride: int) -> None:
    now = receptive_field.step(layer, name)
    if (factor, stride) == (1, now.stride) or (now.kernel == 1 and stride == now.stride):
        return
    if isinstance(layer, nn.AvgPool2d):
        raise NetworkError(
            f"The layer {name} averages over {now.kernel} x {now.kernel} cells and cannot be dilated, "
            f"so this network keeps its own stride."
        )
    both = isinstance(layer, nn.Conv2d)  # torch keeps the numbers of a convolution in pairs
    wide = factor if now.kernel > 1 else 1
    values = {
        "stride": stride,
        "dilation": now.dilation * wide,
        "padding": now.padding * wide,
    }
    for attribute, value in values.items():
        setattr(layer, attribute, (value, value) if both else value)


def without_padding(network: FullyConvolutional) -> FullyConvolutional:
    """A copy of a network without branches in which no layer looks past the border; weights are shared.

    Every cell of it is exactly the network run on the cell's window. (With padding it is not: a window
    that is cut out has a border of zeros where the picture has its surroundings.)

    Raises:
        NetworkError: names the layer that joins branches, whose sizes would no longer agree.
    """
    changed = _copy(network)
    traced = trace(changed)
    lattices = receptive_field.lattices(traced)
    for node in traced.graph.nodes:
        maps = [one for one in node.all_input_nodes if one in lattices and not lattices[one].whole]
        if node.op != "output" and len(maps) > 1:
            raise NetworkError(
                f"The layer {traced.name(node)} joins branches whose sizes agree only with padding, so "
                f"it cannot be left out."
            )
    for layer in changed.modules():
        if isinstance(layer, receptive_field.WINDOWED):
            layer.padding = (0, 0) if isinstance(layer, nn.Conv2d) else 0
    return changed


def _copy(network: FullyConvolutional) -> FullyConvolutional:
    """A copy whose layers can be changed, with the tensors of the original."""
    tensors = [*network.parameters(), *network.buffers()]
    return copy.deepcopy(network, {id(value): value for value in tensors})
