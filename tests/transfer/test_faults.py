"""The ten faults that published adaptations had in silence, one test each."""

import inspect
from typing import Any

import numpy as np
import pytest
import torch

from tests.transfer.blobs import Half, Toy, Values, bars, blobs
from wsl_core.errors import DatasetError
from wsl_core.transfer.adaptation import METHODS, AdaptationParameters, fitting
from wsl_core.transfer.adaptation.contract import SOURCE, TARGET, check
from wsl_core.transfer.adaptation.diagnosis import remarks
from wsl_core.transfer.adaptation.methods.dann import DANN, domain_loss_of
from wsl_core.transfer.adaptation.torch_inputs import Order
from wsl_core.transfer.adaptation.torch_learner import Learner
from wsl_core.transfer.adaptation.torch_normalisation import DomainNorm, norms
from wsl_core.transfer.adaptation.torch_reversal import reversal

QUICK = {"steps": 12, "batch": 16, "interval": 6}


def learner(toy: Toy, name: str = "dann", **parameters: Any) -> Learner:
    how = AdaptationParameters(method=name, **QUICK | parameters).settled()
    return fitting.learner_for(toy.source, toy.target, how)


def test_1_the_domain_loss_reaches_the_features() -> None:
    """A domain classifier that ends in a softmax over one unit gives exactly no gradient."""
    one = learner(bars(), steps=10)
    figures = one.advance(5, measured=True)  # half way
    assert figures["lambda"] == pytest.approx(0.987, abs=1e-3)
    assert figures["gradient_domain"] > 1e-4
    assert figures["gradient_reversed"] < -1e-4


def test_2_the_sign_is_turned_so_that_a_step_raises_the_domain_loss() -> None:
    """Here with pictures, the whole update of the encoder by the domain loss alone."""
    one = learner(bars(), dropout=0)
    assert isinstance(one, DANN)

    def loss(weight: float | None) -> torch.Tensor:
        x, _ = one.problem.source_batch(0)
        maps = [one.network.maps(x, SOURCE), one.network.maps(one.problem.target_batch(0), TARGET)]
        if weight is not None:
            maps = [reversal(value, weight) for value in maps]
        return domain_loss_of(*map(one.domain, maps))

    before = loss(1.0)
    before.backward()
    with torch.no_grad():
        for value in one.network.maps.parameters():
            value.sub_(0.01 * value.grad)
    assert loss(None).item() > before.item()


def test_3_the_domain_classifier_is_not_reversed_itself() -> None:
    """It still learns at the largest lambda: with its own gradient turned round it would lose at once."""
    one = learner(bars(side=28), lambda_largest=1e-6, dropout=0, rate=0.02, steps=200)
    told = [one.advance(number, measured=True) for number in range(60)]
    assert np.mean([figures["domain_accuracy"] for figures in told[-10:]]) > 0.8
    assert np.mean([figures["domain_loss"] for figures in told[-10:]]) < 0.5 < np.log(2)


def test_4_lambda_is_applied_once() -> None:
    """Twice the lambda, twice what reaches the features, and the domain classifier's gradient as it was."""
    seen = []
    for largest in (0.2, 0.4):
        one = learner(bars(), dropout=0, lambda_largest=largest)
        figures = one.advance(6, measured=True)
        seen.append(figures)
    weak, strong = seen
    assert strong["gradient_reversed"] == pytest.approx(2 * weak["gradient_reversed"], rel=1e-5)
    assert strong["gradient_domain_classifier"] == weak["gradient_domain_classifier"]
    assert strong["domain_loss"] == weak["domain_loss"]


@pytest.mark.parametrize("name", METHODS)
def test_5_target_labels_change_no_bit_of_any_fit(name: str) -> None:
    """They are not even looked at: a target whose labels may not be touched serves as well."""

    class Guarded:
        def __init__(self, values: Any) -> None:
            self.values = values

        @property
        def labels(self) -> Any:
            raise AssertionError("A fit has asked for target labels.")

    toy = blobs(count=80)
    shuffled = np.random.default_rng(1).permutation(toy.evaluation.labels)
    targets = (
        Half(toy.target.values, toy.evaluation.labels),
        Half(toy.target.values, shuffled),
        Guarded(toy.target.values),
    )
    how = AdaptationParameters(method=name, **QUICK)
    scores = [
        fitting.fit(toy.source, target, how).scores(toy.evaluation.values) for target in targets
    ]
    assert np.array_equal(scores[0], scores[1])
    assert np.array_equal(scores[0], scores[2])
    assert "labels" not in inspect.signature(fitting.fit).parameters


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda x: (x / 255).astype(np.float32), "Accepted are pictures"),
        (lambda x: x // 255, "reach only 0|reach only 1"),
        (lambda x: x.transpose(0, 3, 1, 2), "Accepted are pictures"),
        (lambda x: x[..., :1], "Accepted are pictures"),
        (lambda x: x[:, 2:], "Both domains must have the same size"),
        (lambda x: x[:1], "at least 2 are needed"),
    ],
)
def test_6_domains_of_other_scale_order_or_size_are_refused(change: Any, sentence: str) -> None:
    """Else the domain classifier wins at once by the scale alone."""
    toy = bars()
    with pytest.raises(DatasetError, match=sentence):
        check(toy.source, Values(change(toy.target.values)))


def test_6_both_domains_are_standardised_alike() -> None:
    one = learner(bars())
    source = torch.cat(list(one.problem.batches(SOURCE)))
    target = torch.cat(list(one.problem.batches(TARGET)))
    assert abs(source.mean()) < 1e-5
    assert abs(target.mean()) < 1e-5
    raw = one.problem.inputs.raw(one.problem.target)
    assert torch.allclose(raw.max() - raw.min(), target.max() - target.min(), atol=0.02)


def test_7_each_domain_has_statistics_of_its_own() -> None:
    layer = DomainNorm(3)
    draw = torch.Generator().manual_seed(0)
    low, high = torch.randn(64, 3, generator=draw), 5 + 2 * torch.randn(64, 3, generator=draw)
    layer.train()
    for _ in range(80):
        layer(low, SOURCE)
        layer(high, TARGET)
    assert torch.allclose(layer.mean[SOURCE], low.mean(0), atol=1e-2)
    assert torch.allclose(layer.mean[TARGET], high.mean(0), atol=1e-2)
    assert torch.allclose(layer.variance[TARGET], high.var(0), rtol=1e-2)
    layer.eval()
    assert torch.allclose(layer(high, TARGET).mean(0), torch.zeros(3), atol=1e-2)
    assert layer(high, SOURCE).mean() > 3  # read with the wrong ones, it would be noticed
    before = layer.mean.clone()
    layer(high, TARGET)
    assert torch.equal(layer.mean, before)


def test_7_a_classifier_is_read_with_the_targets_statistics_and_not_as_in_training() -> None:
    toy = bars()
    found = fitting.fit(toy.source, toy.target, AdaptationParameters(method="dann", **QUICK))
    whole = found.scores(toy.evaluation.values)
    one_by_one = [found.scores(toy.evaluation.values[i : i + 1]) for i in range(5)]
    assert np.allclose(whole[:5], np.concatenate(one_by_one), atol=1e-4)
    assert not np.allclose(whole, found.on_source.scores(toy.evaluation.values), atol=1e-2)


def test_8_no_batch_is_smaller_than_the_others() -> None:
    order = Order(10, seed=3, domain=1)
    seen = np.concatenate([order.batch(number, 4) for number in range(10)])
    assert len(seen) == 40
    for epoch in seen.reshape(4, 10):
        assert sorted(epoch) == list(range(10))
    assert not np.array_equal(seen[:10], seen[10:20])
    # Any batch can be asked for alone, and a domain may be smaller than a batch.
    assert np.array_equal(Order(10, 3, 1).batch(7, 4), seen[28:32])
    assert sorted(Order(3, 0, 0).batch(0, 6)) == [0, 0, 1, 1, 2, 2]
    toy = bars(count=21)
    one = learner(Toy(toy.source, Values(toy.target.values[:5]), toy.evaluation))
    for number in range(4):
        assert len(one.problem.source_batch(number)[0]) == 16
        assert len(one.problem.target_batch(number)) == 16


def test_9_source_only_sees_nothing_of_the_target() -> None:
    """Other target pictures change neither weights nor statistics, only the mean of its centred reading."""
    toy = bars()
    other = Values(255 - toy.target.values)
    how = AdaptationParameters(method="source-only", **QUICK)
    one, two = (fitting.fit(toy.source, target, how) for target in (toy.target, other))
    for left, right in zip(
        one.network.state_dict().values(), two.network.state_dict().values(), strict=True
    ):
        assert torch.equal(left, right)
    for layer in norms(one.network):
        assert torch.equal(layer.mean[TARGET], torch.zeros_like(layer.mean[TARGET]))
    seen = toy.evaluation.values
    assert np.array_equal(one.scores(seen), two.scores(seen))
    assert not np.array_equal(one.centred.scores(seen), two.centred.scores(seen))


def test_10_a_dead_domain_classifier_and_one_that_always_wins_are_told_of() -> None:
    apart = [(0, {"proxy_distance": 1.9, "largest_class": 0.3}), (100, {"largest_class": 0.3})]

    def curve(accuracy: float) -> list[tuple[int, dict[str, float]]]:
        return [(n, {"domain_accuracy": accuracy, "lambda": n / 100}) for n in range(5, 101, 5)]

    assert "is dead" in remarks(curve(0.5), apart, 10)[0]
    assert "not aligned" in remarks(curve(1.0), apart, 10)[0]
    assert remarks(curve(0.65), apart, 10) == []
    assert "collapsed" in remarks([], [(100, {"largest_class": 0.97})], 10)[0]
    # A real one is neither: it learns before lambda has risen.
    one = learner(bars(side=28), steps=2000, dropout=0, rate=0.02)
    told = [one.advance(number, measured=True)["domain_accuracy"] for number in range(60)]
    assert max(told) > 0.8
