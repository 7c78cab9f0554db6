"""The trap of placement: a map stretched over its picture points beside where the network looks."""

import streamlit as st

from wsl_core.datasets import voc
from wsl_core.errors import WslError
from wsl_core.fcn.localization import half_pixel
from wsl_core.fcn.localization.half_pixel import Displacement
from wsl_core.figures import localization_results as results
from wsl_core.figures.lattice import lattice
from wsl_core.networks import Geometry
from wsl_core.web import forward, pictures, prediction, station
from wsl_core.web.activation_maps.shown import signed
from wsl_core.web.localization import in_python as code
from wsl_core.web.localization import looked as page
from wsl_core.web.localization import measured as localization_measured
from wsl_core.web.localization import sentences as words
from wsl_core.web.localization.controls import asked
from wsl_core.web.localization.looked import LocalizationView
from wsl_core.web.localization.pictures import Shown, of_visitor

RIGHT, LEFT, MIDDLE, NOWHERE = "to the right", "to the left", "to the middle", "nowhere"


def placement() -> None:
    """Half-pixel against exact placement: a shift, or a pull to the middle, by the side that is fed."""
    left, right = st.columns([3, 2], gap="large")
    with right:
        shown = of_visitor(pictures.choose())
        view = asked("side", "predict", "voc", "fed")
        name = f"stretch-{view.side}"
    with left:
        st.markdown(
            "Nearly every program enlarges a map of cells to the size of the picture as if it were a small "
            "picture: cell i of n then lies at (i + ½) / n of the side. Where the network looks is another "
            "matter; the layers say it exactly."
        )
        network = forward.network(view.network)
        found = half_pixel.displacement(network.geometry(), view.side)
        said = None
        if view.predict:
            said = prediction.ask(
                name,
                f"A side of **{view.side} px** has {len(found.exact)} cells. Stretched over it, where do "
                f"they go?",
                (RIGHT, LEFT, MIDDLE, NOWHERE),
            )
            if said is None:
                return
            prediction.compare(name, said, direction(found), moved_sentence(found))
        station.figure(
            lattice(
                (
                    ("where cells look", found.exact),
                    ("where stretching draws them", found.stretched),
                ),
                view.side,
                lattice_words(found),
            )
        )
        if said is None:
            st.markdown(moved_sentence(found))
        if sentence := both_sides(network.geometry()):
            st.markdown(sentence)
        _on_picture(shown, view)
        if measured := measured_sentence():
            st.markdown(measured)
    table = station.drawer("All cells as a table", ":material/table:", "stretch-table")
    if table.open:
        with table:
            station.table(*cells_table(found))
    station.same_in_python(code.placement(view))


def _on_picture(shown: Shown, view: LocalizationView) -> None:
    """What the mistake does to one point."""
    try:
        looked = page.look(shown, view)
    except WslError as error:
        forward.refuse(error)
    index = looked.index(view)
    found = looked.located(looked.scheme(view), index, view.threshold)
    x, y = found.stretched
    right = found.hit(x, y)
    verdicts = (
        "" if right is None else f" ({words.verdict(found.right)}, then {words.verdict(right)})"
    )
    height, width = looked.own.input_size
    st.markdown(
        f"On {shown.chosen.title}, fed at {width} × {height}: the point of {voc.CLASSES[index]} is "
        f"{words.place(found.point.x, found.point.y)}; stretched, it would be {words.place(x, y)}{verdicts}."
    )


def direction(found: Displacement) -> str:
    """Where stretching moves the cells: one of the answers of the exercise."""
    if found.largest < 0.5:
        return NOWHERE
    if not found.constant:
        return MIDDLE
    return RIGHT if found.shift > 0 else LEFT


def moved_sentence(found: Displacement) -> str:
    """By how much, in input pixels."""
    if found.largest < 0.5:
        return "Stretched, no cell moves by half a pixel: here both rules agree."
    if found.constant:
        return (
            f"Every cell is drawn {signed(found.shift, 1)} px from where it looks, all the same way: this "
            f"is a shift."
        )
    return (
        f"The first cell is drawn {signed(float(found.moved[0]), 1)} px from where it looks, the last "
        f"{signed(float(found.moved[-1]), 1)} px: no shift, but a pull to the middle."
    )


def both_sides(geometry: Geometry) -> str:
    """Why both kinds of sides differ, and that the mistake can raise a score; empty where they do not."""
    even, odd = (half_pixel.displacement(geometry, side) for side in (448, 449))
    if direction(even) == NOWHERE or odd.exact[-1] != odd.side - 1:  # cells that lie otherwise
        return ""
    return (
        f"At 448 px the {len(even.exact)} cells are all shifted by {even.shift:.1f} px. At 449 px the "
        f"{len(odd.exact)} cells begin on the first pixel and end on the last, and stretching pulls "
        f"them up to {odd.largest:.1f} px to the middle. Objects tend to lie there, so the wrong "
        f"placement can even score *higher*: a figure that rises is no proof that the geometry is right."
    )


def lattice_words(found: Displacement) -> str:
    """The figure in words."""
    return (
        f"{len(found.exact)} cells along {found.side} pixels. They look at {found.exact[0]:.0f} to "
        f"{found.exact[-1]:.0f}; stretched, they are drawn at {found.stretched[0]:.1f} to "
        f"{found.stretched[-1]:.1f}."
    )


def cells_table(found: Displacement) -> tuple[list[str], list[list[str]]]:
    """Columns and rows: every cell."""
    rows = [
        [str(i + 1), f"{one:.1f}", f"{other:.1f}", signed(float(move), 1)]
        for i, (one, other, move) in enumerate(
            zip(found.exact, found.stretched, found.moved, strict=True)
        )
    ]
    return ["cell", "looks at, px", "drawn at, px", "moved by, px"], rows


def measured_sentence() -> str | None:
    """What stretching changed in the measured figures; None where nothing was measured."""
    found = localization_measured.figures()
    exact = {one.setting: one for one in results.over_all(found, "point_map")}
    pairs = [
        (exact[one.setting], one)
        for one in results.over_all(found, "half_pixel_map")
        if one.setting in exact
    ]
    if not pairs:
        return None
    lost = [one.mean - other.mean for one, other in pairs]
    low, high = (signed(100 * value, 1) for value in (min(lost), max(lost)))
    example = pairs[0][0]
    return (
        f"Measured over {len(pairs)} settings (subset of {example.data}, {example.pictures} pictures): exact "
        f"placement minus stretching is {low} to {high} points of point mAP."
    )
