"""SVG is spelt out in one module, colours stand in the palette, and a model knows nothing of how it is shown."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.project import PACKAGE, module_name

WRITER = "toyevm.teaching.kit.svg"
PALETTES = {"toyevm.charts", "toyevm.teaching.kit.palette"}
SVG = re.compile(r"</?(?:svg|g|rect|path|line|text|tspan|polyline|polygon|circle|ellipse|defs|use|marker|style)\b")
COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3,4}){1,2}\b")
# By its name: a module that draws ends in "view", one with a widget in "player"; the rest are models.
DRAWS = re.compile(r"(?:^|[._])(?:view|player)$")
NO_MODELS = {"__init__", "answers"}  # what a turn says repeats the words of a picture
TOOLS = {"svg", "palette", "picture", "player"}  # of the kit: what drawing is made with
DRAWING = {f"toyevm.teaching.kit.{name}" for name in TOOLS} | {"toyevm.charts", "ipywidgets", "IPython", "matplotlib"}


def strings(path: Path) -> Iterator[str]:
    """Yield every string constant of a source file, the pieces of f-strings included, docstrings left out."""
    tree = ast.parse(path.read_text())
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)]
    prose = {id(node.body[0].value) for node in nodes if node.body and isinstance(node.body[0], ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose:
            yield node.value


def outside(package: Path, pattern: re.Pattern[str], allowed: set[str]) -> list[str]:
    """Return the modules, with what was found, that have a string of this form and should not."""
    return [
        f"{name}: {found.group()}"
        for path in sorted(package.rglob("*.py"))
        if (name := module_name(path, package)) not in allowed
        for string in strings(path)
        if (found := pattern.search(string))
    ]


def models(package: Path) -> list[Path]:
    """Return the modules of kit and lessons that work something out: neither views, nor players, nor drawing tools."""
    classroom = package / "teaching"
    found = [path for folder in ("kit", "lessons") for path in sorted((classroom / folder).rglob("*.py"))]
    tools = {classroom / "kit" / f"{name}.py" for name in TOOLS}
    return [path for path in found if path not in tools and path.stem not in NO_MODELS and not DRAWS.search(path.stem)]


def imported(path: Path) -> set[str]:
    """Return the modules that a source file imports, at any depth; `from a import b` may be a name or a module."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names | {name.partition(".")[0] for name in names}


def models_that_draw(package: Path) -> list[str]:
    return [
        f"{module_name(path, package)}: {name}" for path in models(package) for name in imported(path) & _drawing(path)
    ]


def _drawing(path: Path) -> set[str]:
    views = {name for name in imported(path) if name.startswith("toyevm.") and DRAWS.search(name)}
    return DRAWING | views


def test_svg_is_spelt_out_in_the_writer_alone() -> None:
    assert outside(PACKAGE, SVG, {WRITER}) == []
    assert any(SVG.search(string) for string in strings(PACKAGE / "teaching" / "kit" / "svg.py"))


def test_colours_stand_in_the_palette_alone() -> None:
    assert outside(PACKAGE, COLOUR, PALETTES) == []


def test_a_model_neither_draws_nor_knows_a_widget() -> None:
    names = [module_name(path) for path in models(PACKAGE)]
    assert {"toyevm.teaching.kit.job", "toyevm.teaching.lessons.state_transactions_blocks.order"} <= set(names)
    assert models_that_draw(PACKAGE) == []


def planted(tmp_path: Path, name: str, source: str) -> Path:
    path = tmp_path / "toyevm" / "teaching" / name
    path.parent.mkdir(parents=True)
    path.write_text(source)
    return tmp_path / "toyevm"


@pytest.mark.parametrize("source", ['x = "<rect/>"', 'x = f"a {1}<g fill={2}>"', 'def f():\n    return "</svg>"'])
def test_svg_elsewhere_is_found(tmp_path: Path, source: str) -> None:
    assert len(outside(planted(tmp_path, "kit/new.py", source), SVG, {WRITER})) == 1


@pytest.mark.parametrize("source", ['x = "#a0b1c2"', 'x = f"fill:#fff;{1}"', 'def f(ink="#12345678"): ...'])
def test_a_colour_elsewhere_is_found(tmp_path: Path, source: str) -> None:
    assert len(outside(planted(tmp_path, "kit/new.py", source), COLOUR, PALETTES)) == 1


@pytest.mark.parametrize(
    "source", ['x = "a < b, <pre>"', 'x = "#1"', '"""In <svg> it is #ffffff."""', "# <rect> #ffffff"]
)
def test_what_only_looks_like_it_is_not(tmp_path: Path, source: str) -> None:
    package = planted(tmp_path, "kit/new.py", source)
    assert outside(package, SVG, set()) == outside(package, COLOUR, set()) == []


@pytest.mark.parametrize(
    "source",
    [
        "from toyevm.teaching.kit import svg",
        "from toyevm.teaching.kit.player import in_text",
        "def f():\n    import ipywidgets",
        "from matplotlib.figure import Figure",
        "from toyevm.teaching.kit.lanes_view import show_lanes",
        "from toyevm.charts import Chart",
    ],
)
def test_a_model_that_draws_is_found(tmp_path: Path, source: str) -> None:
    assert models_that_draw(planted(tmp_path, "lessons/shop/till.py", source)) != []
    (tmp_path / "toyevm/teaching/lessons/shop/till.py").rename(tmp_path / "toyevm/teaching/lessons/shop/till_view.py")
    assert models_that_draw(tmp_path / "toyevm") == []
