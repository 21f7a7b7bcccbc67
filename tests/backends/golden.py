"""Schedules worked out by hand: who runs where and when, on small blocks, when gas alone takes time.

All are transfers. One uses 21,000 gas, and 4 for each byte of zeros that it carries along, so its time can be chosen;
it reads when it begins (nothing is charged before), and what it writes can be seen when it ends. Who sends twice has
to wait for their own nonce; who pays the same receiver as another needs that balance.

To validate and to commit takes no time here, but whoever finishes does that first, while a core that waits takes what
the finish has let go; the lowest number wakes first.

A row is (core, transaction, start, end, kind), with ! after the kind when it comes to nothing. What takes no time
stands in the order in which it ends. A thousand units of time are written as 1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from tests.backends.cases import Case, case, if_slot_is_set, sent
from tests.backends.judge import oracle_of
from tests.support.worlds import CONTRACT, contract
from toyevm.backends import BACKENDS, CostModel, Hints, RunConfig, hints_for
from toyevm.backends.block_stm import BLOCK_STM_PUSH, BLOCK_STM_STALL
from toyevm.simulation.costs import GAS_ALONE
from toyevm.simulation.run import Run
from toyevm.transactions import Transaction
from toyevm.types import Address

Row = tuple[int, int, int, int, str]


def transfer(person: int, to: int, thousands: int, nonce: int = 0, limit: int = 0) -> Transaction:
    """Return a transfer of 1 wei to receiver number `to` that uses this many thousands of gas, and may use `limit`."""
    data = bytes((1_000 * thousands - 21_000) // 4)
    gas_limit = 1_000 * (limit or thousands)
    return sent(person, nonce, to=receiver(to), value=1, data=data, gas_limit=gas_limit)


def receiver(number: int) -> Address:
    return bytes([0x70 + number]) * 20


@dataclass(frozen=True)
class Golden:
    """A schedule that must come out, and why.

    Attributes:
        hints: "honest", "none" (a dry run is made), or what the hints are.
    """

    backend: str
    why: str
    transactions: tuple[Transaction, ...]
    cores: int
    rows: tuple[Row, ...]
    hints: Hints | str = "honest"
    costs: CostModel = GAS_ALONE

    def __str__(self) -> str:
        return f"{self.backend}: {self.why.partition('.')[0]}"

    @property
    def case(self) -> Case:
        return case(str(self), {}, *self.transactions)


EXECUTE, VALIDATE, COMMIT, DRY = "execute", "validate", "commit", "dry run"


def checked(core: int, time: int, *transactions: int) -> tuple[Row, ...]:
    """Return the rows of a core that validates and commits these at once, one after the other."""
    return tuple((core, each, time, time, kind) for each in transactions for kind in (VALIDATE, COMMIT))


def committed(time: int, count: int) -> tuple[Row, ...]:
    """Return the rows of Block-STM's end: everything becomes final on core 0."""
    return tuple((0, each, time, time, COMMIT) for each in range(count))


NONCES = (transfer(0, 0, 40), transfer(1, 1, 60), transfer(0, 2, 30, nonce=1), transfer(2, 3, 30))  # 2 needs 0
WITH_A_BYSTANDER = (transfer(0, 0, 60), transfer(0, 1, 30, nonce=1), transfer(1, 0, 40), transfer(2, 2, 25))
PAYMENTS = (transfer(0, 0, 60), transfer(1, 0, 30), transfer(2, 0, 40))  # all to the same receiver

GOLDEN = (
    Golden(
        "two_phase",
        "who has a nonce to wait for is refused in the first phase, at once, and runs in the second. The walk "
        "begins when the last has ended, at 70, and so 2 runs from 70 to 100 while core 1 does nothing.",
        NONCES,
        2,
        (
            (0, 0, 0, 40, EXECUTE), (0, 2, 40, 40, "execute!"), (1, 1, 0, 60, EXECUTE), (0, 3, 40, 70, EXECUTE),
            *checked(0, 70, 0, 1), (0, 2, 70, 70, VALIDATE), (0, 2, 70, 100, EXECUTE), (0, 2, 100, 100, COMMIT),
            *checked(0, 100, 3),
        ),
    ),
    Golden(
        "declared_locks",
        "lanes go by gas limits. 0 may use 100 and uses 40, so that 2, which joins the lane with less to do, "
        "waits behind 1 and 3 behind 2, though core 0 has nothing to do after 40.",
        (transfer(0, 0, 40, limit=100), transfer(1, 1, 41), transfer(2, 2, 30), transfer(3, 3, 30)),
        2,
        (
            (0, 0, 0, 40, EXECUTE), *checked(0, 40, 0), (1, 1, 0, 41, EXECUTE), *checked(1, 41, 1),
            (1, 2, 41, 71, EXECUTE), *checked(1, 71, 2), (1, 3, 71, 101, EXECUTE), *checked(1, 101, 3),
        ),
    ),
    Golden(
        "declared_locks",
        "who has to wait for one lane joins it. 2 needs 0, and goes to lane 0, which has less to do anyway; 3 "
        "joins lane 1, with 60 against 70.",
        NONCES,
        2,
        (
            (0, 0, 0, 40, EXECUTE), *checked(0, 40, 0), (1, 1, 0, 60, EXECUTE), *checked(1, 60, 1),
            (0, 2, 40, 70, EXECUTE), *checked(0, 70, 2), (1, 3, 60, 90, EXECUTE), *checked(1, 90, 3),
        ),
    ),
    Golden(
        "dependency_dag",
        "a finish wakes who waits for it. Core 1 is done with 1 at 30 and finds nothing, since 2 and 3 wait for "
        "0; when that has finished, at 40, core 1 takes 2, and core 0, when it has committed, 3.",
        (transfer(0, 0, 40), transfer(1, 1, 30), transfer(0, 2, 30, nonce=1), transfer(2, 0, 50)),
        2,
        (
            (1, 1, 0, 30, EXECUTE), (0, 0, 0, 40, EXECUTE), *checked(0, 40, 0, 1), (1, 2, 40, 70, EXECUTE),
            *checked(1, 70, 2), (0, 3, 40, 90, EXECUTE), *checked(0, 90, 3),
        ),
    ),
    Golden(
        "dependency_dag",
        "an edge that is missing costs a second run. The list says nothing, so 1 reads its nonce before 0 has "
        "ended, is refused at once, and runs again when its turn has come, at 40; what it wrote first was "
        "nothing. 2 has not met it.",
        (transfer(0, 0, 40), transfer(0, 1, 30, nonce=1), transfer(1, 2, 80)),
        3,
        (
            (1, 1, 0, 0, "execute!"), (0, 0, 0, 40, EXECUTE), *checked(0, 40, 0), (0, 1, 40, 40, VALIDATE),
            (0, 1, 40, 70, EXECUTE), (0, 1, 70, 70, COMMIT), (2, 2, 0, 80, EXECUTE), *checked(2, 80, 2),
        ),
        Hints(edges=()),
    ),
    Golden(
        "dependency_dag",
        "without a list, a dry run comes first. Its last ends at 60, and tells that 1 waits for 0 (both pay the same).",
        (transfer(0, 0, 60), transfer(1, 0, 30), transfer(2, 1, 50)),
        3,
        (
            (1, 1, 0, 30, DRY), (2, 2, 0, 50, DRY), (0, 0, 0, 60, DRY),
            (1, 2, 60, 110, EXECUTE), (0, 0, 60, 120, EXECUTE), *checked(0, 120, 0), (1, 1, 120, 150, EXECUTE),
            *checked(1, 150, 1, 2),
        ),
        "none",
    ),
    Golden(
        "dependency_dag",
        "who is refused in the dry run is taken to need their sender. There, 2 is refused at 40, and 3 ends at 70. So "
        "2 waits for 0 and not for 1, and nothing comes to nothing.",
        NONCES,
        2,
        (
            (0, 0, 0, 40, DRY), (0, 2, 40, 40, DRY), (1, 1, 0, 60, DRY), (0, 3, 40, 70, DRY),
            (0, 0, 70, 110, EXECUTE), *checked(0, 110, 0), (1, 1, 70, 130, EXECUTE), *checked(1, 130, 1),
            (0, 2, 110, 140, EXECUTE), *checked(0, 140, 2), (1, 3, 130, 160, EXECUTE), *checked(1, 160, 3),
        ),
        "none",
    ),
    Golden(
        "access_list_dag",
        "the longest path goes first. 80 hang on 2, 31 on 1 and 30 on 0: core 0 takes 2 and core 1 takes 1, then "
        "0; in the order of the block it would have ended at 110.",
        (transfer(1, 0, 30), transfer(2, 1, 31), transfer(0, 2, 40), transfer(0, 3, 40, nonce=1)),
        2,
        (
            (1, 1, 0, 31, EXECUTE), (0, 2, 0, 40, EXECUTE), (1, 0, 31, 61, EXECUTE), *checked(1, 61, 0, 1, 2),
            (0, 3, 40, 80, EXECUTE), *checked(0, 80, 3),
        ),
    ),
    Golden(
        "access_list_dag",
        "a list need not name who is paid: that is plain to see. With empty lists, 1 waits for 0, which pays the "
        "same, and 2 does not.",
        (transfer(0, 0, 30), transfer(1, 0, 30), transfer(2, 1, 40)),
        3,
        (
            (0, 0, 0, 30, EXECUTE), *checked(0, 30, 0), (1, 2, 0, 40, EXECUTE),
            (2, 1, 30, 60, EXECUTE), *checked(2, 60, 1, 2),
        ),
        Hints(access_lists=()),
    ),
    Golden(
        "block_stm",
        "a nonce that is to come is an estimate from the start. 2 meets it at 0 and waits, and nobody validates what "
        "has not run; when 0 has written, at 60, whoever wrote goes on with it.",
        (transfer(0, 0, 60), transfer(1, 1, 40), transfer(0, 2, 30, nonce=1)),
        3,
        (
            (2, 2, 0, 0, "execute!"), (1, 1, 0, 40, EXECUTE), (1, 1, 40, 40, VALIDATE),
            (0, 0, 0, 60, EXECUTE), (0, 0, 60, 60, VALIDATE), (0, 1, 60, 60, VALIDATE),
            (0, 2, 60, 90, EXECUTE), (0, 2, 90, 90, VALIDATE), *committed(90, 3),
        ),
    ),
    Golden(
        "block_stm",
        "an estimate is worth waiting for. 2 runs again at 40, on what 1 wrote. At 60, 0 has ended, and 1 has "
        "read too early: its value becomes an estimate, and it runs again. At 80, 2 has ended and meets the "
        "estimate: its next incarnation finds it, too, at once, and waits. When 1 has ended, at 90, it runs, and "
        "is right.",
        PAYMENTS,
        3,
        (
            (1, 1, 0, 30, "execute!"), (1, 1, 30, 30, VALIDATE),
            (2, 2, 0, 40, "execute!"), (2, 2, 40, 40, VALIDATE),
            (0, 0, 0, 60, EXECUTE), (0, 0, 60, 60, VALIDATE), (0, 1, 60, 60, VALIDATE),
            (2, 2, 40, 80, "execute!"), (2, 2, 80, 80, VALIDATE), (2, 2, 80, 80, "execute!"),
            (0, 1, 60, 90, EXECUTE), (0, 1, 90, 90, VALIDATE),
            (0, 2, 90, 130, EXECUTE), (0, 2, 130, 130, VALIDATE), *committed(130, 3),
        ),
    ),
    Golden(
        "block_stm",
        "bad news wakes those who wait. 1 waits for the nonce of 0, and 2 has read the balance of 0's receiver. At 60, "
        "core 0 goes on with 1, and core 1, which has waited, finds 2 wrong and runs it again. When 2 has ended, at "
        "100, it has written where it had before, so that nobody looks at 3 once more.",
        WITH_A_BYSTANDER,
        4,
        (
            (1, 1, 0, 0, "execute!"), (2, 3, 0, 25, EXECUTE), (2, 3, 25, 25, VALIDATE),
            (1, 2, 0, 40, "execute!"), (1, 2, 40, 40, VALIDATE), (1, 3, 40, 40, VALIDATE),
            (0, 0, 0, 60, EXECUTE), (0, 0, 60, 60, VALIDATE), (1, 2, 60, 60, VALIDATE), (2, 3, 60, 60, VALIDATE),
            (0, 1, 60, 90, EXECUTE), (0, 1, 90, 90, VALIDATE), (0, 3, 90, 90, VALIDATE),
            (1, 2, 60, 100, EXECUTE), (1, 2, 100, 100, VALIDATE), *committed(100, 4),
        ),
    ),
    Golden(
        "block_stm_push",
        "who has read nothing that changes is validated once. The same block: nobody looks at 3 after 25, and at 2 "
        "when 0 has written what it read; core 3 does, which has waited longest, with no news in between.",
        WITH_A_BYSTANDER,
        4,
        (
            (1, 1, 0, 0, "execute!"), (2, 3, 0, 25, EXECUTE), (2, 3, 25, 25, VALIDATE),
            (1, 2, 0, 40, "execute!"), (1, 2, 40, 40, VALIDATE),
            (0, 0, 0, 60, EXECUTE), (0, 0, 60, 60, VALIDATE), (3, 2, 60, 60, VALIDATE),
            (0, 1, 60, 90, EXECUTE), (0, 1, 90, 90, VALIDATE),
            (3, 2, 60, 100, EXECUTE), (3, 2, 100, 100, VALIDATE), *committed(100, 4),
        ),
    ),
    Golden(
        "block_stm_stall",
        "who would meet an estimate does not begin. As above, but before it runs again each looks where it read: at "
        "80, 2 sees the estimate of 1, and waits without an incarnation that comes to nothing.",
        PAYMENTS,
        3,
        (
            (1, 1, 0, 30, "execute!"), (1, 1, 30, 30, VALIDATE),
            (2, 2, 0, 40, "execute!"), (2, 2, 40, 40, VALIDATE), (2, 2, 40, 40, VALIDATE),
            (0, 0, 0, 60, EXECUTE), (0, 0, 60, 60, VALIDATE), (0, 1, 60, 60, VALIDATE), (0, 1, 60, 60, VALIDATE),
            (2, 2, 40, 80, "execute!"), (2, 2, 80, 80, VALIDATE), (2, 2, 80, 80, VALIDATE),
            (0, 1, 60, 90, EXECUTE), (0, 1, 90, 90, VALIDATE), (0, 2, 90, 90, VALIDATE),
            (0, 2, 90, 130, EXECUTE), (0, 2, 130, 130, VALIDATE), *committed(130, 3),
        ),
    ),
    Golden(
        "adaptive",
        "nobody waits for the end of a stretch. The first is 0 to 3. Core 1 has run all but 0 when it ends 3, at 90: "
        "none of them needs another, so that the stretch goes on, and it takes 4. At 200, 0 has written.",
        (transfer(0, 0, 200), *(transfer(i, i, 30) for i in range(1, 8)), transfer(3, 8, 30, nonce=1)),
        2,
        (
            *(row for i in range(1, 7) for row in (
                (1, i, 30 * i - 30, 30 * i, EXECUTE), (1, i, 30 * i, 30 * i, VALIDATE)
            )),
            (0, 0, 0, 200, EXECUTE), *((0, i, 200, 200, VALIDATE) for i in range(7)),
            (1, 7, 180, 210, EXECUTE), (1, 7, 210, 210, VALIDATE),
            (0, 8, 200, 230, EXECUTE), (0, 8, 230, 230, VALIDATE), *committed(230, 9),
        ),
    ),
    Golden(
        "block_stm_lazy",
        "who only pays does not wait. All pay the same receiver, in increments: each is validated when it has "
        "ended, and those above it again, because it has written where it had not before; none has read anything "
        "that changes.",
        PAYMENTS,
        3,
        (
            (1, 1, 0, 30, EXECUTE), (1, 1, 30, 30, VALIDATE), (2, 2, 0, 40, EXECUTE), (2, 2, 40, 40, VALIDATE),
            (0, 0, 0, 60, EXECUTE), (0, 0, 60, 60, VALIDATE), (0, 1, 60, 60, VALIDATE), (0, 2, 60, 60, VALIDATE),
            *committed(60, 3),
        ),
    ),
    Golden(
        "block_access_list",
        "the longest goes first, and nobody waits. How long each takes is told by its fee and not by its limit, "
        "which is the same for all; 3 needs nonce and balance of 2, and reads them off the list, so that both "
        "start at 0.",
        (
            transfer(1, 0, 31, limit=99), transfer(2, 1, 40, limit=99),
            transfer(0, 2, 60, limit=99), transfer(0, 3, 50, nonce=1, limit=99),
        ),
        2,
        (
            (1, 3, 0, 50, EXECUTE), (0, 2, 0, 60, EXECUTE), (1, 1, 50, 90, EXECUTE), (0, 0, 60, 91, EXECUTE),
            *checked(0, 91, 0, 1, 2, 3),
        ),
    ),
    Golden(
        "block_access_list",
        "who needs the sum of a balance finds it on the list. All three pay the same receiver at the same time.",
        PAYMENTS,
        3,
        (
            (2, 1, 0, 30, EXECUTE), (1, 2, 0, 40, EXECUTE), (0, 0, 0, 60, EXECUTE), *checked(0, 60, 0, 1, 2),
        ),
    ),
    Golden(
        "optimistic",
        "who fails is tried again at once. 1 and 2 are valid when they end. At 60, 0 is committed, and both have read "
        "what it wrote: 1 runs on core 0, and 2 on core 2, which lies in wait before core 1, for its own end at 40 had "
        "roused that one. At 90 1 is committed, so that 2 has failed when it ends at 100, and runs once more.",
        PAYMENTS,
        3,
        (
            (1, 1, 0, 30, "execute!"), (1, 1, 30, 30, VALIDATE), (2, 2, 0, 40, "execute!"), (2, 2, 40, 40, VALIDATE),
            (0, 0, 0, 60, EXECUTE), (0, 0, 60, 60, VALIDATE), *checked(0, 60, 0),
            (0, 1, 60, 60, VALIDATE), (0, 2, 60, 60, VALIDATE),
            (0, 1, 60, 90, EXECUTE), (0, 1, 90, 90, VALIDATE), *checked(0, 90, 1),
            (2, 2, 60, 100, "execute!"), (2, 2, 100, 100, VALIDATE),
            (2, 2, 100, 140, EXECUTE), (2, 2, 140, 140, VALIDATE), *checked(2, 140, 2),
        ),
    ),
    Golden(
        "optimistic_waiting",
        "who fails waits for the last that will write what they read. As before up to 60. Then 2 waits for 1, which "
        "has paid the same in its first attempt, and runs when that is committed, at 90: it is done 10 earlier.",
        PAYMENTS,
        3,
        (
            (1, 1, 0, 30, "execute!"), (1, 1, 30, 30, VALIDATE), (2, 2, 0, 40, "execute!"), (2, 2, 40, 40, VALIDATE),
            (0, 0, 0, 60, EXECUTE), (0, 0, 60, 60, VALIDATE), *checked(0, 60, 0),
            (0, 1, 60, 60, VALIDATE), (0, 2, 60, 60, VALIDATE),
            (0, 1, 60, 90, EXECUTE), (0, 1, 90, 90, VALIDATE), *checked(0, 90, 1),
            (0, 2, 90, 130, EXECUTE), (0, 2, 130, 130, VALIDATE), *checked(0, 130, 2),
        ),
    ),
    Golden(
        "adaptive",
        "after a sequential stretch that was not deep, it speculates again. Four of one sender are the first stretch, "
        "and eight that meet nobody the second: core 0 runs these, too, since the first was deep. At 360, both cores "
        "begin the third.",
        (
            *(transfer(0, 0, 30, nonce=nonce) for nonce in range(4)),
            *(transfer(person, person, 30, nonce=0 if person else 4) for person in range(8)),
            *(transfer(person, person, 30, nonce=1 if person else 5) for person in range(8)),
            transfer(0, 8, 30, nonce=6),
        ),
        2,
        (
            *(row for i in range(12) for row in (
                (0, i, 30 * i, 30 * i + 30, EXECUTE), (0, i, 30 * i + 30, 30 * i + 30, COMMIT)
            )),
            *(row for turn in range(4) for core in (0, 1) for row in (
                (core, 12 + 2 * turn + core, 360 + 30 * turn, 390 + 30 * turn, EXECUTE),
                (core, 12 + 2 * turn + core, 390 + 30 * turn, 390 + 30 * turn, VALIDATE),
            )),
            (0, 20, 480, 510, EXECUTE), (0, 20, 510, 510, VALIDATE), *((0, i, 510, 510, COMMIT) for i in range(12, 21)),
        ),
    ),
    Golden(
        "adaptive",
        "a stretch is judged when all of it has been given out. At 30, 0 and 1 have met nobody, but 2 and 3, "
        "who pay the same, have not run yet. At 630 they are 600 of 660: deep. So nothing beyond is speculated "
        "on: core 1 runs 3 again, and when that is done, core 0 takes the other five.",
        (
            *(transfer(person, person, 30) for person in (0, 1)), *(transfer(person, 2, 600) for person in (2, 3)),
            *(transfer(person, person, 30) for person in (4, 5, 6, 7)), transfer(0, 8, 30, nonce=1),
        ),
        2,
        (
            (0, 0, 0, 30, EXECUTE), (0, 0, 30, 30, VALIDATE), (1, 1, 0, 30, EXECUTE), (1, 1, 30, 30, VALIDATE),
            (0, 2, 30, 630, EXECUTE), (0, 2, 630, 630, VALIDATE),
            (1, 3, 30, 630, "execute!"), (1, 3, 630, 630, VALIDATE),
            (1, 3, 630, 1230, EXECUTE), (1, 3, 1230, 1230, VALIDATE), *committed(1230, 4),
            *(row for i in range(5) for row in (
                (0, 4 + i, 1230 + 30 * i, 1260 + 30 * i, EXECUTE), (0, 4 + i, 1260 + 30 * i, 1260 + 30 * i, COMMIT),
            )),
        ),
    ),
    Golden(
        "adaptive",
        "a chain of nonces is not tried. All three are of one sender: core 0 runs and commits one after the other, and "
        "validates nothing.",
        tuple(transfer(0, nonce, 30 + 10 * nonce, nonce=nonce) for nonce in range(3)),
        3,
        ((0, 0, 0, 30, EXECUTE), (0, 0, 30, 30, COMMIT), (0, 1, 30, 70, EXECUTE), (0, 1, 70, 70, COMMIT),
         (0, 2, 70, 120, EXECUTE), (0, 2, 120, 120, COMMIT)),
    ),
    Golden(
        "adaptive",
        "after a deep stretch comes a sequential one. Four on two cores are the first, and all pay the same. At 50, 0 "
        "has ended and 1 is wrong: it runs again. At 60, 2 has ended and meets the estimate of 1; 3 meets that of 2. "
        "At 80 2 goes on, at 110 3. In a row they are all of the gas, so that the other five follow one by one.",
        (
            transfer(0, 0, 50), *(transfer(person, 0, 30) for person in (1, 2, 3)),
            *(transfer(person, person, 30) for person in (4, 5, 6, 7)), transfer(0, 8, 30, nonce=1),
        ),
        2,
        (
            (1, 1, 0, 30, "execute!"), (1, 1, 30, 30, VALIDATE),
            (0, 0, 0, 50, EXECUTE), (0, 0, 50, 50, VALIDATE), (0, 1, 50, 50, VALIDATE),
            (1, 2, 30, 60, "execute!"), (1, 2, 60, 60, VALIDATE), (1, 2, 60, 60, "execute!"),
            (1, 3, 60, 60, "execute!"), (0, 1, 50, 80, EXECUTE), (0, 1, 80, 80, VALIDATE),
            (0, 2, 80, 110, EXECUTE), (0, 2, 110, 110, VALIDATE),
            (0, 3, 110, 140, EXECUTE), (0, 3, 140, 140, VALIDATE), *committed(140, 4),
            *(row for i in range(5) for row in (
                (0, 4 + i, 140 + 30 * i, 170 + 30 * i, EXECUTE), (0, 4 + i, 170 + 30 * i, 170 + 30 * i, COMMIT),
            )),
        ),
    ),
    Golden(
        "two_phase",
        "each further core slows down all. With 50 thousandths, three cores take 30 x (1 + 2 x 0.05) = 33 for 30.",
        (transfer(0, 0, 30), transfer(1, 1, 60)),
        3,
        ((0, 0, 0, 33, EXECUTE), (1, 1, 0, 66, EXECUTE), *checked(0, 66, 0, 1)),
        costs=replace(GAS_ALONE, contention=50),
    ),
)  # fmt: skip


def rows_of(run: Run) -> list[Row]:
    """Return a run as rows, in thousands."""
    return [
        (one.core, one.tx_index, one.start // 1_000, one.end // 1_000, one.kind + "!" * one.aborted)
        for one in run.spans
    ]


def hints_of(golden: Golden) -> Hints | None:
    if isinstance(golden.hints, Hints):
        return golden.hints
    if golden.hints == "none":
        return None
    if golden.backend == "access_list_dag":
        return Hints(access_lists=())  # there is nothing to list but what is plain to see
    block = golden.case
    right = oracle_of(block)
    assert isinstance(right, Run)
    return hints_for(block.pre, block.block, block.chain, right.result.results)


def run_golden(golden: Golden) -> Run:
    block = golden.case
    config = RunConfig(block.chain, golden.cores, costs=golden.costs, hints=hints_of(golden))
    unregistered = {backend.name: backend for backend in (BLOCK_STM_PUSH, BLOCK_STM_STALL)}
    backend = unregistered.get(golden.backend) or BACKENDS.named(golden.backend)
    return backend.execute_block(block.pre, block.block, config)


def golden_faults() -> Iterator[str]:
    """Yield for each schedule the first row that came out otherwise."""
    for golden in GOLDEN:
        try:
            run = run_golden(golden)
        except Exception as error:
            yield f"{golden}: {error!r}"
            continue
        got, right = rows_of(run), list(golden.rows)
        if got != right:
            length = max(len(got), len(right))
            pairs = zip(got + [None] * (length - len(got)), right + [None] * (length - len(right)), strict=True)
            yield f"{golden}: {next(f'{one} instead of {two}' for one, two in pairs if one != two)}"
        if any(one.start % 1_000 or one.end % 1_000 for one in run.spans):
            yield f"{golden}: times that are no thousands"


# What is thrown away, where only that shows whether a rule is kept

SWITCH = f"""
    CALLDATASIZE PUSH 1 EQ PUSH @set JUMPI CALLDATASIZE PUSH 2 EQ PUSH @move JUMPI PUSH 2 SLOAD PUSH 3 SSTORE STOP
    set: JUMPDEST PUSH 1 PUSH 0 SSTORE STOP
    move: JUMPDEST {if_slot_is_set(0, "PUSH 7 PUSH 1 SSTORE", "PUSH 7 PUSH 2 SSTORE")}
"""
WITHDRAWN = case(  # 1 runs again when 0 has set the switch, and then writes elsewhere. Meanwhile 2 looks where it wrote
    "what an aborted one wrote is withdrawn",
    {CONTRACT: contract(SWITCH)},
    *[sent(i, data=bytes(size)) for i, size in enumerate((1, 2, 0))],
)
ASKED = case(  # 2 looks some 21,000 after its start; by then, those that it has waited for have paid
    "who asks for the fees waits for those who pay",
    {CONTRACT: contract("COINBASE BALANCE PUSH 0 SSTORE")},
    *(transfer(0, 0, 40), transfer(1, 1, 30), sent(2)),
)


def abort_faults() -> Iterator[str]:
    """Yield where more comes to nothing than has to."""
    right = oracle_of(ASKED)
    assert isinstance(right, Run)
    honest = hints_for(ASKED.pre, ASKED.block, ASKED.chain, right.result.results)
    for block, cores, hints, allowed in ((WITHDRAWN, 2, Hints(edges=()), 1), (ASKED, 3, honest, 0)):
        config = RunConfig(block.chain, cores, costs=GAS_ALONE, hints=hints)
        run = BACKENDS.named("dependency_dag").execute_block(block.pre, block.block, config)
        if run.aborts != allowed:
            yield f"{block}: {run.aborts} aborts instead of {allowed}"


DISK = 1_000  # what it takes to get a location from disk
ALONE = Golden("any", "one transfer", (transfer(0, 0, 30),), 1, (), costs=replace(GAS_ALONE, fetch=DISK))


def fetch_faults() -> Iterator[str]:
    """Yield where a transfer does not wait for each location that it asks for; by a list, all come at the same time."""
    for backend in (one for one in BACKENDS if one.kind == "parallel"):
        run = run_golden(replace(ALONE, backend=backend.name))
        (span,) = run.final_spans.values()
        fetched = 1 if backend.hint_kind == "block_access_list" else len(span.accesses)
        if span.duration != 30_000 + DISK * fetched:
            yield f"{ALONE}, {backend.name}: takes {span.duration}, with {fetched} fetches"
