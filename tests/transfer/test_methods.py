"""Every method on tiny problems: what it gains, and that it does what its paper says."""

from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional

from tests.transfer.blobs import Half, Toy, bars, blobs
from wsl_core.errors import ParameterError
from wsl_core.transfer.adaptation import METHODS, AdaptationParameters, Adapted, fitting
from wsl_core.transfer.adaptation.contract import SOURCE, TARGET
from wsl_core.transfer.adaptation.methods.adda import ADDA
from wsl_core.transfer.adaptation.methods.coral import recoloured
from wsl_core.transfer.adaptation.methods.sa import aligned, basis
from wsl_core.transfer.adaptation.methods.self_training import SelfTraining
from wsl_core.transfer.adaptation.methods.translation import Translation
from wsl_core.transfer.adaptation.torch_normalisation import norms

STEPS = 150
ADAPTING = [name for name in METHODS if name not in ("source-only", "target")]


def accuracy(found: Adapted, half: Half) -> float:
    return float((found.predict(half.values) == half.labels).mean())


def fit(toy: Toy, name: str, **parameters: Any) -> Any:
    how = {"steps": STEPS, "batch": 32} | parameters
    return fitting.fit(toy.source, toy.target, AdaptationParameters(method=name, **how))


@pytest.fixture(scope="module")
def toy() -> Toy:
    return blobs()


@pytest.fixture(scope="module")
def source_only(toy: Toy) -> Any:
    return fit(toy, "source-only")


@pytest.mark.parametrize("name", ADAPTING)
def test_every_method_gains_at_least_20_points_on_shifted_blobs(
    name: str, toy: Toy, source_only: Any
) -> None:
    found = fit(toy, name)
    assert accuracy(found, toy.evaluation) >= accuracy(source_only, toy.evaluation) + 0.2
    assert accuracy(found.on_source, toy.source) > 0.9
    assert found.features(toy.evaluation.values).shape[0] == len(toy.evaluation.labels)
    assert found.scores(toy.evaluation.values).dtype == np.float32


@pytest.mark.parametrize(("name", "points"), [("dann", 0.05), ("self-training", 0.15)])
def test_what_is_learned_gains_more_than_the_targets_own_mean_does(
    name: str, points: float
) -> None:
    """Turned further, so that moments alone do not suffice."""
    toy = blobs(degrees=30)
    centred = accuracy(fit(toy, "source-only", steps=250).centred, toy.evaluation)
    assert accuracy(fit(toy, name, steps=250), toy.evaluation) > centred + points


def test_the_ceiling_is_trained_on_labelled_target_data(toy: Toy) -> None:
    how = AdaptationParameters(method="target", steps=STEPS, batch=32)
    found = fitting.fit(toy.evaluation, toy.target, how)
    assert accuracy(found, toy.evaluation) > 0.97


@pytest.mark.parametrize("name", ["dann", "adda", "self-training", "sa", "adabn"])
def test_every_kind_of_method_learns_from_pictures(name: str) -> None:
    toy = bars()
    how = {"steps": 60, "batch": 16, "dropout": 0.2, "interval": 60}
    found = fit(toy, name, **how)
    assert accuracy(found.on_source, toy.source) > 0.9
    assert accuracy(found, toy.evaluation) > 0.75


# Subspace alignment


def test_as_many_dimensions_as_features_are_refused_in_words(toy: Toy) -> None:
    with pytest.raises(
        ParameterError, match=r"8 dimensions is refused: the features have 8.* 1 to 7"
    ):
        fit(toy, "sa", dimensions=8)
    assert accuracy(fit(toy, "sa", dimensions=2), toy.evaluation) > 0.8


def test_with_all_dimensions_nothing_would_be_aligned() -> None:
    """Why they are refused: all distances are those of the centred features."""
    draw = np.random.default_rng(0)
    source, target = draw.normal(size=(50, 6)), draw.normal(size=(40, 6)) @ draw.normal(size=(6, 6))

    def change(d: int) -> float:
        turns = aligned(basis(source, d), basis(target, d))
        left, right = source @ turns[SOURCE], target @ turns[TARGET]
        before = np.linalg.norm(source[:, None] - target[None], axis=2)
        return float(np.abs(np.linalg.norm(left[:, None] - right[None], axis=2) - before).max())

    assert change(6) < 1e-9
    assert change(3) > 0.1


def test_a_basis_holds_the_principal_directions() -> None:
    draw = np.random.default_rng(1)
    values = draw.normal(size=(200, 5)) * np.array([1, 5, 0.2, 3, 0.5])
    values -= values.mean(0)
    found = basis(values, 3)
    assert np.allclose(found.T @ found, np.eye(3))
    assert list(np.abs(found).argmax(0)) == [1, 3, 0]
    assert (found[[1, 3, 0], [0, 1, 2]] > 0).all()


def test_the_target_is_not_turned_by_the_alignment() -> None:
    """It was, in a published library: only the source is multiplied by the product of the bases."""
    draw = np.random.default_rng(2)
    one, other = (basis(draw.normal(size=(30, 4)), 2) for _ in range(2))
    source, target = aligned(one, other)
    assert np.array_equal(target, other)
    assert np.allclose(source, one @ one.T @ other)


# Correlation alignment, adaptive batch normalisation


def test_recoloured_features_have_the_targets_covariance() -> None:
    draw = np.random.default_rng(3)
    source = draw.normal(size=(500, 4)) @ draw.normal(size=(4, 4))
    target = draw.normal(size=(600, 4)) @ draw.normal(size=(4, 4))
    found = source @ recoloured(source, target, 1e-9)
    assert np.allclose(np.cov(found.T), np.cov(target.T), atol=1e-6)


def test_statistics_are_measured_on_the_target_and_weights_are_those_of_source_only() -> None:
    toy = bars()
    how = {"steps": 10, "batch": 16}
    plain, found = fit(toy, "source-only", **how), fit(toy, "adabn", **how)
    for one, other in zip(plain.network.parameters(), found.network.parameters(), strict=True):
        assert torch.equal(one, other)
    first = next(layer for layer in found.network.maps if hasattr(layer, "weight"))
    x = found.inputs.standardised(found.inputs.raw(toy.target.values), TARGET)
    seen = first(x).mean((0, 2, 3))
    assert torch.allclose(norms(found.network)[0].mean[TARGET], seen, atol=1e-4)


def test_adabn_is_refused_on_a_network_without_batch_normalisation() -> None:
    with pytest.raises(ParameterError, match=r"no batch normalisation.* fast network"):
        fit(bars(side=28), "adabn", network="paper")


# ADDA


def test_the_copy_minimises_minus_the_log_of_the_discriminators_verdict(toy: Toy) -> None:
    """And not minus the discriminator's loss; source encoder and classifier stand still meanwhile."""
    how = AdaptationParameters(method="adda", steps=20, batch=32, dropout=0).settled()
    one = fitting.learner_for(toy.source, toy.target, how)
    assert isinstance(one, ADDA)
    for number in range(11):
        one.advance(number, measured=False)
    before = {name: value.clone() for name, value in one.network.state_dict().items()}
    features = one.target.encode(one.problem.target_batch(11), TARGET)
    verdicts = one.domain(features)
    fooled = functional.binary_cross_entropy_with_logits(verdicts, torch.ones_like(verdicts))
    figures = one.advance(11, measured=True)
    assert figures["loss"] == pytest.approx(fooled.item(), rel=0.05)  # D has moved once in between
    assert figures["gradient_encoder"] > 0
    after = one.network.state_dict()
    assert all(torch.equal(value, after[name]) for name, value in before.items())


def test_before_the_copy_is_made_the_source_network_is_read(toy: Toy) -> None:
    how = AdaptationParameters(method="adda", steps=20, batch=32).settled()
    one = fitting.learner_for(toy.source, toy.target, how)
    assert isinstance(one, ADDA)
    assert (one.first, one.doing(9), one.doing(10)) == (
        10, "training on the source", "training the target's encoder",
    )  # fmt: skip
    assert one.adapted().network is one.network
    for number in range(11):
        one.advance(number, measured=False)
    assert one.adapted().network is one.target


# Self-training


def test_the_teacher_is_a_moving_average_of_the_network(toy: Toy) -> None:
    how = AdaptationParameters(
        method="self-training", steps=400, batch=32, teacher_from=0.9, teacher_average=0.5
    )
    one = fitting.learner_for(toy.source, toy.target, how.settled())
    assert isinstance(one, SelfTraining)
    known = None
    for number in range(12):
        before = one.teacher.output.weight.clone()
        one.advance(number, measured=False)
        keep = min(0.5, (1 + number) / (10 + number))
        known = keep * before + (1 - keep) * one.network.output.weight
        assert torch.allclose(one.teacher.output.weight, known, atol=1e-6)
    assert all(value.grad is None for value in one.teacher.parameters())


def test_only_names_that_the_teacher_is_sure_of_are_learned(toy: Toy) -> None:
    def run(confidence: float) -> dict[str, float]:
        how = AdaptationParameters(
            method="self-training", steps=50, batch=32, teacher_from=0, confidence=confidence
        )
        one = fitting.learner_for(toy.source, toy.target, how.settled())
        return one.advance(0, measured=True)

    assert run(1.0)["teacher_loss"] == run(1.0)["teacher_sure"] == 0
    assert run(0.0)["teacher_sure"] == 1
    assert run(0.0)["teacher_loss"] > 0.5


# Translation


def test_translated_pictures_take_the_manner_of_the_other_domain() -> None:
    toy = bars()
    how = AdaptationParameters(
        method="translation", steps=60, batch=8, dropout=0, rate=5e-3, identity=1, translated=0.1
    ).settled()
    one = fitting.learner_for(toy.source, toy.target, how)
    assert isinstance(one, Translation)
    figures = [one.advance(number, measured=True) for number in range(60)]
    assert figures[-1]["identity_loss"] < 0.5 * figures[0]["identity_loss"]
    drawn = one.translated(toy.source.values[:20], SOURCE)
    assert drawn is not None
    assert drawn.shape == (20, 20, 20, 3)
    assert drawn.dtype == np.uint8
    # The source is black where there is no bar, the target grey.
    gap = abs(float(drawn.mean()) - float(toy.target.values.mean()))
    assert gap < abs(float(toy.source.values[:20].mean()) - float(toy.target.values.mean()))
    for name in ("gradient_encoder", "gradient_decoders", "gradient_critics"):
        assert figures[-1][name] > 0


def test_a_weight_of_0_takes_a_loss_away() -> None:
    toy = bars(count=20)
    off = {"latent": 0, "translated": 0, "identity": 0, "cycle": 0, "dropout": 0}
    seen = []
    for name in ("decoders", "network"):
        how = AdaptationParameters(method="translation", steps=9, batch=8, **off).settled()
        one = fitting.learner_for(toy.source, toy.target, how)
        before = {key: value.clone() for key, value in one.parts[name].named_parameters()}
        one.advance(0, measured=False)
        after = dict(one.parts[name].named_parameters())
        seen.append(any(not torch.equal(value, after[key]) for key, value in before.items()))
    assert seen == [False, True]
