"""Probes of small sets, from the pictures to the result."""

import shutil
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.transfer import retrieval_pictures as made
from wsl_core.errors import DatasetError, NetworkError, ParameterError
from wsl_core.jobs import Checkpoint, Progress, Result, Task
from wsl_core.networks import Network
from wsl_core.settings import settings
from wsl_core.transfer.probes import CLASSIFIERS, TOGETHER, Probes
from wsl_core.transfer.probes.probing import probe_job
from wsl_core.transfer.probes.request import ARCHIVE
from wsl_core.transfer.probes.taps import Tapping

TAPS = ("stem", "stage4", "pooled", "logits")
SMALL = {"train": 4, "test": 3, "splits": 2, "size": 65, "taps": list(TAPS)}


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made.class_folders(tmp_path_factory.mktemp("probes") / "textures", 6)


@pytest.fixture(autouse=True)
def _own_features(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, network: Network
) -> None:
    """A features folder for each test; the network is there already."""
    monkeypatch.setenv("WSL_CACHE", str(tmp_path_factory.mktemp("cache")))
    settings.cache_clear()
    monkeypatch.setattr("wsl_core.networks.load", lambda *_, **__: network)


def probed(config: dict[str, Any], **given: Any) -> Probes:
    *_, last = probe_job(Task(config, **given))
    assert isinstance(last, Result)
    return Probes.of(last.facts)


def test_every_layer_has_every_classifier_on_the_same_pictures(pictures: Path) -> None:
    found = probed({"data": str(pictures), "examples": [1, 2]} | SMALL)
    assert [one.name for one in found.layers] == [*TAPS, TOGETHER]
    assert (found.pictures, found.tests, found.fixed) == (18, [6, 6], None)
    for one in found.layers:
        assert set(one.fits) == set(CLASSIFIERS)
        assert all(set(fits) == {"draw 1", "draw 2"} for fits in one.fits.values())
        assert set(one.examples) == {1, 2}
        assert all(len(rates) == 2 for rates in one.examples.values())
    deep = found.layers[2]
    assert (deep.name, deep.values) == ("pooled", 1280)
    assert deep.mean("softmax") == 1.0  # textures of three kinds are no riddle
    assert found.shown is not None
    assert len(found.shown.pictures) == 6
    counts = found.confusion("softmax", "pooled")
    assert counts.trace() == 6
    facts = found.to_json()
    assert facts["layers"][0]["classifier"] == "softmax"
    assert facts["layers"][2]["accuracy_mean"] == 1.0
    assert facts["layers"][2]["classifiers"]["svm"]["accuracy_sd"] == 0.0


def test_a_run_that_goes_on_from_a_checkpoint_finds_the_same(pictures: Path) -> None:
    config = {"data": str(pictures)} | SMALL
    events = list(probe_job(Task(config)))
    marks = [one for one in events if isinstance(one, Checkpoint)]
    assert len(marks) == len(TAPS) + 1
    shares = [one.share for one in events if isinstance(one, Progress)]
    assert shares == sorted(shares)
    whole = events[-1]
    assert isinstance(whole, Result)
    again = probed(config, checkpoint=marks[1])
    assert stripped(again) == stripped(Probes.of(whole.facts))
    other = probed(config | {"seed": 5}, checkpoint=marks[1])  # of another request: passed over
    assert other.seed == 5
    assert len(other.layers) == len(TAPS) + 1


def stripped(found: Probes) -> dict[str, Any]:
    """Without what it took."""
    facts = found.model_dump(mode="json", exclude={"gram_s"})
    for layer in facts["layers"]:
        for fits in layer["fits"].values():
            for one in fits.values():
                del one["seconds"]
    return facts


def test_features_are_computed_once(pictures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    passes = counted(monkeypatch)
    first = probed({"data": str(pictures)} | SMALL)
    assert sum(passes) == 18
    second = probed({"data": str(pictures)} | SMALL | {"train": 3})
    assert sum(passes) == 18
    assert first.pictures == second.pictures
    files = sorted(settings().cache.glob("features/*/*/*.safetensors"))
    assert len(files) == 18
    files[0].write_bytes(files[0].read_bytes()[:100])  # damaged: it alone is made again
    probed({"data": str(pictures)} | SMALL)
    assert sum(passes) == 19


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pictures each pass saw."""
    passes: list[int] = []
    original = Tapping.values

    def values(self: Tapping, batch: np.ndarray) -> dict[str, np.ndarray]:
        passes.append(len(batch))
        return original(self, batch)

    monkeypatch.setattr(Tapping, "values", values)
    return passes


def test_the_last_rows_are_the_networks_own(network: Network) -> None:
    tapping = Tapping(network, 97)
    batch = np.random.default_rng(2).integers(0, 256, (3, 97, 97, 3), np.uint8)
    found = tapping.values(batch)
    pooled = network.pooled(batch)
    assert found["pooled.average"] == pytest.approx(pooled, rel=2e-3, abs=2e-3)
    scores = pooled @ network.runtime.weight.T + network.runtime.bias
    assert found["logits.average"] == pytest.approx(scores, rel=2e-3, abs=5e-3)
    last = network.features(batch, ("stage7",))["stage7"].reshape(3, -1)  # every window is a cell
    assert found["stage7.average"] == pytest.approx(last, rel=2e-3, abs=2e-3)
    for tap in tapping.taps:
        for pooling in tap.poolings:
            assert found[f"{tap.name}.{pooling}"].shape == (3, tap.values)


def test_what_cannot_be_read_is_skipped_and_twins_are_told(pictures: Path, tmp_path: Path) -> None:
    root = shutil.copytree(pictures, tmp_path / "set")
    (root / "dots" / "broken.png").write_bytes(b"no picture")
    shutil.copy(root / "dots" / "0.png", root / "dots" / "twin.png")
    found = probed({"data": str(root)} | SMALL)
    assert list(found.skipped) == ["dots/broken.png"]
    assert found.duplicates == {"dots/twin.png": "dots/0.png"}
    assert found.pictures == 18


def test_a_table_is_a_further_split(pictures: Path, tmp_path: Path) -> None:
    table = tmp_path / "mine.csv"
    rows = [
        f"{one.parent.name}/{one.name},{one.parent.name},{'test' if one.stem == '5' else 'train'}"
        for one in sorted(pictures.glob("*/*.png"))
    ]
    table.write_text("\n".join(["path,class,split", *rows]))
    found = probed({"data": str(pictures), "split_file": str(table)} | SMALL)
    assert found.fixed == [15, 3]
    assert found.shown is not None
    assert (found.shown.split, found.shown.pictures[0]) == ("fixed", "dots/5.png")
    assert found.layers[2].fixed("softmax") == 1.0
    assert len(found.layers[2].accuracies("softmax")) == 2


def test_an_upload_is_probed_as_its_folder_is(pictures: Path, tmp_path: Path) -> None:
    packed = made.zipped(pictures, tmp_path / "set.zip", "set/")
    data = np.frombuffer(packed.read_bytes(), np.uint8)
    config = {"data": "textures"} | SMALL
    assert stripped(probed(config, arrays={ARCHIVE: data})) == stripped(
        probed(config | {"data": str(pictures)})
    )


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        ({"taps": ["stage9"]}, NetworkError, r"no tap named 'stage9'\. There are: stem, .*logits"),
        ({"train": 6}, DatasetError, r"dots \(6\), .*Accepted are 7 of each class"),
        ({"train": 0}, ParameterError, "train"),
        ({"size": 20}, ParameterError, "size 20 is outside"),
        ({"data": "nowhere"}, DatasetError, "nowhere is not there"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(
    pictures: Path, change: dict[str, Any], kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=words):
        probed({"data": str(pictures)} | SMALL | change)


def test_one_class_is_refused(pictures: Path, tmp_path: Path) -> None:
    shutil.copytree(pictures / "dots", tmp_path / "one" / "dots")
    with pytest.raises(DatasetError, match="only the class 'dots'"):
        probed({"data": str(tmp_path / "one")} | SMALL)


def test_a_zip_that_leaves_its_place_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as packed:
        packed.writestr("../a/1.png", b"x")
    with pytest.raises(DatasetError, match=r"bad\.zip"):
        probed({"data": str(tmp_path / "bad.zip")} | SMALL)
