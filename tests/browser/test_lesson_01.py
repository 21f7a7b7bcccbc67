"""Lesson 01 as a student meets it: in JupyterLab, in a browser, from a fresh working copy."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from toyevm.lab.workspace import prepare_workspace

pytestmark = pytest.mark.browser
LESSON = "course/01-the-machine/01-the-machine.ipynb"
PATIENCE = 60  # seconds
FOLDERS = (
    "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_SETTINGS_DIR",
)  # fmt: skip
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

# Run All by hand races the kernel: wait for the connection first, then ask the application itself.
RUN_ALL = """async () => {
    const context = () => window.jupyterapp?.shell.currentWidget?.sessionContext;
    while (context()?.session?.kernel?.connectionStatus !== 'connected') await new Promise(r => setTimeout(r, 50));
    await context().ready;
    await window.jupyterapp.commands.execute('notebook:run-all-cells');
}"""
CELLS = """() => window.jupyterapp.shell.currentWidget.content.widgets
    .filter(cell => cell.model.type === 'code')
    .map(cell => ({id: cell.model.id, count: cell.model.executionCount, outputs: cell.model.outputs.toJSON()}))"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Iterator[str]:
    """The address of a JupyterLab that serves a student's working copy."""
    pytest.importorskip("jupyterlab", reason="JupyterLab is not installed: pip install -e '.[course]'")
    home = tmp_path_factory.mktemp("lab")
    prepare_workspace(repository / "course", home / "my-course")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folders = {name: str(home / name) for name in FOLDERS}
    settings = home / "JUPYTERLAB_SETTINGS_DIR/@jupyterlab/apputils-extension/notification.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"fetchNews": "false"}')  # or a question about news would cover the picture
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser", "--ip=127.0.0.1",
        f"--port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token=", "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", f"--ServerApp.root_dir={home / 'my-course'}",
    ]  # fmt: skip
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(
            command, cwd=home, stdout=log, stderr=log, env={**os.environ, **folders, "PYTHONPATH": str(repository)}
        )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(address, server, home / "server.log")
            yield address
        finally:
            server.terminate()
            server.wait(PATIENCE)


def wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Return when the server answers."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert server.poll() is None, f"JupyterLab ended: {log.read_text()[-2000:]}"
        with suppress(OSError), urlopen(f"{address}/api", timeout=5):
            return
        time.sleep(0.1)
    raise AssertionError(f"JupyterLab did not answer in {PATIENCE} s: {log.read_text()[-2000:]}")


@pytest.fixture(scope="module")
def page(lab: str, chromium: str) -> Iterator[Any]:
    """A page on which all cells of the lesson have run."""
    reason = "playwright is not installed: pip install -e '.[test]'"
    playwright = pytest.importorskip("playwright.sync_api", reason=reason)
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1360, "height": 900})
        page.set_default_timeout(1000 * PATIENCE)
        page.goto(f"{lab}/doc/tree/{LESSON}")
        page.evaluate(RUN_ALL)
        yield page
        browser.close()


@pytest.fixture
def stepper(page: Any) -> Any:
    """The first stepper of the lesson, at its first step."""
    found = page.locator(".jp-OutputArea-output:has(button:has-text('forward'))").first
    found.scroll_into_view_if_needed()
    first = found.get_by_role("button", name="first")
    if first.is_enabled():
        first.click()
    shows(found, "Step 1 of 8")
    return found


def shows(stepper: Any, words: str) -> None:
    """Wait until the picture contains `words`."""
    stepper.locator("svg text", has_text=words).first.wait_for()


def picture(stepper: Any) -> str:
    return str(stepper.locator("svg").first.get_attribute("aria-label"))


def artefacts(tmp_path: Path) -> Path:
    folder = Path(os.environ.get("TOYEVM_ARTIFACTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def test_a_cell_that_fails_or_does_not_run_stops_a_student(page: Any) -> None:
    cells = page.evaluate(CELLS)
    assert len(cells) > 20
    assert [cell["id"] for cell in cells if cell["count"] is None] == []
    kinds = {cell["id"]: [output["output_type"] for output in cell["outputs"]] for cell in cells}
    assert [name for name, outputs in kinds.items() if "error" in outputs] == []
    assert [o["text"] for cell in cells for o in cell["outputs"] if o.get("name") == "stderr"] == []


def test_forward_must_show_what_the_next_step_took_and_left(stepper: Any, tmp_path: Path) -> None:
    forward = stepper.get_by_role("button", name="forward")
    for step in (2, 3):
        forward.click()
        shows(stepper, f"Step {step} of 8")
    shown = picture(stepper)
    assert "MUL" in shown
    assert "[a 7, b 5]" in shown
    assert "[left 35 (0x23)]" in shown
    shows(stepper, "taken: a")
    stepper.screenshot(path=artefacts(tmp_path) / "lesson-01-stepper.png")
    stepper.page.screenshot(path=artefacts(tmp_path) / "lesson-01-page.png")


def test_back_must_undo_what_forward_did(stepper: Any) -> None:
    before = picture(stepper)
    stepper.get_by_role("button", name="forward").click()
    shows(stepper, "Step 2 of 8")
    assert picture(stepper) != before
    stepper.get_by_role("button", name="back").click()
    shows(stepper, "Step 1 of 8")
    assert picture(stepper) == before


def test_without_the_mouse_the_arrow_keys_must_do(stepper: Any) -> None:
    handle = stepper.locator(".noUi-handle").first
    handle.focus()
    for _ in range(4):
        handle.press("ArrowRight")
    shows(stepper, "Step 5 of 8")
    assert "memory   0x0000" in picture(stepper)


def test_at_the_end_there_is_no_step_further(stepper: Any) -> None:
    stepper.get_by_role("button", name="last").click()
    shows(stepper, "Step 8 of 8")
    shows(stepper, "the call is over")
    stepper.locator("button:has-text('forward')[disabled]").wait_for()


def test_the_text_form_must_say_what_the_picture_says(stepper: Any) -> None:
    shown = picture(stepper)
    box = stepper.get_by_label("as text")
    box.check()
    text = stepper.locator("pre").first
    text.wait_for()
    assert text.inner_text().split("\n") == shown.split("; ")
    box.uncheck()
    shows(stepper, "Step 1 of 8")
