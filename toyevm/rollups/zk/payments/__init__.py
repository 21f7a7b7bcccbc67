"""Payments as something that can be proven: the accounts' tree, the trace of a batch, and the constraints on it."""
