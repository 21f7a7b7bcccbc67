"""Joules a transaction: what is known, as ranges; what is shared out, and what one transaction more would take."""

from __future__ import annotations

from toyevm.bench.energy.inputs import INPUTS, EnergyInput, Measured, measure_inputs
from toyevm.bench.energy.miner import Mined, mine
from toyevm.bench.energy.model import MODELS, Estimate, JoulesModel, Swing, estimate, tornado
from toyevm.bench.energy.runs import RunEnergy, energy_of

__all__ = [
    "INPUTS",
    "MODELS",
    "EnergyInput",
    "Estimate",
    "JoulesModel",
    "Measured",
    "Mined",
    "RunEnergy",
    "Swing",
    "energy_of",
    "estimate",
    "measure_inputs",
    "mine",
    "tornado",
]
