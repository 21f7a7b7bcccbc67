"""toyevm: a small, real EVM and a notebook course on scaling it."""
