"""A collection of the visitor's own: a zip file, indexed in three ways by a job, then asked like the others.

The zip file stays in the server's bounded memory and is never written to disk beyond the run that reads it.
Once it had to make room, the vectors are still there, and the pictures come back with the same file.
"""

import hashlib

import numpy as np
import streamlit as st

from wsl_core import jobs
from wsl_core.datasets import collection
from wsl_core.datasets.collection import Collection
from wsl_core.errors import ImageError, WslError
from wsl_core.images import Photo
from wsl_core.settings import settings
from wsl_core.transfer.retrieval.comparison import JOB, Comparison
from wsl_core.transfer.retrieval.indexing import ARCHIVE
from wsl_core.web.components import monitor
from wsl_core.web.controls import lasting
from wsl_core.web.retrieval.shown import Shown
from wsl_core.web.retrieval.view import RetrievalView
from wsl_core.web.sentences import plain
from wsl_core.web.store import Store

MOST, MEGABYTES = 10_000, 500.0  # pictures, and what they may unpack to
HELD = "own_collection"  # in the session: digest of the zip file
ABOUT = (
    "Pack pictures into a zip file. In folders, one a class, the classes are known and retrieval is scored; "
    "otherwise the neighbours alone are shown. The file stays on this machine."
)
LARGER = (
    "Larger collections, and folders: `python -m wsl_core index FOLDER --out DIR`, then "
    "`python -m wsl_core query --index DIR PICTURE`."
)

_zips: Store[tuple[bytes, Collection]] = Store(settings().cache_megabytes, lambda one: len(one[0]))
_compared: Store[Comparison] = Store(
    settings().cache_megabytes,
    lambda one: sum(index.features.nbytes for index in one.indexes.values()),
)


def show() -> Shown | None:
    """Ask for a zip file, index it, and return the collection once it is ready."""
    digest = _receive()
    run = monitor.linked(JOB)
    held = None if digest is None else _zips.get(digest)
    if held is not None:
        data, found = held
        layer = lasting(RetrievalView, "layer")
        config = {
            "source": found.title, "most": MOST, "archive_megabytes": MEGABYTES, "tap": layer,
            "asked": digest,
        }  # fmt: skip
        run = monitor.start(
            f"Index {len(found.entries):,} pictures",
            JOB,
            config,
            {ARCHIVE: np.frombuffer(data, np.uint8)},
        )
    if run is None:
        st.markdown(LARGER)
        return None
    if held is not None and run.config.get("asked") != digest:
        return None  # that run was of another file
    if monitor.watch(run, figures=False) != "finished":
        return None
    return _of_run(run)


def _receive() -> str | None:
    """Take a zip file into the store; the digest of the one that is held."""
    file = st.file_uploader(
        "A zip file of pictures, or of class folders",
        ["zip"],
        key="own_zip",
        max_upload_size=max(1, int(settings().megabytes)),
    )
    st.caption(ABOUT)
    held: str | None = st.session_state.get(HELD)
    if file is None:
        return held
    data = file.getvalue()
    digest = hashlib.sha256(data).hexdigest()[:16]
    if _zips.get(digest) is None:
        try:
            found = collection.of_zip(data, file.name, MOST, MEGABYTES)
        except WslError as error:
            st.error(plain(str(error)), icon=":material/folder_off:")
            return held
        _zips.put(digest, (data, found))
    st.session_state[HELD] = digest
    return digest


def _of_run(run: jobs.Run) -> Shown | None:
    """A finished run as a collection; a refusal is shown in place."""
    try:
        found = _compared.get(run.id)
        if found is None:
            result = run.result()
            found = Comparison.of(result.facts, result.arrays)
            _compared.put(run.id, found)
    except (WslError, KeyError) as error:
        st.error(plain(str(error)), icon=":material/error:")
        return None
    card = found.learned.card
    digest = str(run.config.get("asked"))
    names = tuple(one.name for one in card.pictures)

    def photo(number: int) -> Photo:
        held = _zips.get(digest)
        if held is None:
            raise ImageError(
                f"The picture {names[number]} is not kept on the server any more. Drop the same zip file "
                f"again to see it."
            )
        return held[1].read(names[number])

    facts = found.learned.facts()
    classes = f" of {facts['classes']} classes" if facts["classes"] else ""
    st.markdown(
        plain(f"{card.title}: {len(names):,} pictures{classes}, layer {card.descriptor.tap}.")
    )
    for sentence in card.skipped.values():
        st.caption(plain(f"Skipped: {sentence}"))
    if _zips.get(digest) is None:
        st.info(
            "The pictures are not kept on the server any more. Drop the same zip file again to see them.",
            icon=":material/folder_zip:",
        )
    held = "with" if _zips.get(digest) else "without"
    return Shown(f"{run.id}-{held} {card.descriptor.tap}", card.title, found, names, photo)
