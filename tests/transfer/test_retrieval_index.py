"""An index on disk, and the job that makes it: resumed, from zip files, refused in words."""

import io
import json
import os
import stat
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.transfer import retrieval_pictures as made
from wsl_core import images, networks
from wsl_core.datasets import collection
from wsl_core.errors import DatasetError, ImageError, NetworkError, ParameterError
from wsl_core.jobs import Checkpoint, Event, Progress, Result, Task
from wsl_core.networks import Network
from wsl_core.settings import settings
from wsl_core.transfer.retrieval import Index, ask_entry, identity, indexing
from wsl_core.transfer.retrieval.evaluation import retrieval_job
from wsl_core.transfer.retrieval.indexing import ARCHIVE, index_job


@pytest.fixture(autouse=True)
def _loaded_once(monkeypatch: pytest.MonkeyPatch, network: Network) -> None:
    monkeypatch.setattr(networks, "load", lambda *_, **__: network)


def config(source: Path | str, **more: Any) -> dict[str, Any]:
    return {"source": str(source), "sizes": [97], "checkpoint_every": 1} | more


def events(source: Path, checkpoint: Checkpoint | None = None, **more: Any) -> list[Event]:
    return list(index_job(Task(config(source, **more), {}, checkpoint)))


def index_of(source: Path, **more: Any) -> Index:
    last = events(source, **more)[-1]
    assert isinstance(last, Result)
    return Index.of(last.facts, last.arrays)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made.class_folders(tmp_path_factory.mktemp("pictures") / "textures", 4)


@pytest.fixture
def saved(pictures: Path, tmp_path: Path) -> Path:
    index_of(pictures).save(tmp_path / "index")
    return tmp_path / "index"


def test_an_index_says_what_it_is_of_and_is_read_back_as_it_was(
    pictures: Path, saved: Path
) -> None:
    made_now, read = index_of(pictures), Index.load(saved)
    assert read.features.tolist() == made_now.features.tolist()
    assert read.vectors.tolist() == made_now.vectors.tolist()
    assert read.card.model_copy(update={"tensors_sha256": ""}) == made_now.card
    assert [one.name for one in read.card.pictures] == [
        f"{name}/{i}.png" for name in made.CLASSES for i in range(4)
    ]
    assert read.labels == tuple(name for name in made.CLASSES for _ in range(4))
    sizes = {(one.width, one.height) for one in read.card.pictures}
    assert sizes == {(150, 110), (110, 150)}
    assert np.linalg.norm(read.features.astype(float), axis=1) == pytest.approx(
        np.ones(12), abs=1e-3
    )
    assert read.projection is None  # twelve pictures say nothing of a mean
    assert sorted(one.name for one in saved.iterdir()) == ["index.json", "index.safetensors"]
    assert {ask_entry(read, 0, 3)[k].label for k in range(3)} == {made.CLASSES[0]}


def test_a_picture_of_the_index_is_opened_where_it_lies(saved: Path, pictures: Path) -> None:
    index = Index.load(saved)
    assert index.photo(5) == images.read(pictures / index.card.pictures[5].name)


def test_a_picture_that_has_changed_is_not_shown_as_the_one_that_was_found(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    for i in range(3):
        made.one_pixel(folder / f"{i}.png", 40 * i)
    index = index_of(folder)
    made.one_pixel(folder / "1.png", 200)
    with pytest.raises(ImageError, match="has changed since"):
        index.photo(1)


def test_forty_pictures_or_more_are_centred(tmp_path: Path) -> None:
    index = index_of(made.class_folders(tmp_path / "set", 14))
    assert index.projection is not None
    assert index.projection.basis.shape == (1280, 42 // 4)
    read = index.save(tmp_path / "index")
    assert Index.load(tmp_path / "index").vectors.tolist() == read.vectors.tolist()
    assert index.facts()["components"] == 10


def test_a_run_that_goes_on_is_that_of_an_unbroken_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From every checkpoint on, bit for bit; an unreadable picture among them."""
    monkeypatch.setattr(indexing, "GROUP", 5)
    folder = made.class_folders(tmp_path / "set", 14)
    (folder / "dots" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n nothing")
    whole = events(folder)
    checkpoints = [one for one in whole if isinstance(one, Checkpoint)]
    assert [one.step for one in checkpoints] == [5, 10, 15, 20, 25, 30, 35, 40]
    last = whole[-1]
    assert isinstance(last, Result)
    assert len(last.facts["pictures"]) == 42
    assert list(last.facts["skipped"]) == ["dots/broken.png"]
    for one in checkpoints[::3]:
        packed = Checkpoint(one.step, one.arrays, json.loads(json.dumps(one.state)))
        went_on = events(folder, packed)
        shares = [event.share for event in went_on if isinstance(event, Progress)]
        assert shares[0] == pytest.approx(one.step / 43)
        again = went_on[-1]
        assert isinstance(again, Result)
        assert again.facts == last.facts
        assert {n: v.tobytes() for n, v in again.arrays.items()} == {
            n: v.tobytes() for n, v in last.arrays.items()
        }


def test_a_checkpoint_of_other_pictures_is_passed_over(pictures: Path, tmp_path: Path) -> None:
    other = Checkpoint(7, {"features": np.ones((7, 3), np.float16)}, {"key": "others", "start": 7})
    last = events(pictures, other)[-1]
    assert isinstance(last, Result)
    assert len(last.facts["pictures"]) == 12


def test_a_picture_that_cannot_be_read_is_skipped_and_named(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    made.one_pixel(folder / "good.png", 9)
    (folder / "text.jpg").write_text("no picture")
    (folder / "notes.txt").write_text("passed over")
    index = index_of(folder)
    assert [one.name for one in index.card.pictures] == ["good.png"]
    assert list(index.card.skipped) == ["text.jpg"]
    assert "not a picture of an accepted format" in index.card.skipped["text.jpg"]
    (folder / "good.png").write_text("no picture either")
    with pytest.raises(DatasetError, match="None of the 2 pictures of set can be read"):
        events(folder)


def test_a_name_that_is_no_text_is_skipped(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    made.one_pixel(folder / "good.png", 9)
    try:
        made.one_pixel(Path(os.fsdecode(bytes(folder / "bad") + b"\xff.png")), 9)
    except OSError:
        pytest.skip("This file system keeps no such names.")
    index = index_of(folder)
    assert [one.name for one in index.card.pictures] == ["good.png"]
    assert list(index.card.skipped) == ["bad\\udcff.png"]
    index.save(tmp_path / "index")


@pytest.mark.skipif(os.name == "nt", reason="These names are no names there.")
def test_odd_names_are_names(tmp_path: Path) -> None:
    names = ["a\\..\\b.png", "c:1.png", "é ü.png"]
    for name in names:
        made.one_pixel(tmp_path / "set" / name, 9)
    index = index_of(tmp_path / "set").save(tmp_path / "index")
    assert [one.name for one in Index.load(tmp_path / "index").card.pictures] == names
    assert index.photo(0).width == 40


def test_large_photos_are_not_kept_while_their_group_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thirty-two photos of a camera would fill the memory: of each only what is fed stays."""
    for i in range(6):
        Image.fromarray(np.full((1500, 2000, 3), i, np.uint8)).save(tmp_path / f"{i}.png")
    tracemalloc.start()
    index_of(tmp_path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * 1500 * 2000 * 3


def test_labels_are_read_from_folders_that_lie_equally_deep(tmp_path: Path) -> None:
    for name in ("train/cat/1.png", "train/dog/2.png", "test/cat/3.png"):
        made.one_pixel(tmp_path / "split" / name, 3)
    found = collection.of_folder(tmp_path / "split", 10)
    assert [(one.label, one.split) for one in found.entries] == [
        ("cat", "test"), ("cat", "train"), ("dog", "train"),
    ]  # fmt: skip
    for name in ("1.png", "cat/2.png", ".hidden/3.png", "cat/.4.png"):
        made.one_pixel(tmp_path / "mixed" / name, 3)
    found = collection.of_folder(tmp_path / "mixed", 10)
    assert [(one.name, one.label) for one in found.entries] == [
        ("1.png", None),
        ("cat/2.png", None),
    ]


def test_what_is_no_collection_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DatasetError, match=r"empty holds no picture.*\.jpg"):
        events(tmp_path / "empty")
    with pytest.raises(DatasetError, match="is not there"):
        events(tmp_path / "nowhere")
    for i in range(3):
        made.one_pixel(tmp_path / "many" / f"{i}.png", i)
    with pytest.raises(DatasetError, match=r"holds 3 pictures\. Accepted are up to 2"):
        events(tmp_path / "many", most=2)
    with pytest.raises(
        ParameterError, match=r"power 99 is not accepted: .* less than or equal to 10"
    ):
        events(tmp_path / "many", power=99)
    with pytest.raises(NetworkError, match="no tap named 'nose'"):
        events(tmp_path / "many", tap="nose")


def test_a_zip_file_is_indexed_like_its_folder_and_brings_its_pictures(
    pictures: Path, tmp_path: Path
) -> None:
    folder = index_of(pictures)
    packed = made.zipped(pictures, tmp_path / "textures.zip", inside="textures/")
    index = index_of(packed)
    assert index.features.tobytes() == folder.features.tobytes()
    assert [(one.name, one.label) for one in index.card.pictures] == [
        (one.name, one.label) for one in folder.card.pictures
    ]
    with pytest.raises(ImageError, match="is not saved"):
        index.photo(0)
    found = collection.of(str(packed), 100, 10)
    saved = index.save(tmp_path / "index", found)
    assert saved.photo(3) == folder.photo(3)
    assert Index.load(tmp_path / "index").photo(11) == folder.photo(11)


def test_an_uploaded_zip_file_is_indexed_from_its_bytes(pictures: Path, tmp_path: Path) -> None:
    data = made.zipped(pictures, tmp_path / "textures.zip").read_bytes()
    task = Task(config("mine.zip"), {ARCHIVE: np.frombuffer(data, np.uint8)})
    *_, last = index_job(task)
    assert isinstance(last, Result)
    assert last.facts["title"] == "mine.zip"
    assert len(last.facts["pictures"]) == 12


def archive(*members: tuple[str, bytes], link: str = "", encrypted: bool = False) -> bytes:
    """A zip file of members; `link` names one that is a link."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, value in members:
            facts = zipfile.ZipInfo(name)
            facts.compress_type = zipfile.ZIP_DEFLATED
            if name == link:
                facts.external_attr = (stat.S_IFLNK | 0o777) << 16
            packed.writestr(facts, value)
    found = bytearray(data.getvalue())
    if encrypted:
        found[found.index(b"PK\x01\x02") + 8] |= 1
    return bytes(found)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (lambda png: archive(("../out.png", png)), r"'\.\./out\.png' leads out of it"),
        (lambda png: archive(("a/../../out.png", png)), "leads out of it"),
        (lambda png: archive(("/etc/out.png", png)), "leads out of it"),
        (lambda png: archive(("C:\\out.png", png)), "leads out of it"),
        (lambda png: archive(("..\\out.png", png)), "leads out of it"),
        (lambda png: archive(("a.png", png), ("b.png", b"/etc/passwd"), link="b.png"), "is a link"),
        (lambda png: archive(("a.png", png), encrypted=True), "is encrypted"),
        (lambda png: archive(("a.png", bytes(3_000_000))), "would unpack to 3 MB in 1 files"),
        (lambda png: archive(("notes.txt", b"no pictures")), "holds no picture"),
        (lambda png: b"PK\x03\x04 cut short", "cannot be read as a zip file"),
        (lambda png: png, "cannot be read as a zip file"),
    ],
)
def test_zip_files_that_are_not_what_they_should_be_are_refused(
    tmp_path: Path, data: Callable[[bytes], bytes], sentence: str
) -> None:
    png = made.one_pixel(tmp_path / "a.png", 7).read_bytes()
    file = tmp_path / "set.zip"
    file.write_bytes(data(png))
    with pytest.raises(DatasetError, match=sentence):
        collection.of(str(file), 10, 2)
    assert not (tmp_path.parent / "out.png").exists()


def test_a_picture_in_a_zip_file_that_is_damaged_or_too_large_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    png = made.one_pixel(tmp_path / "a.png", 7).read_bytes()
    data = bytearray(archive(("good.png", png), ("large.png", bytes(200_000)), ("odd.png", png)))
    at = data.index(b"odd.png") + len("odd.png")
    data[at + 8 : at + 20] = bytes(12)
    monkeypatch.setenv("WSL_MEGABYTES", "0.1")
    settings.cache_clear()
    task = Task(config("mine.zip"), {ARCHIVE: np.frombuffer(bytes(data), np.uint8)})
    *_, last = index_job(task)
    assert isinstance(last, Result)
    assert [one["name"] for one in last.facts["pictures"]] == ["good.png"]
    assert "is of 0.2 MB" in last.facts["skipped"]["large.png"]
    assert "damaged in the zip file mine.zip" in last.facts["skipped"]["odd.png"]


def test_an_index_refuses_a_network_whose_weights_are_others(
    saved: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    index = Index.load(saved)
    index.check(index.descriptor())
    own = networks.card(networks.DEFAULT).weights_path()
    changed = tmp_path / own.name
    changed.write_bytes(own.read_bytes() + b" ")
    monkeypatch.setattr("wsl_core.networks.cards.Card.brought_weights", lambda card: changed)
    assert identity.of(index.card.descriptor) != index.card.identity
    with pytest.raises(NetworkError, match="different networks cannot be compared"):
        index.descriptor()


def test_random_weights_are_another_network(pictures: Path) -> None:
    how = index_of(pictures).card.descriptor
    random = how.model_copy(update={"weights": "random"})
    assert identity.of(random) != identity.of(how)


def damage(place: Path, what: str) -> None:
    card, tensors = place / "index.json", place / "index.safetensors"
    facts = json.loads(card.read_text(encoding="utf-8"))
    match what:
        case "no card":
            card.unlink()
        case "card cut short":
            card.write_text(card.read_text(encoding="utf-8")[:100], encoding="utf-8")
        case "version":
            card.write_text(json.dumps(facts | {"version": 99}), encoding="utf-8")
        case "field":
            card.write_text(json.dumps(facts | {"identity": 3}), encoding="utf-8")
        case "fewer pictures":
            fewer = facts["pictures"][:-1]
            card.write_text(json.dumps(facts | {"pictures": fewer}), encoding="utf-8")
        case "leaves":
            facts["pictures"][2]["name"] = "../../secret.png"
            card.write_text(json.dumps(facts), encoding="utf-8")
        case "no tensors":
            tensors.unlink()
        case "one bit":
            data = bytearray(tensors.read_bytes())
            data[-1] ^= 1
            tensors.write_bytes(data)


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("no card", "There is no index in"),
        ("card cut short", "is damaged"),
        ("version", "written by another version"),
        ("field", "damaged at identity"),
        ("fewer pictures", "are not those of its 11 pictures"),
        ("leaves", "not below its folder"),
        ("no tensors", "missing, damaged"),
        ("one bit", "missing, damaged"),
    ],
)
def test_a_damaged_index_is_refused_in_words(saved: Path, what: str, sentence: str) -> None:
    damage(saved, what)
    with pytest.raises(DatasetError, match=sentence):
        Index.load(saved)


def test_other_files_are_never_mixed_with_an_index(pictures: Path, tmp_path: Path) -> None:
    index = index_of(pictures)
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(DatasetError, match="holds other things, such as letter"):
        index.save(tmp_path)
    index.save(tmp_path / "index")
    index.save(tmp_path / "index")  # an earlier index is replaced
    assert len(Index.load(tmp_path / "index")) == 12


def measured(data: Path, **more: Any) -> dict[str, Any]:
    *_, last = retrieval_job(Task({"data": str(data), "sizes": [97]} | more))
    assert isinstance(last, Result)
    return last.facts


def test_textures_are_found_by_their_class_and_copies_are_left_out(tmp_path: Path) -> None:
    folder = made.class_folders(tmp_path / "set", 5)
    facts = measured(folder)
    assert (facts["protocol"], facts["queries"], facts["base"]) == ("leave one out", 15, 15)
    assert facts["precision_at_1"] == 1
    assert facts["map"] > 0.9
    assert facts["chance_map"] < 0.5
    (folder / "dots" / "copy.png").write_bytes((folder / "dots" / "0.png").read_bytes())
    again = measured(folder)
    assert (again["duplicates"], again["queries"]) == (1, 16)


def test_a_table_says_who_asks_and_who_is_searched(tmp_path: Path) -> None:
    folder = made.class_folders(tmp_path / "set", 4)
    rows = [
        f"{name}/{i}.png,{name},{'test' if i == 0 else 'train' if i < 3 else 'val'}"
        for name in made.CLASSES
        for i in range(4)
    ]
    table = tmp_path / "mine.csv"
    table.write_text("path,class,split\n" + "\n".join(rows), encoding="utf-8")
    facts = measured(folder, split_file=str(table))
    assert (facts["protocol"], facts["queries"], facts["base"]) == ("test against train", 3, 6)
    other = measured(folder, split_file=str(table), queries="val")
    assert other["protocol"] == "val against train"
    assert measured(folder, split_file=str(table), leave_one_out=True)["queries"] == 12
    with pytest.raises(DatasetError, match=r"'nobody' to ask.*There are: test, train, val"):
        measured(folder, split_file=str(table), queries="nobody")
    (folder / "split.csv").write_bytes(table.read_bytes())
    assert measured(folder)["protocol"] == "test against train"


def test_a_table_in_a_zip_file_counts(tmp_path: Path) -> None:
    folder = made.class_folders(tmp_path / "set", 2)
    rows = [f"{n}/{i}.png,{n},{('test', 'train')[i]}" for n in made.CLASSES for i in range(2)]
    (folder / "split.csv").write_text("path,class,split\n" + "\n".join(rows), encoding="utf-8")
    packed = made.zipped(folder, tmp_path / "set.zip", inside="set/")
    assert measured(packed)["protocol"] == "test against train"
    (folder / "split.csv").write_bytes(b"\xff\xfe no text")
    with pytest.raises(DatasetError, match="cannot be read"):
        measured(made.zipped(folder, tmp_path / "set.zip", inside="set/"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("path,class,split\n../../etc/passwd.png,dots,train\n", "1 pictures that are not in set"),
        ("path,class,split\ndots/0.png,dots,\n", "Row 2 of .* does not give a path"),
        ("path,class,split\n", "lists no picture"),
        ("path,class,split\ndots/0.png,a,test\ndots/0.png,b,train\n", "more than once"),
    ],
)
def test_a_table_that_is_none_is_refused(tmp_path: Path, text: str, sentence: str) -> None:
    folder = made.class_folders(tmp_path / "set", 1)
    (tmp_path / "mine.csv").write_text(text, encoding="utf-8")
    with pytest.raises(DatasetError, match=sentence):
        measured(folder, split_file=str(tmp_path / "mine.csv"))


def test_sets_that_cannot_be_scored_are_refused(tmp_path: Path) -> None:
    for i in range(3):
        made.one_pixel(tmp_path / "one" / "cat" / f"{i}.png", 50 * i)
        made.one_pixel(tmp_path / "none" / f"{i}.png", 50 * i)
    with pytest.raises(DatasetError, match="only the class 'cat'"):
        measured(tmp_path / "one")
    with pytest.raises(DatasetError, match="no classes"):
        measured(tmp_path / "none")


def test_labels_reach_the_scores_alone(tmp_path: Path) -> None:
    """Another labelling of the same pictures changes no vector."""
    folder = made.class_folders(tmp_path / "set", 14)
    index = index_of(folder)
    (folder / "dots").rename(folder / "mixed")
    (folder / "rings").rename(folder / "dots")
    (folder / "mixed").rename(folder / "rings")
    again = index_of(folder)
    place = {one.sha256: k for k, one in enumerate(again.card.pictures)}
    order = [place[one.sha256] for one in index.card.pictures]
    assert again.features[order].tolist() == index.features.tolist()


def test_asking_needs_nothing_that_only_workers_import() -> None:
    package = "wsl_core.transfer.retrieval"
    code = f"import sys, {package}, {package}.evaluation; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {
        "torch",
        "torchvision",
        "timm",
        "sklearn",
        "scipy",
        "pandas",
        "matplotlib",
        "streamlit",
    }
    assert heavy.isdisjoint(found.stdout.split())
