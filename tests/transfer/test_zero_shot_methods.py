"""Methods of zero-shot learning against independent implementations, and their laws."""

import numpy as np
import pytest
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import LogisticRegression, Ridge

from tests.transfer.zero_shot_toys import Toy, toy
from wsl_core.transfer.zero_shot import (
    METHODS,
    AttributePredictor,
    MethodParameters,
    compatibility,
    eszsl,
    prototype,
    two_networks,
)
from wsl_core.transfer.zero_shot import attribute_probabilities as lampert
from wsl_core.transfer.zero_shot.scaling import Binary, OfLengthOne, Rows
from wsl_core.transfer.zero_shot.within import Within

BY_ATTRIBUTES = [name for name, card in METHODS.items() if not card.describes]
HOW = MethodParameters(epochs=20, c=10.0)


@pytest.fixture(scope="module")
def made() -> Toy:
    return toy()


def fitted(name: str, made: Toy, how: MethodParameters = HOW):  # type: ignore[no-untyped-def]
    own = made.train
    return METHODS[name].fit(
        made.features[own], made.labels[own], made.signatures[: made.seen], how
    )


@pytest.mark.parametrize("name", BY_ATTRIBUTES)
def test_classes_never_shown_are_recognised(name: str, made: Toy) -> None:
    asked = made.labels >= made.seen
    scores = fitted(name, made).scores(made.features[asked], made.signatures[made.seen :])
    right = (scores.argmax(axis=1) == made.labels[asked] - made.seen).mean()
    assert right > 0.7  # chance is .25


@pytest.mark.parametrize("name", BY_ATTRIBUTES)
def test_the_order_of_classes_changes_nothing(name: str, made: Toy) -> None:
    one = fitted(name, made)
    order = np.random.default_rng(1).permutation(len(made.signatures))
    scores = one.scores(made.features, made.signatures)
    np.testing.assert_allclose(
        one.scores(made.features, made.signatures[order]), scores[:, order], atol=1e-9
    )


@pytest.mark.parametrize("name", [one for one in BY_ATTRIBUTES if one != "two-networks"])
def test_the_order_of_seen_classes_in_training_changes_nothing(name: str, made: Toy) -> None:
    order = np.random.default_rng(2).permutation(made.seen)
    own = made.train
    place = np.argsort(order)
    again = METHODS[name].fit(
        made.features[own], place[made.labels[own]], made.signatures[: made.seen][order], HOW
    )
    scores = fitted(name, made).scores(made.features, made.signatures)
    np.testing.assert_allclose(again.scores(made.features, made.signatures), scores, atol=2e-3)


@pytest.mark.parametrize("name", BY_ATTRIBUTES)
def test_the_same_twice_to_the_last_bit(name: str, made: Toy) -> None:
    one, other = (fitted(name, made).scores(made.features, made.signatures) for _ in range(2))
    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", BY_ATTRIBUTES)
def test_a_changed_row_moves_its_class_alone(name: str, made: Toy) -> None:
    changed = made.signatures.copy()
    changed[-1] = 1 - changed[-1]
    one = fitted(name, made)
    before = one.scores(made.features, made.signatures)
    after = one.scores(made.features, changed)
    np.testing.assert_allclose(after[:, :-1], before[:, :-1], atol=1e-9)
    assert np.abs(after[:, -1] - before[:, -1]).max() > 1e-3


def prepared(made: Toy) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    own = made.train
    rows = Rows.of(made.features[own]).apply(made.features[own]).astype(np.float64)
    return rows, made.labels[own], OfLengthOne().apply(made.signatures[: made.seen])


@pytest.mark.parametrize("width", [8, 200])
def test_eszsl_solves_its_normal_equations(width: int) -> None:
    """vec(V) by one Kronecker system, with more pictures than features and with fewer."""
    rows, labels, s = prepared(toy(width=width, attributes=5, each=8))
    how = MethodParameters(picture_penalty=0.7, class_penalty=0.2)
    x = rows.T
    y = np.where(np.eye(len(s))[labels] > 0, 1.0, -1.0)
    left = x @ x.T + 0.7 * np.eye(width)
    right = s.T @ s + 0.2 * np.eye(s.shape[1])
    if width > 8:  # the system of all entries would be too large: by eigenvectors
        lefts, u = np.linalg.eigh(left)
        rights, v = np.linalg.eigh(right)
        wanted = u @ ((u.T @ x @ y @ s @ v) / lefts[:, None] / rights[None]) @ v.T
    else:
        system = np.kron(left, right)
        wanted = np.linalg.solve(system, (x @ y @ s).reshape(-1)).reshape(width, -1)
    np.testing.assert_allclose(eszsl.fit(rows, labels, s, how).weights, wanted, atol=1e-9)


def test_prototypes_are_kernel_ridge_regression(made: Toy) -> None:
    rows, labels, s = prepared(made)
    how = MethodParameters(width=2.0, ridge=0.05, shrinkage=1e6)
    pairs = [
        float(((s[i] - s[j]) ** 2).sum()) for i in range(len(s)) for j in range(len(s)) if i != j
    ]
    means = np.stack([rows[labels == k].mean(axis=0) for k in range(len(s))])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    other = KernelRidge(alpha=0.05, kernel="rbf", gamma=1 / (2.0 * np.mean(pairs)))
    wanted = other.fit(s, means).predict(OfLengthOne().apply(made.signatures))
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    found = prototype.fit(rows, labels, s, how)
    signatures = OfLengthOne().apply(made.signatures)
    np.testing.assert_allclose(found.of(signatures), wanted, atol=1e-5)
    np.testing.assert_allclose(found.scores(rows, signatures), rows @ wanted.T, atol=1e-5)


@pytest.mark.parametrize("width", [15, 200])
def test_distances_are_in_deviations_within_classes(width: int) -> None:
    """With more pictures than features, and with fewer."""
    rows, labels, _ = prepared(toy(width=width))
    means = prototype.class_means(rows, labels, labels.max() + 1)
    apart = rows - means[labels]
    covariance = apart.T @ apart / len(rows)
    values, vectors = np.linalg.eigh(covariance)
    size = values[values > values[-1] * 1e-8].mean()
    root = vectors @ np.diag((np.maximum(values, 0) / size + 0.7) ** -0.5) @ vectors.T
    wanted = rows @ root
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    found = Within.of(rows, labels, means, 0.7).apply(rows)
    np.testing.assert_allclose(found, wanted, atol=1e-7)


def test_without_ridge_a_seen_class_is_its_own_prototype(made: Toy) -> None:
    rows, labels, s = prepared(made)
    found = prototype.fit(rows, labels, s, MethodParameters(width=1.0, ridge=1e-9))
    np.testing.assert_allclose(found.blend(s), np.eye(len(s)), atol=1e-5)
    np.testing.assert_allclose((found.of(s) * found.means).sum(axis=1), 1, atol=1e-6)


def test_dap_is_the_papers_product(made: Toy) -> None:
    own = made.train
    rows = Rows.of(made.features[own]).apply(made.features[own])
    binary = Binary.of(made.signatures[: made.seen])
    seen = binary.apply(made.signatures[: made.seen])
    model = lampert.dap(rows, made.labels[own], seen, HOW)
    given = model.attributes(rows)
    every = binary.apply(made.signatures)
    scores = model.scores(rows, every)
    for picture in range(0, len(rows), 7):
        for one in range(len(every)):
            product = 1.0
            for a in range(every.shape[1]):
                prior = seen[:, a].mean()
                if prior in (0, 1):
                    continue
                p = min(max(given[picture, a], lampert.CERTAIN), 1 - lampert.CERTAIN)
                product *= p / prior if every[one, a] else (1 - p) / (1 - prior)
            assert np.exp(scores[picture, one]) == pytest.approx(product, rel=1e-6)


def test_daps_attributes_are_scikit_learns_logistic_regressions(made: Toy) -> None:
    rows, labels, _ = prepared(made)
    wanted = (made.signatures[: made.seen] > 0.5).astype(float)[labels]
    weights, bias = lampert.logistic(rows, wanted, 5.0)
    for a in range(wanted.shape[1]):
        other = LogisticRegression(C=5.0, tol=1e-8, max_iter=2000).fit(rows, wanted[:, a])
        probability = 1 / (1 + np.exp(-(rows @ weights[a] + bias[a])))
        np.testing.assert_allclose(probability, other.predict_proba(rows)[:, 1], atol=2e-3)


def test_iap_mixes_the_attributes_of_the_seen_classes(made: Toy) -> None:
    rows, labels, _ = prepared(made)
    has = (made.signatures[: made.seen] > 0.5).astype(float)
    model = lampert.iap(rows, labels, has, HOW)
    other = LogisticRegression(C=HOW.c, tol=1e-8, max_iter=2000).fit(rows, labels)
    np.testing.assert_allclose(model.attributes(rows), other.predict_proba(rows) @ has, atol=5e-3)


def test_attributes_that_all_seen_classes_share_tell_nothing(made: Toy) -> None:
    rows, labels, _ = prepared(made)
    has = (made.signatures[: made.seen] > 0.5).astype(float)
    has[:, 0] = 1
    model = lampert.dap(rows, labels, has, HOW)
    without, with_it = has.copy(), has.copy()
    without[:, 0] = 0
    np.testing.assert_array_equal(model.scores(rows, without), model.scores(rows, with_it))


def test_ales_gradient_is_that_of_its_loss() -> None:
    random = np.random.default_rng(3)
    scores, labels = random.standard_normal((5, 6)), random.integers(0, 6, 5)
    value, slope = compatibility.ranking(scores, labels, 0.3)
    for row, right in enumerate(labels):
        short = [
            max(0.0, 0.3 + scores[row, m] - scores[row, right]) for m in range(6) if m != right
        ]
        rank = sum(one > 0 for one in short)
        beta = sum(1 / k for k in range(1, rank + 1))
        assert value[row] == pytest.approx(beta / max(rank, 1) * sum(short))
    step = 1e-6
    for row, column in np.ndindex(*scores.shape):
        moved = scores.copy()
        moved[row, column] += step
        other, _ = compatibility.ranking(moved, labels, 0.3)
        assert (other[row] - value[row]) / step == pytest.approx(slope[row, column], abs=1e-4)


@pytest.mark.parametrize("change", [{}, {"loss": "hinge"}, {"negatives": False}], ids=str)
def test_the_networks_gradients_are_those_of_their_loss(change: dict[str, object]) -> None:
    how = MethodParameters(hidden=7, dimensions=5).model_copy(update=change)
    random = np.random.default_rng(0)
    rows, signatures = random.standard_normal((6, 9)), random.standard_normal((4, 3))
    labels = random.integers(0, 4, 6)
    f, g = two_networks.Tower.drawn(9, how, random), two_networks.Tower.drawn(3, how, random)

    def loss(parts: tuple[np.ndarray, ...]) -> float:
        one, other = two_networks.Tower(parts[:4]), two_networks.Tower(parts[4:])
        return float(
            two_networks.losses(one.apply(rows) @ other.apply(signatures).T, labels, how)[0].sum()
        )

    pictures, kept = f.forward(rows)
    places, held = g.forward(signatures)
    _, slope = two_networks.losses(pictures @ places.T, labels, how)
    slopes = (*f.backward(slope @ places, kept), *g.backward(slope.T @ pictures, held))
    parts = (*f.parts, *g.parts)
    for number, part in enumerate(parts):
        at = tuple(int(random.integers(side)) for side in part.shape)
        up, down = ([one.copy() for one in parts] for _ in range(2))
        up[number][at] += 1e-6
        down[number][at] -= 1e-6
        measured = (loss(tuple(up)) - loss(tuple(down))) / 2e-6
        assert slopes[number][at] == pytest.approx(measured, abs=1e-4)


def test_without_negatives_everything_falls_on_one_point(made: Toy) -> None:
    how = MethodParameters(epochs=200, negatives=False)
    collapsed = fitted("two-networks", made, how).model
    kept = fitted("two-networks", made, MethodParameters(epochs=60)).model
    assert collapsed.history[-1].loss < 0.01  # it thinks it has done well
    assert collapsed.history[-1].spread < 0.2 * collapsed.history[0].spread
    assert kept.history[-1].spread > kept.history[0].spread
    assert kept.history[-1].accuracy > 0.9
    places = collapsed.classes(OfLengthOne().apply(made.signatures[: made.seen]))
    assert (places @ places.T).min() > 0.95


def test_what_a_picture_has_and_how_far_off_that_is() -> None:
    made = toy(seen=40, unseen=8, each=6)
    own = made.train
    predictor = AttributePredictor.of(
        made.features[own], made.labels[own], made.signatures[: made.seen]
    )
    x = predictor.rows.apply(made.features[own])
    other = Ridge(alpha=1.0).fit(x, made.signatures[made.labels[own]])
    asked = made.labels >= made.seen
    wanted = np.clip(other.predict(predictor.rows.apply(made.features[asked])), 0, 1)
    found = predictor.predict(made.features[asked])
    np.testing.assert_allclose(found, wanted, atol=1e-5)
    missed = np.sqrt(((found - made.signatures[made.labels[asked]]) ** 2).mean())
    assert missed == pytest.approx(predictor.deviation.mean(), rel=0.5)
    assert (predictor.correlation > 0.3).all()
