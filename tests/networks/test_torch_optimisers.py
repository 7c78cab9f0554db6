"""The optimisers are torch's own, update by update, and go on where they stopped."""

from collections.abc import Callable

import pytest
import torch

from wsl_core.networks.torch_optimisers import Adam, Momentum, Optimiser

Make = Callable[[torch.nn.Parameter], Optimiser]
PAIRS = [
    (lambda one: Adam({"weight": one}), lambda one: torch.optim.Adam([one], 0.1)),
    (lambda one: Momentum({"weight": one}), lambda one: torch.optim.SGD([one], 0.1, momentum=0.9)),
    (
        lambda one: Momentum({"weight": one}, momentum=0.5, decay=0.01),
        lambda one: torch.optim.SGD([one], 0.1, momentum=0.5, weight_decay=0.01),
    ),
]


@pytest.mark.parametrize(("own", "reference"), PAIRS)
def test_every_update_is_torchs(own: Make, reference: Callable) -> None:
    random = torch.Generator().manual_seed(1)
    start = torch.randn(5, 3, generator=random)
    ours, theirs = (torch.nn.Parameter(start.clone()) for _ in range(2))
    one, other = own(ours), reference(theirs)
    for step in range(30):
        gradient = torch.randn(5, 3, generator=random) * 10.0 ** (step % 5 - 2)
        other.param_groups[0]["lr"] = rate = 0.1 / (1 + step)
        ours.grad, theirs.grad = gradient.clone(), gradient.clone()
        one.step(rate)
        other.step()
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-6)
    assert ours.grad is None


@pytest.mark.parametrize("own", [PAIRS[0][0], PAIRS[2][0]], ids=["Adam", "Momentum"])
def test_one_goes_on_where_another_stopped(own: Make) -> None:
    gradients = torch.randn(6, 4, generator=torch.Generator().manual_seed(2))
    whole, first = (torch.nn.Parameter(torch.ones(4)) for _ in range(2))
    straight, before = own(whole), own(first)
    for number, gradient in enumerate(gradients):
        whole.grad = gradient.clone()
        straight.step(0.1)
        if number < 3:
            first.grad = gradient.clone()
            before.step(0.1)
    second = torch.nn.Parameter(first.detach().clone())
    after = own(second)
    after.restore(before.arrays(), before.steps)
    for gradient in gradients[3:]:
        second.grad = gradient.clone()
        after.step(0.1)
    assert torch.equal(second, whole)
