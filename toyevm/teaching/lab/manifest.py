"""What we wrote into a folder, so that whatever else is there can be recognised as somebody's own work."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

from toyevm.errors import InputError
from toyevm.files import write_whole
from toyevm.teaching.lab.notebooks import to_json

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Record:
    """Say of one file the hash of what we wrote there, and of the newest version we offered."""

    written: str
    offered: str


Manifest: TypeAlias = dict[str, Record]  # by name relative to the folder, with slashes


def digest(data: bytes) -> str:
    """Return what a manifest remembers of a file's content."""
    return sha256(data).hexdigest()


def read_manifest(path: Path) -> Manifest:
    """Return the manifest at `path`; an empty one, where there is none yet.

    Raises:
        InputError: it is damaged. Guessing could overwrite a student's work.
    """
    try:
        document = json.loads(path.read_bytes())
        if document["format"] != FORMAT:
            raise ValueError
        return {name: Record(str(row["written"]), str(row["offered"])) for name, row in document["files"].items()}
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise InputError(f"cannot read: {error.strerror}", where=str(path)) from error
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise InputError(
            "the list of what toyevm wrote is damaged",
            where=str(path),
            expected="it whole; if you delete it, your files stay, and newer versions are put beside them",
        ) from None


def write_manifest(path: Path, manifest: Manifest) -> None:
    """Write the manifest.

    Raises:
        InputError: the folder cannot be written to.
    """
    rows = {name: asdict(record) for name, record in manifest.items()}
    try:
        write_whole(path, to_json({"format": FORMAT, "files": rows}), make_folder=True)
    except OSError as error:
        raise InputError(f"cannot write: {error.strerror}", where=str(path)) from error
