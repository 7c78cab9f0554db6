"""The picture that follows a visitor through all stations: from the gallery, a file or the camera."""

import threading
from dataclasses import dataclass, replace

import streamlit as st
from pydantic import BaseModel, ConfigDict, Field

from wsl_core.errors import ImageError
from wsl_core.images import Photo, accepted_types, gallery, read
from wsl_core.networks.network import resized
from wsl_core.settings import settings
from wsl_core.web.controls import control, holding, recall, remember
from wsl_core.web.practical import seen
from wsl_core.web.sentences import plain
from wsl_core.web.store import IDLE_S, Store

DECODED = 2  # files at a time: thirty at once would take a gigabyte, and none would be done sooner
LONGEST_SIDE = 2048  # of the pixels kept for a visitor: more than any page shows or feeds
DISPLAYED_SIDE = 1280  # of the JPEG that travels to the browser

SOURCES = ("Gallery", "Your own", "Camera")


class PictureParameters(BaseModel):
    """The picture, as a link can name it."""

    model_config = ConfigDict(frozen=True)

    picture: str = Field(
        "cat",
        title="Gallery picture",
        description="Photographs and composed scenes that are there without a network.",
        json_schema_extra={"choices": list(gallery.names()), "menu": True},
    )


@dataclass(frozen=True)
class Chosen:
    """The picture that a visitor looks at.

    Attributes:
        photo: its pixels.
        title: for headings.
        caption: one sentence.
        key: of the gallery, or None for a visitor's own.
        credit: source, authors and licence, where it is from the gallery.
    """

    photo: Photo
    title: str
    caption: str
    key: str | None
    credit: str = ""


@dataclass(frozen=True)
class Brought:
    """A file that a visitor brought; it stays in the session, its pixels do not.

    Attributes:
        file: names the upload, so that it is read once and not in every run of the page.
        name: of the file.
        data: its bytes, which the session holds in any case while the page asks for it.
        digest: of the photograph.
    """

    file: str
    name: str
    data: bytes
    digest: str


_decoding = threading.BoundedSemaphore(DECODED)
_photos: Store[Photo] = Store(
    settings().cache_megabytes, lambda photo: photo.pixels.nbytes, idle_s=IDLE_S
)
_jpegs: Store[bytes] = Store(settings().cache_megabytes / 4, len, idle_s=IDLE_S)
_fed: Store[Photo] = Store(
    settings().cache_megabytes / 8, lambda photo: photo.pixels.nbytes, idle_s=IDLE_S
)


def jpeg(photo: Photo) -> bytes:
    """The photograph as it travels to the browser, encoded once."""
    key = (photo.digest, photo.pixels.shape)
    data = _jpegs.get(key)
    if data is None:
        data = photo.jpeg(DISPLAYED_SIDE)
        _jpegs.put(key, data)
    return data


def fed(photo: Photo, size: tuple[int, int]) -> Photo:
    """The photograph with pixels (height, width) as a network is fed it, resized once for all visitors."""
    key = (photo.digest, photo.pixels.shape, size)
    small = _fed.get(key)
    if small is None:
        small = replace(photo, pixels=resized(photo.pixels, *size))
        _fed.put(key, small)
    return small


def from_gallery(key: str) -> Chosen:
    """A gallery picture."""
    entry = gallery.GALLERY[key]
    credit = f"{entry.source}. By: {entry.credit}. Licence: {entry.licence}."
    return Chosen(gallery.load(key), entry.title, entry.caption, key, credit)


def current() -> Chosen:
    """The visitor's picture, without asking for another."""
    own: Brought | None = st.session_state.get("own_picture")
    if own:
        photo = _photos.get(own.digest) or _read(own.name, own.data)
        return Chosen(photo, photo.name, "Your own picture: it stays on this machine.", None)
    key = st.session_state.get("picture", st.query_params.get("picture"))
    return from_gallery(key if key in gallery.GALLERY else PictureParameters().picture)


def from_the_gallery_again() -> None:
    """Before a page is drawn: the gallery's picture is shown next, whatever the visitor brought."""
    st.session_state["picture_source"] = SOURCES[0]
    st.session_state.pop("own_picture", None)


def choose() -> Chosen:
    """Ask for a picture; a file that cannot be read leaves the one before where it was."""
    if holding("picture"):  # nor can the visitor bring another
        return from_gallery(control(PictureParameters, "picture"))
    source = st.segmented_control(
        "Picture from",
        SOURCES,
        default=SOURCES[0],
        required=True,
        key="picture_source",
        persist_state="session",
        width="stretch",
    )
    if source == SOURCES[0]:
        st.session_state.pop("own_picture", None)
        field = PictureParameters.model_fields["picture"]
        keys = list(gallery.names())
        recall("picture")
        key = st.selectbox(
            field.title or "",
            keys,
            keys.index(field.default),
            key="picture",
            help=field.description,
            bind="query-params",
        )
        return from_gallery(remember("picture", key or field.default))
    _receive(source)
    chosen = current()
    if chosen.key is None:
        seen.setting("Your own picture", f"{chosen.title}, which is not part of the link")
        st.markdown("It stays on this machine and is never part of the link.")
    else:
        st.markdown(f"Until there is one, the gallery's {chosen.title.lower()} is shown.")
    return chosen


def _receive(source: str) -> None:
    """Take a file or a camera picture into the store; errors are shown in place."""
    if source == SOURCES[1]:
        kinds = accepted_types()
        file = st.file_uploader(
            "Drop a picture, choose one, or click here and paste",
            kinds,
            key="upload",
            max_upload_size=max(1, int(settings().megabytes)),
        )
        name = file.name if file else "the picture"
    else:
        file = st.camera_input("Take a picture", key="camera", resolution="720p")
        name = "camera.jpg"
    before: Brought | None = st.session_state.get("own_picture")
    if file is None or (before and before.file == file.file_id):
        return
    data = file.getvalue()
    try:
        photo = _read(name, data)
    except ImageError as error:
        st.error(plain(str(error)), icon=":material/broken_image:")
        return
    st.session_state.own_picture = Brought(file.file_id, name, data, photo.digest)


def _read(name: str, data: bytes) -> Photo:
    """A visitor's photograph, kept for the next run.

    Raises:
        ImageError: no readable picture, or one above the limits.
    """
    with _decoding:
        photo = read(data, name=name, longest_side=LONGEST_SIDE)
    _photos.put(photo.digest, photo)
    return photo
