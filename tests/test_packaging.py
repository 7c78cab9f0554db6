"""What a newcomer meets first: README, configuration, requirements, the command."""

import importlib.metadata
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import wsl_core
from wsl_core.networks import imagenet
from wsl_core.settings import Settings, variable

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
REQUIREMENTS = sorted([*ROOT.glob("requirements*.txt"), ROOT / "benchmarks" / "requirements.txt"])
DOCUMENTS = sorted([*ROOT.glob("*.md"), ROOT / "benchmarks" / "README.md"])


def code(language: str) -> list[str]:
    """The code blocks of the README in a language."""
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def run(arguments: list[str], folder: Path) -> str:
    """What a program of the README prints, run where a newcomer would."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "WSL_RUNS": str(folder / "runs")}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_python_of_the_readme_runs(tmp_path: Path) -> None:
    program = code("python")[0]
    assert len([line for line in program.splitlines() if line]) == 5
    assert "tabby" in run(["-c", program], tmp_path)
    assert (tmp_path / "cat.png").read_bytes().startswith(b"\x89PNG")


def test_the_pooling_of_the_readme_runs(tmp_path: Path) -> None:
    first, second, *_ = code("python")
    *_, scores, best = run(["-c", first + second], tmp_path).splitlines()
    index, largest = scores.split()
    assert "cat" in imagenet.classes().titles[int(index)]
    assert float(largest) > 5
    assert best.startswith("[ClassScore(index=7, name='cat'")


def test_the_job_of_the_readme_runs(tmp_path: Path, data: Path) -> None:
    program = next(one for one in code("python") if '"data/mnist"' in one)
    shorter = program.replace('"data/mnist"', repr(str(data / "mnist"))).replace("500", "2")
    assert re.match(r"finished \{.*'accuracy': 0\.", run(["-c", shorter], tmp_path))


# Of heads that come with the program; one that is trained first is asked for in tests/cli/test_finetune.py.
COMMANDS = re.findall(
    r"^python -m wsl_core (heatmap (?!.*--head raced)[^#\n]*)", README, re.MULTILINE
)


@pytest.mark.parametrize(("command", "drawn"), list(zip(COMMANDS, (3, 1, 2, 1), strict=True)))
def test_the_command_line_of_the_readme_runs(command: str, drawn: int, tmp_path: Path) -> None:
    from wsl_core.images import gallery

    (tmp_path / "holiday.jpg").write_bytes(gallery.load("cat").jpeg(400))
    short = ["--size", "225"] if "--method" in command else []
    run(["-m", "wsl_core", *command.split(), *short], tmp_path)
    assert len(list((tmp_path / "results").glob("*.png"))) == drawn


OF_DOMAINS = re.findall(r"^python -m wsl_core ((?:adapt|generate) [^#\n]*)", README, re.MULTILINE)


def test_the_adaptation_of_the_readme_runs(tmp_path: Path) -> None:
    """What needs no data, with fewer steps and pictures than a newcomer's."""
    offline = [command for command in OF_DOMAINS if "mnist-mnistm " not in command]
    assert len(offline) == len(OF_DOMAINS) - 1 == 4
    told = ""
    for command in offline:
        short = (
            ["--count", "20"]
            if command.startswith("generate")
            else ["--seeds", "1", "--steps", "2"]
        )
        told += run(["-m", "wsl_core", *command.split(), *short], tmp_path)
    assert told.count("gap covered") == 2
    assert "% of 20 pictures" in told


def test_the_blocks_of_the_readme_are_those_of_the_files() -> None:
    from benchmarks import readme

    assert readme.filled(README) == README, "run: python -m benchmarks.readme"


@pytest.mark.parametrize("field", Settings.model_fields)
def test_the_readme_names_every_setting(field: str) -> None:
    assert f"`{variable(field)}`" in README


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_to_files_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", document.read_text(encoding="utf-8"))
    missing = [target for target in targets if not (document.parent / target).exists()]
    assert not missing


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_documents_name_only_commands_that_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", text, re.MULTILINE))
    assert named <= set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    assert not missing_modules(text)


def test_the_makefile_runs_only_modules_that_exist() -> None:
    assert not missing_modules(MAKEFILE)


def missing_modules(text: str) -> set[str]:
    """Benchmarks that are run in a text and are not there; capitals stand for any name."""
    named = set(re.findall(r"python -m benchmarks\.([a-z]\w*)", text))
    return {name for name in named if not (ROOT / "benchmarks" / f"{name}.py").is_file()}


def test_configuration_and_settings_agree() -> None:
    assert CONFIG["server"]["maxUploadSize"] == Settings().megabytes


def test_the_server_is_private_unless_told_otherwise() -> None:
    assert CONFIG["server"]["address"] == "127.0.0.1"
    assert not CONFIG["server"].get("enableStaticServing", False)
    assert CONFIG["server"].get("enableXsrfProtection", True)
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["client"]["showErrorLinks"] is False


def test_streamlit_knows_every_option() -> None:
    from streamlit import config

    known = set(config.get_config_options())
    named = {
        f"{section}.{option}"
        for section, options in CONFIG.items()
        for option, value in options.items()
        if not isinstance(value, dict)
    }
    assert named <= known


def luminance(rgb: list[float]) -> float:
    """As WCAG 2 defines it."""
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("background", ["backgroundColor", "secondaryBackgroundColor"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_captions_stand_out(scheme: str, background: str) -> None:
    theme = CONFIG["theme"][scheme]
    text, ground = (
        [int(theme[name][i : i + 2], 16) / 255 for i in (1, 3, 5)]
        for name in ("textColor", background)
    )
    caption = [0.6 * t + 0.4 * g for t, g in zip(text, ground, strict=True)]
    brighter, darker = sorted([luminance(caption), luminance(ground)], reverse=True)
    assert (brighter + 0.05) / (darker + 0.05) >= 4.5


@pytest.mark.parametrize("file", REQUIREMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_an_upper_bound_has_a_reason(file: Path) -> None:
    for line in file.read_text(encoding="utf-8").splitlines():
        requirement, _, reason = line.partition("#")
        assert not re.search(r"<|==|~=|!=", requirement) or reason.strip(), line


def test_ci_is_a_script_that_bash_accepts() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0


def test_the_citation_is_of_this_version() -> None:
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {wsl_core.__version__}\n" in citation


def test_the_command_is_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    entry = importlib.metadata.EntryPoint("wsl", project["scripts"]["wsl"], "console_scripts")
    assert callable(entry.load())
