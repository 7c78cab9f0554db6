"""Pairs of domains for adaptation: a labelled source, a target without labels, and what is measured on.

`PAIRS` and `card` are light; `load` reads or makes the pictures, in a worker or on the command line.
"""

from wsl_core.datasets.domains.cards import PAIRS, PairCard, card, load
from wsl_core.datasets.domains.pair import DomainPair, Labelled, Unlabelled

__all__ = ["PAIRS", "DomainPair", "Labelled", "PairCard", "Unlabelled", "card", "load"]
