"""Layers beside the chain: they process transactions, post them on L1, and there their state becomes final."""
