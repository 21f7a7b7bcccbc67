"""Continuous integration must not be green because a test did not run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SKIPPING = {
    "a skip in a test": "import pytest\ndef test_it(): pytest.skip('no browser')\n",
    "a skip mark": "import pytest\n@pytest.mark.skip(reason='no browser')\ndef test_it(): pass\n",
    "a missing import": "import pytest\npytest.importorskip('no_such_browser')\ndef test_it(): pass\n",
    "a whole module": "import pytest\npytest.skip('no browser', allow_module_level=True)\ndef test_it(): pass\n",
    "a skipping fixture": "def test_it(chromium): pass\n",
    "a data test, with the data there": "def test_it(): import pytest; pytest.skip('TOYEVM_DATA is too slow today')\n",
}


def run_pytest(folder: Path, module: str, *options: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run pytest on one module beside a copy of our conftest.py, as a stranger would."""
    shutil.copy(Path(__file__).parents[1] / "conftest.py", folder)
    (folder / "test_sample.py").write_text("def test_runs(): pass\n")
    (folder / "test_other.py").write_text(module)
    ours = {"TOYEVM_REQUIRE_ALL": "1", "TOYEVM_DATA": "", "PATH": "/nonexistent", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "--import-mode=importlib",
        *options,
        str(folder),
    ]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        command, cwd=folder, env=kept | ours | variables, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize("name", SKIPPING)
def test_a_skip_fails_a_run_that_is_to_run_everything(name: str, tmp_path: Path) -> None:
    done = run_pytest(tmp_path, SKIPPING[name], TOYEVM_DATA=str(tmp_path))
    assert done.returncode == 1, done.stdout
    assert "test_other.py" in done.stdout.partition("everything must run")[2]
    assert "1 passed" in done.stdout.splitlines()[-1]  # pytest's own closing line stays the last


@pytest.mark.parametrize("name", ["a skip in a test", "a missing import"])
def test_a_skip_in_a_worker_process_is_seen_too(name: str, tmp_path: Path) -> None:
    done = run_pytest(tmp_path, SKIPPING[name], "-p", "xdist", "-n", "1")
    assert done.returncode == 1, done.stdout
    assert "test_other.py" in done.stdout.partition("everything must run")[2]


def test_a_skip_passes_a_run_that_need_not_run_everything(tmp_path: Path) -> None:
    assert run_pytest(tmp_path, SKIPPING["a skip in a test"], TOYEVM_REQUIRE_ALL="").returncode == 0


def test_without_the_data_its_tests_may_be_skipped(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, "def test_it(toyevm_data): pass\n")
    assert done.returncode == 0, done.stdout
    assert "1 passed, 1 skipped" in done.stdout


def test_a_data_folder_that_is_not_there_is_an_error_not_a_skip(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, "def test_it(toyevm_data): pass\n", TOYEVM_DATA=str(tmp_path / "gone"))
    assert done.returncode == 1
    assert "TOYEVM_DATA names no folder" in done.stdout


def test_an_expected_failure_is_no_skip(tmp_path: Path) -> None:
    module = "import pytest\n@pytest.mark.xfail\ndef test_it(): assert False\n"
    assert run_pytest(tmp_path, module).returncode == 0
