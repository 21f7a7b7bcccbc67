"""The page that every test of a lesson looks at: the module says in LESSON which lesson it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.teaching.browser.jupyter import open_lesson, serve_course


@pytest.fixture(scope="session")
def course_address(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Iterator[str]:
    """One JupyterLab for all lessons that a process looks at."""
    with serve_course(repository, tmp_path_factory.mktemp("lab")) as address:
        yield address


@pytest.fixture(scope="module")
def page(request: pytest.FixtureRequest, chromium: str, course_address: str) -> Iterator[Any]:
    with open_lesson(course_address, chromium, request.module.LESSON) as page:
        yield page


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give the tests of `every_lesson.py` the figures of the lesson."""
    if "figure" in metafunc.fixturenames:
        metafunc.parametrize("figure", metafunc.module.FIGURES)
