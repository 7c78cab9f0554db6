import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from wsl_core import images, jobs, networks
from wsl_core.errors import NetworkError, WeightsError
from wsl_core.networks import CARDS, DEFAULT, exported, kept
from wsl_core.networks.recipe import Recipe
from wsl_core.settings import settings

CARD = CARDS[DEFAULT]
RECIPE = Recipe(card=CARD)
PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder WSL_CACHE."""
    monkeypatch.setenv("WSL_CACHE", str(tmp_path / "cache"))
    settings.cache_clear()
    return tmp_path / "cache"


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[float, str]]]:
    """A complete export, made once, and what was reported meanwhile."""
    reports: list[tuple[float, str]] = []
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setenv("WSL_CACHE", str(folder))
        settings.cache_clear()
        networks.load(report=lambda share, doing: reports.append((share, doing)))
    return folder, reports


@pytest.fixture
def copied(whole: tuple[Path, list], cache: Path) -> Path:
    """The folder of a complete export that a test may damage."""
    place = exported.folder(RECIPE)
    place.mkdir(parents=True)
    for file in (whole[0] / "networks" / place.name).iterdir():
        (place / file.name).write_bytes(file.read_bytes())
    return place


def works() -> bool:
    grey = images.Photo.from_array(np.full((33, 33, 3), 99, np.uint8))
    return bool(np.isfinite(networks.load().class_maps(grey, 33).scores).all())


def leftovers(cache: Path) -> list[Path]:
    return list(cache.rglob(".writing-*"))


def test_an_export_leaves_one_folder_that_others_may_read(whole: tuple[Path, list]) -> None:
    (place,) = (whole[0] / "networks").iterdir()
    assert {file.name for file in place.iterdir()} == {
        *("network.xml", "network.bin", "head.safetensors", "network.json")
    }
    assert stat.S_IMODE(place.stat().st_mode) == stat.S_IMODE(place.parent.stat().st_mode)


def test_progress_is_reported_and_never_goes_back(whole: tuple[Path, list]) -> None:
    shares = [share for share, _ in whole[1]]
    assert len(shares) >= 3
    assert shares == sorted(shares)
    assert 0 <= shares[0] < shares[-1] <= 1
    assert all(doing for _, doing in whole[1])


def test_a_ready_export_is_used_without_a_worker(
    copied: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "run", lambda *_: pytest.fail("a worker was started"))
    assert exported.ready(RECIPE)
    assert works()


def drop_the_facts(place: Path) -> None:
    (place / "network.json").unlink()


def cut_the_layers(place: Path) -> None:
    (place / "network.bin").write_bytes((place / "network.bin").read_bytes()[:-1000])


def cut_the_facts(place: Path) -> None:
    (place / "network.json").write_text((place / "network.json").read_text()[:200])


def drop_the_layers(place: Path) -> None:
    (place / "network.xml").unlink()


@pytest.mark.parametrize("damage", [drop_the_facts, cut_the_layers])
def test_a_damaged_export_is_made_again(
    copied: Path, cache: Path, damage: Callable[[Path], None]
) -> None:
    files = {file.name for file in copied.iterdir()}
    damage(copied)
    assert works()
    assert {file.name for file in copied.iterdir()} == files
    exported.read(copied)  # whole again
    assert leftovers(cache) == []


@pytest.mark.parametrize("damage", [drop_the_facts, cut_the_layers, cut_the_facts, drop_the_layers])
def test_a_damaged_export_is_not_read(copied: Path, damage: Callable[[Path], None]) -> None:
    exported.read(copied)
    damage(copied)
    with pytest.raises((OSError, ValueError, KeyError, TypeError)):
        exported.read(copied)


def test_two_processes_may_export_at_once(cache: Path) -> None:
    code = (
        "from wsl_core import networks; from wsl_core.networks import exported\n"
        "print(networks.load().runtime.weight.shape)"
    )
    both = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for one in both:
        said, complaint = one.communicate()
        assert (one.returncode, said.strip()) == (0, "(1000, 1280)"), complaint
    assert leftovers(cache) == []
    assert [place.name for place in (cache / "networks").iterdir()] == [
        exported.folder(RECIPE).name
    ]
    assert works()


def test_a_cache_that_cannot_be_written_is_a_sentence(cache: Path) -> None:
    cache.write_text("a file where the folder belongs")
    with pytest.raises(NetworkError, match=r"cannot be written to .*cache.*set WSL_CACHE"):
        networks.load()


def test_the_key_depends_on_version_card_and_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [exported.key(RECIPE), exported.key(RECIPE)]
    keys.append(exported.key(Recipe(card=CARD.model_copy(update={"std": (1.0, 1.0, 1.0)}))))
    keys.append(exported.key(Recipe.of(CARD, weights="random")))
    keys.append(exported.key(Recipe(card=CARD, random=True, seed=1)))
    keys.append(exported.key(Recipe.of(CARD, stride=16)))
    (tmp_path / "own.pth").write_bytes(b"own weights")
    keys.append(exported.key(Recipe.of(CARD, weights=str(tmp_path / "own.pth"))))
    with monkeypatch.context() as changed:
        changed.setattr(kept, "__version__", "99")
        keys.append(exported.key(RECIPE))
    with monkeypatch.context() as changed:
        changed.setattr("importlib.metadata.version", lambda name: f"{name} 99")
        keys.append(exported.key(RECIPE))
    monkeypatch.setenv("WSL_WEIGHTS", str(tmp_path))
    settings.cache_clear()
    (tmp_path / f"{DEFAULT}.pth").write_bytes(b"other weights")
    keys.append(exported.key(RECIPE))
    assert keys[0] == keys[1]
    assert len(set(keys)) == len(keys) - 1


def test_exports_of_all_cards_have_folders_of_their_own() -> None:
    recipes = [Recipe.of(card, weights="random") for card in CARDS.values()]
    assert len({exported.folder(one) for one in recipes}) == len(CARDS)


@pytest.mark.parametrize("weights", ["pretrained", "no/such/file.pth", "README.md"])
def test_weights_that_are_no_file_are_refused_with_what_is_accepted(weights: str) -> None:
    with pytest.raises(WeightsError, match=r"published, random, or the path"):
        networks.load(weights=weights)


@pytest.mark.usefixtures("network")  # so that its export is there
def test_the_default_path_imports_neither_torch_nor_the_pages() -> None:
    code = """
import sys
from wsl_core import figures, images, networks
from wsl_core.fcn import activation_maps

photo = images.gallery.load("cat")
network = networks.load()
maps = activation_maps.fuse([network.class_maps(photo, 65), network.class_maps(photo, 97)])
figures.png(figures.overlay(photo, maps.map("tabby"), maps.placement))
print(*sorted(sys.modules))
"""
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = set(found.stdout.split())
    assert "openvino" in names
    assert names.isdisjoint({"torch", "timm", "streamlit", "matplotlib", "app"})
