"""Gradescope's exports: folders that have numbers for names, and a list of whose they are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib import import_module
from pathlib import PurePosixPath
from typing import Any

from toyevm.errors import InputError
from toyevm.teaching.desk.archive import Entry
from toyevm.teaching.desk.parcels import Parcel, Sorted, piece_of, read_time
from toyevm.teaching.desk.roster import Sender

METADATA = "submission_metadata.yml"
SUBMISSION = re.compile(r"submission_\d+")


def gradescope(entries: Sequence[Entry], assignment: str) -> Sorted:
    """Sort Gradescope's "Export Submissions": folders `submission_12345/…`, and one file at the top that says whose.

    `submission_metadata.yml` has for each folder `:submitters:`, a list of `:name:`, `:sid:` and `:email:`, and
    `:created_at:`. Those who handed in together all get the same notebook.

    Source: no page of Gradescope's describes it (gradescope-autograders.readthedocs.io is about another file of nearly
    this name); the form is what ten public programs read that handle such an export (github.com, looked up 2026-11-30).

    Raises:
        InputError: that file cannot be read.
    """
    made, folders = Sorted(), defaultdict[str, list[Entry]](list)
    metadata = next((entry for entry in entries if entry.path == (METADATA,)), None)
    for entry in entries:
        if entry is metadata:
            made.ignored.append((entry, "Gradescope's list of who handed in"))
        elif SUBMISSION.fullmatch(entry.path[0]):
            folders[entry.path[0]].append(entry)
        else:
            made.rest.append(entry)
    listed = _listed(metadata) if metadata else {}
    for name, inside in folders.items():
        senders, at = _submitters(listed.get(name))
        if senders:
            pieces = [piece_of(entry, PurePosixPath(*entry.path[1:]).as_posix()) for entry in inside]
            made.parcels.append(Parcel(senders, tuple(pieces), at))
        else:
            why = f"{METADATA} does not say whose it is" if metadata else f"no {METADATA} says whose it is"
            made.unclear += [(entry, why) for entry in inside]
    return made


def _listed(metadata: Entry) -> Mapping[str, Any]:
    try:
        yaml: Any = import_module("yaml")
    except ImportError:
        raise InputError("Gradescope's list needs PyYAML", METADATA, "pip install 'toyevm[instructor]'") from None
    try:
        document = yaml.load(metadata.read(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise InputError("not YAML", METADATA, "the file as Gradescope exported it") from error
    except InputError as error:
        raise InputError(str(error), METADATA) from None
    if not isinstance(document, dict):
        raise InputError("no list of submissions", METADATA, "the file as Gradescope exported it")
    return document


def _submitters(record: Any) -> tuple[tuple[Sender, ...], datetime | None]:
    match record:
        case {":submitters": list(people)}:
            senders = [_submitter(person) for person in people if isinstance(person, dict)]
            return tuple(sender for sender in senders if sender.label), read_time(record.get(":created_at"))
    return (), None


def _submitter(person: Mapping[str, Any]) -> Sender:
    sid, name, email = (str(person.get(key) or "").strip() for key in (":sid", ":name", ":email"))
    return Sender("gradescope", "", name, sid or email, email)
