"""The links at the foot of a station, to others with the same picture and class, and to all of them."""

from collections.abc import Mapping, Sequence

import streamlit as st
from pydantic import BaseModel

from wsl_core.web import links, station
from wsl_core.web.activation_maps.shown import ActivationMapView
from wsl_core.web.localization.looked import LocalizationView
from wsl_core.web.pooling.view import PoolingView
from wsl_core.web.segmentation.view import YOURS, SegmentationView
from wsl_core.web.stations import STATIONS

VIEWS: dict[str, type[BaseModel]] = {
    "activation_maps": ActivationMapView,
    "pooling": PoolingView,
    "localization": LocalizationView,
    "segmentation": SegmentationView,
}
CARRIED = ("picture", "first", "voc", "trained", "network")
"""What a link takes along where the other station has the same: picture, class, whose maps."""
ALSO = {"segmentation": {"source": YOURS}}
"""What a station must be told to show the visitor's picture."""


def onward(*urls: str, picture: str | None = None) -> None:
    """The links, one a station of these addresses, and the one to the map of the lecture.

    `picture` is the gallery's that is shown, where it is not the visitor's.
    """
    shown = {} if picture is None else {"picture": picture}
    with st.container(horizontal=True, gap="medium"):
        for one in STATIONS:
            if one.url in urls:
                st.page_link(
                    one.page,
                    label=f"{one.title}, with this picture",
                    icon=one.icon,
                    query_params=carried(VIEWS[one.url], CARRIED, shown | ALSO.get(one.url, {})),
                )
        station.onward()


def carried(
    model: type[BaseModel], names: Sequence[str], more: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The values of this page that the link of another one takes, defaults left out; `more` as they are."""
    found = {}
    for name in names:
        value = st.session_state.get(name, st.query_params.get(name))
        if name not in model.model_fields or value is None:
            continue
        text = links.as_text(value)
        parameters, notices = links.parse(model, {name: text})
        if not notices and getattr(parameters, name) != model.model_fields[name].default:
            found[name] = text
    found |= more or {}
    return found | {links.ONWARD: ",".join(found)} if found else found
