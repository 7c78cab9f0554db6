"""The bounded store: bytes decide, the least recently used go first, the newest always stays."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

from wsl_core.web.store import Store


def store(megabytes: float = 3) -> Store[bytes]:
    return Store(megabytes, len)


def kept(one: Store[bytes], keys: str) -> str:
    return "".join(key for key in keys if one.get(key) is not None)


def of_a_megabyte() -> bytes:
    return bytes(1_000_000)


def test_what_was_put_in_is_given_back() -> None:
    one = store()
    one.put("a", b"value")
    assert one.get("a") == b"value"
    assert one.get("b") is None


def test_as_many_are_kept_as_fit() -> None:
    one = store(3)
    for key in "abcd":
        one.put(key, of_a_megabyte())
    assert len(one) == 3
    assert kept(one, "abcd") == "bcd"


def test_what_was_used_stays_before_what_was_not() -> None:
    one = store(3)
    for key in "abc":
        one.put(key, of_a_megabyte())
    one.get("a")
    one.put("d", of_a_megabyte())
    assert kept(one, "abcd") == "acd"


def test_one_large_value_drives_out_several_small_ones() -> None:
    one = store(3)
    for key in "abc":
        one.put(key, of_a_megabyte())
    one.put("d", bytes(2_500_000))
    assert kept(one, "abcd") == "d"


def test_the_newest_stays_even_if_it_alone_is_too_large() -> None:
    one = store(3)
    one.put("a", of_a_megabyte())
    one.put("b", bytes(5_000_000))
    assert kept(one, "ab") == "b"


def test_what_was_too_large_counts_no_longer_once_it_is_gone() -> None:
    one = store(3)
    one.put("a", bytes(5_000_000))
    for key in "bcd":
        one.put(key, of_a_megabyte())
    assert kept(one, "abcd") == "bcd"


def test_a_value_put_in_again_counts_once() -> None:
    one = store(3)
    for _ in range(10):
        one.put("a", of_a_megabyte())
    one.put("b", of_a_megabyte())
    one.put("c", of_a_megabyte())
    assert kept(one, "abc") == "abc"


def test_threads_do_not_break_the_count() -> None:
    one, start = store(0.03), threading.Barrier(8)

    def work(seed: int) -> None:
        start.wait()
        for step in range(2_000):
            key = (seed * 7 + step) % 40
            if one.get(key) is None:
                one.put(key, bytes(1_000 + key))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    left = [value for key in range(40) if (value := one.get(key)) is not None]
    assert len(left) == len(one)
    assert 28_900 < sum(map(len, left)) <= 30_000


def test_what_nobody_asks_for_goes_and_what_is_used_stays() -> None:
    kept_for = Store[bytes](3, len, idle_s=60)
    kept_for.put("left", b"a")
    kept_for.put("used", b"b")
    now = time.monotonic()
    kept_for.sweep(now + 30)
    assert len(kept_for) == 2
    with patch("time.monotonic", lambda: now + 50):
        assert kept_for.get("used") == b"b"
    kept_for.sweep(now + 90)
    assert kept_for.get("left") is None
    assert kept_for.get("used") == b"b"


def test_without_a_time_nothing_goes_by_itself() -> None:
    forever = store()
    forever.put("a", b"a")
    forever.sweep(time.monotonic() + 1e9)
    assert len(forever) == 1
