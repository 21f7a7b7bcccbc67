"""A rollup of payments under a STARK: what is posted on L1, what checks it there, and how anybody rebuilds it.

Three statements make a batch good, and two of them are no part of the proof. *The proof* says that payments with this
digest lead from this root to that one. That the digest is the one of the payments on L1, and that each of them is
signed by the owner of its payer, L1 checks from the payments themselves: it takes a time in proportion to them.
"""
