"""Where the course lies, and which of its files students get.

    a checkout, a student's bundle        an installed wheel
    toyevm/  course/  exercises/          toyevm/teaching/material/{course,exercises}/

Working copy, bundle, wheel and sdist take their files from `student_files`: what marks students is in none of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from toyevm.errors import InputError
from toyevm.teaching.lab.notebooks import clear_outputs
from toyevm.teaching.lab.rows import seal

PACKAGE = Path(str(files("toyevm"))).resolve()
MATERIAL = "teaching/material"  # where a wheel carries the course, below the package
LESSONS = "[0-9][0-9]-*/*.ipynb"  # what makes a folder a course
NOT_FOR_STUDENTS = {"__pycache__", "instructor"}


def course_root(package: Path = PACKAGE) -> Path:
    """Return the folder that holds `course/` and `exercises/`: in the package, if it was built to carry them."""
    carried = package / MATERIAL
    return carried if carried.is_dir() else package.parent


ROOT = course_root()


def find_course(course: Path | None = None) -> Path:
    """Return the folder that holds the lessons; without one given, that of this toyevm, then of the current folder.

    Raises:
        InputError: there are no lessons where we looked.
    """
    if course is not None:
        candidates, where = [course / "course", course], "--course"
    else:
        here = Path.cwd()
        candidates, where = [ROOT / "course", here / "course", here], ""
    for candidate in candidates:
        if any(candidate.glob(LESSONS)):
            return candidate
    looked = course if course is not None else f"{candidates[0]} or {candidates[1]}"
    raise InputError(f"no lessons in {looked}", where=where, expected="a folder with NN-name/*.ipynb (--course DIR)")


def student_folders(course: Path) -> dict[str, Path]:
    """Return the folders of which students get something, by the names that they have there."""
    return {"course": course, "exercises": course.resolve().parent / "exercises"}


def student_files(course: Path) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of each file a student gets of this course and the exercises beside it, in a fixed order.

    Notebooks come without outputs, which would give the predictions away. Nothing hidden, nothing compiled.

    Raises:
        InputError: a file cannot be read, or is no notebook though its name says so.
    """
    for name, root in student_folders(course).items():
        for path in sorted(root.rglob("*")):
            relative = path.relative_to(root)
            if path.is_file() and not any(part.startswith(".") or part in NOT_FOR_STUDENTS for part in relative.parts):
                yield f"{name}/{relative.as_posix()}", _fresh(path)


def _fresh(path: Path) -> bytes:
    """Return a file as a student first sees it: notebooks without outputs, items where no glance finds an answer."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read: {error.strerror}", where=str(path)) from error
    if path.name == "items.toml":
        return seal(data)
    return clear_outputs(data, str(path)) if path.suffix == ".ipynb" else data
