"""Trained heads at use: read from class maps, kept on disk, refused in words."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wsl_core.errors import HeadError
from wsl_core.fcn import activation_maps, heads, pooling, pronet
from wsl_core.fcn.heads import Head, HeadCard
from wsl_core.networks import ClassMaps

CHANNELS, CLASSES = 6, ("apple", "bean", "corn")
PARAMETERS: dict[str, dict[str, Any]] = {
    "max": {},
    "average": {},
    "lse": {"beta": 3.0},
    "spleap": {"parts": 4},
    "weldon": {"positive": "20%", "negative": 2, "scale": "sum"},
    "wildcat": {"maps": 2, "positive": 3, "negative": 2, "alpha": 0.7, "scale": "sum"},
}
ROWS = {"spleap": 4, "wildcat": 6}


def card(scheme: str, **facts: Any) -> HeadCard:
    known = {
        "name": scheme,
        "title": scheme,
        "network": "hand-made",
        "features": "head",
        "classes": CLASSES,
        "scheme": scheme,
        "parameters": PARAMETERS[scheme],
        "data": {"title": "toy", "split": "train", "pictures": 3, "subset": False},
    }
    return HeadCard.model_validate(known | facts)


def tensors(scheme: str, seed: int = 0) -> dict[str, np.ndarray]:
    random = np.random.default_rng(seed)
    rows = ROWS.get(scheme, 3)

    def some(*shape: int) -> np.ndarray:
        return random.normal(size=shape).astype(np.float16).astype(np.float32)

    found = {"weight": some(rows, CHANNELS), "bias": some(rows)}
    if scheme == "spleap":
        found |= {"sharpness": some(rows), "combination": some(3, rows), "class_bias": some(3)}
    return found


@pytest.fixture
def maps(hand_made: Callable[..., ClassMaps]) -> ClassMaps:
    return hand_made(np.random.default_rng(7).normal(size=(CHANNELS, 3, 4)))


def by_hand(scheme: str, values: dict[str, np.ndarray], features: np.ndarray) -> np.ndarray:
    """The scores, cell by cell, in float64."""
    cells = features.reshape(CHANNELS, -1).T.astype(float)
    weight, bias = values["weight"].astype(float), values["bias"].astype(float)
    scores = []
    if scheme == "spleap":
        parts = []
        for q in range(4):
            h = np.array([max(0.0, weight[q] @ x + bias[q]) for x in cells])
            e = np.exp(values["sharpness"][q] * h)
            parts.append((e * h).sum() / e.sum())
        return values["combination"].astype(float) @ parts + values["class_bias"]
    each = len(weight) // 3
    for k in range(3):
        rows = range(k * each, (k + 1) * each)
        z = np.sort([np.mean([weight[r] @ x + bias[r] for r in rows]) for x in cells])
        scores.append(
            {
                "max": lambda z=z: z[-1],
                "average": lambda z=z: z.mean(),
                "lse": lambda z=z: np.log(np.exp(3 * z).mean()) / 3,
                "weldon": lambda z=z: z[-2:].mean() + z[:2].mean(),  # 20 % of 12 cells are 2
                "wildcat": lambda z=z: z[-3:].mean() + 0.7 * z[:2].mean(),
            }[scheme]()
        )
    return np.array(scores)


@pytest.mark.parametrize("scheme", PARAMETERS)
def test_scores_are_those_of_the_cells_one_by_one(scheme: str, maps: ClassMaps) -> None:
    values = tensors(scheme)
    found = Head.of(card(scheme), values).read(maps)
    wanted = by_hand(scheme, values, maps.features)
    np.testing.assert_allclose(found.scores, wanted, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found.pooled_by.scores, wanted, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found.probabilities, 1 / (1 + np.exp(-wanted)), atol=1e-4)
    assert found.top(1)[0].name == CLASSES[int(np.argmax(wanted))]
    assert found.logits.shape == found.pooled_by.class_maps.shape == (3, 3, 4)
    for k, name in enumerate(CLASSES):
        np.testing.assert_array_equal(found.map(name), found.logits[k])
        np.testing.assert_allclose(found.map(name), found.pooled_by.class_maps[k], atol=1e-5)
    assert found.part_maps.shape == (ROWS.get(scheme, 3), 3, 4)


def test_every_scheme_is_tested() -> None:
    assert list(PARAMETERS) == list(pooling.SCHEMES) == list(heads.RECIPES)


def test_class_maps_of_wildcat_are_one_linear_map(maps: ClassMaps) -> None:
    found = Head.of(card("wildcat"), tensors("wildcat")).read(maps)
    linear = np.einsum("kc,chw->khw", found.weight, found.features) + found.bias[:, None, None]
    np.testing.assert_allclose(found.logits, linear, atol=1e-5)
    shares = activation_maps.cell_sum(found, "bean", 1, 2, count=CHANNELS)
    assert shares.value == pytest.approx(found.map("bean")[1, 2], abs=1e-5)


def test_one_class_a_picture_has_probabilities_that_sum_to_one(maps: ClassMaps) -> None:
    found = Head.of(card("max", single=True), tensors("max")).read(maps)
    powers = np.exp(found.scores.astype(float))
    np.testing.assert_allclose(found.probabilities, powers / powers.sum(), rtol=1e-5)


@pytest.mark.parametrize("scheme", ["spleap", "wildcat"])
def test_a_head_comes_back_from_its_folder_bit_for_bit(
    scheme: str, tmp_path: Path, maps: ClassMaps
) -> None:
    head = Head.of(card(scheme, figures={"val": {"point_map": 0.5}}), tensors(scheme))
    written = head.save(tmp_path / "head")
    again = Head.load(tmp_path / "head")
    assert again.card == written
    assert written.model_copy(update={"tensors_sha256": ""}) == head.card
    np.testing.assert_array_equal(again.read(maps).scores, head.read(maps).scores)
    first = (tmp_path / "head" / "head.safetensors").read_bytes()
    again.save(tmp_path / "other")
    assert (tmp_path / "other" / "head.safetensors").read_bytes() == first
    assert {one.name for one in (tmp_path / "head").iterdir()} == {"head.safetensors", "card.json"}


def test_reading_fused_maps_is_fusing_what_was_read(hand_made: Callable[..., ClassMaps]) -> None:
    random = np.random.default_rng(3)
    one = hand_made(random.normal(size=(CHANNELS, 3, 4)), (90, 120))
    other = hand_made(random.normal(size=(CHANNELS, 5, 6)), (90, 120), mirrored=True)
    head = Head.of(card("wildcat"), tensors("wildcat"))
    read_last = head.read(activation_maps.fuse([one, other]))
    read_first = activation_maps.fuse([head.read(one), head.read(other)])
    np.testing.assert_allclose(read_first.scores, read_last.scores, atol=1e-5)
    np.testing.assert_array_equal(read_first.map("corn"), read_last.map("corn"))


def test_maps_of_another_network_are_refused_with_both_names(maps: ClassMaps) -> None:
    head = Head.of(card("max"), tensors("max"))
    with pytest.raises(HeadError, match=r"made for hand-made, .* features of resnet18\."):
        head.read(replace(maps, network="resnet18"))
    with pytest.raises(HeadError, match="features of hand-made with the weights random"):
        head.read(replace(maps, trained="random"))
    with pytest.raises(HeadError, match=r"reads 6 channels, .* have 5"):
        head.read(replace(maps, features=maps.features[:5]))


def damaged_byte(folder: Path) -> None:
    file = folder / "head.safetensors"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)


def change(field: str, value: Any) -> Callable[[Path], None]:
    def changed(folder: Path) -> None:
        file = folder / "card.json"
        facts = json.loads(file.read_text(encoding="utf-8"))
        file.write_text(json.dumps(facts | {field: value}), encoding="utf-8")

    return changed


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (damaged_byte, "tensors .* are damaged, or not those of its card"),
        (lambda folder: (folder / "head.safetensors").unlink(), "head.safetensors: No such file"),
        (lambda folder: (folder / "card.json").write_text("{"), "card .* is damaged"),
        (lambda folder: (folder / "card.json").unlink(), "There is no head"),
        (lambda folder: (folder / "card.json").write_bytes(b"\xff\xfe"), "card .* cannot be read"),
        (change("scheme", "median"), "scheme median cannot be made"),
        (change("parameters", {"maps": 0}), "scheme wildcat cannot be made"),
        (change("parameters", {"maps": 3}), r"weight has shape \(6, 6\), not \(9, 6\)"),
        (change("classes", ["apple", "apple"]), "damaged at classes"),
        (change("finetuned", ["stage7"]), "retrained stages are missing"),
    ],
)  # fmt: skip
def test_a_damaged_head_is_refused(
    harm: Callable[[Path], Any], sentence: str, tmp_path: Path
) -> None:
    Head.of(card("wildcat"), tensors("wildcat")).save(tmp_path)
    harm(tmp_path)
    with pytest.raises(HeadError, match=sentence):
        Head.load(tmp_path)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"weight": np.zeros((3, 6), np.float32)}, "weight has shape"),
        ({"bias": np.full(6, np.nan, np.float32)}, "bias holds values that are not finite"),
        ({"sharpness": np.ones(6)}, "a tensor sharpness that its scheme does not know"),
    ],
)
def test_tensors_that_do_not_fit_are_refused(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(HeadError, match=sentence):
        Head.of(card("wildcat"), tensors("wildcat") | change)


def test_an_unknown_head_is_refused_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(HeadError, match="There is no head 'none'"):
        Head.load("none")
    with pytest.raises(HeadError, match="There is no head"):
        Head.load(tmp_path)


def test_a_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(HeadError, match="cannot be written"):
        Head.of(card("max"), tensors("max")).save(tmp_path / "file" / "head")


def test_the_assets_are_part_of_the_package() -> None:
    package = Path(heads.__file__).parent
    assert (package / "shipped").resolve() == package.parents[2] / "assets" / "heads"


@pytest.mark.parametrize("name", heads.names())
def test_shipped_heads_are_whole_and_say_how_they_are_made(name: str) -> None:
    head = pronet.load(name)  # a head or a ProNet
    assert head.card.command.startswith("python -m wsl_core train-head")
    assert head.card.data.pictures > 0
    assert head.card.licence
    assert head.card.date
