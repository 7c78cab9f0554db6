"""The part "your classes" of the Fine-tuning page: a zip file or dropped pictures, raced by a job.

What is dropped stays in the server's bounded memory until the race is begun, and in the folder of its run.
"""

import hashlib
import io
import zipfile
from pathlib import PurePath
from typing import Any

import numpy as np
import streamlit as st

from wsl_core import jobs
from wsl_core.datasets.collection import Collection
from wsl_core.errors import WslError
from wsl_core.images import accepted_types
from wsl_core.settings import settings
from wsl_core.transfer.finetuning import JOB, STRATEGIES, RaceParameters
from wsl_core.transfer.finetuning.examples import ARCHIVE, asked, check, pictures_of
from wsl_core.transfer.finetuning.finished import Race
from wsl_core.transfer.finetuning.parameters import RACED
from wsl_core.web import links, own_heads, station
from wsl_core.web.components import monitor
from wsl_core.web.controls import lasting
from wsl_core.web.finetuning import downloads as files
from wsl_core.web.finetuning import figures as drawn
from wsl_core.web.finetuning import in_python as code
from wsl_core.web.finetuning import sentences as words
from wsl_core.web.finetuning.race import curves, means, more
from wsl_core.web.finetuning.view import PRESETS, ZIP, FineTuningView
from wsl_core.web.sentences import plain
from wsl_core.web.store import Store

MOST, MEGABYTES = 2_000, 500.0  # pictures, and what they may unpack to
USED = (
    ("Activation maps", "pages/activation_maps.py", ":material/local_fire_department:"),
    ("Pooling", "pages/pooling.py", ":material/filter_alt:"),
    ("Localization", "pages/localization.py", ":material/my_location:"),
)
"""Stations at which a trained head looks at pictures."""
LARGEST = 10  # classes that are dropped one by one
HELD, COUNT = "finetuning_pack", "finetuning_classes"  # in the session
ABOUT = (
    "Pictures of each class lie in a folder of its own, and the folders in a zip file. Nothing leaves this "
    "machine. Folders on disk, and larger sets: `python -m wsl_core finetune --data FOLDER`."
)

_packs: Store[tuple[str, bytes]] = Store(settings().cache_megabytes, lambda one: len(one[1]))


def show() -> None:
    """Pictures, strategies, the race, and its result."""
    left, right = st.columns(2, gap="large")
    with left:
        pack = _zip() if lasting(FineTuningView, "pack") == ZIP else _dropped()
    with right:
        how = _asked(pack)
    run = _start(how, pack) if pack is not None else monitor.linked(JOB)
    if run is not None:
        followed(run)
    else:
        st.info(
            "Nothing races yet. Hand over pictures of two classes or more, then start.",
            icon=":material/play_circle:",
        )
    station.same_in_python(code.own(how))


def _asked(pack: tuple[str, bytes] | None) -> RaceParameters:
    train = lasting(FineTuningView, "train")
    chosen = st.pills(
        "Strategies",
        list(STRATEGIES),
        selection_mode="multi",
        wrap=True,
        default=list(RACED),
        format_func=lambda name: STRATEGIES[name].title,
        key="finetuning_strategies",
        help=RaceParameters.model_fields["strategies"].description,
    )
    layers = ""
    if "layers" in chosen:
        layers = PRESETS[lasting(FineTuningView, "transfer")]
    return RaceParameters(
        data=pack[0] if pack else "",
        strategies=tuple(chosen) or RACED,
        train=train,
        layers=layers,
        seed=lasting(FineTuningView, "seed"),
        most=MOST,
        archive_megabytes=MEGABYTES,
    )


def _start(how: RaceParameters, pack: tuple[str, bytes]) -> jobs.Run | None:
    """The button, once the pictures can be raced on; the run that the link names."""
    arrays = {ARCHIVE: np.frombuffer(pack[1], np.uint8)}
    try:
        found: Collection = pictures_of(how, arrays)
        classes = check(found, how)
    except WslError as error:
        st.error(plain(str(error)), icon=":material/folder_off:")
        return monitor.linked(JOB)
    how = how.model_copy(update={"asked": asked(found)})
    st.caption(plain(f"{len(found.entries):,} pictures of {len(classes)} classes."))
    return monitor.start("Race", JOB, how.model_dump(mode="json"), arrays)


def followed(run: jobs.Run) -> None:
    """A race under way, and its result."""
    if monitor.watch(run) != "finished":
        return
    try:
        result = run.result()
        race = Race.of(result.facts)
    except (WslError, KeyError) as error:
        st.error(plain(str(error)), icon=":material/error:")
        return
    st.markdown(plain(words.setting(race)))
    for sentence in race.facts["skipped"].values():
        st.caption(plain(f"Skipped: {sentence}"))
    if copies := race.facts["duplicates"]:
        st.caption(
            plain(f"{len(copies)} copies of other pictures were left out, {copies[0]} first.")
        )
    st.html(drawn.accuracies(means(race), "test accuracy"))
    curves(race, lasting(FineTuningView, "figure"))
    st.markdown(
        "A trained strategy is a head, and its maps show what makes which of your classes. Look with it "
        "here, or download it, unpack it and use `python -m wsl_core heatmap holiday.jpg --head FOLDER`."
    )
    with st.container(horizontal=True, gap="medium"):
        for one in result.facts["strategies"]:
            if one["delivered"]:
                for title, page, icon in USED:
                    st.page_link(
                        page,
                        label=f"{title} of {plain(one['title'])}",
                        icon=icon,
                        query_params={
                            own_heads.KEY: own_heads.name_of(run, one["name"]),
                            links.ONWARD: own_heads.KEY,
                        },
                    )
    more([race], race, None)
    files.drawer(lambda: [*files.of_race(race), *files.heads(result)])


def _zip() -> tuple[str, bytes] | None:
    """A zip file of class folders."""
    file = st.file_uploader(
        "A zip file of class folders",
        ["zip"],
        key="finetuning_zip",
        max_upload_size=max(1, int(settings().megabytes)),
    )
    st.caption(ABOUT)
    return _held(None if file is None else (file.name, file.getvalue()))


def _dropped() -> tuple[str, bytes] | None:
    """Classes one by one, packed into a zip file in memory."""
    count = st.session_state.setdefault(COUNT, 2)
    classes: dict[str, list[Any]] = {}
    for number in range(1, count + 1):
        name = st.text_input(
            f"Class {number}", f"class {number}", max_chars=30, key=f"finetuning_name_{number}"
        )
        dropped = st.file_uploader(
            f"Pictures of {name}",
            accepted_types(),
            accept_multiple_files=True,
            key=f"finetuning_files_{number}",
            max_upload_size=max(1, int(settings().megabytes)),
        )
        classes.setdefault(_folder(name, number), []).extend(dropped)
    if count < LARGEST:
        st.button(
            "Add a class",
            key="finetuning_more",
            icon=":material/add:",
            on_click=lambda: st.session_state.update({COUNT: count + 1}),
        )
    given = {name: own for name, own in classes.items() if own}
    return _held(("dropped pictures", packed(given)) if given else None)


def _folder(name: str, number: int) -> str:
    """The name of a class as that of a folder."""
    clean = " ".join("".join(c for c in name if c not in '/\\:*?"<>|').split()).strip(". ")
    return clean or f"class {number}"


def packed(classes: dict[str, list[Any]]) -> bytes:
    """A zip file with a folder a class; the same pictures give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        for name, own in classes.items():
            for number, file in enumerate(own):
                path = f"{name}/{number:04}-{PurePath(file.name).name}"
                pack.writestr(zipfile.ZipInfo(path), file.getvalue())
    return out.getvalue()


def _held(pack: tuple[str, bytes] | None) -> tuple[str, bytes] | None:
    """Keep what was handed over, or give it back after a visit to another page."""
    if pack is None:
        digest = st.session_state.get(HELD)
        return None if digest is None else _packs.get(digest)
    digest = hashlib.sha256(pack[1]).hexdigest()[:16]
    _packs.put(digest, pack)
    st.session_state[HELD] = digest
    return pack
