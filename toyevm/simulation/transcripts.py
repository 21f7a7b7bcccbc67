"""A cache of conversations: a transaction given the same values need not run again.

A block that is run many times, on other cores or by other strategies, has few different conversations: most attempts
see what others have seen. A transaction's next question, or its conclusion, hangs on the values it has heard and on
nothing else. So what was said is kept as a tree, with a branch for each value; the machine runs where the tree ends.
Times and versions are those of the attempt, and the outcome is the same as without.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from toyevm.simulation.conversation import Access, Conclusion, Conversation, conversation
from toyevm.transactions import Transaction
from toyevm.types import Location, Read, Value
from toyevm.vm.frame import BlockEnv


@dataclass(slots=True)
class _Moment:
    """What a transaction says next, if it was ever here, and where each answer leads."""

    said: Access | Conclusion | None = None
    after: dict[Value, _Moment] = field(default_factory=dict)

    def on(self, answer: Value) -> _Moment:
        """Return where an answer leads; a place to which none has led yet is made."""
        following = self.after.get(answer)
        if following is None:
            following = self.after[answer] = _Moment()
        return following


class Transcripts:
    """All conversations of the transactions of one block so far: handed to run after run of it, and of no other."""

    def __init__(self) -> None:
        self._beginnings: dict[Transaction, _Moment] = {}

    def conversation(self, env: BlockEnv, tx: Transaction) -> Conversation:
        """Stand in for `conversation`: the same questions, and the same conclusion."""
        moment = self._beginnings.setdefault(tx, _Moment())
        given: dict[Location, Read] = {}
        while isinstance(said := moment.said, Access):
            given[said.location] = read = yield said
            moment = moment.on(read.value)
        if said is not None:
            return _with_reads(said, given)
        talk = conversation(env, tx, given)
        try:
            access = next(talk)
            while True:
                moment.said = access
                read = yield access
                moment = moment.on(read.value)
                access = talk.send(read)
        except StopIteration as stop:
            conclusion: Conclusion = stop.value
            moment.said = conclusion
            return conclusion


def _with_reads(conclusion: Conclusion, given: dict[Location, Read]) -> Conclusion:
    """Return the same conclusion from the same values, with the versions in which they were seen this time."""
    if conclusion.result is None:
        return replace(conclusion, reads=given)
    return Conclusion(given, replace(conclusion.result, read_set=given))
