"""Claims about layers: what they inherit, what a proof says, what a bridge moves, what can be taken back."""

from __future__ import annotations

from toyevm.bench.claims.base import ClaimCase, PopularClaim
from toyevm.bench.compare.figures import TaggedFigure, simulated
from toyevm.bench.payment_batches import payment_batch
from toyevm.errors import InputError
from toyevm.rollups.l1 import L1
from toyevm.rollups.matrix import chosen_cells
from toyevm.rollups.matrix.values import Damage, MatrixVerdict
from toyevm.rollups.sidechain.attacks import LOCKED, VICTIM, set_scene
from toyevm.transactions import Transaction
from toyevm.units import ETHER
from toyevm.workloads.wallets import wallet

SAFE_ENOUGH = (MatrixVerdict.SAFE, MatrixVerdict.DELAYED)
STAKES = {"Pia": 40, "Quinn": 30, "Ravi": 30}


def run_cell(attack: str, system: str, defended: bool = True) -> Damage:
    """Run a cell of the matrix."""
    (cell,) = chosen_cells(attack, system)
    return cell.run(defended)


def _withstands(attack: str, system: str, condition: str, defended: bool = True) -> ClaimCase:
    """Return whether nobody loses anything in an attack; to be late is no loss."""
    damage = run_cell(attack, system, defended)
    return ClaimCase(condition, damage.verdict in SAFE_ENOUGH, _figures(damage))


def _figures(damage: Damage) -> dict[str, TaggedFigure]:
    lost = sum(max(0, damage.before[one] - damage.after[one]) for one in damage.before if one not in damage.thieves)
    return {"lost by users": simulated(lost / ETHER, "ether"), "delay": simulated(damage.delay, "s")}


def inherits() -> tuple[ClaimCase, ...]:
    """Let two thirds of a layer's own people work together against its users."""
    return (
        _withstands("2/3 collusion", "optimistic", "it is an optimistic rollup with one honest watcher"),
        _withstands("2/3 collusion", "zk", "it is a zk-rollup with its payments on L1"),
        _withstands("2/3 collusion", "validium", "it is a validium"),
        _withstands("2/3 collusion", "sidechain", "it is a sidechain"),
    )


def is_a_rollup() -> tuple[ClaimCase, ...]:
    """Take away the operators' machines: whoever has a rollup rebuilds it from L1."""
    return (_withstands("withheld data", "sidechain", "its blocks are hidden"),)


def needs_no_data() -> tuple[ClaimCase, ...]:
    """Hide the data behind batches that are proven."""
    return (
        _withstands("withheld data", "zk", "the payments are on L1 beside the proof"),
        _withstands("withheld data", "validium", "only a committee has the payments"),
    )


def cannot_censor() -> tuple[ClaimCase, ...]:
    """Leave one user out of every block."""
    return (
        _withstands("censorship", "optimistic", "what is sent through L1 must be taken in time"),
        _withstands("censorship", "zk", "anybody may bring a batch"),
        _withstands("censorship", "optimistic", "there is no way in through L1", defended=False),
    )


def is_reverted() -> tuple[ClaimCase, ...]:
    """Propose a state that pays the thief, and see whether anything is lost."""
    return (
        _withstands("invalid root", "optimistic", "somebody disputes it in time"),
        _withstands("invalid root", "optimistic", "the time is over before anybody does", defended=False),
    )


def hides_data() -> tuple[ClaimCase, ...]:
    """Prove a batch, and read off L1 alone who paid whom how much."""
    from toyevm.bench.compare.table import executed_alone
    from toyevm.rollups.zk_rollup.posting import post
    from toyevm.rollups.zk_rollup.reader import rebuild

    batch = payment_batch(8)
    executed = executed_alone(batch.workload)
    found = rebuild(post(executed), executed.pre)
    known = sum(found.accounts.get(owner) == account for owner, account in executed.post.accounts.items())
    figures = {"accounts that a reader of L1 knows": simulated(known, f"of {len(executed.post.accounts)}")}
    return (ClaimCase("payments stand on L1 under a proof", known < len(executed.post.accounts), figures),)


def moves_tokens() -> tuple[ClaimCase, ...]:
    """Lock ether in a bridge, and look for it on L1 afterwards."""
    scene = set_scene(STAKES)
    held = scene.side.escrow
    figures = {"still on L1": simulated(held / ETHER, "ether"), "locked": simulated(LOCKED / ETHER, "ether")}
    return (ClaimCase(f"{VICTIM} has it on the sidechain now", held < LOCKED, figures),)


def is_final() -> tuple[ClaimCase, ...]:
    """Pay on L1, mine two blocks more, and let a reorg come."""
    return tuple(map(_survives, (2, 3)))


def _survives(depth: int) -> ClaimCase:
    people = [wallet("Ann"), wallet("Bob")]
    l1 = L1(people)
    l1.mine()
    tx = l1.submit(people[0], people[1].address, value=ETHER)
    for _ in range(3):  # the block it is in, and two confirmations
        l1.mine()
    l1.reorg(depth, keep=False)
    figures = {"confirmations": simulated(2, "blocks"), "reorg": simulated(depth, "blocks")}
    return ClaimCase(f"a reorg takes back {depth} blocks", _is_there(l1, tx), figures)


def _is_there(l1: L1, tx: Transaction) -> bool:
    try:
        l1.result(tx)
    except InputError:
        return False
    return True


LAYERS = (
    PopularClaim(
        "l2-inherits",
        "L2s inherit the security of L1.",
        "10",
        "Two thirds of a layer's own people work together against its users.",
        inherits,
        "what L1 checks, and what it only stores",
    ),
    PopularClaim(
        "sidechain-is-rollup",
        "A sidechain is a kind of rollup.",
        "10",
        "The operators hide their blocks, and a user tries to leave.",
        is_a_rollup,
        "a hash on L1, and the data on L1",
    ),
    PopularClaim(
        "proof-needs-no-data",
        "With a validity proof nobody needs the data.",
        "13",
        "The data behind proven batches is hidden.",
        needs_no_data,
        "right, and available",
    ),
    PopularClaim(
        "zk-hides",
        "Zero-knowledge proofs hide your data.",
        "13",
        "Payments are proven, and somebody reads L1.",
        hides_data,
        "valid, and private",
    ),
    PopularClaim(
        "cannot-censor",
        "A rollup cannot censor you.",
        "11",
        "One user is left out of every block.",
        cannot_censor,
        "who orders, and who can be made to take",
    ),
    PopularClaim(
        "simply-reverted",
        "A failed batch is simply reverted.",
        "11",
        "A false state is proposed that pays a thief.",
        is_reverted,
        "not final yet, and taken back",
    ),
    PopularClaim(
        "bridges-move",
        "Bridges move tokens from one chain to another.",
        "14",
        "Ether goes over a bridge, and is looked for where it came from.",
        moves_tokens,
        "a token, and a claim",
    ),
    PopularClaim(
        "two-confirmations",
        "Two confirmations are final.",
        "14",
        "A payment has two confirmations when a reorg comes.",
        is_final,
        "unlikely to change, and final",
    ),
)
