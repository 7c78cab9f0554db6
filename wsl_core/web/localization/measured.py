"""Parts of the Localization page that are read from the result file: the table, and class by class."""

import streamlit as st

from wsl_core import published
from wsl_core.errors import DatasetError
from wsl_core.figures import localization_results as results
from wsl_core.figures import pooling_schemes
from wsl_core.figures.localization_results import Measured
from wsl_core.figures.pooling_schemes import Compared
from wsl_core.web import downloads, prediction, station
from wsl_core.web.controls import lasting
from wsl_core.web.downloads import Download
from wsl_core.web.localization import classes as by_class
from wsl_core.web.localization import in_python as code
from wsl_core.web.localization import schemes as seeds
from wsl_core.web.localization import table as words
from wsl_core.web.localization.looked import LocalizationView
from wsl_core.web.sentences import plain

FILE, SCHEMES = "localization", "pooling_schemes"
ORDER = "lecture_order"
LECTURED = "point_map"  # what the lecture's order is of


def figures() -> list[Measured]:
    """All measured figures; a damaged file is said in a sentence."""
    try:
        return results.read(station.measured(FILE))
    except DatasetError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return []


def compared() -> list[Compared]:
    """All schemes at equal effort; a damaged file is said in a sentence."""
    try:
        return pooling_schemes.read(station.measured(SCHEMES))
    except DatasetError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return []


def table() -> None:
    """Published beside measured."""
    left, right = st.columns([3, 2], gap="large")
    with right:
        task = lasting(LocalizationView, "task")
        dataset = lasting(LocalizationView, "dataset")
        predict = lasting(LocalizationView, "predict", on_change=prediction.again, args=(ORDER,))
    found, every = figures(), compared()
    lines = words.lines(task, dataset, found)
    shown = bool(lines)
    with left:
        if not found:
            st.info(words.ABSENT, icon=":material/table_chart_view:")
        if not lines:
            st.markdown(
                f"Nothing was published of {task} on {dataset} by the methods of the lecture."
            )
        elif predict and not _order(every):
            shown = False
        else:
            station.figure(words.chart(task, dataset, lines))
            station.table(*words.table(lines))
            st.markdown(words.statuses(lines))
            st.caption(words.sources(lines))
            if any(one.measured for one in lines):
                st.markdown(
                    "Measured figures are of a subset, with other training pictures than the published "
                    "ones, and all but the fine-tuned head read the same features: they say how the schemes "
                    "compare here, not who was right."
                )
    if shown:
        _schemes([one for one in every if one.data.startswith(dataset)], results.METRICS[task])
    settings = station.drawer("Every setting that was measured", ":material/list:", "settings")
    if settings.open:
        with settings:
            if found:
                station.table(
                    ["head", "point mAP, %", "of what"],
                    [
                        [words.title(one.head), words.percent(one), words.how(one)]
                        for one in results.over_all(found, results.METRICS[task])
                    ],
                )
            else:
                st.markdown("Nothing was measured.")
    _files()
    station.same_in_python(code.table(task, dataset))


def _order(found: list[Compared]) -> bool:
    """Ask whether the lecture's order holds, or say how the answer compares; whether there is one."""
    complete = [one for one in pooling_schemes.verdicts(found, LECTURED) if not one.absent]
    if not complete:
        st.markdown(
            "*There is nothing to predict: the methods of the lecture were not all measured.*"
        )
        return True
    said = prediction.ask(
        ORDER,
        f"In the lecture {' < '.join(seeds.LECTURE.values())}. Here all three read the same features of one "
        f"network. What do you expect?",
        (seeds.HOLDS, seeds.OTHER, seeds.CLOSE),
    )
    if said is None:
        return False
    prediction.compare(ORDER, said, seeds.answer(complete), seeds.orders(complete))
    return True


def _schemes(found: list[Compared], metric: str) -> None:
    """Every scheme at equal effort, the two starts apart, and what that says."""
    if not found:
        return
    st.header("The same effort for every scheme", anchor=False)
    for one in pooling_schemes.verdicts(found, metric):
        st.markdown(f"**{seeds.STARTS[seeds.start(one)]}**")
        station.table(*seeds.table(one.ranked))
    if untrained := pooling_schemes.of_start(found, "", metric):
        st.markdown("**Without training**")
        station.table(*seeds.table(untrained))
    if metric == LECTURED:
        st.markdown(seeds.paragraph(pooling_schemes.verdicts(found, metric)))
    st.caption(seeds.circumstances(found))


def classes() -> None:
    """Point AP and classification AP by class."""
    scheme = lasting(LocalizationView, "scheme")
    top, lines = by_class.class_lines(figures(), scheme)
    if not lines:
        st.info(
            f"This installation has no measured figures of {words.title(scheme)} by class: `make heads` "
            f"makes them from labelled pictures. The part *mistakes* measures on this machine, where "
            f"VOC's pictures are here.",
            icon=":material/table_chart_view:",
        )
    else:
        st.markdown(by_class.class_sentence(lines))
        st.html(by_class.class_chart(lines))
        if top:
            st.caption(f"{words.how(top)}.")
    shut = station.drawer("Classes as a table", ":material/table:", "class-table")
    if shut.open:
        with shut:
            if lines:
                station.table(*by_class.class_table(lines))
            else:
                st.markdown("Nothing was measured.")
    _files()
    station.same_in_python(code.classes(scheme))


def _files() -> None:
    files: list[Download] = [("Published (CSV)", published.csv_text, "published.csv", "text/csv")]
    for title, name in (("Measured (CSV)", FILE), ("Schemes (CSV)", SCHEMES)):
        path = station.RESULTS / f"{name}.csv"
        if path.is_file():
            files.append((title, path.read_bytes, path.name, "text/csv"))
    downloads.drawer(lambda: files)
