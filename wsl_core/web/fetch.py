"""In place of a picture whose network has no weights here: what is missing, and a way to fetch it.

A download is one run of the job `wsl_core.networks.download:fetch`, shared by all visitors: whoever
looks at the same network meanwhile sees the same progress, after a reload too.
"""

import streamlit as st

from wsl_core import jobs
from wsl_core.errors import JobError
from wsl_core.networks import Card, DownloadedWeights, download
from wsl_core.web.components import monitor
from wsl_core.web.sentences import plain

BEGUN = "fetching"  # in the session: the run that this visitor has begun, or why none could be


def offer(card: Card, weights: DownloadedWeights) -> None:
    """Say what is missing and from where it would come; a button, or the progress of a download.

    When the download has ended, the page runs again and goes on by itself.
    """
    if sentence := download.forbidden(card, weights):
        st.warning(plain(sentence), icon=":material/cloud_off:")
        return
    st.info(
        f"**{plain(card.title)}** needs weights that are not on this machine: "
        f"{weights.megabytes:.0f} MB from {plain(download.source(weights))} "
        f"({plain(weights.origin)}; licence: {plain(weights.licence)}). They are fetched once, checked, "
        f"and kept for all visitors.",
        icon=":material/cloud_download:",
    )
    run = _latest(card)
    if run is not None:
        monitor.watch(run, key="fetch", figures=False, resumable=False)
        if run.state in monitor.ALIVE:
            return
    st.button(
        f"Fetch {weights.megabytes:.0f} MB",
        key="fetch",
        icon=":material/download:",
        on_click=_begin,
        args=(card,),
    )
    if sentence := st.session_state.pop(f"{BEGUN}-not", None):
        st.error(plain(sentence), icon=":material/error:")


def _latest(card: Card) -> jobs.Run | None:
    """The download that is under way, whoever began it, or this visitor's last one."""
    for run in jobs.runs():
        if run.name == download.FETCH and run.config == {"name": card.name}:
            mine = st.session_state.get(BEGUN) == run.id
            return run if mine or run.state in monitor.ALIVE else None
    return None


def _begin(card: Card) -> None:
    """Fetch; somebody else may have been quicker."""
    run = _latest(card)
    try:
        if run is None or run.state not in monitor.ALIVE:
            run = jobs.submit(download.FETCH, {"name": card.name}, lane="download")
        st.session_state[BEGUN] = run.id
    except JobError as error:
        st.session_state[f"{BEGUN}-not"] = str(error)
