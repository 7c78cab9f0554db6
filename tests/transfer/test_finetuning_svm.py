"""The support vector machine is liblinear's, whether pictures or channels are more."""

import numpy as np
import pytest
from sklearn.svm import LinearSVC

from wsl_core.transfer.finetuning import svm


@pytest.mark.parametrize(("pictures", "channels"), [(40, 12), (20, 90)])
@pytest.mark.parametrize("c", [0.01, 1.0])
def test_it_is_liblinears(pictures: int, channels: int, c: float) -> None:
    random = np.random.default_rng(0)
    labels = np.arange(pictures) % 3
    x = random.normal(size=(pictures, channels)) + 0.7 * np.eye(3, channels)[labels]
    weight, bias = svm.fit(x, labels, 3, c)
    other = LinearSVC(C=c, intercept_scaling=1e3, tol=1e-8, max_iter=200_000, dual=False).fit(
        x, labels
    )
    scores = x @ weight.T + bias
    np.testing.assert_allclose(scores, other.decision_function(x), atol=5e-3)
    np.testing.assert_allclose(weight, other.coef_, atol=5e-3)


def test_weights_of_pictures_are_as_many_copies() -> None:
    random = np.random.default_rng(1)
    labels = np.array([0, 0, 0, 1, 1, 2])
    x = random.normal(size=(6, 4))
    times = np.array([1, 2, 1, 3, 1, 2])
    weight, bias = svm.fit(x, labels, 3, 0.3, times)
    many, offset = svm.fit(x.repeat(times, axis=0), labels.repeat(times), 3, 0.3)
    np.testing.assert_allclose(weight, many, atol=1e-6)
    np.testing.assert_allclose(bias, offset, atol=1e-6)
