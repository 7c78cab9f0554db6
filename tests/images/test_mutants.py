"""Damaged files give a picture or a sentence, never anything else."""

import random
import re

import numpy as np
import pytest

from wsl_core.errors import ImageError
from wsl_core.images import Photo, read
from wsl_core.settings import settings

EXTREMES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def mutant(data: bytes, chance: random.Random) -> bytes:
    """`data` with bytes flipped, cut, inserted or swapped, or a number in it made extreme."""
    found = bytearray(data)
    kind = chance.randrange(5)
    if kind == 0:
        for _ in range(chance.randint(1, 8)):
            found[chance.randrange(len(found))] ^= 1 << chance.randrange(8)
    elif kind == 1:
        start = chance.randrange(len(found))
        del found[start : chance.choice((len(found), start + chance.randint(1, 40)))]
    elif kind == 2:
        start = chance.randrange(len(found))
        found[start:start] = chance.randbytes(chance.randint(1, 40))
    elif kind == 3:
        length = chance.randint(1, max(1, len(found) // 4))
        one, two = sorted(chance.randrange(len(found)) for _ in range(2))
        two = max(two, one + length)
        found[one : one + length], found[two : two + length] = (
            found[two : two + length],
            found[one : one + length],
        )
    else:
        width = chance.choice((1, 2, 4))
        start = chance.randrange(len(found))
        order = chance.choice(("little", "big"))
        number = chance.choice(EXTREMES) & (256**width - 1)
        found[start : start + width] = number.to_bytes(width, order)
    return bytes(found)


@pytest.mark.filterwarnings("ignore")  # Pillow warns of metadata that it skips
def test_5000_mutants(samples: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WSL_MEGAPIXELS", "1")  # else some mutants are large, and slow
    settings.cache_clear()
    chance = random.Random(0)
    others = []
    pictures = 0
    for name, data in samples.items():
        for number in range(5000 // len(samples)):
            broken = mutant(data, chance)
            try:
                photo = read(broken, name=name, longest_side=chance.choice((None, 5)))
            except ImageError as error:
                if not re.match(rf"Cannot read {name}: [^<>]+\.$", str(error)):
                    others.append((name, number, str(error)))
            except Exception as error:  # the list says which
                others.append((name, number, repr(error)))
            else:
                assert isinstance(photo, Photo)
                assert photo.pixels.dtype == np.uint8
                assert photo.pixels.ndim == 3
                pictures += 1
    assert others == []
    assert 500 < pictures < 4500
