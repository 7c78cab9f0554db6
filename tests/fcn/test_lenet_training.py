"""LeNet's training: windows as they are described, a job that goes on where it stopped."""

import numpy as np
import pytest

from wsl_core import jobs
from wsl_core.errors import DatasetError, ParameterError
from wsl_core.fcn import digit_canvas

TINY = {"steps": 12, "batch": 8, "scribbles": 12, "held_out": 10, "checkpoint_every": 5}


def digits() -> dict[str, np.ndarray]:
    sixty = digit_canvas.shipped()
    return {"pictures": sixty.pictures, "labels": sixty.labels}


def test_a_broken_run_ends_like_an_unbroken_one() -> None:
    from wsl_core.fcn.lenet_training import train

    events = list(train(jobs.Task(TINY, digits())))
    checkpoints = [event for event in events if isinstance(event, jobs.Checkpoint)]
    assert [checkpoint.step for checkpoint in checkpoints] == [5, 10]
    whole, resumed = events[-1], list(train(jobs.Task(TINY, digits(), checkpoints[0])))[-1]
    assert isinstance(whole, jobs.Result)
    assert isinstance(resumed, jobs.Result)
    assert resumed.facts == whole.facts
    assert whole.arrays.keys() == resumed.arrays.keys()
    assert all(np.array_equal(whole.arrays[name], resumed.arrays[name]) for name in whole.arrays)
    other = list(train(jobs.Task(TINY | {"seed": 1}, digits())))[-1]
    assert isinstance(other, jobs.Result)
    assert not np.array_equal(whole.arrays["fc1.weight"], other.arrays["fc1.weight"])


def test_the_training_leaves_torch_as_it_was() -> None:
    import torch

    from wsl_core.fcn.lenet_training import train

    threads, state = torch.get_num_threads(), torch.get_rng_state()
    list(train(jobs.Task(TINY | {"steps": 2}, digits())))
    assert torch.get_num_threads() == threads
    assert torch.equal(torch.get_rng_state(), state)


def test_normalisation_is_folded_into_the_layers() -> None:
    import torch

    from wsl_core.fcn.lenet_training import _folded, _with_normalisation

    trained = _with_normalisation(seed=0)
    random = torch.Generator().manual_seed(0)
    for name, layer in trained.named_children():
        if name.endswith("_norm"):
            for tensor in (layer.weight.data, layer.bias.data, layer.running_mean):
                tensor.copy_(torch.randn(tensor.shape, generator=random))
            layer.running_var.copy_(torch.rand(layer.running_var.shape, generator=random) + 0.5)
    windows = -torch.rand(6, 1, 32, 32, generator=random)
    folded = _folded(trained)
    with torch.inference_mode():
        assert torch.allclose(folded(windows), trained.eval()(windows), rtol=1e-4, atol=1e-4)
    assert not [name for name in folded.state_dict() if "norm" in name]


def test_windows_say_what_stands_in_their_middle() -> None:
    from wsl_core.datasets.digits import Digits
    from wsl_core.fcn.digit_windows import Windows, scribbles

    # A digit that is a dot in its middle: where the dot lies tells what the target must be.
    dot = np.zeros((1, 28, 28), np.uint8)
    dot[0, 12:16, 12:16] = 255
    windows = Windows(Digits(dot, np.array([6])), np.zeros_like(scribbles(0, 1)))
    pictures, targets = windows.draw(np.random.default_rng(0), 600)
    assert pictures.shape == (600, 1, 32, 32)
    assert -1 <= pictures.min() < -0.5
    assert pictures.max() == 0
    assert targets[:, [0, 1, 2, 3, 4, 5, 7, 8, 9]].max() == 0
    middle = -pictures[:, 0, 8:24, 8:24]  # no neighbour comes so near to a digit in the middle
    place = np.arange(16) - 7.5
    weight = middle.numpy() + 1e-9
    x = (weight.sum(axis=1) @ place) / weight.sum(axis=(1, 2))
    y = (weight.sum(axis=2) @ place) / weight.sum(axis=(1, 2))
    away = np.maximum(abs(x), abs(y))
    seen = middle.numpy().max(axis=(1, 2)) > 0.3
    full = targets[:, 6].numpy() == 1
    assert 120 < full.sum() < 220  # (3 / 4.5)^2 of three in five
    assert seen[full].all()
    assert away[full].max() < 3.3
    assert (targets[~seen, 6] == 0).all()
    ramp = seen & (targets[:, 6].numpy() > 0.05) & ~full & (away < 5.5)
    assert targets[ramp, 6].numpy() == pytest.approx((7 - away[ramp]) / 4, abs=0.1)


def test_the_first_scribbles_hold_ink_and_depend_on_the_seed() -> None:
    from wsl_core.fcn.digit_windows import scribbles

    first = scribbles(0, 30)
    assert np.array_equal(first, scribbles(0, 30))
    assert not np.array_equal(first, scribbles(1, 30))
    assert (first.reshape(30, -1).max(axis=1) > 100).mean() > 0.9


def test_too_few_digits_and_a_wrong_field_are_refused_in_words() -> None:
    from wsl_core.fcn.lenet_training import train

    with pytest.raises(DatasetError, match="60 digits, and 60 are to be held out"):
        next(train(jobs.Task(TINY | {"held_out": 60}, digits())))
    with pytest.raises(DatasetError, match="give labels as arrays"):
        next(train(jobs.Task(TINY, {"pictures": digits()["pictures"]})))
    with pytest.raises(ParameterError, match="steps 0 is not accepted"):
        next(train(jobs.Task(TINY | {"steps": 0}, digits())))


def test_the_sheet_has_a_column_for_each_class() -> None:
    from wsl_core.datasets.digits import Digits
    from wsl_core.fcn.lenet_training import sheet

    sixty = digit_canvas.shipped()
    backwards = Digits(sixty.pictures[::-1], sixty.labels[::-1])
    made = np.asarray(sheet(backwards, each=2))
    assert made.shape == (56, 280)
    assert np.array_equal(255 - made[:28, 28 * 7 : 28 * 8], sixty.pictures[57])
