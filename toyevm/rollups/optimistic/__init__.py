"""The optimistic rollup: L1 believes a claim about a block unless somebody shows one wrong micro-step in time."""
