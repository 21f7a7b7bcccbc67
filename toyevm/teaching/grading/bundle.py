"""What students get, in one file: by construction nothing that marks them.

The bundle is put together from a short list of what belongs in it, not by leaving out what does not: a new folder of
secrets cannot slip in. Lessons come as in a working copy, without outputs, which would give the predictions away.
"""

from __future__ import annotations

import re
import sys
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from toyevm.errors import InputError
from toyevm.teaching.lab.course import ROOT, student_files
from toyevm.teaching.lab.variants import VARIANT, Variant, variant_bytes

NAME = "toyevm-course"
README = Path(__file__).with_name("bundle_readme.md")
TOP_LEVEL = ("LICENSE", "Makefile", "environment.yml", "pyproject.toml", "uv.lock")
_BIRTH = (1980, 1, 1, 0, 0, 0)  # the first day a zip file knows: the same content, the same bytes


def write_bundle(root: Path = ROOT, out: Path | None = None, variant: Variant | None = None) -> Path:
    """Write the students' bundle, by default to root/dist; return its path.

    With a variant it is one student's, who finds their own numbers in it; `toyevm grade --release` knows them too.

    Raises:
        InputError: something that belongs in it is missing.
    """
    path = out or root / "dist" / (f"{NAME}.zip" if variant is None else f"{NAME}-{variant.student}.zip")
    files = dict(sorted(bundle_files(root)))
    if variant is not None:
        lessons = [name.removesuffix("items.toml") for name in files if name.endswith("/items.toml")]
        files |= {f"{lesson}{VARIANT}": variant_bytes(variant) for lesson in lessons}
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(f"{NAME}/{name}", _BIRTH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o100644 << 16
            archive.writestr(entry, data)
    return path


def bundle_files(root: Path = ROOT) -> Iterator[tuple[str, bytes]]:
    """Yield name and content of all that students get."""
    yield "README.md", README.read_bytes()
    for name in TOP_LEVEL:
        yield name, _read(root / name)
    for path in (root / "toyevm").rglob("*"):
        inside = path.relative_to(root)
        if path.is_file() and "__pycache__" not in inside.parts and not any(p.startswith(".") for p in inside.parts):
            yield inside.as_posix(), path.read_bytes()
    yield from student_files(root / "course")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read: {error.strerror}", where=str(path)) from error


def main(arguments: Sequence[str] = ()) -> int:
    """Write the bundle, or one for each student of a release (`RELEASE STUDENT...`), and say where it is."""
    release, *students = arguments or [""]
    try:
        if any(not re.fullmatch(r"[\w.-]+", name) for name in (*students, *([release] if arguments else []))):
            raise InputError("not a name", expected="a release and students, of letters, digits, dots and dashes")
        if release and not students:
            raise InputError("a release without students", expected="RELEASE STUDENT...")
        paths = [write_bundle(variant=Variant(student, release)) for student in students] or [write_bundle()]
    except InputError as error:
        sys.stderr.write(f"toyevm: {error}\n")
        return 2
    for path in paths:
        sys.stdout.write(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
