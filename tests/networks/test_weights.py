import importlib.util
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from wsl_core import networks
from wsl_core.errors import WeightsError
from wsl_core.networks import CARDS, DEFAULT, exported, torch_runtime, weights
from wsl_core.networks.recipe import Recipe
from wsl_core.networks.sources import PackagedWeights
from wsl_core.settings import settings

CARD = CARDS[DEFAULT]
PACKAGED = [name for name, card in CARDS.items() if isinstance(card.weights, PackagedWeights)]
RUNTIMES = pytest.mark.parametrize("runtime", networks.RUNTIMES)
Tensors = dict[str, Tensor]


@pytest.fixture(scope="module")
def published() -> Tensors:
    tensors = torch.load(CARD.weights_path(), weights_only=True)
    return {name: value.contiguous() for name, value in tensors.items()}


@pytest.fixture
def brought(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder WSL_WEIGHTS, and a cache of its own."""
    folder = tmp_path / "weights"
    folder.mkdir()
    monkeypatch.setenv("WSL_WEIGHTS", str(folder))
    monkeypatch.setenv("WSL_CACHE", str(tmp_path / "cache"))
    settings.cache_clear()
    return folder


class Malicious:
    """Makes a file when it is unpickled by a reader that runs what it reads."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> tuple[object, ...]:
        return (os.mkdir, (str(self.file),))


def truncated(tensors: Tensors, folder: Path) -> None:
    torch.save(tensors, folder / f"{DEFAULT}.pth")
    whole = (folder / f"{DEFAULT}.pth").read_bytes()
    (folder / f"{DEFAULT}.pth").write_bytes(whole[: len(whole) // 2])


def malicious_pickle(tensors: Tensors, folder: Path) -> None:
    (folder / f"{DEFAULT}.pth").write_bytes(pickle.dumps(Malicious(folder / "trap")))


def malicious_archive(tensors: Tensors, folder: Path) -> None:
    torch.save(tensors | {"_fc.bias": Malicious(folder / "trap")}, folder / f"{DEFAULT}.pth")


def not_a_table(tensors: Tensors, folder: Path) -> None:
    torch.save([tensors["_fc.bias"]], folder / f"{DEFAULT}.pth")


def wrong_shape(tensors: Tensors, folder: Path) -> None:
    changed = {"_conv_stem.weight": tensors["_conv_stem.weight"][:, :2].clone()}
    torch.save(tensors | changed, folder / f"{DEFAULT}.pth")


def missing_tensor(tensors: Tensors, folder: Path) -> None:
    kept = {name: value for name, value in tensors.items() if name != "_blocks.3._bn1.running_var"}
    torch.save(kept, folder / f"{DEFAULT}.pth")


def extra_tensor(tensors: Tensors, folder: Path) -> None:
    torch.save(tensors | {"_se.weight": torch.zeros(3)}, folder / f"{DEFAULT}.pth")


def extras_named_by_numbers(tensors: Tensors, folder: Path) -> None:
    extras = {7: torch.zeros(3), "zz": torch.zeros(3)}
    torch.save(tensors | extras, folder / f"{DEFAULT}.pth")


def nan_tensor(tensors: Tensors, folder: Path) -> None:
    bias = tensors["_fc.bias"].clone()
    bias[17] = torch.nan
    torch.save(tensors | {"_fc.bias": bias}, folder / f"{DEFAULT}.pth")


def garbage_safetensors(tensors: Tensors, folder: Path) -> None:
    (folder / f"{DEFAULT}.safetensors").write_bytes(bytes(range(256)) * 40)


def empty_file(tensors: Tensors, folder: Path) -> None:
    (folder / f"{DEFAULT}.pth").touch()


def another_network(tensors: Tensors, folder: Path) -> None:
    shutil.copy(CARDS["efficientnet_lite2"].weights_path(), folder / f"{DEFAULT}.pth")


REFUSED = pytest.mark.parametrize(
    ("bring", "words"),
    [
        (truncated, f"{DEFAULT}.pth cannot be read; it is damaged"),
        (malicious_pickle, "refused: it is damaged, or holds Python objects"),
        (malicious_archive, "refused: it is damaged, or holds Python objects"),
        (not_a_table, "not a table of tensors"),
        (wrong_shape, r"_conv_stem.weight has shape \(32, 2, 3, 3\).*needs \(32, 3, 3, 3\)"),
        (missing_tensor, "_blocks.3._bn1.running_var is missing"),
        (extra_tensor, "no tensor _se.weight"),
        (extras_named_by_numbers, "no tensor 7"),
        (nan_tensor, "_fc.bias holds values that are not finite"),
        (garbage_safetensors, f"{DEFAULT}.safetensors cannot be read"),
        (empty_file, f"{DEFAULT}.pth cannot be read"),
        (another_network, f"not those of {CARD.title}: the tensor"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)


@REFUSED
def test_bad_weights_are_refused_and_nothing_in_them_is_run(
    brought: Path, published: Tensors, bring: Callable[[Tensors, Path], None], words: str
) -> None:
    bring(published, brought)
    with pytest.raises(WeightsError, match=words):
        torch_runtime.build(CARD)
    assert not (brought / "trap").exists()


def test_the_trap_would_spring_in_a_reader_that_runs_what_it_reads(tmp_path: Path) -> None:
    malicious_pickle({}, tmp_path)
    pickle.loads((tmp_path / f"{DEFAULT}.pth").read_bytes())
    assert (tmp_path / "trap").exists()


@pytest.mark.parametrize("bring", [malicious_archive, wrong_shape])
def test_refusals_cross_the_worker(
    brought: Path, published: Tensors, bring: Callable[[Tensors, Path], None]
) -> None:
    bring(published, brought)
    with pytest.raises(WeightsError, match=r"[Tt]hese weights|The weights file") as refusal:
        networks.load()
    assert type(refusal.value) is WeightsError
    assert not (brought / "trap").exists()
    assert not list(settings().cache.rglob("*.json"))


@pytest.mark.parametrize("form", ["safetensors", "pth"])
def test_brought_weights_are_used_instead_of_the_packages(
    brought: Path, published: Tensors, form: str
) -> None:
    own = published | {"_fc.bias": torch.arange(1000, dtype=torch.float32)}
    write = save_file if form == "safetensors" else torch.save
    write(own, brought / f"{DEFAULT}.{form}")
    built = torch_runtime.build(CARD)
    assert built.bias.tolist() == list(range(1000))
    assert torch.equal(built.weight, published["_fc.weight"])


def test_brought_weights_cross_the_worker_under_a_key_of_their_own(
    brought: Path, published: Tensors
) -> None:
    packaged = exported.folder(Recipe(card=CARD))
    own = published | {"_fc.bias": torch.arange(1000, dtype=torch.float32)}
    save_file(own, brought / f"{DEFAULT}.safetensors")
    network = networks.load()
    assert network.runtime.bias.tolist() == list(range(1000))
    assert exported.folder(Recipe(card=CARD)) != packaged
    assert [place.name for place in packaged.parent.iterdir()] == [
        exported.folder(Recipe(card=CARD)).name
    ]


@RUNTIMES
def test_changed_bytes_of_the_package_are_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runtime: str
) -> None:
    damaged = bytearray(CARD.weights_path().read_bytes())
    damaged[len(damaged) // 2] ^= 1
    package = tmp_path / "packages" / CARD.weights.package
    (package / CARD.weights.file).parent.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / CARD.weights.file).write_bytes(damaged)
    monkeypatch.setenv("WSL_CACHE", str(tmp_path / "cache"))
    put_first(monkeypatch, package.parent)
    assert CARD.weights_path() == package / CARD.weights.file
    with pytest.raises(WeightsError, match=r"SHA-256 is not the published one.*--force-reinstall"):
        networks.load(runtime=runtime)


@RUNTIMES
def test_a_package_without_its_file_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runtime: str
) -> None:
    package = tmp_path / "packages" / CARD.weights.package
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    put_first(monkeypatch, package.parent)
    with pytest.raises(WeightsError, match="without its file"):
        networks.load(runtime=runtime)


def put_first(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """Let this process and its workers find packages in `folder` before the installed ones."""
    before = os.environ.get("PYTHONPATH")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), *([before] if before else [])]))
    monkeypatch.syspath_prepend(str(folder))
    importlib.invalidate_caches()
    settings.cache_clear()


@pytest.mark.parametrize("name", PACKAGED)
def test_the_published_digest_is_that_of_the_installed_file(name: str) -> None:
    path = CARDS[name].weights_path()
    assert weights.digest(path) == CARDS[name].weights.sha256
    assert path.stat().st_size / 1e6 == pytest.approx(CARDS[name].megabytes, abs=0.1)


def test_a_file_of_ones_own_is_used_by_its_path(brought: Path, published: Tensors) -> None:
    own = published | {"_fc.bias": torch.arange(1000, dtype=torch.float32)}
    torch.save(own, brought / "mine.pth")
    path = str(brought / "mine.pth")
    assert torch_runtime.build(CARD, weights=path).bias.tolist() == list(range(1000))
    assert networks.load(weights=path).runtime.bias.tolist() == list(range(1000))


def test_a_wrong_file_of_ones_own_is_refused_with_the_tensor_and_both_shapes(
    brought: Path, published: Tensors
) -> None:
    wrong_shape(published, brought)
    (brought / f"{DEFAULT}.pth").rename(brought / "mine.pth")
    with pytest.raises(WeightsError, match=r"_conv_stem.weight has shape \(32, 2, 3, 3\)"):
        networks.load(weights=str(brought / "mine.pth"), runtime="torch")


def test_random_weights_come_only_when_asked_for(published: Tensors) -> None:
    random = torch_runtime.build(CARD, random=True).weight.numpy()
    assert not np.array_equal(random, published["_fc.weight"].numpy())
    assert np.array_equal(torch_runtime.build(CARD).weight.numpy(), published["_fc.weight"].numpy())
