"""ConSE against a loop, the leak through ancestors, and its accuracy on AwA."""

import csv
from pathlib import Path

import numpy as np
import pytest

from wsl_core import images
from wsl_core.networks import Network, imagenet
from wsl_core.networks.network import resized
from wsl_core.transfer.zero_shot import vectors, words
from wsl_core.transfer.zero_shot.vectors import shipped
from wsl_core.transfer.zero_shot.words_classes import ANCESTORS, FARTHER, class_vectors
from wsl_core.transfer.zero_shot.words_parameters import WordParameters


def test_conse_is_the_papers_sum() -> None:
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.full(1000, 0.05), 4).astype(np.float32)
    own = class_vectors("minilm")
    asked = vectors.load("minilm").of(["horse", "giraffe", "seal"])
    found = words.conse(probabilities, np.zeros(4, int), asked, WordParameters()).scores(
        probabilities, asked
    )
    for i in range(4):
        best = sorted(range(1000), key=lambda t: -probabilities[i, t])[:10]
        mean = sum(probabilities[i, t] * own[t].astype(float) for t in best)
        mean /= sum(probabilities[i, t] for t in best)
        for j in range(3):
            cosine = mean @ asked[j] / np.linalg.norm(mean) / np.linalg.norm(asked[j])
            assert found[i, j] == pytest.approx(cosine, abs=1e-5)


def test_a_certain_guess_is_its_own_word() -> None:
    certain = np.zeros((1, 1000), np.float32)
    certain[0, 340] = 1  # zebra
    asked = words.describe(["zebra", "killer+whale", "mouse"], WordParameters())
    scores = words.conse(certain, np.zeros(1, int), asked, WordParameters()).scores(certain, asked)
    assert scores.argmax() == 0


def test_ancestors_are_added_as_declared() -> None:
    known = vectors.load("minilm")
    chain = shipped.ancestors()[207]  # golden retriever
    total = np.zeros(384)
    for step, name in enumerate(chain):
        total += FARTHER**step * known.vector(name)
    wanted = known.classes[207] + ANCESTORS * total / np.linalg.norm(total)
    found = class_vectors("minilm", taxonomy=True)[207]
    assert found == pytest.approx(wanted / np.linalg.norm(wanted), abs=1e-4)


def test_a_class_that_is_asked_for_is_no_ancestor() -> None:
    """Sorrel's ancestor is the horse: with its name left in, a horse would be given away."""
    known = vectors.load("minilm")
    sorrel = imagenet.classes().find("sorrel")
    assert "horse" in shipped.ancestors()[sorrel]
    horse = known.of(["horse"])
    leaking = class_vectors("minilm", taxonomy=True)[sorrel] @ horse[0]
    sealed = class_vectors("minilm", taxonomy=True, without=horse)
    assert sealed[sorrel] @ horse[0] < leaking - 0.05
    chain = shipped.ancestors()[sorrel]
    total = sum(
        (FARTHER**step * known.vector(name) for step, name in enumerate(chain) if name != "horse"),
        np.zeros(384),
    )
    wanted = known.classes[sorrel] + ANCESTORS * total / np.linalg.norm(total)
    assert sealed[sorrel] == pytest.approx(wanted / np.linalg.norm(wanted), abs=1e-4)
    untouched = imagenet.classes().find("golden retriever")
    assert np.allclose(
        sealed[untouched], class_vectors("minilm", taxonomy=True)[untouched], atol=1e-6
    )


def test_the_names_of_seen_classes_are_no_ancestors_either() -> None:
    known = vectors.load("minilm")
    horse, giraffe = known.of(["horse"]), known.of(["giraffe"])
    how = WordParameters(taxonomy=True)
    rows = np.zeros((1, 1000), np.float32)
    rows[0, imagenet.classes().find("sorrel")] = 1
    told = words.conse(rows, np.zeros(1, int), horse, how).scores(rows, giraffe)
    sealed = class_vectors("minilm", taxonomy=True, without=np.concatenate([horse, giraffe]))
    assert told[0, 0] == pytest.approx(
        float(sealed[imagenet.classes().find("sorrel")] @ giraffe[0]), abs=1e-5
    )


def test_rows_of_another_width_are_refused() -> None:
    asked = vectors.load("minilm").of(["horse"])
    with pytest.raises(Exception, match=r"1,000 classes.*20 numbers"):
        words.ConSE(WordParameters(), asked).scores(np.ones((1, 20), np.float32), asked)


@pytest.mark.data
def test_unseen_animals_are_named_by_words_alone(data: Path, network: Network) -> None:
    """A few pictures a class of the standard split's unseen animals: far above one sixth."""
    folder = data / "awa2"
    unseen = ["chimpanzee", "giant+panda", "leopard", "pig", "raccoon", "seal"]
    with (folder / "images.csv").open(encoding="utf-8", newline="") as file:
        listed = [row for row in csv.DictReader(file) if row["class"] in unseen]
    chosen = [row for name in unseen for row in [r for r in listed if r["class"] == name][:5]]
    batch = np.stack([resized(images.read(folder / r["path"]).pixels, 225, 225) for r in chosen])
    scores = network.pooled(batch) @ network.runtime.weight.T + network.runtime.bias
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    rows = powers / powers.sum(axis=1, keepdims=True)
    truth = np.array([unseen.index(row["class"]) for row in chosen])
    for how in (
        WordParameters(),
        WordParameters(taxonomy=True),
        WordParameters(vectors="glove"),
    ):
        asked = words.describe(unseen, how)
        said = words.conse(rows, truth, asked, how).scores(rows, asked).argmax(axis=1)
        assert (said == truth).mean() > 0.5
