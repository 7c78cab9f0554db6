"""A request for probes: which pictures it means, and what can be refused before one of them is opened."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wsl_core import networks
from wsl_core.datasets import collection
from wsl_core.datasets.collection import Collection
from wsl_core.transfer.probes import examples, protocol, taps
from wsl_core.transfer.probes.parameters import ProbeParameters
from wsl_core.transfer.retrieval import identity
from wsl_core.transfer.retrieval.parameters import DescriptorParameters

ARCHIVE = "archive"  # name of the array with the bytes of an uploaded zip file


def pictures_of(how: ProbeParameters, arrays: Mapping[str, NDArray[Any]] = {}) -> Collection:
    """The pictures of a request, with the classes and splits of its table.

    Raises:
        DatasetError: see `collection.of`; or no classes.
    """
    if how.data.startswith(examples.PREFIX):
        return fewer(examples.of(how.data), how)
    data = arrays[ARCHIVE].tobytes() if ARCHIVE in arrays else None
    found = collection.of(how.data, how.most, how.archive_megabytes, data)
    if how.split_file is not None or found.table is not None:
        found = collection.with_table(
            found, None if how.split_file is None else Path(how.split_file)
        )
    protocol.classes_of(found.entries)
    return fewer(found, how)


def fewer(found: Collection, how: ProbeParameters) -> Collection:
    """The classes, and pictures of each, that a request is limited to; drawn by its seed."""
    if not how.classes and not how.each:
        return found
    random = np.random.default_rng([how.seed, how.classes, how.each])
    names = protocol.classes_of(found.entries)
    if how.classes:
        names = tuple(random.permutation(names)[: how.classes].tolist())
    kept: set[int] = set()
    for name in sorted(names):
        of_class = [i for i, one in enumerate(found.entries) if one.label == name]
        kept.update(random.permutation(of_class)[: how.each or None].tolist())
    return replace(found, entries=tuple(found.entries[i] for i in sorted(kept)))


def with_digest(how: ProbeParameters, found: Collection) -> ProbeParameters:
    """Refuse what can be refused before a picture is opened; the request with its digest.

    Raises:
        NetworkError: an unknown network, weights that are not there, or an unknown tap.
        ParameterError: a size outside the network's limits.
        DatasetError: one class, or a class with too few pictures.
    """
    card = networks.card(how.network)
    taps.chosen(card, how.taps)
    taps.square(card, how.size)
    classes = protocol.classes_of(found.entries)
    labels = np.array([classes.index(str(one.label)) for one in found.entries])
    protocol.draws(labels, classes, how.train, how.test, 1, how.seed)
    facts = f"{found.digest} {found.stamp()} {identity_of(how)}"
    return how.model_copy(update={"asked": hashlib.sha256(facts.encode()).hexdigest()[:16]})


def identity_of(how: ProbeParameters) -> str:
    """Digest of the network's architecture, normalisation and weights."""
    return identity.of(DescriptorParameters(network=how.network, weights=how.weights))
