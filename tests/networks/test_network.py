from functools import cache
from pathlib import Path

import numpy as np
import openvino
import pytest
import torch
from safetensors.torch import save_file

from wsl_core import images, networks
from wsl_core.errors import NetworkError, ParameterError
from wsl_core.fcn import activation_maps
from wsl_core.networks import CARDS, Network, torch_runtime
from wsl_core.networks.network import resized
from wsl_core.networks.sources import PackagedWeights

PACKAGED = [name for name, card in CARDS.items() if isinstance(card.weights, PackagedWeights)]
HAS_BFLOAT16 = "BF16" in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


@pytest.fixture(scope="module")
def photo() -> images.Photo:
    return images.gallery.load("cat")


@cache
def loaded(name: str, runtime: str, precision: str = "float32") -> Network:
    return networks.load(name, runtime=runtime, precision=precision)


@pytest.mark.parametrize("size", [33, 225, 449, "full"])
def test_the_score_is_the_mean_of_the_cells(
    network: Network, photo: images.Photo, size: int | str
) -> None:
    maps = network.class_maps(photo, size)
    assert maps.logits.shape == (1000, *maps.cells)
    assert maps.logits.mean(axis=(1, 2)) == pytest.approx(maps.scores, abs=1e-4)


def test_the_score_is_that_of_global_average_pooling(network: Network, photo: images.Photo) -> None:
    built = torch_runtime.build(network.card)
    pixels = torch.from_numpy(np.array(resized(photo.pixels, 161, 225)))
    x = (pixels.permute(2, 0, 1).float() - 127) / 128
    head = built.network(x[None])["head"]
    expected = built.network.classifier(torch.nn.functional.adaptive_avg_pool2d(head, 1).flatten(1))
    seen = images.Photo.from_array(resized(photo.pixels, 161, 225))
    assert network.class_maps(seen, "full").scores == pytest.approx(expected[0].numpy(), abs=2e-3)


def test_all_maps_at_once_are_the_maps_one_by_one(network: Network, photo: images.Photo) -> None:
    maps = network.class_maps(photo, 225)
    for index in (0, 281, 999):
        assert maps.logits[index] == pytest.approx(maps.map(index), abs=1e-4)


def test_probabilities_are_a_softmax_of_the_scores(network: Network, photo: images.Photo) -> None:
    maps = network.class_maps(photo, 225)
    exact = torch.softmax(torch.from_numpy(maps.scores.astype(np.float64)), 0).numpy()
    assert maps.probabilities == pytest.approx(exact, rel=1e-4)
    top = maps.top(3)
    assert [one.index for one in top] == np.argsort(-maps.scores)[:3].tolist()
    assert top[0] == maps.score(top[0].name)


def test_the_cat_of_the_gallery_is_a_cat(network: Network, photo: images.Photo) -> None:
    best = network.class_maps(photo).top(1)[0]
    assert 281 <= best.index <= 285


def test_a_mirrored_pass_lies_as_the_upright_pass_of_the_mirrored_picture(
    network: Network, photo: images.Photo
) -> None:
    flipped = images.Photo.from_array(photo.pixels[:, ::-1])
    mirrored = network.class_maps(photo, 225, mirrored=True)
    other = network.class_maps(flipped, 225)
    assert np.abs(mirrored.map(281) - other.map(281)).max() < 1e-2 * np.ptp(other.map(281))
    x, y = mirrored.peak(281)
    assert (photo.width - 1 - x, y) == pytest.approx(other.peak(281))


@pytest.mark.parametrize("name", PACKAGED)
def test_runtimes_agree(photo: images.Photo, name: str) -> None:
    ours, theirs = (
        loaded(name, runtime).class_maps(photo, 257).logits for runtime in networks.RUNTIMES
    )
    assert np.abs(ours - theirs).max() < 1e-3 * np.ptp(theirs)
    assert loaded(name, "openvino").geometry() == loaded(name, "torch").geometry()


@pytest.mark.skipif(not HAS_BFLOAT16, reason="This processor has no bfloat16 arithmetic.")
@pytest.mark.parametrize("name", PACKAGED)
def test_bfloat16_is_close_to_float32(photo: images.Photo, name: str) -> None:
    exact = loaded(name, "openvino").class_maps(photo, 257).logits
    short = loaded(name, "openvino", "bfloat16").class_maps(photo, 257).logits
    error = np.abs(short - exact) / np.ptp(exact)
    assert 0 < error.max() < 5e-2
    assert error.mean() < 5e-3


def test_bfloat16_is_refused_where_the_processor_has_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(openvino.Core, "get_property", lambda *_: ["FP32", "INT8"])
    with pytest.raises(NetworkError, match=r"no bfloat16 arithmetic\. Use float32"):
        networks.load(precision="bfloat16")


@pytest.mark.skipif(torch.cuda.is_available(), reason="A GPU has bfloat16 of its own.")
def test_torch_refuses_bfloat16_where_the_processor_has_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(torch_runtime, "_processor_has_bfloat16", lambda: False)
    with pytest.raises(NetworkError, match=r"no bfloat16 arithmetic\. Use float32"):
        networks.load(runtime="torch", precision="bfloat16")


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(5).integers(0, 256, (*shape, 3), np.uint8)


def test_features_are_those_of_torch_for_every_tap(network: Network) -> None:
    batch, taps = noise(2, 65, 97), network.card.taps
    ours = network.features(batch, taps)
    theirs = loaded(network.card.name, "torch").features(batch, taps)
    assert list(ours) == list(taps)
    for tap in taps:
        assert ours[tap].dtype == np.float32
        assert ours[tap].shape[:2] == (2, network.runtime.channels[tap])
        assert ours[tap].shape == theirs[tap].shape
        assert np.abs(ours[tap] - theirs[tap]).max() < 1e-3 * np.ptp(theirs[tap]), tap


def test_cells_are_as_many_as_their_jump_leaves_room_for(network: Network) -> None:
    for tap, value in network.features(noise(1, 65, 97), network.card.taps).items():
        jump = int(network.geometry(tap).jump)
        assert value.shape[2:] == (64 // jump + 1, 96 // jump + 1), tap


def test_each_picture_of_a_batch_keeps_features_of_its_own(network: Network) -> None:
    batch = noise(3, 65, 65)
    together = network.features(batch, ["head"])["head"]
    alone = [network.features(batch[i : i + 1], ["head"])["head"][0] for i in range(3)]
    assert together == pytest.approx(np.stack(alone), abs=1e-4)
    assert np.abs(together[0] - together[1]).max() > 0.1


def test_the_order_and_doubles_of_taps_do_not_matter(network: Network) -> None:
    batch = noise(1, 65, 65)
    once = network.features(batch, ["stem", "head"])
    other = network.features(batch, ["head", "stem", "head"])
    assert set(other) == {"stem", "head"}
    for tap, value in once.items():
        assert other[tap] == pytest.approx(value, abs=1e-4)


@pytest.mark.parametrize(
    ("batch", "words"),
    [
        (noise(65, 65), r"\(65, 65, 3\).*needed is \(pictures, height, width, 3\)"),
        (noise(1, 65, 65)[..., :1], r"needed is \(pictures"),
        (noise(1, 65, 65).astype(np.float32), "float32.*of uint8"),
        (noise(1, 65, 65)[:0], r"\(0, 65, 65, 3\)"),
        (noise(1, 65, 64), "side of 64 px; the nearest it accepts is 65"),
        (noise(1, 1, 65), "side of 1 px; the nearest it accepts is 33"),
    ],
)
def test_batches_of_another_kind_are_refused(
    network: Network, batch: np.ndarray, words: str
) -> None:
    with pytest.raises(ParameterError, match=words):
        network.features(batch, ["head"])


def test_an_unknown_tap_is_refused_with_those_there_are(network: Network) -> None:
    with pytest.raises(NetworkError, match=r"'layer4'.*stem, stage1"):
        network.features(noise(1, 65, 65), ["layer4"])


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"name": "vgg"}, "no network named 'vgg'"),
        ({"runtime": "onnx"}, "no runtime 'onnx'. There are: openvino, torch"),
        ({"precision": "int8"}, "no precision 'int8'. There are: float32, bfloat16"),
    ],
)
def test_unknown_choices_are_refused_with_those_there_are(
    options: dict[str, str], words: str
) -> None:
    with pytest.raises(NetworkError, match=words):
        networks.load(**options)


def test_coordinates_are_those_of_the_picture_where_pixels_are_fewer(network: Network) -> None:
    pixels = noise(65, 97)
    reduced = images.Photo(pixels, width=970, height=650, name="reduced", digest="1")
    whole = images.Photo(pixels, width=97, height=65, name="whole", digest="2")
    here, there = network.class_maps(reduced, 97), network.class_maps(whole, 97)
    assert here.picture_size == (650, 970)
    assert here.map(5) == pytest.approx(there.map(5), abs=1e-4)
    x, y = there.placement.centre(1, 2)
    assert here.placement.centre(1, 2) == (10 * (x + 0.5) - 0.5, 10 * (y + 0.5) - 0.5)


def test_maps_say_whose_weights_they_are_of(
    network: Network, photo: images.Photo, tmp_path: Path
) -> None:
    """A file may hold the tensors by the names of our module, too; the maps are then the same."""
    published = network.class_maps(photo, 97)
    assert published.trained == "published"
    tensors = torch_runtime.classifier(network.card).state_dict()
    save_file(tensors, tmp_path / "own.safetensors")
    own = networks.load(runtime="torch", weights=str(tmp_path / "own.safetensors"))
    maps = own.class_maps(photo, 97)
    assert maps.trained == "own.safetensors"
    np.testing.assert_allclose(maps.scores, published.scores, atol=1e-3)
    random = networks.load(runtime="torch", weights="random").class_maps(photo, 97)
    assert random.trained == "random"
    with pytest.raises(ParameterError, match="the same network"):
        activation_maps.fuse([maps, published])
