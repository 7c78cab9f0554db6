"""Bounded memory shared by all visitors: photographs and class maps, kept by digest.

Streamlit frees a visitor's session late, so nothing large lives in it. Here the least recently used
go first, when the bytes that `Settings.cache_megabytes` allows are full.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Store(Generic[Value]):
    """The most recently used values, as many as fit; safe to use from several threads."""

    def __init__(self, megabytes: float, size: Callable[[Value], int]) -> None:
        """Keep at most `megabytes` (10**6 bytes each); `size` gives the bytes of a value."""
        self._capacity, self._size = megabytes * 1e6, size
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Value | None:
        """The value kept under `key`, or None."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: Hashable, value: Value) -> None:
        """Keep a value; those not used for longest make room. The newest always stays."""
        with self._lock:
            if key in self._values:
                self._bytes -= self._size(self._values.pop(key))
            self._values[key] = value
            self._bytes += self._size(value)
            while self._bytes > self._capacity and len(self._values) > 1:
                _, oldest = self._values.popitem(last=False)
                self._bytes -= self._size(oldest)

    def __len__(self) -> int:
        """How many values are kept."""
        return len(self._values)
