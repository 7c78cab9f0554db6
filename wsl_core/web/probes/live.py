"""The part "own" of the Layer probes page: a measurement of the visitor's pictures, while they wait."""

import hashlib

import numpy as np
import streamlit as st

from wsl_core import jobs
from wsl_core.datasets import collection
from wsl_core.datasets.collection import Collection
from wsl_core.errors import DatasetError, WslError
from wsl_core.settings import settings
from wsl_core.transfer.probes import JOB, SOFTMAX, ProbeParameters, Probes
from wsl_core.transfer.probes.request import ARCHIVE, pictures_of, with_digest
from wsl_core.web import station
from wsl_core.web.components import monitor
from wsl_core.web.controls import lasting
from wsl_core.web.probes import finished as parts
from wsl_core.web.probes.view import CALTECH, UPLOAD, ProbesView, titles
from wsl_core.web.sentences import plain
from wsl_core.web.store import Store

NOTHING = "Choose pictures and press Start. Features are kept, so a second measurement is quicker."
_found: Store[Probes] = Store(settings().cache_megabytes / 16, lambda _: 300_000)
_packed: Store[Collection] = Store(settings().cache_megabytes / 4, lambda _: 5_000_000)


def show() -> tuple[Probes, ProbesView] | None:
    """Ask for a measurement, and show it once it is there."""
    run = monitor.linked(JOB)
    left, right = st.columns(2, gap="large")
    with left:
        source = lasting(ProbesView, "pictures")
        st.caption(plain(titles()[source]))
        data = _upload() if source == UPLOAD else None
    with right:
        train = lasting(ProbesView, "train")
        draws = lasting(ProbesView, "draws")
    view = ProbesView(pictures=source, train=train, draws=draws)
    ready = _ready(view, data)
    if ready is not None:
        config, arrays = ready
        monitor.start("Start", JOB, config.model_dump(mode="json"), arrays)
    if run is None:
        st.info(NOTHING, icon=":material/play_circle:")
        return None
    state = monitor.watch(run, figures=False)
    return (found, view) if state == "finished" and (found := _result(run)) else None


def _upload() -> bytes | None:
    file = st.file_uploader(
        "A zip file of class folders: CLASS/picture",
        ["zip"],
        key="probes_upload",
        max_upload_size=max(1, int(settings().megabytes)),
    )
    return None if file is None else file.getvalue()


def _ready(
    view: ProbesView, data: bytes | None
) -> tuple[ProbeParameters, dict[str, np.ndarray] | None] | None:
    """The job's config and arrays; None, with a sentence, where it cannot begin."""
    how, arrays = view.request(), None
    try:
        if view.pictures == UPLOAD:
            if data is None:
                return None
            name = f"upload-{hashlib.sha256(data).hexdigest()[:12]}.zip"
            how = how.model_copy(update={"data": name})
            arrays = {ARCHIVE: np.frombuffer(data, np.uint8)}
            _packed.put(name, collection.of(name, how.most, how.archive_megabytes, data))
            how = with_digest(how, pictures_of(how, arrays))
        elif view.pictures == CALTECH:
            how = how.model_copy(update={"data": str(_caltech())})
            how = with_digest(how, pictures_of(how))
    except WslError as error:
        st.warning(plain(str(error)), icon=":material/folder_off:")
        return None
    return how, arrays


def _caltech() -> object:
    folder = settings().data
    if folder is None or not (folder / CALTECH).is_dir():
        raise DatasetError(
            f"Caltech-101 is not here. Accepted is a folder {CALTECH} of class folders in the folder that "
            f"WSL_DATA names: put it there, or take digits or signs, which need no data."
        )
    return folder / CALTECH


def _result(run: jobs.Run) -> Probes | None:
    found = _found.get(run.id)
    if found is None:
        try:
            found = Probes.of(run.result().facts)
        except WslError as error:
            st.error(plain(str(error)), icon=":material/error:")
            return None
        _found.put(run.id, found)
    return found


def picture_of(run_data: str) -> parts.Open:
    """Where the pictures of a live run are opened."""

    def opened(name: str) -> bytes:
        how = ProbeParameters(data=run_data)
        found = _packed.get(run_data)
        if found is None:
            if run_data.startswith("upload-"):
                raise DatasetError("The upload is gone. Upload it again to see its pictures.")
            found = pictures_of(how)
            _packed.put(run_data, found)
        return found.read(name).jpeg(parts.SIDE)

    return opened


def look(found: Probes) -> None:
    """The whole of a finished measurement."""
    run = monitor.linked(JOB)
    data = "" if run is None else str(run.config.get("data", ""))
    st.header("Accuracy by layer", anchor=False)
    parts.chart_of_depth(found, found.best(SOFTMAX).name, "own-depth")
    st.markdown(plain(parts.words.best(found, SOFTMAX)))
    st.caption(plain(parts.words.counted(found)))
    for sentence in found.skipped.values():
        st.warning(plain(f"Skipped: {sentence}"), icon=":material/broken_image:")
    shut = station.drawer("All layers as a table", ":material/table:", "own_table")
    if shut.open:
        with shut:
            station.table(*parts.words.rows(found))
    parts.mistakes(found, picture_of(data))
