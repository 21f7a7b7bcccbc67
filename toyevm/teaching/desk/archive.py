"""What lies in a place: a folder, or a zip of strangers' files. Nothing is unpacked to disk, and no link is followed.

So a name with `..` in it can overwrite nothing. It is refused all the same: whoever wrote it meant no good, and it says
nothing about whose the file is. Contents are read when somebody wants them, in pieces, and no further than the limits:

    a file                      16 MB, what the marker reads of a notebook
    unpacked against packed     100 to 1, beyond the first MB
    all of one archive          1 GB
    files of a place            200,000; of a zip in a zip 20,000

Bombs that let files overlap (David Fifield, "A better zip bomb", 2019, https://www.bamsoftware.com/hacks/zipbomb/) are
refused from the directory of the archive, before anything is unpacked.
"""

from __future__ import annotations

import io
import os
import re
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from toyevm.errors import InputError
from toyevm.teaching.grading.submission import MOST_BYTES

MOST_RATIO = 100
FREE_OF_RATIO = 1 << 20  # an honest notebook of this size may be one long line of the same sign
MOST_UNPACKED = 1 << 30
MOST_FILES = 200_000
MOST_INNER_FILES = 20_000
DEEPEST = 20
LONGEST_NAME = 255  # as file systems have it; in a zip it may be 65,535
CHUNK = 1 << 16

_ENCRYPTED = 0x41  # by a password; by "strong encryption"
_UTF8 = 0x800
_LOCAL_HEADER = 30
_DIRECTORY_ENTRY = b"PK\x01\x02"
_SYSTEM = {"__macosx", "thumbs.db", "desktop.ini", "$recycle.bin", "system volume information"}
_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError, OverflowError, LookupError)


def _nothing() -> bytes:
    return b""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in a place, or a folder with nothing in it.

    `problem` says why its content cannot be read; `refused`, why not even its name can be believed.
    """

    path: tuple[str, ...]
    problem: str = ""
    refused: str = ""
    is_folder: bool = False
    content: Callable[[], bytes] = _nothing

    def read(self) -> bytes:
        """Return the content.

        Raises:
            InputError: saying in a few words why there is none.
        """
        if self.problem or self.refused or self.is_folder:
            raise InputError(self.problem or self.refused or "a folder")
        return self.content()


def shown(parts: Sequence[str]) -> str:
    r"""Return a path as one printable line.

    >>> shown(["ada", "x\n\udce9.ipynb"])
    'ada/x??.ipynb'
    """
    return "".join(sign if sign.isprintable() else "?" for sign in "/".join(parts))


def hidden_part(path: Sequence[str]) -> tuple[str, ...]:
    """Return the path up to what a system or an editor made for itself, or nothing.

    >>> hidden_part(["ada", ".ipynb_checkpoints", "x.ipynb"])
    ('ada', '.ipynb_checkpoints')
    """
    for number, part in enumerate(path, 1):
        if part.startswith(".") or part.casefold() in _SYSTEM:
            return tuple(path[:number])
    return ()


@contextmanager
def open_place(place: Path) -> Iterator[list[Entry]]:
    """Give what lies in a folder or a zip, in the order of its names, while its contents can be read.

    Raises:
        InputError: it is neither, or cannot be read.
    """
    if place.is_dir():
        yield _limited(_walk(place, ()), MOST_FILES, str(place))
        return
    if place.exists() and not place.is_file():  # opening a pipe would wait
        raise InputError("neither a folder nor a file", str(place), "a folder or a zip of submissions")
    try:
        file = place.open("rb")
    except OSError as error:
        raise InputError(f"cannot read: {error.strerror}", str(place), "a folder or a zip of submissions") from error
    with file:
        yield read_zip(file, str(place), MOST_FILES)


def read_inner_zip(data: bytes, where: str) -> list[Entry]:
    """Return what lies in a zip that a student handed in.

    Raises:
        InputError: it is no zip, or one that nobody makes to hand in a notebook.
    """
    if (count := data.count(_DIRECTORY_ENTRY)) > MOST_INNER_FILES:  # before each of them becomes an object
        raise InputError(f"a zip of {count:,} files", expected=f"at most {MOST_INNER_FILES:,}")
    return read_zip(io.BytesIO(data), where, MOST_INNER_FILES)


def _limited(entries: Iterator[Entry], most: int, where: str) -> list[Entry]:
    found: list[Entry] = []
    for entry in entries:
        if len(found) == most:
            raise InputError("too many files", where, f"at most {most:,}")
        found.append(entry)
    return sorted(found, key=lambda entry: entry.path)


# --- folders --------------------------------------------------------------------------------------------------------


def _walk(top: Path, parts: tuple[str, ...]) -> Iterator[Entry]:
    """Yield what lies below a folder; of hidden folders only that they are there."""
    try:
        with os.scandir(top.joinpath(*parts)) as listing:
            inside = list(listing)
    except OSError as error:
        yield Entry(parts, problem=f"cannot be read ({error.strerror})", is_folder=True)
        return
    if not inside and parts:
        yield Entry(parts, refused=_bad_name(parts), is_folder=True)
    for item in inside:
        path = (*parts, item.name)
        is_folder = item.is_dir(follow_symlinks=False)
        refused = _bad_name(path)
        if is_folder and not hidden_part(path) and len(path) < DEEPEST:
            yield from _walk(top, path)
        elif is_folder:
            yield Entry(path, "" if hidden_part(path) else "too deep", refused, is_folder=True)
        elif refused:
            yield Entry(path, refused=refused)
        elif item.is_symlink():
            yield Entry(path, problem="a link")
        else:
            yield Entry(path, content=lambda path=path: _read_plain(top, path))  # type: ignore[misc]


def _bad_name(path: Sequence[str]) -> str:
    if not all(map(str.isprintable, path)):
        return "its name has control characters, or is no text"
    return "its name is too long" if max(map(len, path), default=0) > LONGEST_NAME else ""


def _read_plain(top: Path, path: Sequence[str]) -> bytes:
    """Return a plain file's content, without following links on the way and without waiting for a pipe."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        file = _open_below(top, path, flags) if os.open in os.supports_dir_fd else os.open(top.joinpath(*path), flags)
        with os.fdopen(file, "rb") as stream:
            if not stat.S_ISREG(os.fstat(file).st_mode):
                raise InputError("not a plain file")
            data = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})") from None
    return _of_fair_size(data)


def _open_below(top: Path, path: Sequence[str], flags: int) -> int:
    place = os.open(top, os.O_RDONLY)
    for part in path:
        try:
            inner = os.open(part, flags, dir_fd=place)
        finally:
            os.close(place)
        place = inner
    return place


def _of_fair_size(data: bytes) -> bytes:
    if len(data) > MOST_BYTES:
        raise InputError("too large", expected=f"at most {MOST_BYTES:,} bytes")
    return data


# --- zips -----------------------------------------------------------------------------------------------------------


def read_zip(file: BinaryIO, where: str, most: int) -> list[Entry]:
    """Return what lies in a zip, in the order of its names.

    Raises:
        InputError: it is damaged, cut off, or made to take up the reader's memory.
    """
    try:
        archive = zipfile.ZipFile(file)
        members = archive.infolist()
    except (*_ZIP_ERRORS, zipfile.LargeZipFile) as error:
        raise InputError("not a zip, or one that is damaged or cut off", where) from error
    _refuse_overlaps(members, where)
    budget = _Budget(MOST_UNPACKED)
    paths = [_path(member)[: DEEPEST + 1] for member in members]  # more would take the square of it
    twice = {path for path, count in Counter(paths).items() if count > 1}
    parents = {path[:length] for path in paths for length in range(1, len(path))}
    entries = (
        _entry(archive, member, path, budget, path in twice)
        for member, path in zip(members, paths, strict=True)
        if not member.is_dir() or path not in parents
    )
    return _limited(entries, most, where)


class _Budget:
    """What may still be unpacked of an archive."""

    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, count: int) -> None:
        self.left -= count
        if self.left < 0:
            raise InputError("the archive unpacks to too much", expected=f"at most {MOST_UNPACKED:,} bytes")


def _refuse_overlaps(members: Sequence[zipfile.ZipInfo], where: str) -> None:
    end = 0
    for member in sorted(members, key=lambda member: member.header_offset):
        if member.header_offset < end:
            raise InputError("files of the zip overlap: it is a bomb, or damaged", where)
        end = member.header_offset + _LOCAL_HEADER + member.compress_size


def _path(member: zipfile.ZipInfo) -> tuple[str, ...]:
    """Return a member's path; old Windows programs write backslashes, and others UTF-8 without saying so."""
    name = member.orig_filename
    if not member.flag_bits & _UTF8:
        with suppress(UnicodeError):
            name = name.encode("cp437").decode()
    return tuple(name.replace("\\", "/").removesuffix("/").split("/"))


def _entry(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, path: tuple[str, ...], budget: _Budget, is_twice: bool
) -> Entry:
    refused = _bad_name(path)
    if {"", ".", ".."} & set(path) or re.match(r"[A-Za-z]:", path[0]):
        refused = "its name leads out of the archive"
    elif len(path) > DEEPEST:
        refused = "too deep"
    problem = "there twice under the same name" if is_twice else _problem(member)
    return Entry(path, problem, refused, member.is_dir(), lambda: _unpack(archive, member, budget))


def _problem(member: zipfile.ZipInfo) -> str:
    """Return why the content of a member is not to be read."""
    kind = stat.S_IFMT(member.external_attr >> 16) if member.create_system == 3 else 0
    if stat.S_ISLNK(kind):
        return "a link"
    if kind and not stat.S_ISREG(kind) and not member.is_dir():
        return "not a plain file"
    if member.flag_bits & _ENCRYPTED:
        return "encrypted"
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # others unpack without bounds
        return "packed in an unusual way"
    if member.file_size > MOST_BYTES:
        return f"too large (expected at most {MOST_BYTES:,} bytes)"
    return ""


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: _Budget) -> bytes:
    """Return a member's content, read in pieces; `zipfile` gives no more than its header says, which is in bounds."""
    data = bytearray()
    try:
        with archive.open(member) as file:
            while piece := file.read(CHUNK):
                data += piece
                budget.take(len(piece))
                if len(data) > FREE_OF_RATIO and len(data) > MOST_RATIO * member.compress_size:
                    raise InputError(f"a bomb: it unpacks to more than {MOST_RATIO} times its size")
    except _ZIP_ERRORS as error:
        raise InputError("damaged in the archive") from error
    return bytes(data)
