"""The 1,000 classes of ImageNet: WordNet identifiers, names and definitions.

Read from the text files that timm ships (WordNet 3.0, Princeton licence), without importing timm.
"""

import importlib.util
from functools import cache
from pathlib import Path

from wsl_core.errors import NetworkError
from wsl_core.networks.class_names import ClassNames


@cache
def classes() -> ClassNames:
    """The classes in the order of every ImageNet network's outputs.

    Raises:
        NetworkError: timm is not installed.
    """
    spec = importlib.util.find_spec("timm")
    if spec is None or not spec.submodule_search_locations:
        raise NetworkError(
            "The names of ImageNet's classes are missing. Install them with: pip install timm"
        )
    folder = Path(spec.submodule_search_locations[0]) / "data" / "_info"

    def table(file: str) -> dict[str, str]:
        lines = (folder / file).read_text(encoding="utf-8").splitlines()
        return dict(line.split("\t", 1) for line in lines if "\t" in line)

    wnids = tuple((folder / "imagenet_synsets.txt").read_text(encoding="utf-8").split())
    names, meanings = (
        table("imagenet_synset_to_lemma.txt"),
        table("imagenet_synset_to_definition.txt"),
    )
    return ClassNames(wnids, tuple(names[w] for w in wnids), tuple(meanings[w] for w in wnids))
