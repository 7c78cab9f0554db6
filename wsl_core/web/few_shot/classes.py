"""The visitor's classes on the Few examples page: names and pictures, from the gallery or their own.

Names and choices live in the session, pictures in bounded memory by digest; the link holds neither, but the
classes that they began with.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from wsl_core.errors import ImageError
from wsl_core.images import Photo, accepted_types, gallery, read
from wsl_core.settings import settings
from wsl_core.web.few_shot.view import LARGEST, STARTS
from wsl_core.web.sentences import plain
from wsl_core.web.store import Store

SIDE = 640  # px of the longer side that are kept: twice what is fed
SMALL = 88  # px of a thumbnail's longer side
GROUPS, BEGAN, COUNT = "few_groups", "few_began", "few_count"  # in the session
REFUSED = "few_refused"  # in the session: why pictures were not taken

_photos: Store[Photo] = Store(settings().cache_megabytes / 8, lambda photo: photo.pixels.nbytes)
_small: Store[bytes] = Store(settings().cache_megabytes / 16, len)


@dataclass
class Group:
    """A class of the visitor's.

    Attributes:
        number: names its widgets.
        name: as the visitor calls it.
        keys: gallery pictures.
        own: digests of the visitor's pictures.
    """

    number: int
    name: str
    keys: list[str] = field(default_factory=list)
    own: list[str] = field(default_factory=list)

    def photos(self) -> list[Photo]:
        """Its examples that are there, at most `LARGEST`."""
        found = [gallery.load(key) for key in self.keys]
        found += [photo for digest in self.own if (photo := _photos.get(digest)) is not None]
        return found[:LARGEST]

    @property
    def lost(self) -> int:
        """Pictures that the server had to forget."""
        return sum(_photos.get(digest) is None for digest in self.own)


def groups() -> list[Group]:
    """The classes as they are."""
    found: list[Group] = st.session_state.get(GROUPS, [])
    return found


def begin(start: str) -> None:
    """The classes of a start, where another one was chosen than before."""
    if st.session_state.get(BEGAN) != start:
        st.session_state[BEGAN] = start
        st.session_state[GROUPS] = []
        for name, keys in STARTS[start].classes.items():
            _add(name, keys)


def _add(name: str, keys: tuple[str, ...] = ()) -> None:
    number = st.session_state[COUNT] = st.session_state.get(COUNT, 0) + 1
    st.session_state[GROUPS].append(Group(number, name, list(keys)))


def named() -> dict[str, list[Photo]]:
    """Examples by name; two classes of one name are told apart."""
    found: dict[str, list[Photo]] = {}
    for place, one in enumerate(groups(), 1):
        name = one.name.strip() or f"class {place}"
        while name in found:
            name += "′"
        found[name] = one.photos()
    return found


def edit() -> None:
    """Every class beside the others: its name, its pictures, and what can be done with it."""
    if sentences := st.session_state.pop(REFUSED, []):
        for sentence in sentences:
            st.error(plain(sentence), icon=":material/broken_image:")
    all_of_them = groups()
    columns = st.columns(len(all_of_them), gap="medium")
    for column, one in zip(columns, all_of_them, strict=True):
        with column, st.container(border=True, key=f"few-class-{one.number}"):
            _edit_one(one, len(all_of_them))
    if len(all_of_them) < LARGEST:
        st.button(
            "Add a class", key="few_more", icon=":material/add:", on_click=_add,
            args=(f"class {len(all_of_them) + 1}",),
        )  # fmt: skip


def _edit_one(one: Group, count: int) -> None:
    key = f"few_name_{one.number}"
    st.session_state.setdefault(key, one.name)
    st.text_input("Class", key=key, max_chars=30, on_change=_changed(one, "name", key))
    photos = one.photos()
    if photos:
        with st.container(horizontal=True, gap="small", key=f"few-pictures-{one.number}"):
            for number, photo in enumerate(photos, 1):
                st.image(small(photo), alt=f"Example {number} of {one.name}", width=SMALL)
    else:
        st.markdown("*No example yet.*")
    if one.lost:
        st.caption(f"{one.lost} pictures had to make room on the server: drop them again.")
    with st.popover("Pictures", icon=":material/add_photo_alternate:", width="stretch"):
        _choose(one)
    if count > 2:
        st.button(
            "Remove", key=f"few_remove_{one.number}", icon=":material/delete:", on_click=_remove,
            args=(one,), width="stretch",
        )  # fmt: skip


def _choose(one: Group) -> None:
    """Gallery pictures, and files."""
    key = f"few_gallery_{one.number}"
    st.session_state.setdefault(key, list(one.keys))
    st.pills(
        "From the gallery",
        list(gallery.names()),
        selection_mode="multi",
        key=key,
        on_change=_changed(one, "keys", key),
    )
    key = f"few_files_{one.number}"
    st.file_uploader(
        f"Your own, up to {LARGEST}: drop, choose, or click here and paste",
        accepted_types(),
        accept_multiple_files=True,
        key=key,
        max_upload_size=max(1, int(settings().megabytes)),
        on_change=lambda: setattr(one, "own", received(st.session_state[key])),
    )


def _changed(one: Group, name: str, key: str) -> Callable[[], None]:
    return lambda: setattr(one, name, st.session_state[key])


def _remove(one: Group) -> None:
    st.session_state[GROUPS] = [each for each in groups() if each.number != one.number]


def received(files: list[Any]) -> list[str]:
    """Digests of the pictures in files, which are kept; what cannot be read is told."""
    found: list[str] = []
    for file in files[:LARGEST]:
        try:
            photo = read(file.getvalue(), name=file.name, longest_side=SIDE)
        except ImageError as error:
            st.session_state.setdefault(REFUSED, []).append(str(error))
            continue
        _photos.put(photo.digest, photo)
        found.append(photo.digest)
    if len(files) > LARGEST:
        st.session_state.setdefault(REFUSED, []).append(
            f"{len(files)} pictures were dropped. Accepted are up to {LARGEST} a class: the first "
            f"{LARGEST} are taken."
        )
    return list(dict.fromkeys(found))


def own(digest: str) -> Photo | None:
    """A picture of the visitor's; None where the server had to forget it."""
    return _photos.get(digest)


def small(photo: Photo) -> bytes:
    """A JPEG of it, encoded once."""
    data = _small.get(photo.digest)
    if data is None:
        data = photo.jpeg(2 * SMALL)
        _small.put(photo.digest, data)
    return data
