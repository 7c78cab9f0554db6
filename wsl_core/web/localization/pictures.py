"""The Localization page's picture, a labelled set's or the visitor's, and what is known of its objects."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import streamlit as st

from wsl_core import images
from wsl_core.datasets import gallery_objects, labelled, voc
from wsl_core.datasets.labelled import LabelledObject, LabelledPicture, LabelledPictures
from wsl_core.errors import DatasetError, WslError
from wsl_core.images import Photo
from wsl_core.settings import settings
from wsl_core.web import controls, pictures
from wsl_core.web.pictures import LONGEST_SIDE, Chosen
from wsl_core.web.sentences import plain
from wsl_core.web.store import Store

FOLDER, FORMAT, SPLIT = "voc", "voc", "val"
SAMPLE = "sample"  # key of the control and of the link
BY_HAND = "marked by hand on the gallery's photograph"
COMPOSED = "known, since the scene was composed"
OF_SET = "from the set's annotations"

_photos: Store[Photo] = Store(settings().cache_megabytes / 8, lambda photo: photo.pixels.nbytes)


@dataclass(frozen=True)
class Shown:
    """A picture and its known objects.

    Attributes:
        chosen: the picture.
        objects: of VOC's classes; empty where nothing is known.
        known: where that comes from; empty where nothing is known.
        sample: its name in the labelled set; empty for the visitor's own.
    """

    chosen: Chosen
    objects: tuple[LabelledObject, ...] = ()
    known: str = ""
    sample: str = ""

    @property
    def classes(self) -> list[str]:
        """Names of the classes that are known to be there, difficult objects aside."""
        there = {one.index for one in self.objects if not one.difficult}
        return [voc.CLASSES[index] for index in sorted(there)]

    def truth(self, name: str) -> list[tuple[float, float, float, float]]:
        """Boxes of a class, difficult ones aside."""
        return [
            one.box for one in self.objects if voc.CLASSES[one.index] == name and not one.difficult
        ]


def root() -> Path | None:
    """The labelled set on this machine; None where there is none."""
    data = settings().data
    place = data / FOLDER if data else None
    return place if place is not None and place.is_dir() else None


def labelled_set() -> LabelledPictures:
    """VOC's validation pictures.

    Raises:
        DatasetError: they are not here, or damaged.
    """
    place = root()
    if place is None:
        raise DatasetError(
            "VOC's pictures are not on this machine, so there is no picture with boxes drawn by people. Set "
            "WSL_DATA to the folder that holds voc/VOCdevkit, and start again. The gallery's scenes have "
            "known places too."
        )
    return _read(place)


@lru_cache(maxsize=2)
def _read(place: Path) -> LabelledPictures:
    return labelled.read(FORMAT, place, SPLIT)


def photo(picture: LabelledPicture) -> Photo:
    """Its pixels, kept for the next visitor.

    Raises:
        ImageError: a file that cannot be read.
    """
    found = _photos.get(picture.path)
    if found is None:
        found = images.read(picture.path, longest_side=LONGEST_SIDE)
        _photos.put(picture.path, found)
    return found


def find(name: str) -> Shown:
    """A picture of the labelled set.

    Raises:
        DatasetError: the set is not here, or has no such picture.
        ImageError: a file that cannot be read.
    """
    whole = labelled_set()
    one = next((one for one in whole.pictures if one.name == name), None)
    if one is None:
        raise DatasetError(f"{whole.title} has no picture {name!r} here.")
    shows = dict.fromkeys(voc.CLASSES[item.index] for item in one.objects)
    caption = (
        f"Picture {name} of {whole.title}, a subset of {len(whole.pictures)}: {', '.join(shows)}."
    )
    credit = "Flickr, by way of the PASCAL VOC challenge; it stays on this machine."
    return Shown(
        Chosen(photo(one), f"Picture {name}", caption, None, credit), one.objects, OF_SET, name
    )


def of_visitor(chosen: Chosen) -> Shown:
    """The visitor's picture, with what is known of the gallery's."""
    objects = gallery_objects.objects(chosen.key) if chosen.key else ()
    composed = chosen.key is not None and chosen.key.startswith(("scene-", "collage-"))
    known = (COMPOSED if composed else BY_HAND) if objects else ""
    return Shown(chosen, objects, known)


def choose(from_set: bool) -> Shown:
    """Ask for a picture: of the labelled set where it is asked for and there, else as on every page."""
    if not from_set:
        return of_visitor(pictures.choose())
    try:
        names = [one.name for one in labelled_set().pictures]
        _refuse_unknown(names)
        controls.recall(SAMPLE)
        left, right = st.columns([3, 1], vertical_alignment="bottom")
        name = left.selectbox("Labelled picture", names, key=SAMPLE, bind="query-params")
        controls.remember(SAMPLE, name)
        right.button("Next", key="next_sample", on_click=_next, args=(names,), width="stretch")
        return find(name)
    except WslError as error:
        st.info(plain(str(error)), icon=":material/folder_off:")
        return of_visitor(pictures.choose())


def _refuse_unknown(names: list[str]) -> None:
    asked = st.query_params.get(SAMPLE)
    if asked is not None and asked not in names and SAMPLE not in st.session_state:
        del st.query_params[SAMPLE]
        st.warning(
            plain(
                f"The link asks for {SAMPLE}={asked[:40]}, which is none of the {len(names)} pictures here. "
                f"The first, {names[0]}, is used instead."
            ),
            icon=":material/link_off:",
        )


def _next(names: list[str]) -> None:
    at = names.index(st.session_state[SAMPLE])
    st.session_state[SAMPLE] = names[(at + 1) % len(names)]
