"""The hunt: scripts of moves, played on a rollup with a planted fault and on the standing one, until they differ.

A script is data: deposits, blocks, lies, disputes, proofs. Anybody can play it again, so what it shows, it has shown.
"""

from __future__ import annotations

from toyevm.teaching.hunt.judge import FoundDifference, HuntRow, PlayedScript, hunt
from toyevm.teaching.hunt.planted import PlantedContract, read_planted
from toyevm.teaching.hunt.scripts import Script, read_scripts

__all__ = [
    "FoundDifference",
    "HuntRow",
    "PlantedContract",
    "PlayedScript",
    "Script",
    "hunt",
    "read_planted",
    "read_scripts",
]
