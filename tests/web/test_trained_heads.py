"""Heads that look by themselves: what they cost, that they look once, and what both pages make of them."""

import contextlib
import io

import numpy as np
import pytest

from wsl_core import networks
from wsl_core.datasets import voc
from wsl_core.errors import HeadError
from wsl_core.fcn.activation_maps import ActivationMapParameters
from wsl_core.fcn.heads import Head
from wsl_core.fcn.pronet import ProNet
from wsl_core.web import forward, pictures, pronet_words, trained_heads
from wsl_core.web.localization import downloads as files
from wsl_core.web.localization import in_python as place_code
from wsl_core.web.localization import looked as place
from wsl_core.web.localization import pipeline as strip
from wsl_core.web.localization import sentences as words
from wsl_core.web.localization.looked import LocalizationView
from wsl_core.web.localization.pictures import of_visitor
from wsl_core.web.pooling import beside as pooling_beside
from wsl_core.web.pooling import in_python as pool_code
from wsl_core.web.pooling.view import PoolingView

SIZE = 225
CAT = voc.CLASSES.index("cat")


@pytest.fixture(scope="module")
def chosen() -> pictures.Chosen:
    return pictures.from_gallery("cat")


@pytest.fixture
def no_look(monkeypatch):
    """`no_look()`: from now on nothing may look at a picture."""

    def refuse(*_: object) -> None:
        raise AssertionError("the picture is looked at again")

    return lambda: monkeypatch.setattr(networks.Network, "_run", refuse)


def number(text: str) -> float:
    return float(text.replace("−", "-"))


def printed(code: str) -> list[str]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "page", "exec"), {})
    return out.getvalue().splitlines()


def test_what_a_look_costs_is_said(shipped) -> None:
    shipped("pronet", "finetuned")
    said = trained_heads.cost("pronet")
    assert "EfficientNet-Lite0 as published" in said
    assert "3 looks at 321, 449, 641 px, then at up to 4 crops" in said
    said = trained_heads.cost("finetuned")
    assert said.startswith(
        "**Fine-tuned** (WELDON) reads EfficientNet-Lite0 with weights of its own"
    )
    assert "from stage7 on: a look of its own" in said
    shipped("max")
    with pytest.raises(HeadError, match="no head 'finetuned'"):
        trained_heads.cost("finetuned")


def test_a_finetuned_head_reads_its_own_network_once(chosen, shipped, no_look) -> None:
    folder = shipped("finetuned") / "voc-finetuned"
    asked = LocalizationView(size=SIZE, network="resnet18")
    maps = trained_heads.look("finetuned", chosen.photo, asked)
    head = Head.load(folder)
    assert (maps.network, maps.trained) == (networks.DEFAULT, head.trained)
    direct = head.read(head.network().class_maps(chosen.photo, SIZE))
    np.testing.assert_allclose(maps.logits, direct.logits, atol=1e-4)
    published = forward.look(networks.load(), chosen.photo, ActivationMapParameters(size=SIZE))
    assert np.abs(maps.features - published.features).max() > 0.1  # kept apart from these
    no_look()
    again = asked.model_copy(update={"threshold": 0.5, "opacity": 0.1})
    assert trained_heads.look("finetuned", chosen.photo, again) is maps


def test_pronet_looks_once_at_its_own_sizes(chosen, shipped, no_look, network) -> None:
    folder = shipped("pronet") / "voc-pronet"
    maps = trained_heads.look("pronet", chosen.photo, LocalizationView(size=SIZE))
    direct = ProNet.load(folder).look(network, chosen.photo)
    np.testing.assert_allclose(maps.scores, direct.scores, atol=1e-3)
    assert maps.box(CAT) == direct.box(CAT)
    no_look()
    assert trained_heads.look("pronet", chosen.photo, LocalizationView(size=641)) is maps


def test_pronets_score_adds_up(chosen, shipped) -> None:
    shipped("pronet")
    maps = trained_heads.look("pronet", chosen.photo, LocalizationView())
    rows = [(what, number(value)) for what, value in pronet_words.sum_rows(maps, CAT)]
    streams = [value for what, value in rows if what.startswith("stream")]
    crops = [value for what, value in rows if what.startswith("crop")]
    (first,) = (value for what, value in rows if what.startswith("**first"))
    (second,) = (value for what, value in rows if what.startswith("**second"))
    assert len(streams) == 3
    assert 1 <= len(crops) <= 4
    assert first == pytest.approx(np.mean(streams), abs=0.011)
    assert second == max(crops)
    assert rows[-1][0] == "**score**, 0.5 of the first and 0.5 of the second"
    assert rows[-1][1] == pytest.approx((first + second) / 2, abs=0.011)
    assert f"together {words.signed(float(maps.scores[CAT]))}" in pronet_words.sum_sentence(
        maps, CAT
    )
    stages = pronet_words.stages(maps, CAT)
    assert [stage.title for stage in stages] == [
        "Transfer", "Classification layer", "Pooling", "Second look", "Score",
    ]  # fmt: skip
    assert stages[3].shape == f"{len(crops)} × 20"


@pytest.mark.parametrize("name", trained_heads.FURTHER)
def test_localization_draws_it_as_asked(name: str, chosen, shipped) -> None:
    shipped("max", "weldon", name)
    view = LocalizationView(trained=True, scheme=name, size=SIZE, voc="cat")
    one = place.glance(of_visitor(chosen), view)
    assert list(one.maps) == ["max", "weldon", name]
    assert one.scheme(view) == name
    found = one.located(name, CAT, 0.2)
    lines = printed(place_code.point(view, one.shown, name, "cat", True))
    assert lines[0].startswith(f"Point(x={found.point.x}, y={found.point.y}, score=")
    columns, body = words.scheme_table(place.rows_of(one, CAT, 0.2), name)
    assert body[-1][:2] == [
        f"**{trained_heads.title(name)}**", words.signed(float(one.maps[name].scores[CAT])),
    ]  # fmt: skip
    marks = {mark.style for mark in place.marks(found, view, crops=one.crops(name, CAT))}
    assert ("crop" in marks, "middle" in marks, "beam" in marks) == (
        (True, True, False) if name == "pronet" else (False, False, True)
    )
    assert words.head_line(one, name, CAT).endswith(trained_heads.title(name))
    assert len(strip.stages(one, name, CAT)) == 5
    assert files.as_json(one, name, CAT, found)
    _, columns, body = words.cell_words(one, name, CAT)
    assert len(columns) == len(body[0])
    config = place.evaluation(view, "ROOT")
    assert config["head"] == name
    assert ("sizes" in config) == (name == "finetuned")


def test_what_is_not_there_leaves_the_others(chosen, shipped) -> None:
    shipped("max")
    view = LocalizationView(trained=True, scheme="finetuned", size=SIZE)
    one = place.glance(of_visitor(chosen), view)
    assert list(one.maps) == ["max"]
    said = words.instead(one, "finetuned", one.scheme(view))
    assert said.startswith("In the place of Fine-tuned stands Max. There is no head 'finetuned'")
    untrained = LocalizationView(scheme="pronet", size=SIZE)
    one = place.glance(of_visitor(chosen), untrained)
    said = words.instead(one, "pronet", one.scheme(untrained))
    assert said == "In the place of ProNet stands Max."
    assert words.instead(one, "max", "max") == ""


def test_pooling_has_it_beside_the_schemes(chosen, shipped) -> None:
    shipped("max", *trained_heads.FURTHER)
    view = PoolingView(trained=True, beside="finetuned", size=SIZE, negative="0")
    one = pooling_beside.look(chosen, view)
    assert one.title == "Fine-tuned (WELDON)"
    assert not one.pooled(CAT).negative.any()  # the sliders are its scheme's
    pooled = one.pooled(CAT)
    row = pooling_beside.score_row(one, CAT)
    assert row[:2] == [one.title, words.signed(pooled.score)]
    assert number(row[4]) == pytest.approx(pooled.score, abs=0.011)
    lines = printed(pool_code.schemes(view, chosen, CAT))
    assert lines[-1].split()[0] == "finetuned"
    assert float(lines[-1].split()[1]) == pytest.approx(pooled.score, abs=1e-3)

    view = view.model_copy(update={"beside": "pronet"})
    one = pooling_beside.look(chosen, view)
    assert (one.title, one.pooled(CAT)) == ("ProNet", None)
    assert [ranked.index for ranked in one.ranking(3)] == np.argsort(-one.maps.scores)[:3].tolist()
    assert one.rank(one.ranking(2)[1].index) == 2
    panel = pooling_beside.pronet_panel(one.maps, CAT)
    assert panel.score == pooling_beside.score_row(one, CAT)[1]
    assert {mark.style for mark in panel.marks} == {"crop", "middle"}
    lines = printed(pool_code.schemes(view, chosen, CAT))
    assert float(lines[-2].split()[2]) == pytest.approx(one.score(CAT), abs=1e-3)
    assert pooling_beside.look(chosen, PoolingView(trained=True)) is None
