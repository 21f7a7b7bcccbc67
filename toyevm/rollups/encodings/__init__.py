"""One batch in several encodings: what a transfer costs in bytes depends on what need not be said.

    signed_rlp       every field of every transaction, as nodes send them to each other
    singular         the same, one block at a time: a damaged block spoils none before it
    span             the blocks as columns: what is alike stands together, and what the layer knows is left out
    payment_records  payments without signatures: somebody else proves that their payers agreed
    netted_diff      not what was done, but what is different after it

The first three give back the transactions bit by bit, so anybody can execute them. The other two are for a layer whose
state transition is proven. `measure.bytes_per_transfer` puts all side by side.
"""
