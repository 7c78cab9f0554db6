"""Word vectors: the tokenizer and the network against known values, GloVe, what ships, what is refused."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from wsl_core.errors import ParameterError, WordError
from wsl_core.networks import imagenet
from wsl_core.transfer.zero_shot import vectors
from wsl_core.transfer.zero_shot.vectors import glove, minilm, shipped, word_pieces
from wsl_core.transfer.zero_shot.vectors.sources import SOURCES


def folder(name: str) -> Path:
    found = vectors.package_folder(SOURCES[name].module)
    if found is None:
        pytest.skip(f"The extra package {SOURCES[name].package} is not installed.")
    return found


@pytest.fixture(scope="module")
def network() -> minilm.MiniLM:
    return minilm.load(folder("minilm") / "model")


@pytest.fixture(scope="module")
def names(data: Path) -> dict[str, list[dict[str, str]]]:
    return json.loads((data / "words" / "names.json").read_text(encoding="utf-8"))


@pytest.fixture
def only_shipped(monkeypatch: pytest.MonkeyPatch) -> None:
    """No package is there."""
    vectors._loaded.cache_clear()
    monkeypatch.setattr(vectors, "package_folder", lambda _: None)
    yield
    vectors._loaded.cache_clear()


# Numbers as BERT's published uncased vocabulary counts its pieces, and as its tokenizer gives them.
@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("hello world", [101, 7592, 2088, 102]),
        ("Hello, World!", [101, 7592, 1010, 2088, 999, 102]),
        ("unaffable", [101, 14477, 20961, 3468, 102]),
        ("Crème brûlée", [101, 13675, 21382, 7987, 9307, 2063, 102]),
        ("zebra crossing", [101, 29145, 5153, 102]),
        ("  tab\tand\nline ", [101, 21628, 1998, 2240, 102]),
        ("", [101, 102]),
        ("☃", [101, 100, 102]),
    ],
)
def test_tokens_are_those_of_bert(network, text: str, numbers: list[int]) -> None:
    assert word_pieces.tokens(text, network.vocabulary) == numbers


def test_pieces_are_the_longest_from_the_left() -> None:
    known = {
        "[UNK]": 0,
        "[CLS]": 1,
        "[SEP]": 2,
        "un": 3,
        "una": 4,
        "##ff": 5,
        "##able": 6,
        "##a": 7,
    }
    assert word_pieces.tokens("unaffable", known) == [1, 4, 5, 6, 2]
    assert word_pieces.tokens("unaffabl", known) == [
        1,
        0,
        2,
    ]  # a rest that is no piece: all unknown
    assert word_pieces.tokens("x" * 101, known) == [1, 0, 2]
    assert word_pieces.tokens("una una una", known, most=4) == [1, 4, 4, 2]


def test_signs_and_ideographs_are_words_of_their_own() -> None:
    assert word_pieces.words("T-shirt, 犬dog\u200b\x00 É") == [
        "t",
        "-",
        "shirt",
        ",",
        "犬",
        "dog",
        "e",
    ]


@pytest.mark.parametrize("group", ["awa2", "voc", "coco"])
def test_the_forward_pass_gives_the_stored_vectors(network, names, data: Path, group: str) -> None:
    stored = np.load(data / "words" / "minilm_l6_v2_names.npz")[group].astype(np.float32)
    chosen = range(0, len(stored), 7)
    for i in chosen:
        found = network.vector(names[group][i]["text"])
        assert found @ stored[i] / np.linalg.norm(stored[i]) > 0.99999
        assert np.linalg.norm(found) == pytest.approx(1, abs=1e-5)


def test_the_order_of_words_counts_for_a_network_that_reads(network) -> None:
    one, other = network.vector("dog house"), network.vector("house dog")
    assert one @ other < 0.99


def test_the_error_function_is_that_of_the_library() -> None:
    x = np.linspace(-5, 5, 2001, dtype=np.float32)
    wanted = np.array([math.erf(float(one)) for one in x])
    assert np.abs(minilm._error_function(x) - wanted).max() < 1e-6


def test_glove_words_are_the_published_ones(data: Path) -> None:
    subset = np.load(data / "words" / "glove6b_50d_subset.npz")
    table = glove.Table.of(folder("glove") / "data")
    assert len(table.numbers) == 400_000
    ours = shipped.words()
    for i in range(0, len(subset["words"]), 501):
        word, stored = str(subset["words"][i]), subset["vectors"][i].astype(np.float32)
        assert table.vectors[table.numbers[word]] == pytest.approx(stored, abs=2e-3)
        if word in ours.numbers:
            number = ours.numbers[word]
            assert ours.vectors[number] == pytest.approx(stored, abs=2e-3)
            assert ours.ranks[number] == table.numbers[word]


def test_a_glove_text_is_the_weighted_mean_of_its_words() -> None:
    known, there = vectors.load("glove"), shipped.words()
    total = np.zeros(50)
    for word in ("zebra", "crossing"):
        number = there.numbers[word]
        one = there.vectors[number].astype(float)
        total += one / np.sqrt((one**2).sum()) * math.log(1 + int(there.ranks[number]))
    wanted = total / np.sqrt((total**2).sum())
    assert known.vector("Zebra  crossing") == pytest.approx(wanted, abs=1e-5)
    assert known.vector("zebra_crossing") == pytest.approx(wanted, abs=1e-5)


def test_one_byte_a_number_loses_little(names, data: Path) -> None:
    stored = np.load(data / "words" / "minilm_l6_v2_names.npz")
    exact = np.concatenate([stored[group].astype(np.float32) for group in ("awa2", "coco")])
    texts = [one["text"] for group in ("awa2", "coco") for one in names[group]]
    exact /= np.linalg.norm(exact, axis=1, keepdims=True)
    rough = vectors.load("minilm").of(texts)
    assert np.abs(rough @ rough.T - exact @ exact.T).max() < 0.01


@pytest.mark.parametrize("name", SOURCES)
def test_what_ships_is_enough_for_every_class_of_the_sets(only_shipped, names, name: str) -> None:
    source = vectors.load(name)
    assert not source.whole
    for group in ("voc", "coco", "pacs", "cifar10"):
        rows = source.of([one["text"] for one in names[group]])
        assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-5)
    if name == "minilm":
        source.of([one["text"] for group in ("awa2", "cub") for one in names[group]])
    assert source.classes.shape == (1000, source.card.width)
    assert np.linalg.norm(source.classes, axis=1) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("name", SOURCES)
def test_shipped_words_are_the_same_with_and_without_the_package(only_shipped, name: str) -> None:
    without = vectors.load(name).of(["dog", "potted plant"])
    vectors._loaded.cache_clear()
    folder_of = vectors.package_folder
    assert folder_of("anything") is None
    whole = vectors.Vectors(SOURCES[name], True, vectors.load(name).known)
    assert np.array_equal(without, whole.of(["dog", "potted plant"]))


@pytest.mark.parametrize(
    ("name", "word", "near"),
    [
        ("minilm", "dog", {"canine", "animal", "pet"}),
        ("glove", "dog", {"cat", "dogs", "puppy", "horse"}),
    ],
)
def test_neighbours_mean_alike(name: str, word: str, near: set[str]) -> None:
    found = vectors.load(name).neighbours(word, 6)
    assert near & {one for one, _ in found}
    cosines = [cosine for _, cosine in found]
    assert cosines == sorted(cosines, reverse=True)
    assert word not in {one for one, _ in found}


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("text", ["", "   ", "?!", "x" * 101])
def test_no_word_is_refused(name: str, text: str) -> None:
    with pytest.raises(WordError, match=r"[Tt]ype"):
        vectors.load(name).vector(text)


def test_a_word_without_a_vector_is_named_with_near_ones(only_shipped) -> None:
    with pytest.raises(WordError, match=r"'girafe'.*giraffe.*pip install"):
        vectors.load("minilm").vector("girafe")
    with pytest.raises(WordError, match=r"'girafe' in 'a tall girafe'.*giraffe"):
        vectors.load("glove").vector("a tall girafe")


def test_an_unknown_source_is_refused() -> None:
    with pytest.raises(ParameterError, match="minilm, glove"):
        vectors.load("word2vec")


def test_the_ancestors_are_those_of_wordnet(data: Path) -> None:
    hierarchy = json.loads((data / "imagenet" / "hierarchy.json").read_text(encoding="utf-8"))
    classes = imagenet.classes()

    def above(synset: str) -> set[str]:
        found: set[str] = set()
        for parent in hierarchy["parents"][synset]:
            found |= {vectors.plain(hierarchy["names"][parent][0])} | above(parent)
        return found

    for index in (0, 207, 339, 547, 999):
        assert set(shipped.ancestors()[index]) == above(classes.wnids[index])
    assert shipped.ancestors()[207][0] == "retriever"
    assert shipped.ancestors()[207][-1] == "entity"
