"""Matrix products on one thread.

NumPy's algebra library (OpenBLAS) spreads even a product of a millisecond over all cores, and its threads
then wait busily for the next one, 50 ms and more: on the cores that the network's next pass needs. What a
class map takes is far shorter than that wait.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import numpy  # noqa: F401 - its library is to be found
from threadpoolctl import ThreadpoolController

_libraries = cache(ThreadpoolController)


@contextmanager
def on_one_thread() -> Iterator[None]:
    """Products in here take one thread, afterwards as many as before; a decorator as well.

    The number is the whole process's: where several threads are in here, the first one's leaving ends it.
    """
    with _libraries().limit(limits=1, user_api="blas"):
        yield


def all_on_one_thread() -> None:
    """From now on, as long as the calling thread lives: in a server, whose visitors share the cores."""
    _libraries().limit(limits=1, user_api="blas")
