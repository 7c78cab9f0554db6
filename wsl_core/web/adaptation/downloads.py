"""Files that a visitor takes away from the Domain adaptation page; each is made when it is asked for."""

import html
import io
import json
import re
from collections.abc import Sequence
from dataclasses import asdict

from wsl_core.figures.curves import HEIGHT, WIDTH
from wsl_core.figures.scatter import SIDE
from wsl_core.web.adaptation import figures as drawn
from wsl_core.web.adaptation import projection
from wsl_core.web.adaptation.figures import Chart
from wsl_core.web.adaptation.runs import Baselines, Seen
from wsl_core.web.downloads import Download, csv_text, drawer

__all__ = ["drawer", "of_run"]
ACROSS = 2  # charts beside each other
HEAD, LINE = 30.0, 20.0  # above a chart; a line of its legend
DRAWN = re.compile(r"<svg viewBox=.*?</svg>", re.DOTALL)
FONT = "font-family:sans-serif;color:#222;background:#fff"


def of_run(runs: Sequence[Seen], look: int, base: Baselines | None) -> list[Download]:
    """Everything of the first run as JSON, curves as CSV, and the figures that are shown."""
    first, stem = runs[0], "-and-".join(one.key for one in runs)
    charts = drawn.charts(runs, look, base)
    return [
        ("Run (JSON)", lambda: as_json(first), f"{first.key}.json", "application/json"),
        ("Training (CSV)", lambda: told_csv(runs, looks=False), f"{stem}-curve.csv", "text/csv"),
        ("Looks (CSV)", lambda: told_csv(runs, looks=True), f"{stem}-looks.csv", "text/csv"),
        ("Curves (SVG)", lambda: charts_svg(charts), f"{stem}-curves.svg", "image/svg+xml"),
        ("Curves (PNG)", lambda: charts_png(charts), f"{stem}-curves.png", "image/png"),
        *(
            (
                f"Features: {one.title(runs)} (SVG)",
                lambda one=one: features_svg(one, one.nearest(first.step(look))),
                f"{one.key}-features.svg",
                "image/svg+xml",
            )
            for one in runs
        ),
    ]


def as_json(seen: Seen) -> str:
    """Parameters, facts, curve and looks."""
    run = seen.run
    return json.dumps(
        {
            "pair": run.pair,
            "title": run.title,
            "classes": list(run.classes),
            "parameters": run.parameters.model_dump(mode="json"),
            "finished": run.finished,
            "facts": run.facts,
            "curve": [{"step": step, **figures} for step, figures in run.curve],
            "looks": [{"step": step, **figures} for step, figures in run.looks],
        },
        indent=1,
        default=float,
    )


def told_csv(runs: Sequence[Seen], *, looks: bool) -> str:
    """A line a run and step, a column a figure; rates are fractions."""
    told = [
        (one.key, step, figures)
        for one in runs
        for step, figures in (one.run.looks if looks else one.run.curve)
    ]
    names = list(dict.fromkeys(name for _, _, figures in told for name in figures))
    return csv_text(
        ["run", "step", *names],
        (
            [key, step, *(f"{figures[name]:.6g}" if name in figures else "" for name in names)]
            for key, step, figures in told
        ),
    )


def charts_svg(charts: Sequence[Chart]) -> str:
    """All charts in one drawing, black on white, with titles and legends."""
    rows = [charts[place : place + ACROSS] for place in range(0, len(charts), ACROSS)]
    parts, top = [], 0.0
    for row in rows:
        for place, one in enumerate(row):
            left = place * (WIDTH + 20)
            parts.append(_titled(one, left, top))
        top += HEAD + HEIGHT + LINE * max(len(one.lines) for one in row) + 20
    width = ACROSS * (WIDTH + 20)
    return _svg("".join(parts), width, top)


def _titled(one: Chart, left: float, top: float) -> str:
    found = DRAWN.search(one.html())
    assert found is not None
    inner = found[0].replace("<svg ", f'<svg x="{left}" y="{top + HEAD}" height="{HEIGHT}" ', 1)
    inner = inner.replace('width="100%"', f'width="{WIDTH}"', 1)
    unit = one.options.get("unit", "")
    title = html.escape(f"{one.title}, {unit}" if unit else one.title)
    legend = "".join(
        f'<g transform="translate({left + 46} {top + HEAD + HEIGHT + LINE * (place + 0.7):.1f})">'
        f'<line x2="24" y1="-4" y2="-4" stroke="{line.colour}" stroke-width="3"'
        f"{' stroke-dasharray=&quot;6 4&quot;'.replace('&quot;', chr(34)) if line.dashed else ''}/>"
        f'<text x="32" font-size="13">{html.escape(line.name)}</text></g>'
        for place, line in enumerate(one.lines)
    )
    head = f'<text x="{left + 10}" y="{top + 20}" font-size="15" font-weight="600">{title}</text>'
    return head + inner + legend


def _svg(inside: str, width: float, height: float) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}" style="{FONT}">{inside}</svg>'
    )


def features_svg(seen: Seen, look: int) -> str:
    """The features of a look in PCA's plane, coloured by class."""
    found = projection.pca(seen, look)
    figure = "" if found is None else drawn.projected(seen, look, found, "class")
    inner = DRAWN.search(figure)
    if inner is None:
        return _svg("", SIDE, SIDE)
    return _svg(inner[0].replace('width="100%"', f'width="{SIDE:g}"', 1), SIDE, SIDE)


def charts_png(charts: Sequence[Chart]) -> bytes:
    """All charts as a picture."""
    from matplotlib.figure import Figure

    rows = -(-len(charts) // ACROSS)
    figure = Figure(figsize=(5.5 * ACROSS, 3.6 * rows), layout="constrained")
    places = figure.subplots(rows, ACROSS, squeeze=False).ravel()
    for place, one in zip(places, charts, strict=False):
        scale = 100.0 if one.options.get("unit") else 1.0
        for line in one.lines:
            pairs = [(step, value) for step, value in line.points() if value is not None]
            place.plot(
                [step for step, _ in pairs],
                [scale * value for _, value in pairs],
                color=line.colour,
                linestyle="--" if line.dashed else "-",
                label=line.name,
            )
        for level in one.options.get("levels", ()):
            told = asdict(level)
            place.axhline(scale * told["value"], color="0.5", linestyle=":")
        place.set_title(f"{one.title}, %" if scale > 1 else one.title, fontsize=10)
        place.set_xlabel("step", fontsize=8)
        if one.options.get("logarithmic"):
            place.set_yscale("log")
        if one.lines:
            place.legend(fontsize=7)
    for place in places[len(charts) :]:
        place.set_axis_off()
    out = io.BytesIO()
    figure.savefig(out, format="png", dpi=150)
    return out.getvalue()
