"""The registry of pairs: light, complete, and clear about what is missing."""

import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest

from wsl_core.datasets import domains
from wsl_core.datasets.domains import sets
from wsl_core.datasets.domains.cards import PARTS, Request
from wsl_core.errors import DatasetError, ParameterError
from wsl_core.settings import settings

PROJECT = Path(__file__).parents[3]
NAMES = {
    "mnist-mnistm", "synnumbers-svhn", "svhn-mnist", "synsigns-gtsrb", "drawnsigns-gtsrb", "mnist-usps",
    "usps-mnist", "photo-sketch", "edges-sketch", "mnist-mnistm-shipped", "digits-dimmed",
    "digits-photos", "digits-colours", "rendered-digits",
}  # fmt: skip
OFFLINE = [name for name, card in domains.PAIRS.items() if card.offline]


def test_the_registry_is_complete() -> None:
    assert set(domains.PAIRS) == NAMES
    assert set(OFFLINE) == {
        "mnist-mnistm-shipped", "digits-dimmed", "digits-photos", "digits-colours", "rendered-digits"
    }  # fmt: skip
    for name, card in domains.PAIRS.items():
        assert card.name == name
        assert card.instead in OFFLINE
        assert set(card.needs) <= set(sets.SETS)
        assert bool(card.files) != card.offline
    assert [name for name, card in domains.PAIRS.items() if card.features] == [
        "photo-sketch", "edges-sketch"
    ]  # fmt: skip


def test_reading_the_registry_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from wsl_core.datasets import domains\n"
        "[card.missing() for card in domains.PAIRS.values()]\n"
        "print(*sys.modules)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    modules = set(found.stdout.split())
    assert "wsl_core.datasets.domains.cards" in modules
    assert modules.isdisjoint(
        {"torch", "torchvision", "scipy", "sklearn", "matplotlib", "cv2", "pandas"}
    )


def test_loading_imports_no_torch() -> None:
    code = (
        "import sys\n"
        "from wsl_core.datasets import domains\n"
        "for name in ('digits-photos', 'mnist-mnistm-shipped', 'rendered-digits'):\n"
        "    domains.load(name)\n"
        "print(*sys.modules)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert set(found.stdout.split()).isdisjoint(
        {"torch", "torchvision", "sklearn", "matplotlib", "scipy"}
    )


def test_an_unknown_pair_is_told_the_others() -> None:
    for ask in (domains.card, domains.load):
        with pytest.raises(
            ParameterError, match=r"called 'mnist'\. There are: mnist-mnistm, .*digits-dimmed"
        ):
            ask("mnist")


@pytest.mark.parametrize("counts", [{"source": 0}, {"test": 5}, {"target": -1}])
def test_counts_that_make_no_sense(counts: dict[str, int]) -> None:
    with pytest.raises(ParameterError, match=r"Accepted are counts from 1 of source, target,"):
        domains.load("digits-dimmed", counts=counts)


@pytest.mark.usefixtures("bare")
def test_without_data_the_sentence_says_what_to_do() -> None:
    with pytest.raises(DatasetError) as error:
        domains.load("mnist-mnistm")
    for part in ("MNIST is not there (WSL_DATA is not set)", "mnist/MNIST/raw", "torchvision.datasets.MNIST",
                 "The pair mnist-mnistm-shipped needs no data."):  # fmt: skip
        assert part in str(error.value)
    assert domains.card("mnist-mnistm").missing() == str(error.value)
    assert not domains.card("mnist-mnistm").there
    assert domains.card("digits-dimmed").missing() is None


def test_what_is_missing_of_two_sets_is_named(empty: Path) -> None:
    raw = empty / "mnist" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    with pytest.raises(DatasetError) as error:
        domains.load("mnist-mnistm")
    assert f"MNIST-M is not there (WSL_DATA is {empty})" in str(error.value)
    assert "mnist_m/train.webp and mnist_m/train.npz" in str(error.value)


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize("name", sorted(NAMES - set(OFFLINE)))
def test_each_pair_that_needs_data_says_so(name: str) -> None:
    card = domains.card(name)
    with pytest.raises(DatasetError, match=f"The pair {card.instead} needs no data"):
        domains.load(name)


def test_a_choice_keeps_every_class_and_its_order() -> None:
    labels = np.repeat([0, 1, 2], [1000, 50, 2])
    request = Request(domains.card("digits-dimmed"), 0, {"source": 30})
    chosen = request.some("source", labels)
    assert len(chosen) == len(set(chosen.tolist())) == 30
    assert (np.diff(chosen) > 0).all()
    assert set(labels[chosen].tolist()) == {0, 1, 2}
    assert np.array_equal(chosen, request.some("source", labels))
    other = Request(domains.card("digits-dimmed"), 1, {"source": 30})
    assert not np.array_equal(chosen, other.some("source", labels))
    assert len(request.some("target", labels)) == 1052
    assert len(request.some("target", labels, 100)) == 100


def test_parts_have_seeds_of_their_own() -> None:
    request = Request(domains.card("digits-dimmed"), 0, {})
    assert len({request.seed_of(part) for part in PARTS}) == len(PARTS)


def test_fetching_is_refused_before_anything_is_imported(
    empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ParameterError, match="MNIST-M cannot be fetched"):
        sets.fetch("mnist_m", empty)
    monkeypatch.setenv("WSL_DOWNLOADS", "false")
    settings.cache_clear()
    with pytest.raises(ParameterError, match="forbidden downloads"):
        sets.fetch("usps", empty)


def test_fetching_goes_where_reading_looks(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torchvision = ModuleType("torchvision")  # the real one takes seconds to import
    datasets = SimpleNamespace()
    torchvision.datasets = datasets  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torchvision", torchvision)
    asked = []

    def fetched(root: str, download: bool, train: bool) -> None:
        assert download
        asked.append(train)
        (Path(root) / ("usps.bz2" if train else "usps.t.bz2")).touch()

    datasets.USPS = fetched
    sets.fetch("usps", empty)
    assert asked == [True, False]
    assert sets.folder_of("usps") == empty / "usps"

    def failing(root: str, **_: object) -> None:
        raise RuntimeError("no route to host")

    datasets.SVHN = failing
    with pytest.raises(DatasetError, match=r"SVHN could not be fetched \(no route to host\)"):
        sets.fetch("svhn", empty)
