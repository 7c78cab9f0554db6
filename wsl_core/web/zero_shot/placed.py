"""The part "any word" of the Zero-shot page: where a network looks for a word that it was never taught."""

import io
import json

import numpy as np
import streamlit as st

from wsl_core import figures
from wsl_core.errors import WordError
from wsl_core.fcn.activation_maps import ActivationMapParameters
from wsl_core.figures import Scale
from wsl_core.networks import imagenet
from wsl_core.transfer.zero_shot import placed, vectors
from wsl_core.transfer.zero_shot.placed import Carriers, PlacedWord
from wsl_core.transfer.zero_shot.placed_parameters import PlacedParameters
from wsl_core.web import class_choice, downloads, forward, pictures, station
from wsl_core.web.components.canvas import Panel, canvas
from wsl_core.web.controls import lasting, recall, remember
from wsl_core.web.sentences import plain
from wsl_core.web.zero_shot import placed_sentences as words
from wsl_core.web.zero_shot.placed_view import PlacedView

KEY = "placed_canvas"
GUESS = "placed_guess"
BUTTONS = 5  # classes that carried the word


def show() -> None:
    """A word, its map, the classes that carried it, and where it fails."""
    st.markdown(
        "Type a word that the network was never taught. Its own classes carry the word, each by how near its "
        "name and definition are in meaning; their probabilities, added in every cell, make the word's map."
    )
    left, right = st.columns([3, 2], gap="large")
    with right:
        chosen = pictures.choose()
        word = _word(chosen.key)
        how = PlacedParameters(taxonomy=lasting(PlacedView, "taxonomy"))
        predict = lasting(PlacedView, "predict_place", on_change=_new_guess)
        st.caption(words.known(vectors.load(how.vectors)))
    with left:
        found = _placed(chosen, word, how)
    if found is not None:
        _answer(left, right, chosen, found, predict)
    _measured()
    station.same_in_python(words.in_python(chosen.key, word, how.taxonomy))


def _word(key: str | None) -> str:
    """The field, and words to try."""
    field = PlacedView.model_fields["word"]
    recall("word")
    typed: str = st.text_input(
        field.title or "", field.default, key="word", help=field.description, bind="query-params",
        max_chars=vectors.LONGEST, on_change=_new_guess,
    )  # fmt: skip
    with st.container(horizontal=True, gap="small"):
        for one in words.examples(key):
            st.button(
                one, key=f"word-{one}", on_click=_try, args=(one,),
                type="primary" if one == typed else "secondary",
            )  # fmt: skip
    return str(remember("word", typed))


def _try(word: str) -> None:
    st.session_state.word = word
    _new_guess()


def _new_guess() -> None:
    """Hide the map again."""
    st.session_state.pop(GUESS, None)


def _keep_guess() -> None:
    if GUESS not in st.session_state and st.session_state.get("predict_place"):
        st.session_state[GUESS] = tuple(st.session_state[KEY].cell)


def _placed(chosen: pictures.Chosen, word: str, how: PlacedParameters) -> PlacedWord | None:
    """The word on the picture; where that means nothing, why."""
    try:
        carriers = placed.carriers(word, how)
    except WordError as error:
        st.warning(plain(str(error)), icon=":material/edit:")
        st.image(pictures.jpeg(chosen.photo), alt=chosen.title, width="stretch")
        return None
    if carriers.verdict:
        _no_relative(carriers)
        st.image(pictures.jpeg(chosen.photo), alt=chosen.title, width="stretch")
        return None
    looking = ActivationMapParameters(size=how.size, mirror=how.mirror)
    maps = forward.class_maps(chosen.photo, looking)
    key = ("placed", maps.digest, carriers.word, how)
    return forward.derived(key, lambda: placed.on_maps(maps, carriers))


def _no_relative(carriers: Carriers) -> None:
    """Say so, instead of painting noise."""
    st.warning(plain(carriers.verdict or ""), icon=":material/link_off:")
    station.table(["nearest class", "cosine"], words.nearest(carriers))


def _answer(
    left: object, right: object, chosen: pictures.Chosen, found: PlacedWord, predict: bool
) -> None:
    """The map beside that of a class, who carried the word, tables and files."""
    guess = st.session_state.get(GUESS) if predict else None
    hidden = predict and guess is None
    with right:  # type: ignore[attr-defined]
        if not hidden:
            st.markdown("**Classes that carried it**")
            beside = _beside(found)
    with left:  # type: ignore[attr-defined]
        if hidden:
            st.markdown(
                f"Where would the network look for **{plain(found.carriers.word)}**? Click there, or move "
                "with the arrow keys and press Enter."
            )
            beside = found.shares[0].carrier.index
        _canvas(chosen, found, beside, hidden=hidden, guess=guess)
        if hidden:
            return
        if guess is not None:
            _compare(found, guess)
        if found.verdict:
            st.info(plain(found.verdict), icon=":material/visibility_off:")
        st.markdown(words.carried(found))
    drawer = station.drawer(
        "The classes that carried it, as a table", ":material/table:", "placed_table"
    )
    if drawer.open:
        with drawer:
            station.table(words.HEAD, words.rows(found.shares))
            st.caption(
                "Weights of all carrying classes add up to 1. A share is weight times probability in the "
                "highest cell, of the sum over all."
            )
    downloads.drawer(lambda: files(chosen, found))


def _beside(found: PlacedWord) -> int:
    """The class whose own map stands beside: by a button, or named."""
    classes = imagenet.classes()
    best = found.shares[0].carrier.index
    index = class_choice.index_of(classes, st.session_state.get("beside", ""), best)
    with st.container(horizontal=True, gap="small"):
        for one in found.shares[:BUTTONS]:
            st.button(
                f"{one.carrier.title} {one.share:.0%}",
                key=f"carrier-{one.carrier.index}",
                help=f"Cosine {one.carrier.similarity:.2f}, weight {one.carrier.weight:.3f}.",
                on_click=class_choice.show,
                args=(one.carrier.title, "beside"),
                type="primary" if one.carrier.index == index else "secondary",
            )
    return class_choice.index_of(classes, class_choice.ask(PlacedView, "beside"), best)


def _canvas(
    chosen: pictures.Chosen, found: PlacedWord, beside: int, *, hidden: bool, guess: object
) -> None:
    title, own = imagenet.classes().titles[beside], found.of_class(beside)
    row, column = np.unravel_index(int(own.argmax()), own.shape)
    peak = found.maps.placement.centre(int(row), int(column))
    shown = [
        Panel(
            found.carriers.word,
            words.times(float(found.values.max())),
            found.values,
            words.alt(chosen.title, found.carriers.word, found.values, found.peak),
        ),
        Panel(
            title,
            words.times(float(own.max())),
            own,
            words.alt(chosen.title, f"the class {title}", own, peak),
        ),
    ]
    canvas(
        pictures.jpeg(chosen.photo),
        found.maps.placement,
        shown[:1] if hidden else shown,
        scale=Scale.of([one.values for one in shown], own=True),
        key=KEY,
        token=f"{found.maps.digest[:8]}-{found.carriers.word}-{found.carriers.how.taxonomy}-{beside}-{hidden}-{guess}",
        hidden=hidden,
        pinned=guess,  # type: ignore[arg-type]
        unit=words.UNIT,
        measure="log odds",
        hint="Point at a cell, or focus the picture and use the arrow keys.",
        on_cell=_keep_guess,
    )


def _compare(found: PlacedWord, guess: tuple[int, int]) -> None:
    """How far the guess was from the word's highest cell."""
    row, column = found.maps.peak_cell(0)
    away = max(abs(row - guess[0]), abs(column - guess[1]))
    where = (
        "You chose its highest cell."
        if not away
        else f"You were {away} cells away from its highest."
    )
    st.info(where, icon=":material/target:")
    st.button("Guess again", on_click=_new_guess, icon=":material/replay:", key="placed_again")


def _measured() -> None:
    """How often a word is on its thing, from the committed figures."""
    if table := station.measured("words"):
        shut = station.drawer("How often it is right", ":material/balance:", "often_right")
        if shut.open:
            with shut:
                head, rows, caption = words.measured(table)
                station.table(head, rows)
                st.caption(plain(caption))


def files(chosen: pictures.Chosen, found: PlacedWord) -> list[downloads.Download]:
    """Picture, map and carrying classes."""

    def painted() -> bytes:
        scale = Scale.of([found.values])
        return figures.png(
            figures.overlay(chosen.photo, found.values, found.maps.placement, scale=scale)
        )

    def values() -> bytes:
        out = io.BytesIO()
        np.save(out, found.values.astype(np.float32))
        return out.getvalue()

    def facts() -> str:
        return json.dumps(
            {
                "word": found.carriers.word,
                "parameters": found.carriers.how.model_dump(mode="json"),
                "relation": found.carriers.relation,
                "peak": list(found.peak),
                "map": found.values.round(5).tolist(),
                "classes": [vars(one.carrier) | {"share": one.share} for one in found.shares],
            },
            indent=1,
        )

    def table() -> str:
        return downloads.csv_text(
            ("index", "class", "cosine", "weight", "probability", "share"),
            [
                (one.carrier.index, one.carrier.title, f"{one.carrier.similarity:.5f}",
                 f"{one.carrier.weight:.6f}", f"{one.probability:.6f}", f"{one.share:.6f}")
                for one in found.shares
            ],
        )  # fmt: skip

    return [
        ("Picture with the map (PNG)", painted, "word.png", "image/png"),
        ("Map (NumPy)", values, "word.npy", "application/octet-stream"),
        ("Map and classes (JSON)", facts, "word.json", "application/json"),
        ("Classes that carried it (CSV)", table, "word.csv", "text/csv"),
    ]
