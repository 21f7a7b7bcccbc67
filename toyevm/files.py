"""Write a file whole or not at all: whoever looks sees the old file, or none, or all of the new one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path


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
