"""A sandwich: whoever orders a block trades before and after somebody else."""
