"""What has happened on a core, and what all cores share: values that are kept, compared and shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from toyevm.backends.block_stm.scheduler import TaskStatus
from toyevm.simulation.multiversion import Entry
from toyevm.simulation.steps import Action
from toyevm.types import Location, Read, Version


@dataclass(frozen=True)
class CoreEvent:
    """What a core has done.

    Attributes:
        location: where; of an abort, the location that looked different, if the algorithm says so.
        read: the version and value that was seen, found or written; None where an estimate was met.
        earlier: of a comparison, what the execution had seen there.
        other: the transaction whose estimate was met, or that is waited for; -1 if there is none.
        holds: whether a comparison found the same, an abort was the first, a mark was left, or a wait was needed.
        passes: whether a validation has ended here, and well.
        resumed: the transactions that need not wait any more.
    """

    core: int
    action: Action
    version: Version
    location: Location | None = None
    read: Entry | None = None
    earlier: Read | None = None
    other: int = -1
    holds: bool = True
    passes: bool = False
    resumed: tuple[int, ...] = ()

    @property
    def aborts(self) -> bool:
        """Whether this ends an incarnation that has come to nothing."""
        return self.holds and self.action in (Action.MOVE, Action.DEPEND)


@dataclass(frozen=True)
class Table:
    """What all cores share, at one moment.

    Attributes:
        entries: by location and writer; None is an estimate.
        waits_for: who waits for whom.
    """

    entries: Mapping[tuple[Location, int], Entry | None]
    statuses: tuple[TaskStatus, ...]
    incarnations: tuple[int, ...]
    waits_for: Mapping[int, int]
    execution_index: int
    validation_index: int
