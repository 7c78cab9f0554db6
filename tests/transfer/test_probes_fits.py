"""Fits on products of pictures against scikit-learn's on the features themselves."""

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.svm import LinearSVC

from wsl_core.transfer.probes.fitting import Resolvent, fit, ridge
from wsl_core.transfer.probes.gram import Centred, normalised, products
from wsl_core.transfer.probes.losses import Loss, softmax, squared_hinge

CLASSES, COUNT, WIDTH = 5, 60, 200  # more dimensions than pictures, as layers have
EXACT = 1e-13


@pytest.fixture(scope="module")
def blobs() -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    random = np.random.default_rng(3)
    centres = random.normal(size=(CLASSES, WIDTH)) * 0.25
    labels = np.arange(COUNT + 20) % CLASSES
    features = np.maximum(centres[labels] + random.normal(size=(COUNT + 20, WIDTH)), 0)
    return features, labels


def spaces(
    features: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Centred training features, the same of the others, and the training products, in double precision."""
    mean = features[:COUNT].mean(0)
    train, other = features[:COUNT] - mean, features[COUNT:] - mean
    return train, other, train @ train.T


def test_products_are_those_of_features_centred_on_the_training_pictures(
    blobs: tuple[NDArray[np.float64], NDArray[np.int64]],
) -> None:
    rows = normalised(blobs[0])
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-6)
    among, others = np.arange(3, 50), np.array([0, 70, 1])
    space = Centred.of(products(rows), among)
    train, other = rows[among] - rows[among].mean(0), rows[others] - rows[among].mean(0)
    assert space.train * space.scale == pytest.approx(train @ train.T, abs=2e-6)
    assert space.against(others) * space.scale == pytest.approx(other @ train.T, abs=2e-6)
    assert np.trace(space.train) / len(among) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("constant", [0.01, 1.0])
def test_softmax_is_logistic_regression(
    blobs: tuple[NDArray[np.float64], NDArray[np.int64]], constant: float
) -> None:
    train, other, inner = spaces(blobs[0])
    labels = blobs[1][:COUNT]
    mine = fit(inner, labels, CLASSES, softmax, constant, tolerance=EXACT)
    theirs = LogisticRegression(C=constant, tol=1e-10, max_iter=5000).fit(train, labels)
    weights = mine.coefficients.T @ train
    assert weights == pytest.approx(theirs.coef_, abs=2e-4)
    probabilities = theirs.predict_log_proba(other)
    scores = mine.scores(other @ train.T)
    own = scores - np.log(np.exp(scores).sum(1, keepdims=True))
    assert own == pytest.approx(probabilities, abs=2e-3)


@pytest.mark.parametrize("constant", [0.003, 0.1])
def test_svm_is_liblinears(
    blobs: tuple[NDArray[np.float64], NDArray[np.int64]], constant: float
) -> None:
    """Its intercept is penalised, next to nothing where the constant feature is large."""
    train, other, inner = spaces(blobs[0])
    labels = blobs[1][:COUNT]
    mine = fit(inner, labels, CLASSES, squared_hinge, constant, tolerance=EXACT)
    theirs = LinearSVC(
        C=constant, dual=True, tol=1e-9, max_iter=1_000_000, intercept_scaling=100.0
    ).fit(train, labels)
    scores = mine.scores(other @ train.T)
    assert scores == pytest.approx(theirs.decision_function(other), abs=2e-3)
    short = np.maximum(0, 1 - np.where(np.eye(CLASSES)[labels], 1, -1) * mine.scores(inner))
    weights = mine.coefficients.T @ train
    assert mine.objective == pytest.approx(
        constant * (short**2).sum() + 0.5 * (weights**2).sum(), rel=1e-9
    )


def test_the_preview_is_ridge_regression(
    blobs: tuple[NDArray[np.float64], NDArray[np.int64]],
) -> None:
    train, other, inner = spaces(blobs[0])
    labels = blobs[1][:COUNT]
    mine = ridge(Resolvent.of(inner, 0.02), labels, CLASSES)
    targets = np.where(np.eye(CLASSES)[labels], 1.0, -1.0)
    theirs = Ridge(alpha=1 / 0.02).fit(train, targets)
    assert mine.scores(other @ train.T) == pytest.approx(theirs.predict(other), abs=1e-6)


@pytest.mark.parametrize("loss", [softmax, squared_hinge])
def test_a_warm_start_ends_where_a_cold_one_does(
    blobs: tuple[NDArray[np.float64], NDArray[np.int64]], loss: Loss
) -> None:
    _, _, inner = spaces(blobs[0])
    labels = blobs[1][:COUNT]
    cold = fit(inner, labels, CLASSES, loss, 0.5, tolerance=EXACT)
    warm = fit(
        inner, labels, CLASSES, loss, 0.5, fit(inner, labels, CLASSES, loss, 0.05), tolerance=EXACT
    )
    assert warm.objective == pytest.approx(cold.objective, rel=1e-8)
    other = fit(
        inner, labels, CLASSES, loss, 0.5, resolvent=Resolvent.of(inner, 7.0), tolerance=EXACT
    )
    assert other.objective == pytest.approx(cold.objective, rel=1e-8)
    assert warm.scores(inner) == pytest.approx(cold.scores(inner), abs=1e-3)


@pytest.mark.parametrize("loss", [softmax, squared_hinge])
def test_the_gradient_is_that_of_the_value(loss: Loss) -> None:
    random = np.random.default_rng(1)
    scores, labels = random.normal(size=(7, CLASSES)), np.arange(7) % CLASSES
    _, slope = loss(scores.copy(), labels)
    for place in ((0, 0), (3, 4), (6, 1)):
        moved, back = scores.copy(), scores.copy()
        moved[place] += 1e-6
        back[place] -= 1e-6
        rise = (loss(moved, labels)[0] - loss(back, labels)[0]) / 2e-6
        assert slope[place] == pytest.approx(rise, rel=1e-4)
