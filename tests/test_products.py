"""Matrix products on one thread, and as many as there were afterwards."""

import subprocess
import sys

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from wsl_core.products import on_one_thread


def threads() -> set[int]:
    """Of the algebra library."""
    return {one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"}


@pytest.fixture(autouse=True)
def _three():
    with threadpool_limits(3, user_api="blas"):
        yield


def test_one_thread_inside_and_as_many_as_before_outside() -> None:
    with on_one_thread():
        assert threads() == {1}
        with on_one_thread():
            assert threads() == {1}
        assert threads() == {1}
    assert threads() == {3}


def test_an_error_gives_them_back() -> None:
    with pytest.raises(ZeroDivisionError), on_one_thread():
        1 / 0  # noqa: B018
    assert threads() == {3}


def test_it_decorates() -> None:
    @on_one_thread()
    def seen() -> set[int]:
        return threads()

    assert seen() == seen() == {1}
    assert threads() == {3}


# How long the process computes in the 60 ms after a product, in ms: on several threads, on one, and for good.
AFTERWARDS = """
import time
import numpy as np
from threadpoolctl import threadpool_limits
from wsl_core.products import all_on_one_thread, on_one_thread
def afterwards():
    first @ second
    begun = time.process_time()
    time.sleep(.06)
    return 1000 * (time.process_time() - begun)
first, second = np.ones((1000, 1280), np.float32), np.ones((1280, 300), np.float32)
with threadpool_limits(2, user_api="blas"):
    several = min(afterwards() for _ in range(5))
time.sleep(.5)
with threadpool_limits(2, user_api="blas"), on_one_thread():
    one = max(afterwards() for _ in range(5))
all_on_one_thread()
print(several, one, max(afterwards() for _ in range(5)))
"""


def test_no_thread_waits_busily_after_a_product() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", AFTERWARDS], capture_output=True, text=True, check=True, timeout=60
    )
    several, one, ever = map(float, ran.stdout.split())
    assert max(one, ever) < 10
    if np.show_config(mode="dicts")["Build Dependencies"]["blas"]["name"] == "scipy-openblas":
        assert several > one
