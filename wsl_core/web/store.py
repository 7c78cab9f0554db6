"""Bounded memory shared by all visitors: photographs and class maps, kept by digest.

Streamlit frees a visitor's session late, so nothing large lives in it. Here the least recently used
go first, when the bytes that `Settings.cache_megabytes` allows are full. What can be made again from what a
session holds goes when nobody has asked for it for a while, so that a class leaves nothing behind.
"""

import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from wsl_core.web import memory

Value = TypeVar("Value")

IDLE_S = 120.0  # long enough for a look at the blackboard; what comes back then is made in a moment
SWEEP_S = 10.0


class Store(Generic[Value]):
    """The most recently used values, as many as fit; safe to use from several threads."""

    def __init__(
        self, megabytes: float, size: Callable[[Value], int], *, idle_s: float | None = None
    ) -> None:
        """An empty store.

        Args:
            megabytes: (10**6 bytes each) that are kept at most.
            size: gives the bytes of a value.
            idle_s: seconds after which a value goes that nobody has asked for; None for never.
        """
        self._capacity, self._size, self._idle_s = megabytes * 1e6, size, idle_s
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._used: dict[Hashable, float] = {}
        self._bytes = 0
        self._lock = threading.Lock()
        if idle_s is not None:
            _swept(self)

    def get(self, key: Hashable) -> Value | None:
        """The value kept under `key`, or None."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                self._used[key] = time.monotonic()
            return self._values.get(key)

    def put(self, key: Hashable, value: Value) -> None:
        """Keep a value; those not used for longest make room. The newest always stays."""
        with self._lock:
            if key in self._values:
                self._drop(key)
            self._values[key] = value
            self._used[key] = time.monotonic()
            self._bytes += self._size(value)
            while self._bytes > self._capacity and len(self._values) > 1:
                self._drop(next(iter(self._values)))

    def sweep(self, now: float) -> bool:
        """Let go of what nobody has asked for since `idle_s` before `now`; whether there was any.

        Args:
            now: on the clock of `time.monotonic`.
        """
        before = len(self)
        with self._lock:
            while self._idle_s is not None and self._values:
                oldest = next(iter(self._values))
                if now - self._used[oldest] <= self._idle_s:
                    break
                self._drop(oldest)
        return len(self) < before

    def _drop(self, key: Hashable) -> None:
        self._bytes -= self._size(self._values.pop(key))
        del self._used[key]

    def __len__(self) -> int:
        """How many values are kept."""
        return len(self._values)


_stores: weakref.WeakSet[Store] = weakref.WeakSet()
_sweeping = threading.Lock()


def _swept(store: Store) -> None:
    """Have a store swept from now on; one thread does it for all."""
    with _sweeping:
        first = not _stores
        _stores.add(store)
    if first:
        threading.Thread(target=_sweep, daemon=True, name="sweep").start()


def _sweep() -> None:
    while True:
        time.sleep(SWEEP_S)
        with _sweeping:
            stores = list(_stores)
        if sum(store.sweep(time.monotonic()) for store in stores):
            memory.give_back()
