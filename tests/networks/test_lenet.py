"""LeNet: fully connected layers as convolutions, exactly, with the weights that are shipped."""

import numpy as np
import pytest

from wsl_core import networks
from wsl_core.fcn import digit_canvas
from wsl_core.images import Photo
from wsl_core.networks import Network


@pytest.fixture(scope="module")
def lenet() -> Network:
    return networks.load("lenet", runtime="torch")


def windows_of(picture: np.ndarray) -> np.ndarray:
    """Every 32 x 32 window (rows, columns, 32, 32, 3) of a picture, one every 4 pixels."""
    views = np.lib.stride_tricks.sliding_window_view(picture, (32, 32), axis=(0, 1))
    return np.moveaxis(views[::4, ::4], 2, -1)


def alone(windows: np.ndarray) -> np.ndarray:
    """Logits (N, 10) of the classifier, with its fully connected layers, on windows (N, 32, 32, 3)."""
    import torch

    from wsl_core.networks.torch_runtime import classifier

    rgb = torch.from_numpy(windows.astype(np.float32)).permute(0, 3, 1, 2)
    with torch.inference_mode():
        return classifier(networks.card("lenet"))((rgb - 255) / 255).numpy()


def test_its_cells_lie_four_pixels_apart_on_windows_of_32(lenet: Network) -> None:
    geometry = lenet.geometry()
    assert (geometry.jump, geometry.receptive_field, geometry.first_centre) == (4, 32, 15.5)
    assert lenet.classes.titles == tuple("0123456789")


def test_every_cell_is_what_the_classifier_says_of_its_window(lenet: Network) -> None:
    scene = digit_canvas.compose(digit_canvas.shipped(), seed=1, height=96, width=128)
    picture = digit_canvas.paper(scene.ink)
    maps = lenet.class_maps(Photo.from_array(picture, "scene"), "full").logits
    windows = windows_of(picture)
    assert maps.shape == (10, *windows.shape[:2]) == (10, 17, 25)
    expected = alone(windows.reshape(-1, 32, 32, 3)).T.reshape(maps.shape)
    assert np.ptp(expected) > 5
    assert np.abs(maps - expected).max() < 1e-5 * np.ptp(expected)


def test_the_classifier_is_the_network_of_the_paper_step_by_step() -> None:
    from safetensors.numpy import load_file

    path = networks.card("lenet").weights_path()
    weights = load_file(path)
    window = digit_canvas.paper(digit_canvas.compose(digit_canvas.shipped(), 2, 32, 32, 1).ink)
    x = np.moveaxis((window.astype(float) - 255) / 255, 2, 0)
    for name in ("conv1", "conv2"):
        views = np.lib.stride_tricks.sliding_window_view(x, (5, 5), axis=(1, 2))
        x = np.einsum("cyxuv,kcuv->kyx", views, weights[f"{name}.weight"])
        x = np.maximum(x + weights[f"{name}.bias"][:, None, None], 0)
        x = x.reshape(len(x), x.shape[1] // 2, 2, x.shape[2] // 2, 2).max(axis=(2, 4))
    x = x.reshape(-1)
    for name in ("fc1", "fc2"):
        x = np.maximum(weights[f"{name}.weight"] @ x + weights[f"{name}.bias"], 0)
    x = weights["classifier.weight"] @ x + weights["classifier.bias"]
    assert alone(window[None])[0] == pytest.approx(x, abs=1e-4)


def test_a_coloured_picture_is_seen_as_its_mean_of_red_green_and_blue() -> None:
    random = np.random.default_rng(0)
    grey = random.integers(40, 216, (3, 32, 32))
    difference = random.integers(-40, 40, (3, 32, 32))
    coloured = np.stack([grey + difference, grey - difference, grey], axis=-1)
    expected = alone(np.repeat(grey[..., None], 3, axis=-1))
    assert alone(coloured) == pytest.approx(expected, abs=1e-4)


@pytest.mark.data
def test_test_digits_are_recognised(data) -> None:
    from wsl_core.datasets.digits import mnist

    digits = mnist(data / "mnist", "test")[::20]
    ink = np.pad(digits.pictures, ((0, 0), (2, 2), (2, 2)))
    windows = np.stack([digit_canvas.paper(one) for one in ink])
    assert (alone(windows).argmax(axis=1) == digits.labels).mean() > 0.98
