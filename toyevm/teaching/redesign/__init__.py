"""Redesigns of one contract: what a team hands in is deployed, held to a specification, and timed beside the starter.

A contract is data for the machine, which bounds it by gas: nothing here needs a sandbox.
"""

from __future__ import annotations

from toyevm.teaching.redesign.artefact import contract_of, starter
from toyevm.teaching.redesign.judging import RedesignRow, judge
from toyevm.teaching.redesign.specification import TicketCall, TicketOffice
from toyevm.teaching.redesign.suite import SUITE, TicketBout, read_bouts

__all__ = [
    "SUITE",
    "RedesignRow",
    "TicketBout",
    "TicketCall",
    "TicketOffice",
    "contract_of",
    "judge",
    "read_bouts",
    "starter",
]
