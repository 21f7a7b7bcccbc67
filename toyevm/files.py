"""Write a file whole or not at all: whoever looks sees the old file, or none, or all of the new one; or let it grow.

A `GrowingFile` is of lines. A line is on disk when `append` returns, so whatever ends the writer, all that it had added
is there, with at most half a line after it, which who reads it drops.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from toyevm.errors import InputError


def write_whole(path: Path, data: bytes, make_folder: bool = False, durable: bool = False) -> None:
    """Write a draft beside the file and move it into place; after an OSError the file is as it was.

    Args:
        make_folder: whether to make the folder where it is missing.
        durable: whether the draft must be on disk before it takes the place of the file: a crash of the system, too,
            leaves one of the two.
    """
    if make_folder:
        path.parent.mkdir(parents=True, exist_ok=True)
    _write({path: data}, durable)


def write_together(files: Mapping[Path, bytes]) -> None:
    """Write several files: all drafts first, then each into its place. An OSError while drafting leaves all as it was.

    What can fail after that is a move, where somebody changes the folder in this moment.
    """
    _write(files, durable=False)


def _write(files: Mapping[Path, bytes], durable: bool) -> None:
    drafts = {path: path.with_name(f".{path.name}.{os.getpid()}.draft") for path in files}
    try:
        for path, draft in drafts.items():
            draft.write_bytes(files[path])
            if durable:
                with draft.open("rb+") as file:
                    os.fsync(file.fileno())
        for path, draft in drafts.items():
            draft.replace(path)
    except OSError:
        for draft in drafts.values():
            with suppress(OSError):
                draft.unlink()
        raise


class GrowingFile:
    """A file, open to be read, added to and cut, and locked against a second writer for as long as its process lives.

    Args:
        expected: what should be at the path.
        busy: what is said when another process writes to it, and what is expected then.

    Raises:
        InputError: it cannot be written, or somebody else does.
    """

    def __init__(self, path: Path, expected: str, busy: tuple[str, str]) -> None:
        self.path, self._expected = path, expected
        try:
            self._file: BinaryIO = open(path, "a+b", buffering=0)  # noqa: SIM115
        except OSError as error:
            raise self.cannot_write(error) from error
        try:
            _lock(self._file, str(path), busy)
        except BaseException:
            self._file.close()
            raise

    def read(self) -> bytes:
        """Return all that is there."""
        self._file.seek(0)
        return self._file.read()

    def append(self, line: bytes) -> None:
        """Add a line: it is on disk when this returns; raise InputError when it is not."""
        try:
            written = self._file.write(line)
            os.fsync(self._file.fileno())
        except OSError as error:
            raise self.cannot_write(error) from error
        if written < len(line):  # the disk is full; what was written is half a line
            raise InputError("cannot write all of a line", str(self.path), "room on the disk")

    def cut(self, length: int) -> None:
        """Keep only so many bytes."""
        try:
            self._file.truncate(length)
        except OSError as error:
            raise self.cannot_write(error) from error

    def close(self) -> None:
        """Close it, and let others write."""
        self._file.close()

    def cannot_write(self, error: OSError) -> InputError:
        """Return what to say to the user."""
        return InputError(f"cannot write it: {error.strerror}", str(self.path), self._expected)


def _lock(file: BinaryIO, where: str, busy: tuple[str, str]) -> None:
    """Keep a second writer away for as long as the file is open; where the system has no such locks, do nothing."""
    try:
        import fcntl
    except ImportError:
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise InputError(busy[0], where, busy[1]) from None
    except OSError:  # a file system without locks
        return
