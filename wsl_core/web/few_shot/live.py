"""The part "make one" of the Few examples page: a classifier from the visitor's examples, asked at once."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from wsl_core import networks
from wsl_core.errors import WslError
from wsl_core.figures.colours import Scale
from wsl_core.figures.signed_bars import signed_bars
from wsl_core.images import Photo
from wsl_core.settings import settings
from wsl_core.transfer.few_shot import LIVE, Answer, ExampleClassifier, Seen, seen
from wsl_core.transfer.few_shot.features import descriptor_of, rows_of
from wsl_core.transfer.few_shot.softmax import Float32
from wsl_core.transfer.retrieval.descriptor import Descriptor
from wsl_core.web import forward, pictures, prediction, station
from wsl_core.web.components.canvas import Panel, canvas
from wsl_core.web.controls import lasting
from wsl_core.web.few_shot import classes
from wsl_core.web.few_shot import downloads as files
from wsl_core.web.few_shot import in_python as code
from wsl_core.web.few_shot import sentences as words
from wsl_core.web.few_shot.view import FewShotView
from wsl_core.web.pictures import Chosen
from wsl_core.web.sentences import plain
from wsl_core.web.store import Store

OWN, OWN_OF = (
    "few_asked_own",
    "few_asked_of",
)  # in the session: digest, and gallery picture beside it
QUESTION = "few_shot"
HINT = "Point at a cell to read its part of the score."

_rows: Store[Float32] = Store(settings().cache_megabytes / 32, lambda row: row.nbytes)
_seen: Store[Seen] = Store(
    settings().cache_megabytes / 4, lambda one: sum(v.powered.nbytes for v in one.views)
)


def descriptor() -> Descriptor:
    """What looks at pictures, on the network that all visitors share."""
    return descriptor_of(LIVE, forward.network(networks.DEFAULT))


def rows(photos: Sequence[Photo]) -> Float32 | tuple[()]:
    """(K, D), each picture looked at once for all visitors."""
    if fresh := [one for one in photos if _rows.get(one.digest) is None]:
        made = rows_of(descriptor(), LIVE.mirrored, fresh)
        for photo, row in zip(fresh, made, strict=True):
            _rows.put(photo.digest, row)
    found = [row for one in photos if (row := _rows.get(one.digest)) is not None]
    return np.stack(found) if found else ()


def looked(photo: Photo) -> Seen:
    """A picture with its cells."""
    found = _seen.get(photo.digest)
    if found is None:
        found = seen(photo, LIVE, descriptor())
        _seen.put(photo.digest, found)
    return found


def asked() -> Chosen:
    """The picture that is asked about: from the gallery, or the visitor's own."""
    key = lasting(FewShotView, "asked")
    if st.session_state.get(OWN_OF) != key:  # another gallery picture takes the place of one's own
        st.session_state.pop(OWN, None)
    st.file_uploader(
        "Or a picture of your own: drop, choose, or click here and paste",
        classes.accepted_types(),
        key="few_asked_file",
        max_upload_size=max(1, int(settings().megabytes)),
        on_change=_receive,
        args=(key,),
    )
    digest = st.session_state.get(OWN)
    if digest and (photo := classes.own(digest)) is not None:
        return Chosen(photo, photo.name, "Your own picture: it stays on this machine.", None)
    return pictures.from_gallery(key)


def _receive(key: str) -> None:
    file = st.session_state.few_asked_file
    found = classes.received([file] if file else [])
    st.session_state[OWN_OF] = key
    st.session_state[OWN] = found[0] if found else None


def show() -> None:
    """Classes, the picture that is asked about, and the answer."""
    classes.begin(lasting(FewShotView, "start"))
    classes.edit()
    examples = classes.named()
    left, right = st.columns([3, 2], gap="large")
    with right:
        chosen = asked()
        place = st.container()
        head = lasting(FewShotView, "head")
        st.caption(words.head(head))
        predict = lasting(FewShotView, "predict")
        opacity = lasting(FewShotView, "opacity")
    with left:
        if empty := [name for name, photos in examples.items() if not photos]:
            st.info(words.needed(empty), icon=":material/add_photo_alternate:")
            st.image(pictures.jpeg(chosen.photo), alt=chosen.title, width="stretch")
            return
        try:
            made = ExampleClassifier.of_rows(
                {name: rows(photos) for name, photos in examples.items()}, head, LIVE
            )
            answer = made.answer(looked(chosen.photo))
        except WslError as error:
            forward.refuse(error)
        if predict and not _predicted(answer, chosen):
            return
        which = _which(answer)
        draw(answer, which, chosen, opacity)
    with place:
        st.markdown(words.verdict(answer, made.counts))
        pairs = list(zip(answer.names, map(float, answer.scores), strict=True))
        station.figure(signed_bars(pairs, words.scores(answer), 1.0 if answer.cosine else None))
        st.caption(words.unit(answer))
    table = station.drawer("Figures as a table", ":material/table:", "few_table")
    if table.open:
        with table:
            station.table(*words.table(answer, made.counts))
    station.same_in_python(code.live(examples_as_keys(), chosen.key, head))
    files.drawer(lambda: files.of_answer(answer, chosen, which, opacity))


def examples_as_keys() -> dict[str, list[str]]:
    """What examples are called in Python: gallery keys, and names of files."""
    found = {}
    for name, one in zip(classes.named(), classes.groups(), strict=True):
        own = [photo.name for digest in one.own if (photo := classes.own(digest)) is not None]
        found[name] = [*one.keys, *own]
    return found


def _predicted(answer: Answer, chosen: Chosen) -> bool:
    """Whether the visitor has said what will come; asks otherwise."""
    question = f"{QUESTION}_{chosen.photo.digest[:8]}_{'_'.join(answer.names)}"
    said = prediction.ask(
        question, "What will the classifier say of this picture?", [*answer.names, words.SHOW]
    )
    if said is None:
        st.image(pictures.jpeg(chosen.photo), alt=chosen.title, width="stretch")
        return False
    if said != words.SHOW:
        best = answer.names[answer.best]
        prediction.compare(question, said, best, plain(f"It says {best}."))
    return True


def _which(answer: Answer) -> int:
    """The class whose map is shown; the winner, until another one is chosen."""
    best = answer.names[answer.best]
    name = st.segmented_control(
        "What speaks for",
        answer.names,
        default=best,
        required=True,
        key=f"few_which_{answer.best}_{'_'.join(answer.names)}",
    )
    return answer.names.index(name or best)


def draw(answer: Answer, which: int, chosen: Chosen, opacity: float) -> None:
    """The picture with what each cell adds for a class."""
    name, score = answer.names[which], float(answer.scores[which])
    kind = "similarity" if answer.cosine else "logit"
    canvas(
        pictures.jpeg(chosen.photo),
        answer.placement,
        [
            Panel(
                title=name,
                score=f"{kind} {score:.2f}".replace("-", "−"),
                values=answer.maps[which],
                alt=words.alternative_text(answer, which, chosen.title),
            )
        ],
        scale=Scale.of(answer.maps),
        key="few_canvas",
        token=f"{chosen.photo.digest[:12]} {name} {score:.4f} {opacity}",
        opacity=opacity,
        unit=words.map_unit(answer),
        measure=kind,
        hint=HINT,
    )
    st.caption(" ".join(filter(None, (plain(chosen.caption), plain(chosen.credit)))))
