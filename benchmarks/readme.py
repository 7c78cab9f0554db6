"""Puts measured figures and the settings into the README, between their markers.

    python -m benchmarks.readme

A block stands between `<!-- NAME:begin -->` and `<!-- NAME:end -->`; what is written there by hand is
lost. Figures come from `benchmarks/results`, settings from `wsl_core.settings`.
"""

import re
from collections.abc import Callable
from pathlib import Path

from benchmarks import class_maps, install, measure
from wsl_core.settings import Settings, variable

README = Path(__file__).parents[1] / "README.md"


def class_maps_block() -> str:
    """The table of `benchmarks.class_maps`, with its circumstances."""
    results = measure.read("class_maps")
    if not results:
        return "Not measured yet: `make bench`."
    first = results[0]
    busy = max(float(row["others_busy"]) for row in results)
    return (
        f"{class_maps.table(results)}\n\n"
        f"Medians of {first['rounds']} interleaved rounds, {first['threads']} threads, {first['date']}, "
        f"{first['machine']}; other processes took at most {100 * busy:.0f} % of "
        f"the processors; {first['versions']}."
    )


def install_block() -> str:
    """The table of `benchmarks.install`, with its circumstances."""
    results = measure.read("install")
    if not results:
        return "Not measured yet: `make bench`."
    first = results[0]
    system = first["machine"].rsplit(", ", 1)[-1]
    return f"{install.table(results)}\n\nMeasured {first['date']}, {system}; {first['versions']}."


APP_FIGURES = {
    "first_heatmap_s": ("from starting the server to the first heat map in the browser", "s"),
    "empty_page_s": ("the same for an empty Streamlit page", "s"),
    "first_ever_s": ("the very first start, which converts the network", "s"),
    "repaint_s": ("from moving a slider to the picture painted anew", "s"),
    "thirty_repaint_s": ("the same with thirty visitors, a move a second each", "s"),
    "server_mb": ("memory of the server after the first heat map", "MB"),
    "upload_growth_mb": ("what nineteen more photographs of 12 megapixels add to it", "MB"),
}


def app_block() -> str:
    """The figures of `benchmarks.app`, with their circumstances."""
    results = measure.read("app")
    if not results:
        return "Not measured yet: `make bench`."
    first = results[0]
    lines = [(what, f"{first[key]} {unit}") for key, (what, unit) in APP_FIGURES.items()]
    return (
        f"{measure.table([('time and memory', 'median'), *lines])}\n\n"
        f"{first['rounds']} starts of each server, {first['date']}, {first['machine']}; "
        f"{first['versions']}."
    )


def settings_block() -> str:
    """Every setting: variable, default, meaning."""
    lines = []
    for name, field in Settings.model_fields.items():
        if field.default_factory is not None:
            default = "your user's cache folder"
        else:
            default = "none" if field.default is None else str(field.default)
        lines.append((f"`{variable(name)}`", default, field.description or ""))
    return measure.table([("variable", "default", "meaning"), *lines], left=3)


BLOCKS: dict[str, Callable[[], str]] = {
    "class_maps": class_maps_block,
    "install": install_block,
    "app": app_block,
    "settings": settings_block,
}


def filled(text: str) -> str:
    """The README's text with every block made anew.

    Raises:
        ValueError: the markers of a block are missing.
    """
    for name, block in BLOCKS.items():
        begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
        pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
        if not pattern.search(text):
            raise ValueError(f"The README has no markers {begin} and {end}.")
        made = f"{begin}\n{block()}\n{end}"
        text = pattern.sub(lambda _, made=made: made, text)
    return text


def main() -> None:
    """Fill the README in place."""
    README.write_text(filled(README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
