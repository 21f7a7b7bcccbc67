"""One cell of a true trace is changed: which rules notice, in words."""

from __future__ import annotations

from dataclasses import dataclass

from toyevm.teaching.kit.stark.named_table import NamedTable, signed


@dataclass(frozen=True)
class ChangedCell:
    """One cell of a true table, and what is added to it."""

    table: NamedTable
    row: int
    column: str
    add: int

    @property
    def false(self) -> NamedTable:
        """The table with the change."""
        return self.table.changed(self.row, self.column, self.before + self.add)

    @property
    def before(self) -> int:
        """The value before the change."""
        return int(self.table.trace[self.row, self.table.columns.index(self.column)])

    @property
    def broken(self) -> int:
        """How many values of the map are not zero."""
        return sum(map(sum, self.false.residues().values()))


def rules_lines(change: ChangedCell) -> list[str]:
    """Return what the picture says, line by line."""
    after = change.before + change.add
    cell = f"row {change.row}, {change.column}: {signed(change.before)}"
    noticed = (
        f"{change.broken} values are not 0"
        if change.broken > 1
        else ("all rules hold", "1 value is not 0")[change.broken]
    )
    lines = [f"{cell} becomes {signed(after)}: {noticed}" if change.add else f"{cell}: nothing is changed"]
    for name, counts in change.false.residues().items():
        wrong = [f"row {row}: {count}" for row, count in enumerate(counts) if count]
        lines.append(f"{name:<26} {', '.join(wrong) or '0 in all rows'}")
    return lines
