"""Lesson 10: a sidechain, its checkpoints on L1, the bridge, and who has to be trusted."""

from __future__ import annotations

from toyevm.teaching.lessons.sidechain.signers_player import SignerSwitches
from toyevm.teaching.lessons.sidechain.signers_view import show_signing
from toyevm.teaching.lessons.sidechain.stakes import EQUAL, UNEQUAL, Signing, least, power

__all__ = ["EQUAL", "UNEQUAL", "SignerSwitches", "Signing", "least", "power", "show_signing"]
