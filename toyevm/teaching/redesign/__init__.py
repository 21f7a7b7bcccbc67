"""Redesigns of one contract: what a team hands in is deployed, held to a specification, and timed beside the starter.

A contract is data for the machine, which bounds it by gas: nothing here needs a sandbox.
"""

from __future__ import annotations

from toyevm.teaching.redesign.artefact import contract_of, starter
from toyevm.teaching.redesign.judging import RedesignRow, difference, judge
from toyevm.teaching.redesign.specification import TicketCall, TicketOffice
from toyevm.teaching.redesign.suite import SUITE, TicketBout, TicketPlan, read_bouts

__all__ = [
    "SUITE",
    "RedesignRow",
    "TicketBout",
    "TicketCall",
    "TicketOffice",
    "TicketPlan",
    "contract_of",
    "difference",
    "judge",
    "read_bouts",
    "starter",
]
