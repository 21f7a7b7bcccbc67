"""Where things stand in the trace of payments: 32 rows for each, and 357 columns.

    row 0     the payer's leaf        row 16    the payee's leaf
    1-14      the path to the root    17-30     the path to the root
    15        the batch's digest      31        nothing

In each row stand two permutations side by side: in the path before the payment, and in the path after it.
"""

from __future__ import annotations

from toyevm.rollups.zk.payments.values import DEPTH
from toyevm.rollups.zk.poseidon2 import RATE, WIDTH
from toyevm.rollups.zk.poseidon2_trace import PERMUTATION_WIDTH

HALF = DEPTH + 2
PAYMENT_ROWS = 2 * HALF
DIGEST_ROW = HALF - 1

OLD = slice(0, PERMUTATION_WIDTH)
NEW = slice(PERMUTATION_WIDTH, 2 * PERMUTATION_WIDTH)
OLD_INPUT = slice(OLD.start, OLD.start + WIDTH)
NEW_INPUT = slice(NEW.start, NEW.start + WIDTH)
ROOT = slice(NEW.stop, NEW.stop + RATE)
DIGEST = slice(ROOT.stop, ROOT.stop + RATE)
PAYER, PAYEE, AMOUNT, NONCE, BUMP = range(DIGEST.stop, DIGEST.stop + 5)  # the same in all rows of a payment
PAYMENT = slice(PAYER, BUMP + 1)
BIT = BUMP + 1  # of the account's number: is the path's node the right child?
NUMBER_REST, BALANCE_REST, AMOUNT_REST = range(BIT + 1, BIT + 4)  # counted down to 0, digit by digit
BALANCE_BITS = slice(BIT + 4, BIT + 6)
AMOUNT_BITS = slice(BIT + 6, BIT + 8)
COLUMNS = BIT + 8

ROLES = {
    "path before": OLD,
    "path after": NEW,
    "root": ROOT,
    "digest": DIGEST,
    "payment": PAYMENT,
    "path bit": slice(BIT, BIT + 1),
    "countdowns": slice(NUMBER_REST, AMOUNT_REST + 1),
    "range bits": slice(BALANCE_BITS.start, AMOUNT_BITS.stop),
}
