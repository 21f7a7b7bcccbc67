"""Benchmark programs for comparing machines: each leans on one thing, and returns a result that depends on all of it.

All but the last are single message calls. `count` or `size` is how much they do. Everything succeeds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

from toyevm.assembler import assemble
from toyevm.blocks import Block, Header
from toyevm.chain import ChainConfig
from toyevm.contracts import load_contract, mapping_slot
from toyevm.forks import PRAGUE
from toyevm.state import Account, WorldState
from toyevm.transactions import encode_transaction
from toyevm.types import Address
from toyevm.vm.frame import BlockEnv
from toyevm.vm.message import DEFAULT_ADDRESS, DEFAULT_SENDER
from toyevm.workloads.tokens import TOKEN
from toyevm.workloads.transfers import to_many

FORK = PRAGUE  # the newest that all compared machines know

RETURN_WORD = "PUSH0 MSTORE  PUSH 32 PUSH0 RETURN"
COUNT_DOWN = "PUSH 1 SWAP1 SUB  DUP1 PUSH @loop JUMPI"
# Knuth's MMIX generator. Its numbers stay below 2**64, so that products of two do not overflow a word.
NEXT_NUMBER = "PUSH 6364136223846793005 MUL  PUSH 1442695040888963407 ADD  PUSH 0xffffffffffffffff AND"


@dataclass(frozen=True)
class Program:
    """Code, the input it is called with, and the state it finds.

    Args:
        messages: how many calls make one measurement, where a single one is short; each finds the state as given.
        is_one_shot: whether it is about code that a machine has never seen.
    """

    name: str
    code: bytes
    input: bytes = b""
    storage: Mapping[int, int] = field(default_factory=dict)
    others: Mapping[Address, Account] = field(default_factory=dict)
    messages: int = 1
    is_one_shot: bool = False

    def world(self) -> WorldState:
        """Return the state before the call: a sender with nothing but a nonce, the contract, and the others."""
        contract = Account(nonce=1, code=self.code, storage=self.storage)
        return WorldState({DEFAULT_SENDER: Account(nonce=1), DEFAULT_ADDRESS: contract, **self.others})

    def variant(self, number: int) -> Program:
        """Return the program for another measurement: itself, unless it must be new each time."""
        return one_shot(len(self.code), seed=number) if self.is_one_shot else self


@dataclass(frozen=True)
class SignedBlock:
    """Whole transactions: the bytes that come over the network, and the state they find."""

    name: str
    transactions: tuple[bytes, ...]
    world: WorldState
    header: Header
    token: Address

    @property
    def env(self) -> BlockEnv:
        return ChainConfig(fork=FORK).env(Block(self.header, ()))

    @property
    def token_slots(self) -> tuple[int, ...]:
        """Return all slots of the token: the balances of all who pay and are paid, and the total supply."""
        return tuple(self.world.accounts[self.token].storage)

    def variant(self, number: int) -> SignedBlock:
        """Return a block of the same size with other people in it: no machine can remember who signed."""
        return whole_transactions(len(self.transactions), seed=number)


def arithmetic_loop(count: int = 3_000) -> Program:
    """Stack and arithmetic only: x becomes 3x + 7, then x xor x / 32, `count` times."""
    source = f"""
            PUSH {count}  PUSH 1           ; counter x
    loop:   JUMPDEST
            PUSH 3 MUL  PUSH 7 ADD
            DUP1 PUSH 5 SHR XOR            ; counter x'
            SWAP1  PUSH 1 SWAP1 SUB        ; x' counter-1
            SWAP1 DUP2  PUSH @loop JUMPI
            {RETURN_WORD}
    """
    return Program("arithmetic loop", assemble(source, FORK))


def erc20_transfer(count: int = 200) -> Program:
    """What most transactions are: a Vyper token moves from one holder to another, in 132 steps; `count` such calls."""
    token, receiver = load_contract("erc20"), b"\xbb" * 20
    holders = (DEFAULT_SENDER, receiver)
    return Program(
        "ERC-20 transfer",
        token.code,
        input=token.call_data("transfer", receiver, 12_345),
        storage={mapping_slot(token.slots["balanceOf"], holder): 10**24 for holder in holders},
        messages=count,
    )


def matrix_product(size: int = 10) -> Program:
    """Memory, read in order and in strides: the product of two `size` x `size` matrices; returns its hash."""
    row, matrix = 32 * size, 32 * size**2
    source = f"""
            {_fill_memory(2 * size**2)}    ; A at 0, B behind it, the product C behind that
            PUSH0                          ; i, the row of A, as an offset in bytes
    row:    JUMPDEST
            PUSH0                          ; i j, the column of B, as an offset in bytes
    column: JUMPDEST
            PUSH0  DUP3  DUP3 PUSH {matrix} ADD    ; i j sum a b: where to read next
    inner:  JUMPDEST
            DUP1 MLOAD  DUP3 MLOAD  MUL
            DUP4 ADD  SWAP3 POP            ; sum += A[a] * B[b]
            PUSH {row} ADD                 ; b: one row down
            SWAP1 PUSH 32 ADD SWAP1        ; a: one word on
            DUP5 PUSH {row} ADD  DUP3 LT  PUSH @inner JUMPI
            POP POP                        ; i j sum
            DUP3 DUP3 ADD PUSH {2 * matrix} ADD  MSTORE
            PUSH 32 ADD                    ; i j+32
            DUP1 PUSH {row} GT  PUSH @column JUMPI
            POP  PUSH {row} ADD            ; i+row
            DUP1 PUSH {matrix} GT  PUSH @row JUMPI
            PUSH {matrix} PUSH {2 * matrix} KECCAK256
            {RETURN_WORD}
    """
    return Program("matrix product", assemble(source, FORK))


def mulmod_memory(count: int = 1_500) -> Program:
    """Field arithmetic between memory accesses: x is squared modulo the BN254 prime and added to one of 64 words."""
    source = f"""
            PUSH 3  PUSH {count}           ; x counter
    loop:   JUMPDEST
            SWAP1
            PUSH 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47
            DUP2 DUP3 MULMOD  SWAP1 POP    ; counter x*x
            DUP1 PUSH 0x7e0 AND            ; counter x where: 32 times a number below 64
            DUP1 MLOAD  DUP3 ADD           ; counter x where value
            SWAP1 MSTORE  SWAP1            ; x counter
            {COUNT_DOWN}
            PUSH 0x800 PUSH0 KECCAK256
            {RETURN_WORD}
    """
    return Program("mulmod and memory", assemble(source, FORK))


def keccak_loop(count: int = 3_000) -> Program:
    """A chain of `count` hashes of 64 bytes each, as long as the preimage of a mapping's slot."""
    source = f"""
            PUSH {count}
    loop:   JUMPDEST
            PUSH 64 PUSH0 KECCAK256  PUSH0 MSTORE
            {COUNT_DOWN}
            PUSH0 MLOAD
            {RETURN_WORD}
    """
    return Program("keccak loop", assemble(source, FORK))


def insertion_sort(size: int = 50) -> Program:
    """Branches that no one can foresee: sort `size` words of memory; returns their hash."""
    end = 32 * size
    source = f"""
            {_fill_memory(size)}
            PUSH 32                        ; i: what lies below is in order
    next:   JUMPDEST
            DUP1 MLOAD  DUP2               ; i key j: where the gap is
    shift:  JUMPDEST
            DUP1 ISZERO  PUSH @place JUMPI
            PUSH 32 DUP2 SUB MLOAD         ; i key j lower
            DUP1 DUP4 LT ISZERO  PUSH @found JUMPI
            DUP2 MSTORE                    ; the lower word moves up into the gap
            PUSH 32 SWAP1 SUB              ; i key j-32
            PUSH @shift JUMP
    found:  JUMPDEST  POP
    place:  JUMPDEST  MSTORE               ; i
            PUSH 32 ADD  DUP1 PUSH {end} GT  PUSH @next JUMPI
            PUSH {end} PUSH0 KECCAK256
            {RETURN_WORD}
    """
    return Program("insertion sort", assemble(source, FORK))


def many_calls(count: int = 1_000, messages: int = 4) -> Program:
    """The price of a frame: `count` calls of a contract that adds one to its input."""
    callee = b"\xdd" * 20
    source = f"""
            PUSH {count}
    loop:   JUMPDEST
            PUSH 32 PUSH0  PUSH 32 PUSH0   ; output and input, both at 0
            PUSH0  PUSH 0x{callee.hex()}  GAS CALL  POP
            {COUNT_DOWN}
            PUSH0 MLOAD
            {RETURN_WORD}
    """
    add_one = assemble(f"PUSH0 CALLDATALOAD  PUSH 1 ADD  {RETURN_WORD}", FORK)
    others = {callee: Account(nonce=1, code=add_one)}
    return Program("1,000 calls", assemble(source, FORK), others=others, messages=messages)


def one_shot(size: int = 24_576, seed: int = 0) -> Program:
    """As much code as a contract may have, without a loop, seen once: what does preparation cost that never pays?

    Another `seed` gives other code of the same length that does the same work.
    """
    random = Random(seed)
    rest = len(assemble(f"PUSH 1  {RETURN_WORD}", FORK))
    steps = [
        f"PUSH2 {random.randrange(2**16)} {random.choice(('ADD', 'SUB', 'XOR', 'OR'))}"
        for _ in range((size - rest) // 4)
    ]
    code = assemble("\n".join(["PUSH 1", *steps, RETURN_WORD]), FORK)
    return Program("one-shot 24 KB", code, is_one_shot=True)


def whole_transactions(count: int = 60, seed: int = 0) -> SignedBlock:
    """What a block is: signed token transfers, each to be decoded, checked, executed, and seen by the next."""
    workload = to_many(count, seed=seed, token=True)
    raw = tuple(map(encode_transaction, workload.block.transactions))
    return SignedBlock("whole transactions", raw, workload.pre, workload.block.header, TOKEN)


def _fill_memory(count: int) -> str:
    """Return assembly that writes `count` pseudo-random numbers to memory from 0, and leaves the stack as it was."""
    return f"""
            PUSH 1  PUSH0                  ; x p
    fill:   JUMPDEST
            SWAP1 {NEXT_NUMBER}            ; p x'
            DUP1 DUP3 MSTORE
            SWAP1 PUSH 32 ADD              ; x' p+32
            DUP1 PUSH {32 * count} GT  PUSH @fill JUMPI
            POP POP
    """


PROGRAMS: tuple[Callable[[], Program | SignedBlock], ...] = (
    arithmetic_loop,
    erc20_transfer,
    matrix_product,
    mulmod_memory,
    keccak_loop,
    insertion_sort,
    many_calls,
    one_shot,
    whole_transactions,
)
