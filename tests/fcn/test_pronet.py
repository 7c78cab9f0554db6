"""ProNet: its boxes, its two stages, its training, its file."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.fcn import toy_set
from wsl_core import images, jobs, networks
from wsl_core.datasets import labelled
from wsl_core.datasets.labelled import LabelledObject, LabelledPictures
from wsl_core.errors import HeadError, ParameterError
from wsl_core.fcn import localization, pronet
from wsl_core.fcn.heads import Head, HeadCard
from wsl_core.fcn.pronet import ProNet, ProNetMaps, ProNetParameters, ProNetRequest, boxes
from wsl_core.fcn.pronet.maps import Streams
from wsl_core.images import Photo
from wsl_core.networks import ClassMaps, Network
from wsl_core.settings import settings

SIZES, SIDE = (97, 161), 65
QUICK = {"sizes": SIZES, "epochs": 12, "batch": 7, "rate": 0.01, "decay": 0}
PARAMETERS = {"box_side": SIDE, "boxed_classes": 2}


@pytest.fixture(scope="module")
def toys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return toy_set.coco(tmp_path_factory.mktemp("toys") / "coco")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache of its own for features, with this machine's exported networks."""
    own = tmp_path_factory.mktemp("cache")
    settings.cache_clear()
    for name in ("networks", "facts"):
        (settings().cache / name).mkdir(parents=True, exist_ok=True)
        (own / name).symlink_to(settings().cache / name)
    settings.cache_clear()
    return own


@pytest.fixture(autouse=True)
def _own_cache(cache: Path, network: Network, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    load = networks.load

    def known(name: str = networks.DEFAULT, **options: Any) -> Network:
        return network if name == networks.DEFAULT and not options else load(name, **options)

    monkeypatch.setenv("WSL_CACHE", str(cache))
    settings.cache_clear()
    monkeypatch.setattr(networks, "load", known)
    yield
    settings.cache_clear()


def config(root: Path, *, parameters: dict[str, Any] | None = None, **training: Any) -> Any:
    request = ProNetRequest(
        source={"data": str(root), "format": "coco"},
        parameters=PARAMETERS | (parameters or {}),
        training=QUICK | training,
    )
    return request.model_dump(mode="json")


def fit(task: jobs.Task) -> list[jobs.Event]:
    from wsl_core.fcn.pronet import training

    return list(training.fit(task))


def of(events: list[jobs.Event]) -> ProNet:
    (result,) = [event for event in events if isinstance(event, jobs.Result)]
    return ProNet.of(HeadCard.model_validate(result.facts["card"]), result.arrays)


@pytest.fixture(scope="module")
def whole(toys: Path, cache: Path) -> list[jobs.Event]:
    """The events of one whole training; filled by the first test that asks, below."""
    return []


@pytest.fixture
def events(whole: list[jobs.Event], toys: Path) -> list[jobs.Event]:
    if not whole:
        whole.extend(fit(jobs.Task(config(toys))))
    return whole


def toy_pictures(root: Path) -> LabelledPictures:
    return labelled.read("coco", root)


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_cells_box_is_the_square_around_its_centre(
    mirrored: bool, hand_made: Callable[..., ClassMaps]
) -> None:
    """Computed here from the centres alone: half a side each way in the input, cut at the border."""
    picture, side = (150, 400), 65
    maps = hand_made(np.zeros((1, 3, 5)), picture, mirrored=mirrored)
    found = boxes.cell_boxes(maps.placement, side).reshape(3, 5, 4)
    down, across = 150 / 65, 400 / 129  # picture pixels for one of the input
    for row in range(3):
        for column in range(5):
            x, y = maps.placement.centre(row, column)
            wanted = [
                max(0, x + 0.5 - side / 2 * across), max(0, y + 0.5 - side / 2 * down),
                min(400, x + 0.5 + side / 2 * across), min(150, y + 0.5 + side / 2 * down),
            ]  # fmt: skip
            np.testing.assert_allclose(found[row, column], wanted, atol=1e-9)


def test_the_best_boxes_do_not_overlap() -> None:
    edges = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [8, 0, 18, 10], [20, 0, 30, 10.0]])
    confidence = np.array([3, 2.5, 2, -1], np.float32)
    assert boxes.best(edges, confidence, 4, 0.3) == [0, 2, 3]
    assert boxes.best(edges, confidence, 2, 0.3) == [0, 2]
    assert boxes.best(edges, confidence, 4, 0.0) == [0, 3]
    assert boxes.best(edges, confidence, 4, 1.0) == [0, 1, 2, 3]
    assert boxes.best(edges, np.zeros(4, np.float32), 1, 0.3) == [0]


def test_boxes_are_proposed_for_the_best_classes_and_those_asked_for() -> None:
    edges = np.array([[0, 0, 10, 10], [20, 0, 30, 10.0]])
    confidence = np.array([[1, 0], [0, 1], [5, 6]], np.float32)
    how = ProNetParameters(boxed_classes=1, boxes=1)
    scores = np.array([0.5, 0.4, -1], np.float32)
    assert boxes.proposed(edges, confidence, scores, how) == {0: [0]}
    found = boxes.proposed(edges, confidence, scores, how, also=[2, 0])
    assert found == {0: [0], 2: [1]}
    assert boxes.crops_of({0: [1, 0], 2: [1]}) == [0, 1]


def test_a_crop_is_the_part_of_the_picture_that_was_boxed(network: Network) -> None:
    random = np.random.default_rng(0)
    photo = Photo.from_array(random.integers(0, 256, (80, 120, 3), dtype=np.uint8))
    box = np.array([10.2, 5.0, 75.0, 69.7])
    (found,) = boxes.crop_features(network, photo, box[None], 65)
    cut = np.ascontiguousarray(photo.pixels[5:70, 10:75])
    wanted = network.class_maps(Photo.from_array(cut), 65).features.mean(axis=(1, 2))
    np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=1e-3)


def by_hand(maps: ClassMaps, streams: Streams, share: float) -> ProNetMaps:
    """Two crops, of which the second stage likes the other one than the first stage does."""
    how = ProNetParameters(second_share=share, boxes=2)
    card = HeadCard(
        name="by hand", title="by hand", network="hand-made", features="head",
        classes=maps.classes.names, scheme="pronet", parameters=how.model_dump(mode="json"),
        data={"title": "none", "split": "none", "pictures": 1, "subset": True},
    )  # fmt: skip
    stage = {"weight": np.eye(2), "bias": np.zeros(2)}
    tensors = {f"{one}.{name}": v for one in ("first", "second") for name, v in stage.items()}
    one = ProNet.of(card, tensors)
    head = one.first.read(maps)
    second = np.array([[-4, -2], [6, -3]], np.float32)
    return ProNetMaps(
        **{name: getattr(head, name) for name in head.__dataclass_fields__},
        pronet=one, streams=streams, proposals={0: [0, 5]}, crops=(0, 5), second=second,
    )  # fmt: skip


def test_the_second_stage_changes_the_order(hand_made: Callable[..., ClassMaps]) -> None:
    """Class a: the first stage prefers the box at the top left, the second the one at the lower right."""
    values = np.zeros((2, 2, 3), np.float32)
    values[0, 0, 0], values[0, 1, 2], values[1, 0, 1] = 2, 1, 1.5
    maps = hand_made(values, (33, 65))
    head = by_hand(maps, None, 0).pronet.first  # type: ignore[arg-type]
    streams = Streams.of(head, [maps, maps], 33)
    first, both = by_hand(maps, streams, 0), by_hand(maps, streams, 0.5)
    assert first.confidences(0) == [(0, 2.0), (5, 1.0)]
    assert first.peak(0) == (8.0, 8.0)  # the middle of what is left of the square at the corner
    assert both.confidences(0) == [(5, 3.5), (0, -1.0)]
    assert both.peak(0) == (56.0, 24.0)
    assert both.confidences("class b") == [(1, 1.5)]  # no crops: the first stage alone
    np.testing.assert_allclose(first.scores, streams.scores)
    np.testing.assert_allclose(both.scores, (streams.scores + np.array([6, -2])) / 2)
    # Pictures change their order, too: as likely at first, told apart by their crops.
    assert streams.scores[0] < both.scores[0]
    assert streams.scores[1] > both.scores[1]
    point = localization.point(both, 0)
    assert (point.x, point.y) == (56.0, 24.0)


def test_streams_are_read_one_by_one(network: Network) -> None:
    """All that `look` gives, worked out again from single passes and single crops."""
    one = ProNet.random(network, toy_set.CLASSES)
    one = replace(one, card=one.card.model_copy(update={"sizes": SIZES}))
    photo = Photo.from_array(toy_set.textures(150)["rings"][:110])
    maps = one.look(network, photo)
    streams = [one.first.read(network.class_maps(photo, size)) for size in SIZES]
    np.testing.assert_allclose(
        maps.streams.scores, np.mean([stream.scores for stream in streams], axis=0), rtol=1e-5
    )
    assert len(maps.streams.edges) == sum(np.prod(stream.cells) for stream in streams)
    assert set(maps.proposals) == set(np.argsort(-maps.streams.scores)[:2].tolist())
    for row, crop in enumerate(maps.crops):
        (seen,) = boxes.crop_features(network, photo, maps.streams.edges[[crop]], 225)
        wanted = one.second.weight @ seen + one.second.bias
        np.testing.assert_allclose(maps.second[row], wanted, rtol=1e-3, atol=1e-3)
    flipped = one.look(network, photo, mirror=True)
    assert flipped.streams.edges == pytest.approx(maps.streams.edges)
    assert np.abs(flipped.streams.confidence - maps.streams.confidence).max() > 1e-3
    assert one.look(network, photo, sizes=[129]).cells == (4, 5)


def test_it_learns_what_can_be_told_apart(
    events: list[jobs.Event], toys: Path, network: Network
) -> None:
    shares = [event.share for event in events if isinstance(event, jobs.Progress)]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    one, pictures = of(events), toy_pictures(toys)
    assert (one.card.scheme, one.card.sizes, one.card.name) == ("pronet", SIZES, "pronet")
    assert one.card.classes == toy_set.CLASSES
    looked = [one.look(network, images.read(picture.path)) for picture in pictures.pictures]
    present, absent = pictures.targets == 1, pictures.targets == 0
    for scores in (
        [maps.scores for maps in looked],
        [maps.second.max(axis=0) for maps in looked],
    ):
        values = np.array(scores)
        assert (values[present][:, None] > values[absent][None]).mean() > 0.95
        assert values[present].mean() > values[absent].mean() + 1


def test_it_is_evaluated_like_any_head(
    events: list[jobs.Event], toys: Path, tmp_path: Path, network: Network
) -> None:
    of(events).save(tmp_path)
    pictures = toy_pictures(toys)
    read = localization.reader(pictures.classes, head=str(tmp_path))
    picture = pictures.pictures[0]
    box = (0.0, 0.0, float(picture.width), float(picture.height))
    boxed = replace(picture, objects=(LabelledObject(0, box, difficult=False),))
    found = localization.evaluate(read, replace(pictures, pictures=(boxed,)))
    maps = of(events).look(network, images.read(picture.path))
    (evidence,) = found.evidence
    np.testing.assert_allclose(evidence.scores, maps.scores, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(evidence.points, [maps.peak(k) for k in range(3)])


def test_a_broken_run_ends_like_an_unbroken_one(events: list[jobs.Event], toys: Path) -> None:
    checkpoints = [event for event in events if isinstance(event, jobs.Checkpoint)]
    stages = [one.state["stage"] for one in checkpoints]
    assert stages == sorted(stages)
    assert set(stages) == {"first", "second"}
    steps = [one.step for one in checkpoints]
    assert steps == sorted(set(steps))
    wanted = of(events).tensors()
    chosen = [checkpoints[stages.index("first") + 5], checkpoints[-4], checkpoints[-1]]
    for checkpoint in chosen:
        resumed = fit(jobs.Task(config(toys), checkpoint=checkpoint))
        assert len(resumed) < len(events)
        found = of(resumed).tensors()
        assert all(np.array_equal(found[name], wanted[name]) for name in wanted)


def test_it_is_the_same_after_its_file(events: list[jobs.Event], tmp_path: Path) -> None:
    one = of(events)
    one.save(tmp_path)
    again = pronet.load(tmp_path)
    assert isinstance(again, ProNet)
    assert again.parameters == one.parameters == ProNetParameters(**PARAMETERS)
    for stage in ("first", "second"):
        left, right = getattr(one, stage), getattr(again, stage)
        assert np.array_equal(left.weight, right.weight)
        assert np.array_equal(left.bias, right.bias)
    assert not np.array_equal(one.first.weight, one.second.weight)


def test_what_is_no_pronet_is_refused(
    events: list[jobs.Event], tmp_path: Path, hand_made: Callable[..., ClassMaps]
) -> None:
    one = of(events)
    one.save(tmp_path / "whole")
    with pytest.raises(HeadError, match="is a ProNet, which looks at a picture in two stages"):
        Head.load(tmp_path / "whole")
    one.first.save(tmp_path / "head")
    assert isinstance(pronet.load(tmp_path / "head"), Head)
    with pytest.raises(HeadError, match="is a head for lse pooling, and no ProNet"):
        ProNet.load(tmp_path / "head")
    with pytest.raises(HeadError, match="the tensor weight is missing"):
        ProNet.of(one.card, {k: v for k, v in one.tensors().items() if k != "second.weight"})
    with pytest.raises(HeadError, match=r"third\.weight belongs to neither stage"):
        ProNet.of(one.card, one.tensors() | {"third.weight": np.zeros(1)})
    short = one.tensors() | {"second.weight": one.second.weight[:, :7]}
    with pytest.raises(HeadError, match="read 1280 and 7 channels"):
        ProNet.of(one.card, short)
    damaged = one.card.model_copy(update={"parameters": {"boxes": 0}})
    with pytest.raises(HeadError, match=r"card of the head pronet is damaged\. boxes 0"):
        ProNet.of(damaged, one.tensors())
    with pytest.raises(HeadError, match="made for efficientnet_lite0, and these are features of"):
        one.first.read(hand_made(np.zeros((3, 2, 2))))


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"parameters": {"boxes": 0}}, "boxes 0 is not accepted by ProNet"),
        ({"parameters": {"beta": 0}}, "beta 0 is not accepted by ProNet"),
        ({"parameters": {"maps": 4}}, "ProNet has no parameter named 'maps'"),
        ({"parameters": {"box_side": 224}}, "nearest that it accepts is 225 px"),
        ({"finetune": "head"}, "trained on the network as it is"),
        ({"sizes": (8000,)}, "size 8000"),
    ],
)
def test_what_cannot_be_trained_is_refused(
    asked: dict[str, Any], sentence: str, toys: Path
) -> None:
    with pytest.raises(ParameterError, match=sentence):
        fit(jobs.Task(config(toys, **asked)))
