"""The lines of Python that do what the parts of the Pooling page show; a test runs them."""

from wsl_core.fcn.pooling import SCHEMES
from wsl_core.networks import DEFAULT
from wsl_core.web import own_heads
from wsl_core.web.activation_maps.shown import picture_in_python
from wsl_core.web.components.number_grid import parse
from wsl_core.web.pictures import Chosen
from wsl_core.web.pooling.view import NONE, PoolingView
from wsl_core.web.trained_heads import PRONET


def _changed(view: PoolingView) -> dict[str, dict[str, object]]:
    """What the sliders say, without what is the default anyway."""
    changed = {}
    for name, values in view.parameters().items():
        usual = SCHEMES[name].parameters().model_dump()
        changed[name] = {k: v for k, v in values.items() if v != usual[k]}
    return {name: values for name, values in changed.items() if values}


def _read(view: PoolingView, chosen: Chosen) -> list[str]:
    parameters = view.looked()
    if view.head:
        return [
            picture_in_python(chosen),
            f'head = heads.Head.load("{view.head.split("/")[1]}")  # {own_heads.FOLDER}',
            f"maps = head.read(head.network().class_maps(photo, {view.size!r}))",
            f"readings = comparison.untrained(maps, {_changed(view)!r})",
        ]
    lines = [
        picture_in_python(chosen),
        f"network = networks.load({'' if parameters.network == DEFAULT else repr(parameters.network)})",
        f"maps = network.class_maps(photo, {view.size!r})",
    ]
    if view.trained:
        lines += [
            "read = [heads.Head.load(name).read(maps) for name in heads.names() if name in SCHEMES]",
            f"readings = comparison.trained(read, {view.parameters()!r})",
        ]
    else:
        lines += [f"readings = comparison.untrained(maps, {_changed(view)!r})"]
    return lines


def _imports(view: PoolingView, more: str = "") -> list[str]:
    if view.trained:
        return [
            "from wsl_core import images, networks",
            f"from wsl_core.fcn import comparison, heads{more}",
            "from wsl_core.fcn.pooling import SCHEMES",
            "",
        ]
    if view.head:
        return ["from wsl_core import images", "from wsl_core.fcn import comparison, heads", ""]
    return ["from wsl_core import images, networks", "from wsl_core.fcn import comparison", ""]


def schemes(view: PoolingView, chosen: Chosen, index: int) -> str:
    """The lines that give scores, rankings, weights and contributions."""
    return "\n".join(
        [
            *_imports(view, ", pronet" * (view.trained and view.beside == PRONET)),
            *_read(view, chosen),
            "for name, reading in readings.items():",
            f"    one = reading.of({index})",
            "    print(name, one.score, one.contribution.sum() + one.bias, one.effective_cells)",
            "    print([(ranked.name, ranked.score) for ranked in reading.ranking(5)])",
            *(_beside(view, index) if view.trained else []),
        ]
    )


def _beside(view: PoolingView, index: int) -> list[str]:
    """The lines for the head beside the schemes."""
    if view.beside == NONE:
        return []
    if view.beside == PRONET:
        return [
            f'head = pronet.ProNet.load("{view.beside}")',
            "maps = head.look(head.network(), photo)",
            f"print(maps.streams.scores[{index}], maps.second[:, {index}].max(), maps.scores[{index}])",
            f"print(maps.box({index}))",
        ]
    return [
        f'head = heads.Head.load("{view.beside}")',
        f"maps = head.read(head.network().class_maps(photo, {view.size!r}))",
        f"(reading,) = comparison.trained([maps], {view.parameters()!r}).values()",
        f'print("{view.beside}", reading.of({index}).score)',
    ]


def modalities(view: PoolingView, chosen: Chosen, index: int) -> str:
    """The lines that give the maps of a class."""
    return "\n".join(
        [
            *_imports(view),
            *_read(view, chosen),
            f'for one in readings["wildcat"].modalities({index}):',
            "    print(one.mean(), one.max())",
        ]
    )


def limit(view: PoolingView, chosen: Chosen) -> str:
    """The lines that give every scheme's first class."""
    return "\n".join(
        [
            *_imports(view),
            *_read(view, chosen),
            "for first, schemes in comparison.agreement(readings).items():",
            "    print(first, schemes)",
        ]
    )


def verdicts(view: PoolingView, chosen: Chosen, indices: list[int]) -> str:
    """The lines that give the three verdicts."""
    return "\n".join(
        [
            *_imports(view),
            *_read(view, chosen),
            f"for index in {indices}:",
            '    one = readings["weldon"].of(index)',
            "    print(one.score, one.evidence, one.positive.sum(), one.negative.sum())",
        ]
    )


def grid(view: PoolingView, text: str) -> str:
    """The lines that pool the numbers."""
    return "\n".join(
        [
            "import numpy as np",
            "from wsl_core.fcn.pooling import SCHEMES",
            "",
            f"maps = np.array([{parse(text).astype(float).tolist()!r}])",
            f"settings = {_changed(view)!r}",
            'settings["wildcat"] = settings.get("wildcat", {}) | {"maps": 1}',
            "for name, scheme in SCHEMES.items():",
            '    if name != "spleap":  # its parts are learned',
            "        pooled = scheme.pool(maps, scheme.read(settings.get(name, {})))",
            "        print(name, pooled.scores, pooled.weights, pooled.contributions)",
        ]
    )
