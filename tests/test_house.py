"""Rules that hold for every file of the package."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
MODULES = sorted((PROJECT / "wsl_core").rglob("*.py"))
PAGES = [PROJECT / "app.py", *sorted((PROJECT / "pages").glob("*.py"))]


def name(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


def imported(path: Path) -> set[str]:
    """The packages that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def public(body: list[ast.stmt], outer: str = "") -> Iterator[tuple[str, ast.AST]]:
    """Classes, functions and methods whose names do not begin with an underscore."""
    for node in body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            if node.name.startswith("_"):
                continue
            yield f"{outer}{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body, f"{node.name}.")


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_everything_public_has_a_docstring(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "the module"
    assert [what for what, node in public(tree.body) if not ast.get_docstring(node)] == []


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_only_the_web_imports_streamlit(path: Path) -> None:
    if "web" in path.relative_to(PROJECT).parts:
        return
    assert not {one for one in imported(path) if one.split(".")[0] == "streamlit"}


def test_the_rule_about_streamlit_would_notice_it() -> None:
    users = [path for path in [*MODULES, *PAGES] if "streamlit" in imported(path)]
    assert PROJECT / "app.py" in users


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_no_module_of_the_package_imports_a_page(path: Path) -> None:
    assert not {one for one in imported(path) if one.split(".")[0] in {"app", "pages"}}


def test_importing_the_core_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "import wsl_core.networks, wsl_core.fcn.activation_maps, wsl_core.figures, wsl_core.images\n"
        "import wsl_core.jobs, wsl_core.settings\n"
        "print(*sys.modules)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    heavy = {"torch", "torchvision", "timm", "matplotlib", "streamlit", "sklearn", "skimage"}
    assert "wsl_core.figures" in found.stdout.split()
    assert heavy.isdisjoint(found.stdout.split())
