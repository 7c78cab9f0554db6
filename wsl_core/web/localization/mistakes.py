"""A scheme measured on this machine, as a job: its figures, and the worst mistakes to look at."""

import math
from collections.abc import Mapping
from typing import Any

import streamlit as st

from wsl_core.datasets.labelled import LabelledPicture, LabelledPictures
from wsl_core.errors import JobError, WslError
from wsl_core.fcn.localization import JOB, Localization, Mistake, localization_of
from wsl_core.fcn.localization.on_picture import TOLERANCE
from wsl_core.figures.marks import Mark, marked
from wsl_core.images import Photo
from wsl_core.jobs import Run
from wsl_core.settings import settings
from wsl_core.web import downloads, station
from wsl_core.web.components import monitor
from wsl_core.web.localization import classes as by_class
from wsl_core.web.localization import in_python as code
from wsl_core.web.localization import looked as page
from wsl_core.web.localization import pictures as samples
from wsl_core.web.localization.classes import ClassLine
from wsl_core.web.localization.controls import asked
from wsl_core.web.localization.looked import LocalizationView
from wsl_core.web.sentences import plain
from wsl_core.web.store import Store

SHOWN = 6  # mistakes at a time
SIDE = 480  # px of a mistake's picture, longer side
FIGURES = {
    "point_map": "point localization mAP",
    "point_map_frequent": "the same, frequent classes",
    "centre_map": "the same, every point in the middle",
    "half_pixel_map": "the same, maps stretched over the pictures",
    "classification_map": "classification mAP",
    "pointing": "pointing accuracy (15 px)",
    "corloc": "CorLoc",
    "max_box_acc": "MaxBoxAcc",
    "pixel_ap": "PxAP, where there are masks",
}

_found: Store[Localization] = Store(settings().cache_megabytes / 8, lambda _: 8_000_000)


def mistakes() -> None:
    """The part of the page."""
    left, right = st.columns([3, 2], gap="large")
    with right:
        view = asked("trained", "scheme", "voc", "fed")
    with left:
        pictures, run, found = evaluated(view)
    if run is None or found is None or pictures is None:
        station.same_in_python(code.evaluation(view))
        return
    with left:
        st.markdown(of_run(run.config, found))
        figures_of(found)
        st.markdown("Published figures stand in the part *table*.")
        index = None if view.voc == page.ANY else found.classes.index(view.voc)
        show(found, pictures, index)
    shut = station.drawer("Classes as bars", ":material/bar_chart:", "run-classes")
    if shut.open:
        with shut:
            lines = class_lines(found)
            st.markdown(by_class.class_sentence(lines))
            st.html(by_class.class_chart(lines))
            station.table(*by_class.class_table(lines))
    downloads.drawer(
        lambda: [
            ("Figures (JSON)", lambda: code.as_json(found), "localization.json", "application/json")
        ]
    )
    station.same_in_python(code.evaluation(view))


def evaluated(
    view: LocalizationView,
) -> tuple[LabelledPictures | None, Run | None, Localization | None]:
    """The button, the run of the link and, once it has finished, all that it measured."""
    try:
        pictures = samples.labelled_set()
    except WslError as error:
        st.info(plain(str(error)), icon=":material/folder_off:")
        return None, None, None
    count = len(pictures.pictures)
    st.markdown(
        f"Every picture of {pictures.title} here ({count}, a subset) is looked at, and every class is "
        f"pointed at. This takes a minute or two on two cores, and can be left and found again by its link."
    )
    config = page.evaluation(view, str(samples.root()))
    run = monitor.start(f"Measure on {count} pictures", JOB, config, lane="interactive")
    if run is None or monitor.watch(run, figures=False) != "finished":
        return pictures, run, None
    try:
        return pictures, run, _result(run, pictures)
    except WslError as error:
        st.error(plain(str(error)), icon=":material/error:")
        return pictures, run, None


def _result(run: Run, pictures: LabelledPictures) -> Localization:
    found = _found.get(run.id)
    if found is None:
        result = run.result()
        if result.facts["images"] != len(pictures.pictures):
            raise JobError(
                f"This run looked at {result.facts['images']} pictures, and the set now has "
                f"{len(pictures.pictures)}. Measure again."
            )
        found = localization_of(pictures, result)
        _found.put(run.id, found)
    return found


def of_run(config: Mapping[str, Any], found: Localization) -> str:
    """What the run measured."""
    head = config.get("head")
    who = (
        f"the trained head {head}"
        if head
        else f"{config['network']}, untrained: its ImageNet maps grouped into VOC's classes, "
        f"a score being the mean of a map"
    )
    sizes = ", ".join(map(str, config.get("sizes", ()))) or "as usual"
    mirror = " and mirrored" if config.get("mirror") else ""
    return (
        f"Measured on this machine: {who}; sizes {sizes}{mirror}; subset of {found.title}, "
        f"{len(found.evidence)} pictures."
    )


def figures_of(found: Localization) -> None:
    """The table's own figures for this machine."""
    facts = found.as_json()
    rows = [[words, _percent(facts[name])] for name, words in FIGURES.items()]
    station.table(["figure", "percent"], rows)


def class_lines(found: Localization) -> list[ClassLine]:
    """Both average precisions by class, the highest point AP first."""
    classes = found.as_json()["classes"]
    return by_class.ordered(
        [
            ClassLine(name, one["point_ap"], one["classification_ap"], one["images"])
            for name, one in classes.items()
        ]
    )


def show(found: Localization, pictures: LabelledPictures, index: int | None) -> None:
    """The worst mistakes, of all classes or one."""
    worst = found.mistakes(SHOWN, index)
    st.header("The worst mistakes", anchor=False)
    if not worst:
        st.markdown("No point of this class is wrong.")
        return
    st.markdown(
        "The points with the highest scores among the wrong ones. Cross: the point. Green: boxes of the "
        "class; dotted: where a point would count. A picture without a green box does not show the class."
    )
    by_name = {one.name: one for one in pictures.pictures}
    columns = st.columns(2, gap="medium")
    for place, one in enumerate(worst):
        with columns[place % 2]:
            _one(one, by_name[one.picture], found.classes)


def _one(mistake: Mistake, picture: LabelledPicture, classes: tuple[str, ...]) -> None:
    try:
        photo = samples.photo(picture)
    except WslError as error:
        st.error(plain(str(error)), icon=":material/broken_image:")
        return
    index = classes.index(mistake.class_name)
    boxes = [one.box for one in picture.objects if one.index == index and not one.difficult]
    there = sorted({classes[one.index] for one in picture.objects})
    st.image(
        drawn(photo, mistake, boxes),
        alt=words(mistake, boxes, there),
        caption=words(mistake, boxes, there),
        width="stretch",
    )


def drawn(photo: Photo, mistake: Mistake, boxes: list[tuple[float, float, float, float]]) -> bytes:
    """JPEG of a picture with the wrong point and the boxes where it would be right."""
    reach = [tuple(edge + TOLERANCE * sign for edge, sign in zip(one, (-1, -1, 1, 1), strict=True))
             for one in boxes]  # fmt: skip
    marks = [Mark("reach", one) for one in reach]
    marks += [Mark("truth", one, mistake.class_name) for one in boxes]
    marks.append(Mark("point", (mistake.x, mistake.y)))
    return Photo.from_array(marked(photo.pixels, photo, marks)).jpeg(SIDE)


def words(
    mistake: Mistake, boxes: list[tuple[float, float, float, float]], there: list[str]
) -> str:
    """What is wrong, in figures."""
    at = f"{mistake.class_name}, {mistake.score:.2f} logits, at {mistake.x:.0f} across, {mistake.y:.0f} down"
    if not mistake.present:
        return f"{mistake.picture}: {at}. The picture shows no {mistake.class_name}, but {', '.join(there)}."
    return f"{mistake.picture}: {at}, beside {len(boxes)} true box{'es' * (len(boxes) > 1)}."


def _percent(value: float | None) -> str:
    return "–" if value is None or math.isnan(value) else f"{100 * value:.1f}"
