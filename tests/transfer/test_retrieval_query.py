"""Asking an index: neighbours, regions, and the cells that make two pictures alike."""

import time
from pathlib import Path

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from tests.transfer import retrieval_pictures as made
from wsl_core import images
from wsl_core.datasets import collection as collections
from wsl_core.errors import NetworkError, ParameterError
from wsl_core.images import Photo
from wsl_core.networks import Geometry, Network, Placement
from wsl_core.transfer.retrieval import (
    Descriptor,
    DescriptorParameters,
    Index,
    ask,
    ask_entry,
    heat,
    nearest,
    pairs,
    vector,
)
from wsl_core.transfer.retrieval.descriptor import windows
from wsl_core.transfer.retrieval.indexing import describe, indexed
from wsl_core.transfer.retrieval.projection import Projection, compared


def normal(count: int, width: int, seed: int = 0) -> np.ndarray:
    values = np.random.default_rng(seed).normal(size=(count, width)).astype(np.float32)
    return values / np.linalg.norm(values, axis=1, keepdims=True)


def build(root: Path, network: Network, **how: object) -> tuple[Index, Descriptor]:
    """An index of a folder, in this process."""
    descriptor = Descriptor(DescriptorParameters.model_validate(made.SMALL | how), network)
    found = collections.of_folder(root, 1000)
    steps = describe(descriptor, found)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return indexed(descriptor, found, end.value), descriptor


@pytest.fixture(scope="module")
def photographs(
    network: Network, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Index, Descriptor, Path]:
    """The gallery's photographs, indexed at two sizes."""
    root = tmp_path_factory.mktemp("gallery")
    for key in ("cat", "coffee", "rocket", "flower", "temple", "astronaut"):
        photo = images.gallery.load(key)
        (root / f"{key}.jpg").write_bytes(photo.jpeg(400, 95))
    return *build(root, network, sizes=(161, 257)), root


def test_the_nearest_are_those_of_scikit_learn() -> None:
    base, queries = normal(500, 24), normal(20, 24, 1)
    numbers, cosines = nearest(queries, base, 7)
    distances, theirs = (
        NearestNeighbors(n_neighbors=7, metric="cosine").fit(base).kneighbors(queries)
    )
    assert numbers.tolist() == theirs.tolist()
    assert cosines == pytest.approx(1 - distances, abs=1e-5)


def test_of_equal_ones_the_first_come_first_even_where_the_last_is_shared() -> None:
    base = np.array([[0, 1], [1, 0], [0, 1], [1, 0], [1, 0], [1, 0]], np.float32)
    numbers, _ = nearest(np.array([[1, 0]], np.float32), base, 3)
    assert numbers.tolist() == [[1, 3, 4]]


@pytest.mark.parametrize("top", [0, 7])
def test_more_neighbours_than_pictures_are_refused(top: int) -> None:
    with pytest.raises(ParameterError, match="Accepted is 1 to 6"):
        nearest(normal(1, 4), normal(6, 4), top)


def test_a_query_over_ten_thousand_pictures_takes_less_than_50_ms() -> None:
    base, asked = normal(10_000, 1280), normal(1, 1280, 1)
    nearest(asked, base, 10)
    took = []
    for _ in range(7):
        began = time.perf_counter()
        nearest(asked, base, 10)
        took.append(time.perf_counter() - began)
    assert min(took) < 0.05


def test_a_picture_finds_itself_and_leaves_itself_out_when_asked_by_its_place(
    photographs: tuple[Index, Descriptor, Path],
) -> None:
    index, descriptor, root = photographs
    for number, one in enumerate(index.card.pictures):
        asked = vector(index, descriptor, descriptor.look(images.read(root / one.name)))
        found = ask(index, asked, 3)
        assert found[0].number == number
        assert found[0].similarity == pytest.approx(1, abs=1e-3)
        by_place = ask_entry(index, number, 3)
        assert [other.number for other in by_place[:2]] == [other.number for other in found[1:]]
        assert number not in {other.number for other in by_place}
    with pytest.raises(ParameterError, match="no picture number 6"):
        ask_entry(index, 6)


def test_a_region_finds_the_picture_it_is_cut_from(
    photographs: tuple[Index, Descriptor, Path],
) -> None:
    index, descriptor, root = photographs
    for number, one in enumerate(index.card.pictures):
        photo = images.read(root / one.name)
        region = (photo.width * 0.25, photo.height * 0.2, photo.width * 0.5, photo.height * 0.6)
        asked = vector(index, descriptor, descriptor.look(photo), region)
        assert ask(index, asked, 1)[0].number == number


def test_the_region_of_a_texture_is_nearer_to_that_texture(
    network: Network, tmp_path: Path
) -> None:
    """A picture of four quarters: each quarter alone finds its own texture."""
    index, descriptor = build(made.class_folders(tmp_path / "set", 2), network, sizes=(257,))
    look = descriptor.look(Photo.from_array(made.quarters()))
    for k, name in enumerate(made.CLASSES):
        region = (120.0 * (k % 2) + 15, 90.0 * (k // 2) + 10, 90.0, 70.0)
        assert ask(index, vector(index, descriptor, look, region), 1)[0].label == name


@pytest.mark.parametrize(
    "region", [(-1, 0, 10, 10), (0, 0, 10, 0), (200, 0, 41, 10), (0, 170, 10, 11), (300, 300, 5, 5)]
)
def test_a_region_outside_the_picture_is_refused(
    photographs: tuple[Index, Descriptor, Path], region: tuple[float, ...]
) -> None:
    index, descriptor, _ = photographs
    look = descriptor.look(Photo.from_array(made.quarters()))
    with pytest.raises(
        ParameterError, match="is not inside the picture, which is 240 px wide and 180"
    ):
        vector(index, descriptor, look, region)  # type: ignore[arg-type]


@pytest.mark.parametrize("power", [1.0, 3.0])
@pytest.mark.parametrize("grid", [1, 2])
@pytest.mark.parametrize("region", [None, (20.0, 10.0, 130.0, 90.0)])
def test_the_heat_of_both_pictures_adds_up_to_their_similarity(
    network: Network, power: float, grid: int, region: tuple[float, ...] | None
) -> None:
    how = DescriptorParameters(sizes=(161, 257), power=power, grid=grid, components=4)
    descriptor = Descriptor(how, network)
    looks = [descriptor.look(images.gallery.load(key)) for key in ("cat", "coffee", "flower")]
    many = np.stack([descriptor.vector(look) for look in looks])
    noise = np.abs(np.random.default_rng(0).normal(size=(60, many.shape[1])).astype(np.float32))
    projection = Projection.fit(
        np.concatenate([many, noise / np.linalg.norm(noise, axis=1)[:, None]]), 4
    )
    assert projection is not None
    for used in (None, projection):
        asked = compared(descriptor.vector(looks[0], region), used)  # type: ignore[arg-type]
        other = compared(many[1], used)
        similarity = pytest.approx(float(asked @ other), abs=2e-4)
        one = heat(descriptor, used, looks[0], other, region)  # type: ignore[arg-type]
        two = heat(descriptor, used, looks[1], asked)
        for found in (one, two):
            assert found.similarity == similarity
            assert sum(float(values.sum()) for values in found.maps) == similarity
        if region is not None:
            for values, placement in zip(one.maps, one.placements, strict=True):
                outside = windows(placement, 1, region)[0] == 0  # type: ignore[arg-type]
                assert outside.any()
                assert not values[outside].any()


def test_the_heat_lies_on_what_both_pictures_show(network: Network) -> None:
    """Asked with rings alone, most of the similarity of the four quarters comes from theirs."""
    descriptor = Descriptor(DescriptorParameters(sizes=(449,), components=0, power=1), network)
    quarters = made.quarters(448, 448)
    rings = Photo.from_array(quarters[:224, 224:])
    look = descriptor.look(Photo.from_array(quarters))
    values = heat(descriptor, None, look, descriptor.vector(descriptor.look(rings))).maps[0]
    rows, columns = values.shape
    parts = [
        values[: rows // 2, : columns // 2].mean(),
        values[: rows // 2, -(columns // 2) :].mean(),
        values[-(rows // 2) :, : columns // 2].mean(),
        values[-(rows // 2) :, -(columns // 2) :].mean(),
    ]
    assert int(np.argmax(parts)) == 1


def test_pairs_of_cells_of_one_picture_are_each_with_itself(network: Network) -> None:
    descriptor = Descriptor(DescriptorParameters(sizes=(257,)), network)
    look = descriptor.look(images.gallery.load("cat"))
    found = pairs(look, look, 4)
    assert len(found) == 4
    for one in found:
        assert one.asked == one.found
        assert one.similarity == pytest.approx(1, abs=1e-5)
    region = (0.0, 0.0, 60.0, 60.0)
    inside = windows(look.placements[0], 1, region)[0] > 0
    some = pairs(look, look, 100, region)
    assert 0 < len(some) <= inside.sum()
    assert all(inside[one.asked] for one in some)


def test_windows_are_shares_of_cells_on_exact_geometry() -> None:
    """Cells on pixels 0, 32, 64 of 65: the outer ones have half a stretch. By hand."""
    placement = Placement.of(Geometry(32, 65, 0), (1, 3), (1, 65), (1, 65))
    across = windows(placement, 1, (0, 0, 65, 1))[0, 0]
    assert across == pytest.approx([1 / 3, 1 / 3, 1 / 3])
    first = windows(placement, 1, (0, 0, 16.5, 1))[0, 0]
    assert first == pytest.approx([1, 0, 0])
    half = windows(placement, 1, (16.5, 0, 32, 1))[0, 0]  # the stretch of the middle cell alone
    assert half == pytest.approx([0, 1, 0])
    both = windows(placement, 1, (0, 0, 32.5, 1))[0, 0]  # all of the first, half of the second
    assert both == pytest.approx([2 / 3, 1 / 3, 0])
    assert windows(placement, 1, (20, 0, 0.01, 1))[0, 0] == pytest.approx([0, 1, 0])
    grid = windows(placement, 2)
    assert grid.shape == (4, 1, 3)
    assert grid.sum(axis=(1, 2)) == pytest.approx(np.ones(4))


def test_the_whole_picture_is_pooled_as_the_network_does(network: Network) -> None:
    """With power 1 and one size the vector is the network's own pooled feature."""
    photo = images.gallery.load("flower")
    descriptor = Descriptor(DescriptorParameters(sizes=(257,), power=1), network)
    maps = network.class_maps(photo, 257)
    own = maps.features.mean(axis=(1, 2))
    found = descriptor.vector(descriptor.look(photo))
    assert found == pytest.approx(own / np.linalg.norm(own), abs=1e-5)
    region = (0.0, 0.0, float(photo.width), float(photo.height))
    assert descriptor.vector(descriptor.look(photo), region) == pytest.approx(found, abs=1e-5)


def test_a_large_power_leans_to_the_maximum(network: Network) -> None:
    photo = images.gallery.load("flower")
    largest = network.class_maps(photo, 257).features.max(axis=(1, 2))
    descriptor = Descriptor(DescriptorParameters(sizes=(257,), power=10), network)
    pooled = descriptor.pooled(descriptor.look(photo))[0].values
    assert (pooled <= largest * 1.001).all()
    strong = largest > 0.5
    assert (pooled[strong] > 0.6 * largest[strong]).all()


@pytest.mark.parametrize(("count", "width"), [(120, 12), (30, 80), (64, 80)])
def test_the_projection_is_that_of_principal_components(count: int, width: int) -> None:
    vectors = normal(count, width)
    found = Projection.fit(vectors, 5)
    if count < 40:
        assert found is None
        return
    assert found is not None
    centred = vectors - vectors.mean(0)
    rotation = np.linalg.svd(centred, full_matrices=False)[2][:5]
    assert np.abs(rotation @ found.basis) == pytest.approx(np.eye(5), abs=1e-3)
    assert Projection.fit(vectors, 0) is None


def test_the_randomised_components_span_the_exact_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(1)
    scales = 0.8 ** np.arange(60)
    vectors = (random.normal(size=(300, 60)) * scales).astype(np.float32)
    exact = Projection.fit(vectors, 6)
    monkeypatch.setattr("wsl_core.transfer.retrieval.projection.EXACT", 10)
    quick = Projection.fit(vectors, 6)
    assert exact is not None
    assert quick is not None
    assert np.linalg.svd(exact.basis.T @ quick.basis)[1] == pytest.approx(np.ones(6), abs=1e-4)


def test_vectors_of_another_network_layer_or_size_are_refused(
    photographs: tuple[Index, Descriptor, Path], network: Network
) -> None:
    index, descriptor, _ = photographs
    look = descriptor.look(images.gallery.load("cat"))
    pixels = Descriptor(DescriptorParameters(network="pixels"))
    with pytest.raises(NetworkError, match=r"made with the network efficientnet_lite0 .*pixels"):
        vector(index, pixels, look)
    other = Descriptor(index.card.descriptor.model_copy(update={"tap": "stage5"}), network)
    with pytest.raises(NetworkError, match="made with tap head, and stage5 is asked"):
        vector(index, other, look)


def test_pixels_are_sixteen_by_sixteen_mean_colours() -> None:
    descriptor = Descriptor(DescriptorParameters(network="pixels"))
    picture = np.zeros((64, 64, 3), np.uint8)
    picture[:32, :32] = (255, 0, 0)
    found = descriptor.vector(descriptor.look(Photo.from_array(picture))).reshape(16, 16, 3)
    lit = found[..., 0] > found.max() / 2
    assert lit[:8, :8].all()
    assert lit.sum() == 64
    assert np.linalg.norm(found) == pytest.approx(1, abs=1e-5)
