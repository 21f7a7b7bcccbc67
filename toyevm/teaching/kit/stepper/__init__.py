"""The course's notional machine: one step at a time, as a picture to move through and as text to read."""

from __future__ import annotations

from toyevm.teaching.kit.picture import Picture
from toyevm.teaching.kit.stepper.gas_view import gas_by_opcode, show_gas
from toyevm.teaching.kit.stepper.player import Stepper
from toyevm.teaching.kit.stepper.text import describe_step, print_step
from toyevm.teaching.kit.stepper.view import show_step

__all__ = ["Picture", "Stepper", "describe_step", "gas_by_opcode", "print_step", "show_gas", "show_step"]
