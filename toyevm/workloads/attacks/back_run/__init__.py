"""A back-run: whoever orders a block takes the bargain that a large trade leaves."""
