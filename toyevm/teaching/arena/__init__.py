"""The arena: a scheduler that a team wrote plays blocks on equal virtual cores, in the sandbox that marks notebooks.

It only says what to do next. Clock, memory and ledger stay here, so it cannot make a core faster, see a value before
somebody has written it, or claim that it has won.
"""

from __future__ import annotations

from toyevm.teaching.arena.contest import ArenaRow, play
from toyevm.teaching.arena.moves import CoreMove, Foul, read_move
from toyevm.teaching.arena.suite import SUITE, Bout, read_suite

__all__ = ["SUITE", "ArenaRow", "Bout", "CoreMove", "Foul", "play", "read_move", "read_suite"]
