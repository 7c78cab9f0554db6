"""Parts of the Localization page that are read from the result file: the table, and class by class."""

import streamlit as st

from wsl_core import published
from wsl_core.errors import DatasetError
from wsl_core.figures import localization_results as results
from wsl_core.figures.localization_results import Measured
from wsl_core.web import localization_classes as by_class
from wsl_core.web import localization_in_python as code
from wsl_core.web import localization_table as words
from wsl_core.web import prediction, sliding_downloads, station
from wsl_core.web.controls import lasting
from wsl_core.web.downloads import Download
from wsl_core.web.localization import LocalizationView
from wsl_core.web.sentences import plain

FILE = "localization"
ORDER = "lecture_order"


def figures() -> list[Measured]:
    """All measured figures; a damaged file is said in a sentence."""
    try:
        return results.read(station.measured(FILE))
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
    found = figures()
    lines = words.lines(task, dataset, found)
    with left:
        if not found:
            st.info(words.ABSENT, icon=":material/table_chart_view:")
        if not lines:
            st.markdown(
                f"Nothing was published of {task} on {dataset} by the methods of the lecture."
            )
        elif not predict or _order(found):
            st.html(words.chart(task, dataset, lines))
            station.table(*words.table(lines))
            st.markdown(words.statuses(lines))
            st.caption(words.sources(lines))
            if found and task == next(iter(results.METRICS)):
                compared, absent = results.orders(found)
                st.markdown(words.order_sentence(compared, absent))
            if any(one.measured for one in lines):
                st.markdown(
                    "Measured figures are of a subset, with other training pictures than the published "
                    "ones, and all schemes on the same features: they say how the schemes compare here, not "
                    "who was right."
                )
    every = station.drawer("Every setting that was measured", ":material/list:", "settings")
    if every.open:
        with every:
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


def _order(found: list[Measured]) -> bool:
    """Ask whether the lecture's order holds, or say how the answer compares; whether there is one."""
    compared, absent = results.orders(found)
    if absent or not compared:
        st.markdown(
            "*There is nothing to predict: the methods of the lecture were not all measured.*"
        )
        return True
    said = prediction.ask(
        ORDER,
        f"In the lecture {' < '.join(results.LECTURE)}. Here all three read the same features of one "
        f"network. What do you expect?",
        (words.HOLDS, words.OTHER, words.CLOSE),
    )
    if said is None:
        return False
    prediction.compare(ORDER, said, words.answer(compared), words.order_sentence(compared, absent))
    return True


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
    measured = station.RESULTS / f"{FILE}.csv"
    files: list[Download] = [("Published (CSV)", published.csv_text, "published.csv", "text/csv")]
    if measured.is_file():
        files.append(("Measured (CSV)", measured.read_bytes, measured.name, "text/csv"))
    sliding_downloads.drawer(lambda: files)
