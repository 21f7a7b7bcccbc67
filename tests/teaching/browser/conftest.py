"""The page that every test of a lesson looks at: the module says in LESSON which lesson it is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.teaching.browser.jupyter import open_lesson, serve_course


@pytest.fixture(scope="module")
def page(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, repository: Path, chromium: str
) -> Iterator[Any]:
    with (
        serve_course(repository, tmp_path_factory.mktemp("lab")) as address,
        open_lesson(address, chromium, request.module.LESSON) as page,
    ):
        yield page
