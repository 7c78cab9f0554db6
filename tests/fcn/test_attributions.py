"""Attributions against known values, finite differences, plain loops and captum's own code."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import captum.attr
import numpy as np
import pytest
import scipy.stats
import torch
from torch import Tensor, nn

from wsl_core import figures, networks
from wsl_core.errors import ClassNameError, NetworkError, ParameterError
from wsl_core.fcn import attributions, torch_attributions
from wsl_core.fcn.attribution_methods import METHODS, AttributionParameters, find, looks, places
from wsl_core.fcn.attributions import attribute, rank_correlation
from wsl_core.fcn.torch_attributions import Explained, Work
from wsl_core.fcn.torch_randomisation import randomised
from wsl_core.images import Photo, gallery
from wsl_core.jobs import Progress, Result, Task
from wsl_core.networks import Geometry
from wsl_core.networks.convolutionalization import convolutionalize
from wsl_core.networks.network import resized

CARD = networks.card(networks.DEFAULT)
BY_WORK = [method for method in METHODS.values() if method.work]


class Toy(nn.Module):
    """A network whose layer below the pooling is `body`; the score of class 0 is the mean of its cells."""

    kind, features = "linear", "features"

    def __init__(self, body: Any, channels: int = 3) -> None:
        super().__init__()
        self.body, self.classifier = body, nn.Linear(channels, 1)
        nn.init.ones_(self.classifier.weight)
        nn.init.zeros_(self.classifier.bias)
        self.requires_grad_(requires_grad=False)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        return {"features": self.body(x)}


def smooth(seed: int = 0) -> Toy:
    """Two convolutions that are no piecewise linear function."""
    torch.manual_seed(seed)
    layers = nn.Conv2d(3, 8, 3, padding=1), nn.Tanh(), nn.Conv2d(8, 4, 5, 2, 2), nn.Softplus()
    return Toy(nn.Sequential(*layers), 4)


def noise(height: int = 32, width: int = 32, seed: int = 0) -> Tensor:
    pixels = np.random.default_rng(seed).integers(0, 256, (1, 3, height, width))
    return torch.from_numpy(pixels).float()


def done(work: Work) -> tuple[Any, list[float]]:
    """What a method returns, and the shares that it told on the way."""
    shares = []
    while True:
        try:
            shares.append(next(work))
        except StopIteration as end:
            return end.value, shares


def values(name: str, toy: Any, picture: Tensor, **parameters: Any) -> np.ndarray:
    method = getattr(torch_attributions, name)
    asked = AttributionParameters(**parameters)
    return done(method(Explained(toy, CARD), picture, 0, asked))[0].values.numpy()


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The job runs here instead of in a worker."""

    def run(name: str, config: dict[str, Any], arrays: Any) -> Iterator[Any]:
        assert name == attributions.JOB
        yield from torch_attributions.attribute(Task(config, arrays))

    monkeypatch.setattr(attributions.jobs, "run", run)


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch, in_process: None) -> Any:
    """Put a toy in the place of the default network."""

    def put(toy: Toy) -> None:
        built = SimpleNamespace(network=toy, geometries={CARD.features: Geometry(1, 1, 0)})
        monkeypatch.setattr(torch_attributions, "_built", lambda name: built)

    return put


@pytest.fixture(scope="module")
def cat() -> Photo:
    return gallery.load("cat")


@pytest.fixture(scope="module")
def explained() -> Explained:
    return Explained(torch_attributions._built(networks.DEFAULT).network, CARD)


@pytest.fixture(scope="module")
def picture(cat: Photo) -> Tensor:
    """The cat as fed at 225."""
    pixels = resized(cat.pixels, *CARD.sides.fit(*cat.pixels.shape[:2], 225))
    return torch.from_numpy(np.array(pixels)).permute(2, 0, 1)[None].float()


# The registry and the parameters


def test_every_method_uses_declared_parameters_and_every_parameter_is_used() -> None:
    used = {name for method in METHODS.values() for name in method.uses}
    assert used == set(AttributionParameters.model_fields) - {"method"}
    for name, method in METHODS.items():
        assert name == method.name == name.lower().replace(" ", "-")
        assert method.shows.endswith(".")
        assert method.source
        if method.work:
            assert callable(torch_attributions._resolved(method.work))


def test_an_unknown_method_is_refused_with_the_list() -> None:
    with pytest.raises(ParameterError, match="guided-backprop") as refused:
        find("guided-backprop")
    assert all(name in str(refused.value) for name in METHODS)


def test_used_leaves_out_what_changes_nothing() -> None:
    assert AttributionParameters(method="gradient").used() == {"randomise": "none"}
    assert "seed" in AttributionParameters(method="gradient", randomise="head").used()
    assert "seed" in AttributionParameters(method="smoothgrad").used()


@pytest.mark.parametrize("seed", range(3))
def test_the_rank_correlation_is_scipys(seed: int) -> None:
    one, other = np.random.default_rng(seed).integers(0, 9, (2, 7, 5))  # with many ties
    expected = scipy.stats.spearmanr(one.ravel(), other.ravel()).statistic
    assert rank_correlation(one, other) == pytest.approx(expected)


def test_the_rank_correlation_has_known_ends() -> None:
    ramp = np.arange(6.0)
    assert rank_correlation(ramp, ramp**3) == pytest.approx(1)
    assert rank_correlation(ramp, -ramp) == pytest.approx(-1)
    assert rank_correlation(ramp, np.ones(6)) is None


# Known values


@pytest.mark.parametrize("baseline", ["mean colour", "black"])
@pytest.mark.parametrize("steps", [8, 33])
def test_integrated_gradients_of_a_linear_network_are_exact(baseline: str, steps: int) -> None:
    torch.manual_seed(1)
    weight, picture = torch.randn(1, 3, 20, 30), noise(20, 30)
    found = values(
        "integrated_gradients", Toy(lambda x: x * weight), picture, steps=steps, baseline=baseline
    )
    start = torch.tensor(CARD.mean if baseline == "mean colour" else (0.0, 0, 0)).view(1, 3, 1, 1)
    std = torch.tensor(CARD.std).view(1, 3, 1, 1)
    expected = (weight / std * (picture - start)).sum(1)[0] / (20 * 30)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_integrated_gradients_add_up_the_better_the_more_steps_are_taken() -> None:
    residuals = []
    for steps in (8, 32, 128):
        asked = AttributionParameters(steps=steps)
        toy = Explained(smooth(), CARD)
        whole = done(torch_attributions.integrated_gradients(toy, noise(), 0, asked))[
            0
        ].completeness
        residuals.append(abs(whole["total"] - whole["difference"]) / abs(whole["difference"]))
    assert residuals[0] < 0.2
    assert residuals[1] < residuals[0] / 4
    assert residuals[2] < residuals[1] / 4


def test_the_gradient_is_that_of_finite_differences() -> None:
    toy, picture = Explained(smooth(), CARD).double(), noise(4, 5).double()
    asked = AttributionParameters()
    found = done(torch_attributions.gradient(toy, picture, 0, asked))[0].values
    slopes = torch.zeros_like(picture)
    for place in np.ndindex(*picture.shape):
        step = torch.zeros_like(picture)
        step[place] = 0.01
        slopes[place] = (toy(picture + step) - toy(picture - step))[0, 0] / 0.02
    np.testing.assert_allclose(found, slopes[0].abs().amax(0), rtol=1e-5, atol=1e-9)


def test_smoothgrad_without_noise_is_the_gradient() -> None:
    toy, picture = smooth(), noise()
    found = values("smoothgrad", toy, picture, draws=3, noise=0)
    np.testing.assert_allclose(found, values("gradient", toy, picture), rtol=1e-4, atol=1e-9)


def test_smoothgrad_is_seeded_and_noise_changes_it() -> None:
    toy, picture = smooth(), noise()
    first = values("smoothgrad", toy, picture, draws=4, seed=3)
    torch.rand(1)  # whoever draws random numbers in between changes nothing
    assert (values("smoothgrad", toy, picture, draws=4, seed=3) == first).all()
    assert rank_correlation(first, values("smoothgrad", toy, picture, draws=4, seed=4)) < 0.999
    assert rank_correlation(first, values("gradient", toy, picture)) < 0.999


def test_occlusion_finds_the_only_square_that_is_looked_at() -> None:
    mask = torch.zeros(1, 1, 48, 64)
    mask[..., 16:24, 40:48] = 1
    toy, picture = Toy(lambda x: (x * mask).square()), noise(48, 64)
    found = values("occlusion", toy, picture, patch=8, step=8, fill="mean colour")
    with torch.no_grad():
        score = float(Explained(toy, CARD)(picture))  # the mean colour itself scores 0
    np.testing.assert_allclose(found[16:24, 40:48], score, rtol=1e-5)
    assert found[mask[0, 0] == 0].max() == found[mask[0, 0] == 0].min() == 0


def test_occlusion_is_captums_where_patches_end_at_the_border() -> None:
    toy, picture = Explained(smooth(), CARD), noise(32, 40)
    found = values("occlusion", smooth(), picture, patch=8, step=4, fill="mean colour")
    with torch.no_grad():
        theirs = captum.attr.Occlusion(toy).attribute(
            picture,
            sliding_window_shapes=(3, 8, 8),
            strides=(3, 4, 4),
            baselines=toy.mean.expand_as(picture),
            target=0,
        )
    np.testing.assert_allclose(found, theirs[0, 0], atol=1e-6)


@pytest.mark.parametrize(("side", "patch", "step"), [(449, 32, 16), (33, 33, 8), (50, 7, 7)])
def test_patches_cover_every_pixel_and_keep_their_size(side: int, patch: int, step: int) -> None:
    covered = np.zeros(side)
    for first in places(side, patch, step):
        assert first + patch <= side
        covered[first : first + patch] += 1
    assert covered.min() >= 1


@pytest.mark.parametrize("method", BY_WORK, ids=lambda method: method.name)
def test_the_network_looks_as_often_as_is_said_before(method: Any) -> None:
    asked = AttributionParameters(method=method.name, patch=16, step=8, draws=7, steps=9)
    explained, fed = Explained(smooth(), CARD), []
    explained.register_forward_hook(lambda _, pictures, __: fed.append(len(pictures[0])))
    done(torch_attributions._resolved(method.work)(explained, noise(33, 48), 0, asked))
    said = looks(asked, 33, 48)
    assert said <= sum(fed) <= said + 2  # the scores of picture and baseline are asked for besides
    twice = asked.model_copy(update={"randomise": "all"})
    assert looks(twice, 33, 48) == 2 * said


@pytest.mark.parametrize("method", BY_WORK, ids=lambda method: method.name)
def test_every_method_tells_its_progress_in_order(method: Any) -> None:
    asked = AttributionParameters(method=method.name, patch=32, step=16)
    picture = noise(256, 256)  # three of these make a batch
    work = torch_attributions._resolved(method.work)
    found, shares = done(work(Explained(smooth(), CARD), picture, 0, asked))
    assert shares[0] == 0
    assert shares == sorted(set(shares))
    assert max(shares) < 1
    assert torch.isfinite(found.values).all()
    assert method.signed or found.values.min() >= 0
    if method.uses[0] in {"steps", "draws", "patch"}:
        assert len(shares) >= 9


# The default network


def test_grad_cam_is_the_class_map_without_its_bias_shared_by_the_cells(
    explained: Explained, picture: Tensor
) -> None:
    asked = AttributionParameters(method="grad-cam")
    found = done(torch_attributions.grad_cam(explained, picture, 285, asked))[0].values.numpy()
    with torch.no_grad():
        x = (picture - explained.mean) / explained.std
        class_map = explained.network.dense(x)[0, 285].numpy()
    bias = float(explained.network.classifier.bias[285])
    assert found.min() < 0 < found.max(), "the sign is kept"
    np.testing.assert_allclose(found, (class_map - bias) / class_map.size, atol=4e-6)


def test_integrated_gradients_agree_with_a_plain_loop_and_nearly_add_up(
    explained: Explained, picture: Tensor
) -> None:
    steps, index = 32, 285
    asked = AttributionParameters(method="integrated-gradients", steps=steps)
    found = done(torch_attributions.integrated_gradients(explained, picture, index, asked))[0]

    start = torch.tensor(CARD.mean).view(1, 3, 1, 1).expand_as(picture)
    total = np.zeros(picture.shape[2:])
    for step in range(steps):
        first, last = (step / steps) ** 2, ((step + 1) / steps) ** 2
        point = start + (first + last) / 2 * (picture - start)
        point.requires_grad_(requires_grad=True)
        x = (point - torch.tensor(CARD.mean).view(3, 1, 1)) / torch.tensor(CARD.std).view(3, 1, 1)
        explained.network.scores(x)[0, index].backward()
        share = point.grad * (picture - start) * (last - first)
        total += share.detach().numpy()[0].sum(axis=0)
    assert np.corrcoef(found.values.numpy().ravel(), total.ravel())[0, 1] > 0.98

    whole = found.completeness
    assert whole["total"] == pytest.approx(float(found.values.sum()), abs=1e-3)
    with torch.no_grad():
        difference = explained(picture)[0, index] - explained(start)[0, index]
    assert whole["difference"] == pytest.approx(float(difference), abs=1e-4)
    assert abs(whole["total"] / whole["difference"] - 1) < 0.3


@pytest.mark.parametrize("which", ["head", "head and last block", "all"])
def test_random_weights_are_those_asked_for(explained: Explained, which: str) -> None:
    before = {name: value.clone() for name, value in explained.network.state_dict().items()}
    copy = randomised(explained.network, CARD, which, 0)
    after = copy.state_dict()
    changed = {name for name, value in before.items() if not torch.equal(value, after[name])}
    block = {name for name in before if name.startswith(("body.stage7", "body.head"))}
    counters = {name for name in before if name.endswith("num_batches_tracked")}
    assert (
        changed - counters
        == {
            "head": {"classifier.weight", "classifier.bias"},
            "head and last block": {"classifier.weight", "classifier.bias", *block} - counters,
            "all": set(before) - counters,
        }[which]
    )
    same = randomised(explained.network, CARD, which, 0).state_dict()
    assert all(torch.equal(after[name], same[name]) for name in after), "seeded"
    untouched = explained.network.state_dict()
    assert all(torch.equal(before[name], untouched[name]) for name in before)


@pytest.mark.parametrize(("method", "sizes"), [("gradient", 0.5), ("grad-cam", 0.75)])
def test_a_random_head_changes_what_is_seen(
    in_process: None, cat: Photo, method: str, sizes: float
) -> None:
    """Grad-CAM keeps more of it: its cells are large where the features are, whatever weighs them."""
    asked = AttributionParameters(method=method, randomise="head")
    found = attribute(networks.DEFAULT, cat, None, asked, 225)
    chance = found.randomised
    assert chance.values.shape == found.values.shape
    assert chance.sizes < sizes
    assert chance.sizes == pytest.approx(
        scipy.stats.spearmanr(
            *(abs(one).ravel() for one in (found.values, chance.values))
        ).statistic
    )
    assert (chance.signs is None) == (method == "gradient")
    assert chance.signs is None or chance.signs < 0.5
    assert abs(chance.score - found.score) > 3


# Other ends of a network


@pytest.mark.parametrize("kind", ["linear", "cells"])
def test_the_explained_score_is_the_networks_own(kind: str) -> None:
    torch.manual_seed(2)
    head = (
        [nn.Linear(8, 6), nn.Hardswish(), nn.Linear(6, 4)] if kind == "cells" else [nn.Linear(8, 4)]
    )
    pooling = nn.AdaptiveAvgPool2d(1), nn.Flatten()
    network = convolutionalize(nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.ReLU(), *pooling, *head))
    assert network.kind == kind
    explained, picture = Explained(network.requires_grad_(requires_grad=False), CARD), noise()
    x = (picture - explained.mean) / explained.std
    np.testing.assert_allclose(explained(picture), network.scores(x), atol=1e-6)
    cam = done(torch_attributions.grad_cam(explained, picture, 1, AttributionParameters()))[
        0
    ].values
    assert cam.shape == (16, 16)
    assert float(cam.abs().max()) > 0


# The whole way


def test_a_class_activation_map_needs_no_worker(
    cat: Photo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attributions.jobs, "run", None)
    found = attribute(networks.DEFAULT, cat, None, AttributionParameters(), 225)
    maps = networks.load().class_maps(cat, 225)
    assert found.index == maps.top(1)[0].index
    np.testing.assert_allclose(found.values, maps.map(found.index), atol=1e-5)
    assert found.peak() == maps.peak(found.index)


def test_grad_cam_comes_from_a_worker(cat: Photo) -> None:
    told: list[tuple[float, str]] = []
    asked = AttributionParameters(method="grad-cam")
    found = attribute(
        networks.DEFAULT, cat, "tabby, tabby cat", asked, 225, lambda *event: told.append(event)
    )
    maps = networks.load().class_maps(cat, 225)
    assert (found.index, found.name) == (281, "tabby")
    assert found.score == pytest.approx(maps.score(281).score, abs=1e-3)
    assert found.placement == maps.placement
    expected = (maps.map(281) - maps.bias[281]) / maps.map(281).size
    np.testing.assert_allclose(found.values, expected, atol=1e-4)
    assert "building the network" in {doing for _, doing in told}
    assert [share for share, _ in told] == sorted(share for share, _ in told)


def test_a_report_that_raises_ends_the_work(use: Any, cat: Photo) -> None:
    use(smooth())

    def stop(share: float, doing: str) -> None:
        if share > 0.3:
            raise KeyboardInterrupt

    asked = AttributionParameters(method="integrated-gradients")
    with pytest.raises(KeyboardInterrupt):
        attribute(networks.DEFAULT, cat, 0, asked, 225, stop)


@pytest.mark.parametrize("size", [97, 225])
@pytest.mark.parametrize(("x", "y"), [(40, 30), (311, 204), (447, 296)])
def test_a_dot_is_painted_where_it_is(use: Any, x: int, y: int, size: int) -> None:
    pixels = np.full((300, 451, 3), 127, np.uint8)
    pixels[y - 3 : y + 4, x - 3 : x + 4] = 255
    photo = Photo.from_array(pixels)
    use(Toy(lambda x: x.square()))  # the mean colour, 127, counts for nothing
    found = attribute(
        networks.DEFAULT, photo, 0, AttributionParameters(method="integrated-gradients"), size
    )
    blank = Photo.from_array(np.full_like(pixels, 255))
    scale = figures.Scale.of([found.values])
    painted = figures.overlay(blank, found.values, found.placement, scale=scale)
    weight = (255.0 - painted).sum(axis=2)
    rows, columns = np.indices(weight.shape)
    centre = (columns * weight).sum() / weight.sum(), (rows * weight).sum() / weight.sum()
    assert centre == pytest.approx((x, y), abs=0.6)


def test_pixels_lie_on_the_picture_edge_to_edge(use: Any, cat: Photo) -> None:
    use(smooth())
    found = attribute(networks.DEFAULT, cat, 0, AttributionParameters(method="gradient"), 225)
    height, width = found.values.shape
    assert found.placement.square(0, 0)[:2] == pytest.approx((0, 0))
    assert found.placement.square(height - 1, width - 1)[2:] == pytest.approx(
        (cat.width, cat.height)
    )


@pytest.mark.parametrize(
    ("asked", "error", "part"),
    [
        ({"method": "occlusion", "patch": 8, "step": 9}, ParameterError, "gaps"),
        ({"method": "occlusion", "patch": 128}, ParameterError, "does not fit"),
        ({"method": "saliency"}, ParameterError, "grad-cam"),
        ({"which": "crane", "method": "gradient"}, ClassNameError, "134 crane"),
        ({"network": "resnet", "method": "gradient"}, NetworkError, "'resnet'"),
    ],
)
def test_what_does_not_fit_is_refused_before_any_work(
    cat: Photo, monkeypatch: pytest.MonkeyPatch, asked: dict[str, Any], error: Any, part: str
) -> None:
    monkeypatch.setattr(attributions.jobs, "run", None)
    network, which = asked.pop("network", networks.DEFAULT), asked.pop("which", None)
    with pytest.raises(error, match=part):
        attribute(network, cat, which, AttributionParameters(**asked), 97)


def test_the_job_explains_the_likeliest_class_and_keeps_its_picture(use: Any) -> None:
    use(smooth())
    picture = noise()[0].permute(1, 2, 0).byte().numpy()
    before = picture.copy()
    parameters = AttributionParameters(method="occlusion", patch=8, step=8).model_dump()
    config = {"network": networks.DEFAULT, "index": None, "parameters": parameters}
    *progress, result = torch_attributions.attribute(Task(config, {"picture": picture}))
    assert all(isinstance(event, Progress) for event in progress)
    assert isinstance(result, Result)
    assert result.facts["index"] == 0
    assert result.arrays["values"].dtype == np.float32
    assert (picture == before).all()


def test_reading_the_registry_imports_no_torch() -> None:
    source = "import sys, wsl_core.fcn.attributions; print(*sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", source],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(attributions.__file__).parents[2],
    )
    assert {"torch", "captum", "matplotlib", "pandas"}.isdisjoint(run.stdout.split())
