"""Lists as people write them, before a field checks them."""

import pytest

from wsl_core.comma_lists import listed


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("257, 321", ("257", "321")),
        ("257,", ("257",)),
        ("", ()),
        (257, (257,)),
        (0.5, (0.5,)),
        ([1, 2], (1, 2)),
        ((1, 2), (1, 2)),
    ],
)
def test_a_list_becomes_a_tuple(written: object, found: tuple) -> None:
    assert listed(written) == found


@pytest.mark.parametrize("written", [True, None, {"a": 1}])
def test_what_is_no_list_is_left_for_the_field_to_refuse(written: object) -> None:
    assert listed(written) is written
