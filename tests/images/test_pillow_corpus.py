"""The pictures that Pillow tests itself with: some 1,050, many of them broken on purpose."""

import random
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import PurePath

import PIL
import pytest

from wsl_core.errors import ImageError
from wsl_core.images import PICTURE_SUFFIXES, read

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tarfile.TarFile]:
    folder = tmp_path_factory.mktemp("pillow")
    package = f"pillow=={PIL.__version__}"
    arguments = ["download", package, "--no-deps", "--no-binary", "pillow", "--dest", str(folder)]
    done = subprocess.run(
        [sys.executable, "-m", "pip", *arguments], capture_output=True, text=True, check=False
    )
    archives = list(folder.glob("pillow-*.tar.gz"))
    if not archives:
        pytest.skip(f"pip could not fetch the source package {package}: {done.stderr[-300:]}")
    with tarfile.open(archives[0]) as archive:
        yield archive


def outcome(data: bytes, name: str) -> str:
    """ "picture", "sentence", or what else came of it."""
    try:
        photo = read(data, name=name, longest_side=200)
    except ImageError as error:
        plain = re.match(rf"Cannot read {re.escape(name)}: [^<>\[\]]+\.$", str(error))
        return "sentence" if plain else f"{name}: {error}"
    except Exception as error:  # the list says which
        return f"{name}: {error!r}"
    return "picture" if max(photo.pixels.shape) <= 200 else f"{name}: {photo.pixels.shape}"


def test_every_picture_and_three_mutants_of_each(corpus: tarfile.TarFile) -> None:
    chance = random.Random(0)
    whole, others = [], []
    for member in corpus:
        path = PurePath(member.name)
        if not member.isfile() or path.parts[1:3] != ("Tests", "images"):
            continue
        file = corpus.extractfile(member)
        assert file is not None
        data = file.read()
        results = [outcome(data, path.name)]
        if path.suffix.lower() in PICTURE_SUFFIXES:
            whole.append(results[0])
        for _ in range(3):
            broken = bytearray(data)
            for _ in range(chance.randint(1, 8)):
                if broken:
                    broken[chance.randrange(len(broken))] = chance.randrange(256)
            cut = chance.choice((len(broken), chance.randint(0, len(broken))))
            results.append(outcome(bytes(broken[:cut]), path.name))
        others += [result for result in results if result not in ("picture", "sentence")]
    assert others == []
    assert len(whole) > 500
    assert whole.count("picture") > 0.85 * len(whole)  # most of an accepted kind are sound
