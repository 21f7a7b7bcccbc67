"""A lesson as a student meets it: JupyterLab serves a fresh working copy, a browser runs a notebook."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from toyevm.teaching.lab.workspace import prepare_workspace

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


@contextmanager
def serve_course(repository: Path, home: Path) -> Iterator[str]:
    """Yield the address of a JupyterLab that serves a student's working copy, made in `home`."""
    pytest.importorskip("jupyterlab", reason="JupyterLab is not installed: pip install -e '.[course]'")
    prepare_workspace(repository / "course", home / "my-course")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = home / "JUPYTERLAB_SETTINGS_DIR/@jupyterlab/apputils-extension/notification.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text('{"fetchNews": "false"}')  # or a question about news would cover the picture
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--expose-app-in-browser", "--ip=127.0.0.1",
        f"--port={port}", "--ServerApp.port_retries=0", "--IdentityProvider.token=", "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", f"--ServerApp.root_dir={home / 'my-course'}",
    ]  # fmt: skip
    folders = {name: str(home / name) for name in FOLDERS}
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(
            command, cwd=home, stdout=log, stderr=log, env={**os.environ, **folders, "PYTHONPATH": str(repository)}
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(address, server, home / "server.log")
            yield address
        finally:
            server.terminate()
            server.wait(PATIENCE)


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert server.poll() is None, f"JupyterLab ended: {log.read_text()[-2000:]}"
        with suppress(OSError), urlopen(f"{address}/api", timeout=5):
            return
        time.sleep(0.1)
    raise AssertionError(f"JupyterLab did not answer in {PATIENCE} s: {log.read_text()[-2000:]}")


@contextmanager
def open_lesson(address: str, chromium: str, lesson: str) -> Iterator[Any]:
    """Yield a page on which all cells of `course/NN-name/NN-name.ipynb` have run."""
    reason = "playwright is not installed: pip install -e '.[test]'"
    playwright = pytest.importorskip("playwright.sync_api", reason=reason)
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1360, "height": 900})
        page.set_default_timeout(1000 * PATIENCE)
        page.goto(f"{address}/doc/workspaces/{lesson}/tree/course/{lesson}/{lesson}.ipynb")
        page.evaluate(RUN_ALL)
        yield page
        page.evaluate("() => window.jupyterapp.serviceManager.sessions.shutdownAll()")
        browser.close()


def artefacts(folder: Path) -> Path:
    """Return where pictures are kept: where TOYEVM_ARTIFACTS says, else in `folder`."""
    chosen = Path(os.environ.get("TOYEVM_ARTIFACTS") or folder)
    chosen.mkdir(parents=True, exist_ok=True)
    return chosen


def everything_ran(page: Any, more_than: int) -> None:
    """Make sure that there are so many code cells, and that all have run, without an error or a word on stderr."""
    cells = page.evaluate(CELLS)
    assert len(cells) > more_than
    assert [cell["id"] for cell in cells if cell["count"] is None] == []
    assert [cell["id"] for cell in cells for o in cell["outputs"] if o["output_type"] == "error"] == []
    assert [o["text"] for cell in cells for o in cell["outputs"] if o.get("name") == "stderr"] == []


def widget(page: Any, words: str, control: str = ".jupyter-widgets") -> Any:
    """Return the first output that holds such a control and these words."""
    found = page.locator(f".jp-OutputArea-output:has({control}):has-text('{words}')").first
    found.scroll_into_view_if_needed()
    return found


def shows(output: Any, words: str) -> None:
    """Wait until a picture in the output contains `words`."""
    output.locator("svg text", has_text=words).first.wait_for()


def picture(output: Any) -> str:
    """Return what a picture says of itself to those who do not see it."""
    return str(output.locator("svg").first.get_attribute("aria-label"))


def go_to(page: Any, cell: str) -> None:
    """Bring a cell, named by its id, into view: JupyterLab draws no other."""
    index = page.evaluate(
        "id => window.jupyterapp.shell.currentWidget.content.widgets.findIndex(cell => cell.model.id === id)", cell
    )
    page.evaluate("index => window.jupyterapp.shell.currentWidget.content.scrollToItem(index)", index)


def figure_of(page: Any, cell: str) -> Any:
    """Return the first picture of a cell, found on the page by what it says of itself."""
    go_to(page, cell)
    label = page.evaluate(
        "id => window.jupyterapp.shell.currentWidget.content.widgets.find(cell => cell.model.id === id)"
        ".model.outputs.toJSON().map(output => ((output.metadata || {})['image/png'] || {}).alt"
        " || (((output.data || {})['text/html'] || '').match(/aria-label=\"([^\"]*)\"/) || [])[1])"
        ".find(label => label).slice(0, 90).split('&')[0]",
        cell,
    )
    figure = page.locator(f'svg[aria-label^="{label}"], img[alt^="{label}"]').first
    figure.wait_for()
    figure.scroll_into_view_if_needed()
    return figure
