"""What all tests share: where things are, and that no skip goes unnoticed where everything must run.

With TOYEVM_REQUIRE_ALL=1 (as continuous integration sets it) a skipped test is a failure, named in one line at the end.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

import toyevm.rollups.settlements  # noqa: F401  whoever goes through all backends is to meet them, whichever test runs

REPOSITORY = Path(__file__).resolve().parents[1]
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")

# Where files take long, longest first: they come before all others, so that no process is left with one at the end.
LONG = tuple(
    f"tests/{folder}/"
    for folder in (
        *("teaching/grading", "teaching/browser", "teaching/notebooks", "backends", "architecture", "fuzz", "cli"),
        *("workloads", "teaching", "conformance", "machine", "bench"),
    )
)

# Skips that are right even where everything must run: start of the test's id -> reason.
ALLOWED_SKIPS: dict[str, str] = {}

# The same examples on every run: what fails here fails everywhere. Looking for new ones is the business of `make fuzz`.
settings.register_profile("repeatable", deadline=None, derandomize=True)
settings.register_profile("search", deadline=None, max_examples=1_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return REPOSITORY


@pytest.fixture(scope="session")
def toyevm_data() -> Path:
    """The folder with the public test data."""
    folder = os.environ.get("TOYEVM_DATA")
    if not folder:
        pytest.skip("TOYEVM_DATA is not set: see README.md, public test data")
    path = Path(folder)
    assert path.is_dir(), f"TOYEVM_DATA names no folder: {folder}"
    return path


@pytest.fixture(scope="session")
def marker() -> None:
    """A machine on which answers can be marked."""
    from toyevm.errors import InputError
    from toyevm.teaching.grading.sandbox import open_sandbox

    try:
        open_sandbox([])
    except InputError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium to drive."""
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if found is None:
        pytest.skip("no Chromium here: apt-get install chromium")
    return found


class SkipsAreFailures:
    """Collect what was skipped without leave; fail the session, and say so, when there is any."""

    def __init__(self) -> None:
        self.skipped: dict[str, str] = {}

    def note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if not report.skipped or hasattr(report, "wasxfail"):
            return
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        needs_data = "TOYEVM_DATA" in reason and not os.environ.get("TOYEVM_DATA")
        if not needs_data and not report.nodeid.startswith(tuple(ALLOWED_SKIPS)):
            self.skipped[report.nodeid] = " ".join(reason.split())

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self.note(report)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.skipped and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.skipped:
            terminalreporter.section("skipped, though everything must run (TOYEVM_REQUIRE_ALL)", red=True)
            for nodeid, reason in sorted(self.skipped.items()):
                terminalreporter.line(f"{nodeid}: {reason}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the folders that take longest."""

    def place(item: pytest.Item) -> int:
        return next((i for i, folder in enumerate(LONG) if item.nodeid.startswith(folder)), len(LONG))

    items.sort(key=place)


def pytest_configure(config: pytest.Config) -> None:
    """Forbid skips, in the process that reports (workers hand their reports to it)."""
    if os.environ.get("TOYEVM_REQUIRE_ALL") == "1" and not hasattr(config, "workerinput"):
        config.pluginmanager.register(SkipsAreFailures(), "skips-are-failures")
