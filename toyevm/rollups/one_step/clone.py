"""A copy of a plain machine, that runs on without the first: what a prover keeps so as not to begin again each time."""

from __future__ import annotations

import copy
from collections import defaultdict
from typing import Any

from toyevm.journal import Journal
from toyevm.vm.frame import Frame, Machine

FLAT = (
    "reads fields warm_addresses touched created destroyed log_entries counters".split()
)  # dictionaries of values; the next hold one for each account
NESTED = "storage original_storage transient warm_slots".split()


def clone(machine: Machine) -> Machine:
    """Return a machine in the same state. Values, messages and code are shared: nobody changes them."""
    twin = Machine(machine.env, machine.tx, clone_journal(machine.journal))
    twin.outcome = machine.outcome
    twin.frames = [_clone_frame(frame, twin) for frame in machine.frames]
    return twin


def _clone_frame(frame: Frame, machine: Machine) -> Frame:
    twin = copy.copy(frame)
    twin.stack, twin.raw_memory = frame.stack.copy(), frame.memory.copy()
    twin.words, twin.journal = {}, machine.journal
    return twin


def clone_journal(journal: Journal) -> Journal:
    """Return a journal with the same content, whose notes for undoing speak of its own dictionaries."""
    twin = Journal(journal.view)
    twin.accessed = set(journal.accessed)
    own: dict[int, Any] = {}
    for name in FLAT:
        original = getattr(journal, name)
        own[id(original)] = dict(original)
        setattr(twin, name, own[id(original)])
    for name in NESTED:
        original = getattr(journal, name)
        own |= {id(slots): dict(slots) for slots in original.values()}
        setattr(twin, name, defaultdict(dict, {address: own[id(slots)] for address, slots in original.items()}))
    twin.notes = [(own[id(changed)], key, old) for changed, key, old in journal.notes]
    return twin


def size_of(machine: Machine) -> int:
    """Return about how many bytes a copy of a machine takes: its memories, stacks and notes."""
    frames = sum(len(frame.raw_memory) + 64 * len(frame.stack) for frame in machine.frames)
    return frames + 200 * len(machine.journal.notes)
