"""Pictures changed at random, and how values are standardised."""

import numpy as np
import pytest
import torch

from tests.transfer.blobs import bars, blobs
from wsl_core.transfer.adaptation import AdaptationParameters
from wsl_core.transfer.adaptation.contract import SOURCE, TARGET
from wsl_core.transfer.adaptation.torch_augmentation import CHANGES, changed
from wsl_core.transfer.adaptation.torch_inputs import Inputs, Problem


def pictures(count: int = 6) -> torch.Tensor:
    values = np.random.default_rng(0).random((count, 20, 20, 3), dtype=np.float32)
    return torch.from_numpy(values).permute(0, 3, 1, 2)


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_keeps_shape_range_and_order_in_memory(name: str) -> None:
    x = pictures()
    found = changed(x, name, np.random.default_rng(1), negatives=True)
    assert found.shape == x.shape
    assert found.is_contiguous(memory_format=torch.channels_last)
    assert found.min() >= -1e-6
    assert found.max() <= 1 + 1e-6
    assert torch.equal(found, changed(x, name, np.random.default_rng(1), negatives=True))
    assert not torch.equal(found, changed(x, name, np.random.default_rng(2), negatives=True))


def test_nothing_changes_where_nothing_is_asked_for() -> None:
    assert torch.equal(changed(pictures(), "none", np.random.default_rng(0)), pictures())


def test_a_shift_rolls_each_picture_by_up_to_3_pixels() -> None:
    x = pictures(40)
    found = changed(x, "shift", np.random.default_rng(3))
    ways = {
        (down, right): torch.roll(x, (down, right), (2, 3))
        for down in range(-3, 4)
        for right in range(-3, 4)
    }
    seen = set()
    for number in range(40):
        match = [way for way, rolled in ways.items() if torch.equal(rolled[number], found[number])]
        assert len(match) == 1
        seen |= set(match)
    assert len(seen) > 15


def test_half_become_negatives() -> None:
    x = pictures(200)
    found = changed(x, "none", np.random.default_rng(4), negatives=True)
    turned = [torch.equal(one, 1 - other) for one, other in zip(found, x, strict=True)]
    same = [torch.equal(one, other) for one, other in zip(found, x, strict=True)]
    assert all(a != b for a, b in zip(turned, same, strict=True))
    assert 70 < sum(turned) < 130


def test_a_warp_turns_about_the_middle() -> None:
    """A dot in the middle stays, one at the border moves."""
    x = torch.zeros(30, 3, 21, 21)
    x[:, :, 9:12, 9:12] = 1
    rotated = changed(x, "affine", np.random.default_rng(5))
    middles = rotated[:, 0].flatten(1).argmax(1)
    rows, columns = middles // 21, middles % 21
    assert (rows - 10).abs().max() <= 4
    assert (columns - 10).abs().max() <= 4
    assert rotated.sum((1, 2, 3)).min() > 8  # nothing has left


def test_pictures_are_centred_by_their_own_domain() -> None:
    toy = bars()
    inputs = Inputs.of(toy.source.values, toy.target.values, AdaptationParameters().settled())
    for domain, values in ((SOURCE, toy.source.values), (TARGET, toy.target.values)):
        x = inputs.standardised(inputs.raw(values), domain)
        assert torch.allclose(x.mean((0, 2, 3)), torch.zeros(3), atol=1e-5)
        assert np.array_equal(inputs.back(x, domain), values)
    off = inputs.standardised(inputs.raw(toy.target.values), SOURCE).mean()
    gap = (toy.target.values.mean() - toy.source.values.mean()) / 255
    assert off == pytest.approx(gap, abs=1e-4)


def test_the_mean_of_pictures_and_their_negatives_is_one_half() -> None:
    toy = bars()
    how = AdaptationParameters(negatives=True).settled()
    inputs = Inputs.of(toy.source.values, toy.target.values, how)
    assert torch.equal(inputs.mean[SOURCE], torch.full((3, 1, 1), 0.5))
    assert inputs.mean[TARGET].mean() == pytest.approx(toy.target.values.mean() / 255, abs=1e-5)


def test_each_picture_can_be_standardised_by_itself() -> None:
    toy = bars()
    how = AdaptationParameters(inputs="picture").settled()
    inputs = Inputs.of(toy.source.values, toy.target.values, how)
    x = inputs.standardised(inputs.raw(toy.target.values), TARGET)
    assert torch.allclose(x.mean((1, 2, 3)), torch.zeros(len(x)), atol=1e-5)
    assert torch.allclose(x.std((1, 2, 3), correction=0), torch.ones(len(x)), atol=0.02)
    darker = torch.from_numpy(toy.target.values // 2).permute(0, 3, 1, 2).float() / 255
    assert torch.allclose(inputs.standardised(darker, SOURCE), x, atol=0.1)


def test_features_take_mean_and_spread_of_their_domain() -> None:
    toy = blobs()
    problem = Problem(toy.source, toy.target, AdaptationParameters().settled())
    for domain in (SOURCE, TARGET):
        x = torch.cat(list(problem.batches(domain)))
        assert torch.allclose(x.mean(0), torch.zeros(8), atol=1e-4)
        assert torch.allclose(x.std(0), torch.ones(8), atol=0.05)


def test_the_strong_view_is_of_the_same_pictures() -> None:
    toy = bars()
    how = AdaptationParameters(batch=8, strong="none").settled()
    problem = Problem(toy.source, toy.target, how)
    assert torch.equal(problem.strong_batch(3), problem.target_batch(3))
