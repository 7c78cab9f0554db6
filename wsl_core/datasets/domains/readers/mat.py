"""SVHN's and SYN NUMBERS' published files: MATLAB arrays X (32, 32, 3, N) and y (N, 1), 10 for a zero."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wsl_core.errors import DatasetError


def digits(path: Path) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Pictures (N, 32, 32, 3) uint8 and labels (N,) int64, 0 to 9.

    Raises:
        DatasetError: the file is missing, damaged, or holds other arrays.
    """
    from scipy.io import loadmat
    from scipy.io.matlab import MatReadError

    again = "Get the file again, for example through torchvision.datasets.SVHN."
    if not path.is_file():
        raise DatasetError(f"{path} is not there. {again}")
    try:
        found = loadmat(path, variable_names=["X", "y"])
        pictures, labels = found["X"], found["y"].ravel().astype(np.int64)
    except (OSError, ValueError, TypeError, KeyError, NotImplementedError, MatReadError):
        raise DatasetError(
            f"{path} is damaged, or not a MATLAB file with X and y. {again}"
        ) from None
    if pictures.shape != (32, 32, 3, len(labels)) or pictures.dtype != np.uint8 or not len(labels):
        raise DatasetError(
            f"{path} holds pictures of shape {pictures.shape} and {len(labels)} labels; expected are "
            f"(32, 32, 3, N) bytes and N labels. {again}"
        )
    labels = labels % 10
    return np.ascontiguousarray(pictures.transpose(3, 0, 1, 2)), labels
