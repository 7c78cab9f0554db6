"""Forward passes for all visitors: networks loaded once, class maps kept by digest and parameters.

A network that was never exported on this machine, or whose last stages were retrained with a head, is
exported in a worker while every visitor's page shows the progress; none of them can interrupt it. Where
its weights would have to be fetched first, the page offers that instead, and fetches nothing unasked.
(Forward passes come one after the other by `wsl_core.networks.network`'s own lock.)
"""

import contextlib
import gc
import logging
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeVar

import streamlit as st

from wsl_core.errors import NetworkError, WeightsError, WslError
from wsl_core.fcn.activation_maps import ActivationMapParameters, compute
from wsl_core.fcn.heads import Head
from wsl_core.images import Photo
from wsl_core.networks import (
    CARDS,
    Card,
    ClassMaps,
    DownloadedWeights,
    Network,
    card,
    download,
    load,
)
from wsl_core.networks.recipe import PUBLISHED
from wsl_core.settings import settings
from wsl_core.web import fetch
from wsl_core.web.sentences import plain
from wsl_core.web.store import IDLE_S, Store

Made = TypeVar("Made")
DERIVED_BYTES = 50_000  # a panel of 15 x 15 cells with its channels, generously


@dataclass
class Loading:
    """A network on its way into this process.

    Attributes:
        share: of the work that is done, 0 .. 1.
        doing: what is being done.
        network: once it is there.
        missing: its card, and the weights that would have to be fetched first.
        error: why it will not come.
        done: set when one of the three before is.
    """

    share: float = 0.0
    doing: str = "starting a worker"
    network: Network | None = None
    missing: tuple[Card, DownloadedWeights] | None = None
    error: WslError | None = None
    done: threading.Event = field(default_factory=threading.Event)

    def report(self, share: float, doing: str) -> None:
        """Called by the export."""
        self.share, self.doing = share, doing


# This module is imported once in a server, however many visitors run the pages.
_loading: dict[str, Loading] = {}
_guard = threading.Lock()
_maps: Store[ClassMaps] = Store(
    settings().cache_megabytes, lambda maps: maps.features.nbytes + 100_000, idle_s=IDLE_S
)


_derived: Store[Any] = Store(settings().cache_megabytes / 4, lambda _: DERIVED_BYTES, idle_s=IDLE_S)


def derived(key: Hashable, make: Callable[[], Made]) -> Made:
    """What a page makes from class maps (a panel, a scale), kept for the next move of a slider.

    Args:
        key: names it, with everything it depends on.
        make: makes it; a few thousand numbers at most.
    """
    made: Made | None = _derived.get(key)
    if made is None:
        made = make()
        _derived.put(key, made)
    return made


def begin(name: str, head: Head | None = None) -> Loading:
    """Start loading a network if nobody has; returns at once.

    Args:
        name: of its card.
        head: whose retrained stages it is to have; None for the published weights.
    """
    key = name if head is None else head.trained
    with _guard:
        known = _loading.get(key)
        if known and known.error is None and not (known.missing and known.done.is_set()):
            return known
        loading = _loading[key] = Loading()
    threading.Thread(target=_load, args=(name, loading, head), daemon=True).start()
    return loading


def _load(name: str, loading: Loading, head: Head | None) -> None:
    try:
        if name not in CARDS:
            loading.report(0.1, "looking at its layers")  # in a worker, unless it was done before
        known = card(name)
        if weights := download.missing(known):
            loading.missing = known, weights
        elif head is None:
            loading.network = load(name, report=loading.report)
        else:
            loading.network = head.network(report=loading.report)
    except WslError as error:
        loading.error = error
    except Exception as error:
        logging.getLogger(__name__).exception("Loading %s failed", name)
        loading.error = NetworkError(
            f"The network {name} cannot be loaded: {type(error).__name__}. The server's log says more."
        )
    finally:
        loading.done.set()


def network(name: str) -> Network:
    """A loaded network; the page shows the progress meanwhile, and the sentence if it fails.

    Where its weights are not on this machine, the page offers to fetch them and draws nothing more.
    """
    place = st.empty()
    loading = _awaited(name, place)
    if loading.missing:
        with place.container():  # in one place, so that nothing of it stays when the network comes
            fetch.offer(*loading.missing)
        st.stop()
    place.empty()
    if loading.network is None:
        refuse(loading.error)
    return loading.network


def loaded(name: str, head: Head | None = None) -> Network:
    """A loaded network, for what a page can do without: it goes on where there is none.

    Args:
        name: of its card.
        head: whose retrained stages it is to have; None for the published weights.

    Raises:
        WslError: why the network does not come.
    """
    place = st.empty()
    loading = _awaited(name, place, head)
    place.empty()
    if loading.missing:
        raise WeightsError(
            f"The weights of {loading.missing[0].title} are not on this machine. A station at which this "
            f"network is chosen offers to fetch them."
        )
    if loading.network is None:
        raise loading.error or NetworkError(f"The network {name} cannot be loaded.")
    return loading.network


def _awaited(name: str, place: Any, head: Head | None = None) -> Loading:
    """Wait until a network has come, or has not; the page shows the progress at `place`."""
    loading, shown = begin(name, head), ""
    what = (
        name if head is None else f"{name} with the retrained stages of the head {head.card.name}"
    )
    started = time.monotonic()
    while not loading.done.wait(0.02):
        text = f"Preparing {what} for this machine, once: {loading.doing}."
        if time.monotonic() - started > 0.5 and text != shown:
            place.progress(loading.share, plain(text))
            shown = text
    return loading


def caution(name: str) -> str:
    """Where the cells of a network see more than their windows, in a sentence; empty elsewhere."""
    loading = _loading.get(name)
    return loading.network.card.caution if loading and loading.network else ""


def refuse(error: WslError | None) -> NoReturn:
    """Show the sentence where the picture would be, and draw nothing more."""
    st.error(plain(str(error)), icon=":material/error:")
    st.stop()
    raise AssertionError("st.stop ends the run")


def class_maps(photo: Photo, parameters: ActivationMapParameters) -> ClassMaps:
    """Class maps of a picture, computed once for all visitors; shows the sentence if refused."""
    kept = _maps.get(_key(photo, parameters))
    if kept is not None:  # which spares asking for the network
        return kept
    looking = network(parameters.network)
    try:
        return look(looking, photo, parameters)
    except WslError as error:
        refuse(error)


def glance(photo: Photo, parameters: ActivationMapParameters) -> ClassMaps:
    """As `class_maps`, for what a page can do without: it goes on where there are none.

    Raises:
        WslError: why there are none.
    """
    kept = _maps.get(_key(photo, parameters))
    return kept if kept is not None else look(loaded(parameters.network), photo, parameters)


def _key(photo: Photo, parameters: ActivationMapParameters, trained: str = PUBLISHED) -> Hashable:
    return photo.digest, photo.pixels.shape, parameters.forward_key(), trained


def look(looking: Network, photo: Photo, parameters: ActivationMapParameters) -> ClassMaps:
    """Class maps by a network that is there, of whatever weights: those that are kept, or new ones.

    Raises:
        ParameterError: a size outside the limits.
    """
    key = _key(photo, parameters, looking.trained)
    maps = _maps.get(key)
    if maps is None:
        maps = compute(looking, photo, parameters)
        _maps.put(key, maps)
    return maps


def warm(photo: Photo, parameters: ActivationMapParameters) -> ClassMaps | None:
    """Before the first visitor comes: load the network and look; None where a page will say why not."""
    loading = begin(parameters.network)
    loading.done.wait()
    maps = None
    if loading.network is not None:
        with contextlib.suppress(WslError):
            maps = look(loading.network, photo, parameters)
    # Streamlit collects garbage after every run, over every object that is alive: what lives as long
    # as the server is taken out of that, or each visitor's slider would wait for it.
    gc.collect()
    gc.freeze()
    return maps
