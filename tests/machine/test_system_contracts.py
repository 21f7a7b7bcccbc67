"""The contracts of the protocol itself, with the code their EIPs publish, over many blocks.

Three judges: EELS runs the same blocks and must arrive at the same header, requests and all; a model of the request
queues is written from the text of EIP-7002 and EIP-7251 and knows nothing of bytecode; and the ring buffers are asked
for what must still be in them, and for what must not.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from tests.support.chains import Outcome, block_of, run_block, specified_header
from tests.support.deployments import GAS_LIMIT, GAS_PRICE, INHIBITED, RUNTIME, deployed, deployment
from tests.support.system_contracts import RING
from tests.support.worlds import ALICE, ALICE_KEY, BOB, BOB_KEY, CONTRACT, ETHER, contract, signed, world
from toyevm import system
from toyevm.blocks import Block
from toyevm.chain import fake_exponential
from toyevm.errors import InvalidBlock
from toyevm.forks import CANCUN, OSAKA, PRAGUE, Fork
from toyevm.state import Account, WorldState
from toyevm.system import (
    BEACON_ROOTS,
    BLOCK_HASH_HISTORY,
    CONSOLIDATION_REQUESTS,
    SYSTEM_ADDRESS,
    WITHDRAWAL_REQUESTS,
    requests_hash,
)
from toyevm.transactions import Transaction
from toyevm.types import WORD_MASK, Address
from toyevm.vm import compiler
from toyevm.vm.frame import prepare
from toyevm.vm.instructions.calls import contract_address
from toyevm.vm.message import execute_message

TIERS = {"interpreted": float("inf"), "compiled": 0}


@pytest.fixture(params=TIERS.values(), ids=TIERS.keys())
def either_tier(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(compiler, "HOT_AFTER", request.param)
    prepare.cache_clear()
    yield
    prepare.cache_clear()


def block_after(parent: bytes, fork: Fork, *transactions: Transaction, **header: Any) -> Block:
    """Return a block whose parent has this hash, for BLOCKHASH too."""
    block = block_of(fork, *transactions, parent_hash=parent, **header)
    return replace(block, ancestor_hashes={**block.ancestor_hashes, block.header.number - 1: parent})


def judged(fork: Fork, pre: WorldState, block: Block) -> Outcome:
    """Run a block; its header is the one EELS gives it."""
    outcome = run_block(fork, pre, block)
    expected = specified_header(fork, pre, block)
    assert {name: getattr(outcome.sealed.header, name) for name in expected} == expected
    return outcome


# How they come to be


@pytest.mark.parametrize("address", RUNTIME, ids=lambda address: address.hex()[-4:])
def test_a_deployment_that_nobody_signed_leads_to_the_published_address(address: Address) -> None:
    tx = deployment(address)
    pre = WorldState({tx.sender: Account(balance=GAS_LIMIT * GAS_PRICE)})
    post = judged(CANCUN, pre, block_of(CANCUN, tx)).post
    assert post.accounts[address] == deployed()[address]
    forged = replace(tx, data=tx.data[:-1] + b"\xfe")
    assert contract_address(forged.sender, 0) != address


def test_a_request_in_the_block_that_deploys_its_queue_is_refused() -> None:
    """Until the first system call, at the end of that block, the queue is closed."""
    deploy = deployment(WITHDRAWAL_REQUESTS)
    pre = world({**deployed(), deploy.sender: Account(balance=ETHER)})
    pre = WorldState({at: account for at, account in pre.accounts.items() if at != WITHDRAWAL_REQUESTS})
    early = request(WITHDRAWALS, nonce=0, value=10**9)
    outcome = judged(PRAGUE, pre, block_of(PRAGUE, deploy, early))
    assert [result.succeeded for result in outcome.result.results] == [True, False]
    assert outcome.result.requests == ()
    assert outcome.post.accounts[WITHDRAWAL_REQUESTS].storage == {}
    late = judged(PRAGUE, outcome.post, block_of(PRAGUE, request(WITHDRAWALS, nonce=1, value=1)))
    assert len(late.result.requests) == 1


@pytest.mark.parametrize(
    "missing", [WITHDRAWAL_REQUESTS, CONSOLIDATION_REQUESTS], ids=["withdrawals", "consolidations"]
)
@pytest.mark.parametrize("fork", [PRAGUE, OSAKA], ids=str)
def test_a_block_whose_queue_reverts_is_invalid(fork: Fork, missing: Address) -> None:
    broken = world({**deployed(), missing: contract("PUSH 0 PUSH 0 REVERT")})
    with pytest.raises(InvalidBlock):
        run_block(fork, broken, block_of(fork))
    with pytest.raises(Exception, match="failed") as theirs:
        specified_header(fork, broken, block_of(fork))
    assert type(theirs.value).__name__ == "InvalidBlock"


# The queues


@dataclass(frozen=True)
class Queue:
    """What one of the two queues is like, and how its EIP says it works."""

    address: Address
    kind: int
    size: int  # of the input of a request
    most: int  # dequeued in a block
    target: int

    def record(self, source: Address, data: bytes) -> bytes:
        if self.kind == 1:  # the amount comes big-endian and leaves little-endian
            data = data[:48] + data[48:][::-1]
        return source + data


WITHDRAWALS = Queue(WITHDRAWAL_REQUESTS, kind=1, size=56, most=16, target=2)
CONSOLIDATIONS = Queue(CONSOLIDATION_REQUESTS, kind=2, size=96, most=2, target=1)
by_queue = pytest.mark.parametrize("queue", [WITHDRAWALS, CONSOLIDATIONS], ids=["withdrawals", "consolidations"])


@dataclass
class Model:
    """The state of a queue, in plain Python."""

    queue: Queue
    excess: int | None = None  # closed
    count: int = 0
    waiting: list[bytes] = field(default_factory=list)

    @property
    def fee(self) -> int:
        assert self.excess is not None
        return fake_exponential(1, self.excess, 17)

    def add(self, source: Address, data: bytes, value: int) -> bool:
        """Take a request in, or refuse it."""
        if self.excess is None or len(data) != self.queue.size or value < self.fee:
            return False
        self.count += 1
        self.waiting.append(self.queue.record(source, data))
        return True

    def end_block(self) -> bytes:
        taken, self.waiting = self.waiting[: self.queue.most], self.waiting[self.queue.most :]
        self.excess = max(0, (self.excess or 0) + self.count - self.queue.target)
        self.count = 0
        return b"".join(taken)


def request(queue: Queue, nonce: int, value: int, key: bytes = ALICE_KEY, data: bytes | None = None) -> Transaction:
    body = bytes(range(nonce, nonce + queue.size)) if data is None else data
    return signed(key, nonce=nonce, to=queue.address, value=value, data=body, gas_limit=400_000)


@dataclass
class Chain:
    """A chain in the making: every block is judged by EELS, and its requests by the models."""

    fork: Fork
    state: WorldState
    models: tuple[Model, ...]
    nonces: dict[bytes, int] = field(default_factory=lambda: {ALICE_KEY: 0, BOB_KEY: 0})
    number: int = 1_000

    def block(self, *wishes: tuple[Model, int, bytes, bytes]) -> None:
        """Add a block; a wish is (queue, wei above the fee, who, input)."""
        transactions, accepted = [], []
        for model, extra, key, data in wishes:
            value = max(0, (model.fee if model.excess is not None else 1) + extra)
            transactions.append(request(model.queue, self.nonces[key], value, key, data))
            accepted.append(model.add(transactions[-1].sender, data, value))
            self.nonces[key] += 1
        block = block_of(self.fork, *transactions, number=self.number, timestamp=12 * self.number)
        outcome = judged(self.fork, self.state, block)
        self.state, self.number = outcome.post, self.number + 1
        assert [result.succeeded for result in outcome.result.results] == accepted
        expected = [bytes([model.queue.kind]) + taken for model in self.models if (taken := model.end_block())]
        assert list(outcome.result.requests) == expected
        assert outcome.sealed.header.requests_hash == requests_hash(expected)
        for model in self.models:
            self.assert_fee(model)

    def assert_fee(self, model: Model) -> None:
        """Ask the contract for its fee, as anyone may."""
        answer = execute_message(self.state, address=model.queue.address)
        assert (answer.error, int.from_bytes(answer.output, "big")) == (None, model.fee)
        assert answer.write_set == {}
        assert execute_message(self.state, address=model.queue.address, value=1).error == "revert"
        assert execute_message(self.state, address=model.queue.address, input=b"\1").error == "revert"


def new_chain(fork: Fork = PRAGUE) -> Chain:
    return Chain(fork, world(deployed()), (Model(WITHDRAWALS), Model(CONSOLIDATIONS)))


@by_queue
@pytest.mark.usefixtures("either_tier")
def test_a_queue_works_as_its_proposal_says(queue: Queue) -> None:
    """Closed, then full beyond what a block takes, then dear, then empty again; an excess of 17 is a factor of e."""
    chain = new_chain()
    model = chain.models[queue.kind - 1]
    data = bytes(reversed(range(7, 7 + queue.size)))
    chain.block((model, 0, ALICE_KEY, data))  # closed
    burst = queue.most + queue.target + 18
    chain.block(*((model, 0, BOB_KEY if i % 3 else ALICE_KEY, bytes([i]) * queue.size) for i in range(burst)))
    assert model.fee > 2
    assert len(model.waiting) == burst - queue.most
    chain.block((model, -1, ALICE_KEY, data), (model, 0, ALICE_KEY, data), (model, 5, BOB_KEY, data[:-1]))
    while model.waiting or model.excess:
        chain.block()
    assert model.fee == 1
    head_and_tail = [chain.state.accounts[queue.address].storage.get(slot, 0) for slot in (0, 1, 2, 3)]
    assert head_and_tail == [0, 0, 0, 0]
    assert chain.number > 1_000 + 18 // queue.target


@pytest.mark.parametrize("fork", [PRAGUE, OSAKA], ids=str)
@pytest.mark.parametrize("seed", range(3))
def test_a_random_schedule_of_requests_is_served_as_the_model_says(fork: Fork, seed: int) -> None:
    rng, chain = random.Random(seed), new_chain(fork)
    for _ in range(5):
        wishes = []
        for _ in range(rng.randrange(7)):
            model = rng.choice(chain.models)
            size = model.queue.size if rng.random() < 0.8 else rng.choice((1, 55, 56, 57, 95, 96, 97))
            wishes.append((model, rng.choice((-1, 0, 0, 1)), rng.choice((ALICE_KEY, BOB_KEY)), rng.randbytes(size)))
        chain.block(*wishes)


def test_only_the_system_address_empties_a_queue() -> None:
    """Only the system address empties the queue; whoever else sends no input gets the fee."""
    chain = new_chain()
    chain.block()
    model = chain.models[0]
    waiting = world({**chain.state.accounts, WITHDRAWAL_REQUESTS: replace(
        chain.state.accounts[WITHDRAWAL_REQUESTS], storage={1: 1, 3: 1, 4: int.from_bytes(ALICE, "big"), 5: 5, 6: 6}
    )})  # fmt: skip
    by_anyone = execute_message(waiting, sender=BOB, address=model.queue.address)
    by_system = execute_message(waiting, sender=SYSTEM_ADDRESS, address=model.queue.address)
    assert (len(by_anyone.output), by_anyone.write_set) == (32, {})
    assert len(by_system.output) == 76
    assert by_system.output[:20] == ALICE


MISTAKES: dict[str, dict[str, Any]] = {
    "one queue is never called": {"REQUEST_QUEUES": (CONSOLIDATION_REQUESTS,) * 2},
    "the queues are called in another order": {"REQUEST_QUEUES": (CONSOLIDATION_REQUESTS, WITHDRAWAL_REQUESTS)},
    "somebody else calls": {"SYSTEM_ADDRESS": BOB},
    "the call has too little gas": {"SYSTEM_CALL_GAS": 30_000},
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_with_the_requests_is_noticed(monkeypatch: pytest.MonkeyPatch, mistake: str) -> None:
    for name, value in MISTAKES[mistake].items():
        monkeypatch.setattr(system, name, value)
    with pytest.raises((AssertionError, InvalidBlock)):
        test_a_random_schedule_of_requests_is_served_as_the_model_says(PRAGUE, 0)


# The ring buffers


def asking(target: Address, *questions: bytes) -> Account:
    """Return a contract that puts each question to `target`, and stores success, size and word of the answers."""
    source = ""
    for i, question in enumerate(questions):
        padded = question.ljust(64, b"\0")
        source += f"""
            PUSH 0x{padded[:32].hex()} PUSH 0 MSTORE  PUSH 0x{padded[32:64].hex()} PUSH 32 MSTORE
            PUSH 0 PUSH 128 MSTORE
            PUSH 32 PUSH 128 PUSH {len(question)} PUSH 0 PUSH 0x{target.hex()} GAS STATICCALL
            PUSH 1 ADD PUSH {3 * i} SSTORE  RETURNDATASIZE PUSH {3 * i + 1} SSTORE
            PUSH 128 MLOAD PUSH {3 * i + 2} SSTORE
        """
    return contract(source)


def answers(fork: Fork, state: WorldState, target: Address, *questions: bytes, **header: Any) -> list[int | None]:
    """Return what a contract is told in a block of its own; None where it is refused."""
    pre = WorldState({**state.accounts, CONTRACT: asking(target, *questions)})
    tx = signed(nonce=state.accounts[ALICE].nonce, gas_limit=4_000_000)
    parent = header.pop("parent_hash", bytes(32))
    outcome = judged(fork, pre, block_after(parent, fork, tx, **header))
    assert outcome.result.results[0].succeeded
    storage = outcome.post.accounts[CONTRACT].storage
    told: list[int | None] = []
    for i in range(len(questions)):
        succeeded, size = storage[3 * i] == 2, storage.get(3 * i + 1, 0)
        assert size == (32 if succeeded else 0)
        told.append(storage.get(3 * i + 2, 0) if succeeded else None)
    return told


def word(number: int) -> bytes:
    return (number % 2**256).to_bytes(32, "big")


def after_blocks(fork: Fork, *headers: dict[str, Any]) -> WorldState:
    state = world(deployed())
    for header in headers:
        state = run_block(fork, state, block_of(fork, **header)).post
    return state


def parent_hash(number: int) -> bytes:
    """Return a hash for the parent of block `number`."""
    return word(number * 7919)


@pytest.mark.usefixtures("either_tier")
def test_the_history_remembers_only_the_last_8191_blocks() -> None:
    """Blocks 500 to 503 are written; the ring comes round, and 8191 blocks later each slot is written over."""
    headers = [{"number": n, "parent_hash": parent_hash(n)} for n in (500, 501, 502, 503, 500 + RING)]
    state = after_blocks(PRAGUE, *headers)
    now = 501 + RING
    questions = [now - 1, now - 2, 502, 501, 500, 499, now, now + 1, 0, 2**64, WORD_MASK]
    told = answers(
        PRAGUE, state, BLOCK_HASH_HISTORY, *map(word, questions), number=now, parent_hash=parent_hash(now)
    )  # fmt: skip
    hash_of = {number - 1: int.from_bytes(parent_hash(number), "big") for number in (502, 503, 500 + RING, now)}
    assert told == [hash_of[now - 1], hash_of[now - 2], hash_of[502], hash_of[501], *[None] * 7]


def test_the_history_answers_exactly_within_its_window() -> None:
    """The oldest block that can be asked for is 8191 back; what was never written reads as 0."""
    state = after_blocks(PRAGUE)
    now = 20_000
    window = [now - RING - 1, now - RING, now - RING + 1, now - 1, now]
    told = answers(PRAGUE, state, BLOCK_HASH_HISTORY, *map(word, window), number=now, parent_hash=parent_hash(now))
    assert told == [None, 0, 0, int.from_bytes(parent_hash(now), "big"), None]


@pytest.mark.parametrize("target", [BLOCK_HASH_HISTORY, BEACON_ROOTS], ids=["history", "beacon roots"])
def test_a_question_of_another_size_is_refused(target: Address) -> None:
    header = {"number": 600, "timestamp": 600, "parent_hash": parent_hash(600)}
    good = word(599) if target == BLOCK_HASH_HISTORY else word(600)
    told = answers(PRAGUE, world(deployed()), target, b"", good[:31], good + b"\0", good[1:] + b"\0\0", good, **header)
    assert told[:4] == [None] * 4
    assert told[4]


@pytest.mark.usefixtures("either_tier")
def test_a_beacon_root_is_given_only_for_its_own_time() -> None:
    """A slot is shared by times 8191 s apart; the root of the older one is gone, not handed out for it."""
    root = {time: word(time * 104_729) for time in (5_000, 5_012, 5_000 + RING)}
    headers = [{"timestamp": time, "parent_beacon_root": root[time]} for time in root]
    state = after_blocks(CANCUN, *headers)
    now = 5_012 + RING
    questions = [5_012, 5_000 + RING, 5_000, now, 5_001, now + 1, 0, now + RING, WORD_MASK, 2**64 + now]
    told = answers(
        CANCUN, state, BEACON_ROOTS, *map(word, questions), timestamp=now, parent_beacon_root=word(17)
    )  # fmt: skip
    assert told == [None, int.from_bytes(root[5_000 + RING], "big"), None, 17, *[None] * 6]


def test_a_beacon_root_of_zero_is_an_answer() -> None:
    told = answers(CANCUN, world(deployed()), BEACON_ROOTS, word(7_000), timestamp=7_000, parent_beacon_root=bytes(32))
    assert told == [0]


def test_a_buffer_is_written_only_by_the_system() -> None:
    """The same input that the protocol sends does nothing in another's hands."""
    for target in (BLOCK_HASH_HISTORY, BEACON_ROOTS):
        pre = world(deployed())
        write = signed(to=target, data=word(1), gas_limit=100_000)
        outcome = judged(PRAGUE, pre, block_of(PRAGUE, write))
        alone = run_block(PRAGUE, pre, block_of(PRAGUE)).post
        assert outcome.post.accounts[target].storage == alone.accounts[target].storage != {}


def test_a_system_call_costs_no_account_and_no_gas_of_the_block() -> None:
    """No account pays, none appears, no nonce rises; and its gas is not the block's."""
    outcome = judged(OSAKA, world(deployed()), block_of(OSAKA, gas_limit=21_000))
    assert outcome.sealed.header.gas_used == 0
    assert set(outcome.post.accounts) == set(world(deployed()).accounts)
    assert SYSTEM_ADDRESS not in outcome.post.accounts
    assert {a.nonce for at, a in outcome.post.accounts.items() if at in RUNTIME} == {1}


def test_a_full_block_leaves_the_system_calls_their_own_gas() -> None:
    """They come with their own gas, however full the block."""
    pre = world({**deployed(), CONTRACT: contract("loop: JUMPDEST PUSH @loop JUMP")})
    outcome = judged(PRAGUE, pre, block_of(PRAGUE, signed(gas_limit=60_000), gas_limit=60_000))
    assert outcome.sealed.header.gas_used == 60_000
    assert outcome.post.accounts[WITHDRAWAL_REQUESTS].storage == {} != INHIBITED


@pytest.mark.parametrize("wrong", [RING - 1, RING + 1])
def test_a_ring_of_another_length_is_noticed(monkeypatch: pytest.MonkeyPatch, wrong: int) -> None:
    """Plant one in the published code: the assertions above see it, not only EELS (which runs the same bytes)."""
    code = RUNTIME[BLOCK_HASH_HISTORY].replace(RING.to_bytes(2, "big"), wrong.to_bytes(2, "big"))
    monkeypatch.setitem(RUNTIME, BLOCK_HASH_HISTORY, code)  # type: ignore[arg-type]
    with pytest.raises(AssertionError):
        test_the_history_answers_exactly_within_its_window()
