"""Heads that were trained at the Fine-tuning station, at work at the stations of class maps.

A link names one as RUN/STRATEGY. It is read from its run, so it is there as long as the run is.
"""

from functools import lru_cache
from typing import Any

import streamlit as st
from pydantic import Field

from wsl_core import jobs
from wsl_core.errors import HeadError, WslError
from wsl_core.fcn.activation_maps import ActivationMapParameters
from wsl_core.fcn.heads import Head, HeadMaps
from wsl_core.fcn.heads.card import HeadCard
from wsl_core.images import Photo
from wsl_core.networks import head_files
from wsl_core.transfer.finetuning import JOB, delivered
from wsl_core.web import forward
from wsl_core.web.sentences import plain

KEY = "head"  # of the link
PATTERN = r"^([A-Za-z0-9_.-]{1,100}/[a-z-]{1,40})?$"
FIELD: Any = Field(
    "", pattern=PATTERN, title="Head",
    description="A head that was trained at the Fine-tuning station; its network looks.",
    json_schema_extra={"accepted": "RUN/STRATEGY, as the Fine-tuning station links it"},
)  # fmt: skip
KEPT = 8
FOLDER = "the folder that the Fine-tuning station gives as a zip file"


def name_of(run: jobs.Run, strategy: str) -> str:
    """What the link calls the head of a strategy."""
    return f"{run.id}/{strategy}"


@lru_cache(maxsize=KEPT)
def load(name: str) -> Head:
    """The head of this name.

    Raises:
        WslError: its run is gone, of another kind or not finished, or makes no head of that strategy.
    """
    asked, _, strategy = name.partition("/")
    run = jobs.find(asked)
    if run.name != JOB:
        raise HeadError(
            f"The run {asked} made no heads: it is no race of fine-tuning. Choose a head at the Fine-tuning "
            f"station."
        )
    result = run.result((f"{strategy}/",))
    tensors = delivered.tensors_of(result.arrays, strategy)
    card = delivered.card_of(result.facts, strategy)
    _, digest = head_files.contents(card, tensors)
    return Head.of(HeadCard.model_validate({**card, "tensors_sha256": digest}), tensors)


def chosen() -> Head | None:
    """The head that the link names, or none; one that cannot be had is told and taken out of the link."""
    name = st.query_params.get(KEY, "")
    if not name:
        return None
    try:
        return load(name)
    except WslError as error:
        del st.query_params[KEY]
        st.warning(plain(str(error)), icon=":material/link_off:")
        return None


def about(head: Head) -> None:
    """Whose maps are shown, and the way back."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"Maps of a head that was trained here: **{plain(head.card.title)}**.")
        st.button("Back to ImageNet's classes", icon=":material/undo:", on_click=leave)


def leave() -> None:
    """The network's own classes again."""
    st.query_params.pop(KEY, None)


def class_maps(photo: Photo, head: Head, parameters: ActivationMapParameters) -> HeadMaps:
    """The head's maps of a picture; shows the sentence where there are none."""
    try:
        looking = forward.loaded(head.card.network, head if head.card.finetuned else None)
        return head.read(forward.look(looking, photo, parameters))
    except WslError as error:
        forward.refuse(error)
