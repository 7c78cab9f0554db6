"""The reversal layer, and the gradients of DANN: measured on real steps, not only on shapes."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from tests.transfer.blobs import bars, blobs
from wsl_core.transfer.adaptation import AdaptationParameters, fitting
from wsl_core.transfer.adaptation.contract import SOURCE, TARGET
from wsl_core.transfer.adaptation.methods.dann import DANN, domain_loss_of
from wsl_core.transfer.adaptation.torch_networks import judge
from wsl_core.transfer.adaptation.torch_normalisation import norms
from wsl_core.transfer.adaptation.torch_reversal import reversal

LAMBDA = 0.3


def dann(**parameters: Any) -> DANN:
    toy = blobs()
    how = AdaptationParameters(method="dann", steps=100, batch=32, dropout=0, **parameters)
    found = fitting.learner_for(toy.source, toy.target, how.settled())
    assert isinstance(found, DANN)
    return found


def domain_loss(learner: DANN, weight: float | None = None) -> torch.Tensor:
    """Of the first batches; through a reversal layer of this lambda, or none."""
    x, _ = learner.problem.source_batch(0)
    maps = [
        learner.network.maps(x, SOURCE),
        learner.network.maps(learner.problem.target_batch(0), TARGET),
    ]
    if weight is not None:
        maps = [reversal(one, weight) for one in maps]
    return domain_loss_of(*map(learner.domain, maps))


def gradients(module: nn.Module) -> list[torch.Tensor]:
    found = [value.grad.clone() for value in module.parameters() if value.grad is not None]
    assert len(found) == len(list(module.parameters()))
    return found


def test_the_layer_gives_what_it_is_given() -> None:
    x = torch.randn(4, 3, generator=torch.Generator().manual_seed(0), requires_grad=True)
    assert torch.equal(reversal(x, 0.7), x)


@pytest.mark.parametrize("weight", [0.0, 0.3, 1.0, 2.5])
def test_the_features_get_minus_lambda_times_the_gradient(weight: float) -> None:
    """Against autograd without the layer: -lambda, once and not squared, in the features alone."""
    torch.manual_seed(1)
    below, above = nn.Linear(5, 6), judge(6, (4,))
    x = torch.randn(8, 5)

    def run(layer: bool) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
        for module in (below, above):
            module.zero_grad()
        features = below(x)
        verdicts = above(reversal(features, weight) if layer else features)
        domain_loss_of(verdicts[:4], verdicts[4:]).backward()
        return gradients(below), gradients(above)

    (plain_below, plain_above), (below_with, above_with) = run(False), run(True)
    for one, other in zip(plain_above, above_with, strict=True):
        assert torch.equal(one, other)
        assert one.abs().max() > 0
    for one, other in zip(plain_below, below_with, strict=True):
        assert one.abs().max() > 0
        assert torch.allclose(other, -weight * one, atol=1e-7)


def test_a_step_of_the_features_alone_raises_the_domain_loss() -> None:
    learner = dann()
    domain_loss(learner, LAMBDA).backward()
    before = domain_loss(learner).item()
    with torch.no_grad():
        for value in learner.network.maps.parameters():
            value.sub_(0.05 * value.grad)
    assert domain_loss(learner).item() > before + 1e-4


def test_a_step_of_the_domain_classifier_alone_lowers_the_domain_loss() -> None:
    learner = dann()
    domain_loss(learner, LAMBDA).backward()
    before = domain_loss(learner).item()
    with torch.no_grad():
        for value in learner.domain.parameters():
            value.sub_(0.05 * value.grad)
    assert domain_loss(learner).item() < before - 1e-4


def test_the_figures_of_a_step_show_the_sign_turn_at_the_layer() -> None:
    learner = dann()
    figures = [learner.advance(number, measured=True) for number in range(60)]
    for one in figures[1:]:
        assert one["gradient_domain"] > 0
        assert one["gradient_reversed"] == pytest.approx(
            -one["lambda"] * one["gradient_domain"], rel=1e-4
        )
        assert min(one["gradient_encoder"], one["gradient_classifier"], one["gradient_label"]) > 0
        assert one["gradient_domain_classifier"] > 0
    assert figures[0]["gradient_reversed"] == 0
    assert figures[50]["lambda"] == pytest.approx(np.tanh(2.5))


def test_with_lambda_0_every_step_is_that_of_source_only() -> None:
    """With dropout and separate statistics, bit for bit."""
    toy = bars()
    how = {"steps": 30, "batch": 16}
    adversarial = AdaptationParameters(method="dann", lambda_largest=0, **how).settled()
    plain = AdaptationParameters(method="source-only", **how).settled()
    one = fitting.learner_for(toy.source, toy.target, adversarial)
    other = fitting.learner_for(toy.source, toy.target, plain)
    begun = one.domain[0].weight.clone()
    for number in range(30):
        assert (
            one.advance(number, measured=False)["loss"]
            == (other.advance(number, measured=False)["loss"])
        )
        for left, right in zip(one.network.parameters(), other.network.parameters(), strict=True):
            assert torch.equal(left, right)
    # The domain classifier learned all the same, and the target's statistics were measured.
    assert not torch.equal(one.domain[0].weight, begun)
    assert norms(one.network)[0].mean[TARGET].abs().max() > 0
