"""A student works in a copy, and nothing they wrote in it is ever overwritten.

The tracked notebooks are the checked truth, with stored outputs that would give every prediction away. So the student
gets a *working copy* without outputs, and when the course moves on, the copy follows. What tells a student's work from
ours is a manifest: for each file the hash of what we wrote there. A file that still has that hash may be replaced; any
other file belongs to the student, and a newer version is put beside it (`NAME.new.ipynb`).

    in the copy              the course has      then
    nothing                  anything            written
    what we wrote            something newer     replaced
    something else           nothing newer       left alone
    something else           something newer     left alone, the newer one beside it

Nothing is written before everything has been read, and each file appears whole or not at all.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path, PurePosixPath

from toyevm.errors import InputError
from toyevm.files import write_whole
from toyevm.teaching.lab.course import find_course, student_files, student_folders
from toyevm.teaching.lab.manifest import Manifest, Record, digest, read_manifest, write_manifest

MANIFEST = ".toyevm-workspace.json"


@dataclass(slots=True)
class WorkspaceReport:
    """Say what became of each file; names are relative to `target`, with slashes.

    `beside` maps a file the student changed to the newer version that now lies next to it.
    """

    target: Path
    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    beside: dict[str, str] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """Return the report in people's words.

        >>> report = WorkspaceReport(Path("my-course"), created=["a.ipynb"], beside={"b.ipynb": "b.new.ipynb"})
        >>> print(*report.lines(), sep="\\n")
        my-course: 1 new, 0 updated, 0 unchanged, 1 yours
        b.ipynb is yours and was kept; the newer version is b.new.ipynb
        """
        yours = len(self.kept) + len(self.beside)
        counts = f"{len(self.created)} new, {len(self.updated)} updated, {len(self.unchanged)} unchanged, {yours} yours"
        offers = (f"{name} is yours and was kept; the newer version is {new}" for name, new in self.beside.items())
        return [f"{self.target}: {counts}", *offers]


def launch_lab(
    course: Path | None, target: Path, *, browser: bool = True, prepare_only: bool = False
) -> WorkspaceReport:
    """Make or update the working copy `target`, then become JupyterLab, opened on it.

    Args:
        course: the folder with the lessons; None takes the course of this toyevm, else that of the current folder.
        browser: whether JupyterLab opens one.
        prepare_only: return once the copy is there. Otherwise this call does not return.

    Raises:
        InputError: no course, no JupyterLab, or anything `prepare_workspace` raises.
    """
    if not prepare_only and find_spec("jupyterlab") is None:
        raise InputError("JupyterLab is not installed", expected="toyevm[course], as the README installs it")
    report = prepare_workspace(find_course(course), target)
    if not prepare_only:
        print(*report.lines(), sep="\n", file=sys.stderr, flush=True)  # noqa: T201 -- the last chance to say it
        _become([sys.executable, "-m", "jupyterlab", *_lab_options(target, browser)])
    return report


def prepare_workspace(source: Path, target: Path) -> WorkspaceReport:
    """Make or update the working copy `target` of the course in `source`.

    Lessons go to `target/course`, and the exercises beside the course, where there are any, to `target/exercises`: as
    in the checkout, so that links between them hold.

    Raises:
        InputError: a notebook or the manifest cannot be read, the copy cannot be written, or would lie in the course.
    """
    _refuse_nesting(target)
    for name, root in student_folders(source).items():
        _refuse_overlap(root, target / name)
    manifest = read_manifest(target / MANIFEST)
    fresh = dict(student_files(source))
    report = WorkspaceReport(target)
    try:
        for name, data in fresh.items():
            _place(target, name, data, manifest, report)
    except OSError as error:
        raise InputError(f"cannot write: {error.strerror}", where=str(error.filename or target)) from error
    finally:  # also after a failure: what was written is ours
        write_manifest(target / MANIFEST, manifest)
    return report


def _place(target: Path, name: str, data: bytes, manifest: Manifest, report: WorkspaceReport) -> None:
    """Bring one file of the copy up to date, or its newer version beside it."""
    path, fresh, known = target / name, digest(data), manifest.get(name)
    current = digest(path.read_bytes()) if path.exists() else None
    if current == fresh:
        report.unchanged.append(name)
    elif current is None:
        write_whole(path, data, make_folder=True)
        report.created.append(name)
    elif known and current in (known.written, known.offered):
        write_whole(path, data, make_folder=True)
        report.updated.append(name)
    elif known and fresh == known.offered:
        report.kept.append(name)
        return
    else:
        report.beside[name] = beside = _place_beside(target, name, data, manifest)
        manifest[beside] = Record(fresh, fresh)
        manifest[name] = Record(known.written if known else "", fresh)
        return
    manifest[name] = Record(fresh, fresh)


def _place_beside(target: Path, name: str, data: bytes, manifest: Manifest) -> str:
    """Write a newer version next to a student's file, under the first name that is free or still ours."""
    for beside in _names_beside(name):
        path, known = target / beside, manifest.get(beside)
        if not path.exists() or digest(path.read_bytes()) in (digest(data), known.written if known else None):
            write_whole(path, data, make_folder=True)
            return beside
    raise AssertionError("the names never end")


def _names_beside(name: str) -> Iterator[str]:
    """Yield a.new.ipynb, a.new2.ipynb, a.new3.ipynb, … for a.ipynb."""
    path, number = PurePosixPath(name), 1
    while True:
        yield str(path.with_name(f"{path.stem}.new{'' if number == 1 else number}{path.suffix}"))
        number += 1


def _refuse_overlap(root: Path, copy: Path) -> None:
    """Raise InputError when the copy would be written into the course, or the other way round."""
    original, planned = root.resolve(), copy.resolve()
    if original.is_relative_to(planned) or planned.is_relative_to(original):
        raise InputError(f"{copy} would overwrite the course itself", expected="a working copy outside the course")


def _refuse_nesting(target: Path) -> None:
    """Raise InputError when the copy would lie inside another one: someone ran the command from within theirs."""
    for folder in target.resolve().parents:
        if (folder / MANIFEST).exists():
            raise InputError(f"{folder} is a working copy already", expected="the command run from outside of it")


def _lab_options(target: Path, browser: bool) -> list[str]:
    """Return JupyterLab's options: rooted in the copy, asking nobody outside for news or updates."""
    options = [
        f"--ServerApp.root_dir={target.resolve()}",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.news_url=None",
    ]
    if not browser:
        options.append("--no-browser")
    geteuid: Callable[[], int] | None = getattr(os, "geteuid", None)
    if geteuid is not None and geteuid() == 0:  # in a container everybody is root, and JupyterLab would refuse
        options.append("--allow-root")
    return options


def _become(command: list[str]) -> None:
    """Replace this process by `command`; on Windows, which cannot, wait for it and end with its exit code."""
    if os.name == "nt":
        raise SystemExit(subprocess.run(command, check=False).returncode)
    os.execv(command[0], command)
