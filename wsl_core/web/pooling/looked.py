"""One picture as every scheme reads it, for the Pooling page: the network's own maps, or trained heads."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from wsl_core.errors import HeadError, WslError
from wsl_core.fcn import comparison
from wsl_core.fcn.comparison import PooledClass, Reading
from wsl_core.fcn.heads import Head, HeadMaps
from wsl_core.fcn.pooling import SCHEMES
from wsl_core.networks import ClassMaps, card
from wsl_core.settings import settings
from wsl_core.web import forward, own_heads, trained_heads
from wsl_core.web.class_choice import MOST_LIKELY, index_of
from wsl_core.web.pictures import Chosen
from wsl_core.web.pooling import cases as pooling_cases
from wsl_core.web.pooling.view import PoolingView
from wsl_core.web.store import Store

_values: Store[NDArray[np.float32]] = Store(
    settings().cache_megabytes / 4, lambda values: values.nbytes
)


@dataclass(frozen=True, eq=False)
class Read:
    """A picture as all schemes read it.

    Attributes:
        chosen: the picture.
        maps: the network's own, or those of a head that the visitor has trained.
        readings: by scheme, in the schemes' order.
        heads: the heads' maps by scheme, where they are trained.
        absent: by scheme, why there is no reading of it.
    """

    chosen: Chosen
    maps: ClassMaps
    readings: dict[str, Reading]
    heads: dict[str, HeadMaps] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)

    @property
    def trained(self) -> bool:
        """Whether heads were trained for the classes."""
        return bool(self.heads)

    @property
    def kind(self) -> str:
        """Whose maps are pooled, for sentences."""
        if isinstance(self.maps, HeadMaps):
            return f"class maps of the head {self.maps.head.card.title}, pooled as they are"
        whose = card(self.maps.network).title
        if self.trained:
            return f"trained VOC heads, which read {whose}"
        return f"ImageNet class maps of {whose}, pooled as they are"

    def maps_of(self, scheme: str) -> ClassMaps:
        """The maps that a scheme pools."""
        return self.heads.get(scheme, self.maps)

    @property
    def reference(self) -> Reading:
        """The scheme that names the classes where none is chosen: WELDON's, or the first there is."""
        return self.readings.get("weldon") or next(iter(self.readings.values()))

    def pooled(self, index: int) -> dict[str, PooledClass]:
        """One class under every scheme."""
        return {name: reading.of(index) for name, reading in self.readings.items()}

    def index(self, view: PoolingView) -> int:
        """The class that is shown."""
        best = self.reference.ranking(1)[0].index
        if self.trained:
            titles = self.reference.classes.titles
            return titles.index(view.voc) if view.voc in titles else best
        return index_of(self.maps.classes, view.first, best)

    def indices(self, view: PoolingView) -> list[int]:
        """The class that is shown, and the likeliest other one if two are asked for."""
        first = self.index(view)
        if not view.two:
            return [first]
        return [first, next(o.index for o in self.reference.ranking(2) if o.index != first)]

    def judged(self, view: PoolingView) -> list[int]:
        """Three different classes: those that were chosen, else those that go with the picture."""
        classes = self.reference.classes
        usual = () if self.trained else pooling_cases.VERDICTS.get(self.chosen.key or "", ())
        wanted = [view.voc] if self.trained else [view.right, view.wrong, view.other]
        likely = [one.index for one in self.reference.ranking(10)]
        found: list[int] = []
        for place in range(3):
            rest = [likely[0], likely[1], likely[-1], *likely]
            default = [classes.find(usual[place])] if usual else []
            asked = wanted[place] if place < len(wanted) else MOST_LIKELY
            if self.trained:
                named = [classes.titles.index(asked)] if asked in classes.titles else []
            else:
                named = [index_of(classes, asked, -1)] if asked else []
            options = [one for one in (*named, *default, *rest[place:]) if one >= 0]
            found.append(next(one for one in options if one not in found))
        return found


def read(chosen: Chosen, maps: ClassMaps, view: PoolingView) -> Read:
    """The picture under every scheme.

    Raises:
        ParameterError: a parameter outside its range.
        HeadError: heads are asked for, and not one can be used.
    """
    if not view.trained:
        values = _all_maps(maps)
        readings = comparison.of_values(values, maps.classes, view.parameters())
        return Read(chosen, maps, readings, absent={"spleap": pooling_cases.NO_PARTS})
    usable, absent = {}, {}
    for name in SCHEMES:
        try:
            head = trained_heads.of_scheme(name)
            head.read(maps)  # refuses the maps of another network
            usable[name] = head
        except HeadError as error:
            absent[name] = str(error)
    if not usable:
        raise HeadError(f"No trained head can be used. {next(iter(absent.values()))}")
    seen = comparison.read_all(list(usable.values()), maps)
    readings = comparison.trained(seen, view.parameters())
    return Read(chosen, maps, readings, dict(zip(usable, seen, strict=True)), absent)


def _all_maps(maps: ClassMaps) -> NDArray[np.float32]:
    """(K, h, w) of the network's own classes, kept for the next move of a slider."""
    head = maps.head.card.tensors_sha256 if isinstance(maps, HeadMaps) else None
    key = (maps.digest, maps.network, head, maps.input_size, maps.picture_size)
    values = _values.get(key)
    if values is None:
        values = replace(maps).logits  # a copy, or the maps would hold them uncounted
        _values.put(key, values)
    return values


def readings(chosen: Chosen, maps: ClassMaps, view: PoolingView) -> Read:
    """As `read`; shows the sentence if refused."""
    try:
        return read(chosen, maps, view)
    except WslError as error:
        forward.refuse(error)


def look(chosen: Chosen, view: PoolingView, head: Head | None = None) -> ClassMaps:
    """The maps of the network, or of a head that was trained here; shows the sentence if refused."""
    if head:
        return own_heads.class_maps(chosen.photo, head, view.looked())
    return forward.class_maps(chosen.photo, view.looked())


def pinned_cell(maps: ClassMaps, view: PoolingView) -> tuple[int, int] | None:
    """(row, column) from 0 of the cell in the link, if these maps have it."""
    if not view.cell:
        return None
    row, column = (int(part) - 1 for part in view.cell.split(","))
    rows, columns = maps.cells
    return (row, column) if 0 <= row < rows and 0 <= column < columns else None
