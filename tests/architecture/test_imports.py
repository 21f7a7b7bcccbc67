"""toyevm starts without any compiled package, and asks for no package that it does not declare."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.architecture.project import PACKAGE, REPOSITORY, module_name, pyproject, sources

# Where the name that is imported is not the name that is installed.
PROVIDED = {
    "Crypto": "pycryptodome",
    "blake2b": "blake2b-py",
    "distributed": "dask",
    "eth": "py-evm",
    "markdown_it": "markdown-it-py",
    "sha3": "safe-pysha3",
    "yaml": "pyyaml",
}
# Used when they happen to be there, and never needed: another package does the same work.
OPTIONAL = {"safe-pysha3"}
# Only for who asks for them: the machines we measure against (extra `bench`), the compiler of the contracts' artefacts,
# what makes exercises, what reads Gradescope's list, what builds the wheel, commitments to blobs, brotli for batches, a
# sweep's cluster and Parquet.
TOOLS = {
    "brotli",
    "ckzg",
    "dask",
    "pyarrow",
    "hatchling",
    "py-evm",
    "ethereum",
    "ethereum-types",
    "ethereum-rlp",
    "vyper",
    "nbgrader",
    "nbformat",
    "pyyaml",
    "traitlets",
}

# What a browser kernel has: the standard library and toyevm. Everything else is refused, whatever it is made of.
BARE = """
import importlib, json, sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in {*sys.stdlib_module_names, "toyevm"}:
            raise ImportError(f"{name} is not there")

sys.path.insert(0, sys.argv[1])
sys.meta_path.insert(0, Refuse())
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules} - {*sys.stdlib_module_names, "__main__"})))
"""

# PUSH1 3, PUSH1 2, ADD, then the hash of the sum: hashing is the one thing every program needs from a library.
PROGRAM = """
from toyevm.vm.message import execute_message, world_with_code

result = execute_message(world_with_code(bytes.fromhex("60036002015f5260205f205f5260205ff3")))
print(result.output.hex(), result.error, len(result.read_set) > 0)
"""
HASH_OF_FIVE = "036b6384b5eca791c62761152d0c79bb0604c104a5fb6f4eb0703f3154bb3db0"  # keccak256(uint256(5)), as Solidity


def run_bare(root: Path, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a Python without site-packages that refuses every third-party import."""
    command = [sys.executable, "-I", "-S", "-c", BARE + program, str(root), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def imported(path: Path) -> set[str]:
    """Return the top-level names that a source file imports, at any depth."""
    tree = ast.parse(path.read_text())
    return {name.partition(".")[0] for node in ast.walk(tree) for name in names_of(node)}


def names_of(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield node.module
    elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("import_module", "importlib.import_module"):
        name = node.args[0].values[0] if isinstance(node.args[0], ast.JoinedStr) else node.args[0]
        if isinstance(name, ast.Constant):
            yield name.value


def packages(root: Path) -> set[str]:
    """Return the third-party packages that the sources below a folder import."""
    ours = {"toyevm", "tests"} | {path.stem for path in root.rglob("*")}  # a script's neighbours
    names = set().union(*map(imported, root.rglob("*.py"))) - set(sys.stdlib_module_names) - ours
    return {PROVIDED.get(name, name.replace("_", "-")) for name in names}


def declared(*extras: str) -> set[str]:
    """Return the packages that pyproject.toml installs always, and with these extras."""
    project = pyproject()["project"]
    lists = [project["dependencies"], *(project["optional-dependencies"][extra] for extra in extras)]
    return {Requirement(text).name for requirements in lists for text in requirements}


def undeclared(root: Path) -> set[str]:
    return packages(root) - declared("course", "fast") - OPTIONAL - TOOLS


def test_every_package_that_is_imported_is_declared() -> None:
    assert undeclared(PACKAGE) == set()


def test_every_package_that_a_test_imports_is_declared() -> None:
    everything = pyproject()["project"]["optional-dependencies"]
    assert (
        packages(REPOSITORY / "tests") - declared(*everything) - {"ethereum", "ethereum-types", "ethereum-rlp"} == set()
    )


def test_every_package_that_everybody_installs_is_used() -> None:
    assert declared() - packages(PACKAGE) == set()


def test_the_machine_can_be_imported_without_compiled_packages() -> None:
    modules = [module_name(path) for path in sources(last=5)]
    assert "toyevm.vm" in modules
    done = run_bare(REPOSITORY, "for name in sys.argv[2:]: importlib.import_module(name)", *modules)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []  # and nothing had slipped in before the door was shut


def test_a_program_runs_without_compiled_packages() -> None:
    done = run_bare(REPOSITORY, PROGRAM)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[1] == f"{HASH_OF_FIVE} None True"


@pytest.mark.parametrize(
    ("source", "works"),
    [
        ("import numpy\n", False),
        ("from eth_keys import keys\n", False),
        ("import hashlib\n\ndef later():\n    import numpy\n", True),
    ],
)
def test_an_early_import_is_found(tmp_path: Path, source: str, works: bool) -> None:
    (tmp_path / "toyevm").mkdir()
    (tmp_path / "toyevm" / "__init__.py").write_text(source)
    assert (run_bare(tmp_path, "import toyevm").returncode == 0) is works


@pytest.mark.parametrize(
    "source", ["import requests\n", "def f():\n    from requests.api import get\n", "import_module(f'requests.{x}')\n"]
)
def test_an_undeclared_package_is_found(tmp_path: Path, source: str) -> None:
    (tmp_path / "module.py").write_text("import json, typer\nfrom Crypto.Hash import keccak\n" + source)
    assert undeclared(tmp_path) == {"requests"}
