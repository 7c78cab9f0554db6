"""Trained heads on a visitor's picture: one a scheme, and two that need a look of their own.

The heads of the six schemes read the features that are there already. ProNet looks at several sizes and
then at crops; a fine-tuned head reads a network whose last stages were retrained with it. Both looks go
through the cache and the lock of all forward passes, are made once, and only when they are asked for.
"""

from functools import lru_cache

from wsl_core import networks
from wsl_core.errors import WslError
from wsl_core.fcn import comparison, pronet
from wsl_core.fcn.activation_maps import ActivationMapParameters
from wsl_core.fcn.comparison import Reading
from wsl_core.fcn.heads import Head, HeadMaps, names
from wsl_core.fcn.heads.parameters import PRONET
from wsl_core.fcn.pooling import SCHEMES
from wsl_core.fcn.pronet import AnyHead, ProNet, ProNetMaps
from wsl_core.images import Photo
from wsl_core.settings import settings
from wsl_core.web import forward
from wsl_core.web.patience import Report, awaited
from wsl_core.web.store import Store

FINETUNED = "finetuned"
FURTHER = (PRONET, FINETUNED)
TITLES = {PRONET: "ProNet", FINETUNED: "Fine-tuned"}


def _bytes(maps: HeadMaps) -> int:
    streams = maps.streams.maps if isinstance(maps, ProNetMaps) else ()
    return sum(one.features.nbytes for one in (maps, *streams))


_looked: Store[HeadMaps] = Store(settings().cache_megabytes / 4, _bytes)


def available() -> list[str]:
    """Schemes that have a trained head here."""
    return [name for name in names() if name in SCHEMES]


@lru_cache(maxsize=len(SCHEMES))
def of_scheme(name: str) -> Head:
    """The shipped head of a scheme.

    Raises:
        HeadError: it is not there or damaged.
    """
    return Head.load(name)


@lru_cache(maxsize=len(FURTHER))
def further(name: str) -> AnyHead:
    """One of `FURTHER`.

    Raises:
        HeadError: it is not there or damaged.
    """
    return pronet.load(name)


def network() -> str:
    """Name of the network that the schemes' heads read; the default one where there are none."""
    for name in available():
        try:
            return of_scheme(name).card.network
        except WslError:  # it is damaged, which is said in its place
            continue
    return networks.DEFAULT


def title(name: str) -> str:
    """Of a scheme, or of one of `FURTHER`."""
    return TITLES.get(name) or SCHEMES[name].title


def cost(name: str) -> str:
    """Whose network one of `FURTHER` reads, and what a look costs, as Markdown.

    Raises:
        HeadError: it is not there or damaged.
    """
    found = further(name)
    whose = networks.card(found.card.network).title
    if isinstance(found, ProNet):
        how, sizes = found.parameters, found.card.sizes
        looks, flips = len(sizes) * (1 + found.card.mirror), ", mirrored too" * found.card.mirror
        crops = how.boxed_classes * how.boxes
        return (
            f"**{title(name)}** reads {whose} as published, at its own sizes whatever is chosen here: "
            f"{looks} looks at {', '.join(map(str, sizes))} px{flips}, then at up to {crops} crops. A "
            f"picture is looked at once; sliders cost no look."
        )
    which = "as published"
    if stages := found.card.finetuned:
        which = f"with weights of its own, retrained from {stages[0]} on"
    return (
        f"**{title(name)}** ({title(found.card.scheme)}) reads {whose} {which}: a look of its own at the "
        f"picture, made once; sliders cost no look. Before the very first one that network is prepared for "
        f"this machine, which takes a while."
    )


def look(name: str, photo: Photo, parameters: ActivationMapParameters) -> HeadMaps:
    """One of `FURTHER` on a picture, kept for the next move of a slider; the page shows the progress.

    Args:
        name: of the head.
        photo: the picture.
        parameters: size, scales and mirror image for a fine-tuned head; ProNet has its own.

    Raises:
        WslError: the head is not there or damaged, or its network does not come.
    """
    found = further(name)
    how: list[ActivationMapParameters] = _looks(found, parameters)
    key = (found.card.tensors_sha256, photo.digest, photo.pixels.shape,
           *(one.forward_key() for one in how))  # fmt: skip
    kept = _looked.get(key)
    if kept is not None:
        return kept
    retrained = found if isinstance(found, Head) and found.card.finetuned else None
    looking = forward.loaded(found.card.network, retrained)

    def make(report: Report) -> HeadMaps:
        maps = []
        for i, one in enumerate(how):
            report(i / (len(how) + 1), f"looking at the picture at {one.size} px")
            maps.append(forward.look(looking, photo, one))
        if isinstance(found, ProNet):
            report(len(how) / (len(how) + 1), "looking at the best boxes again")
            read: HeadMaps = found.rescored(looking, photo, maps)
        else:
            read = found.read(maps[0])
        _looked.put(key, read)
        return read

    return awaited(key, title(name), make)


def _looks(found: AnyHead, parameters: ActivationMapParameters) -> list[ActivationMapParameters]:
    """What the network is asked for, one after the other."""
    if isinstance(found, ProNet):
        own = {"network": found.card.network, "mirror": found.card.mirror}
        return [ActivationMapParameters(size=size, **own) for size in found.card.sizes]
    asked = {name: getattr(parameters, name) for name in ActivationMapParameters.model_fields}
    return [ActivationMapParameters(**asked | {"network": found.card.network})]


def reading(maps: HeadMaps, sliders: dict[str, dict[str, object]] | None = None) -> Reading:
    """The maps of a head of one scheme as that scheme pools them; not ProNet.

    Args:
        maps: of the head.
        sliders: parameters by scheme that replace those of the head's card.
    """
    (found,) = comparison.trained([maps], sliders or {}).values()
    return found
