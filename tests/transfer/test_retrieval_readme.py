"""The lines of the README that ask an index."""

import re
from pathlib import Path

import pytest

from tests.transfer import retrieval_pictures as made
from tests.transfer.test_retrieval_query import build
from wsl_core.images import gallery
from wsl_core.networks import Network

README = Path(__file__).parents[2] / "README.md"


def test_the_retrieval_of_the_readme_runs(
    network: Network,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    program = next(one for one in blocks if "transfer.retrieval" in one)
    index, _ = build(made.class_folders(tmp_path / "photographs", 2), network)
    index.save(tmp_path / "searchable")
    (tmp_path / "holiday.jpg").write_bytes(gallery.load("cat").jpeg(300))
    monkeypatch.chdir(tmp_path)
    exec(compile(program, "README", "exec"), {})
    assert len(capsys.readouterr().out.splitlines()) == 5
