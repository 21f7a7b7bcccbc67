"""A pool that pays before it writes down what it paid, and the contract that drains it: sources, artefacts, attack."""
