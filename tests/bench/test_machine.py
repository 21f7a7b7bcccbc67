"""The programs compute what they say, machines are compared only when they agree, and what is missing is named."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from typing import Any

import pytest

from toyevm.bench.compile_memory import measure_compile_cache
from toyevm.bench.machine import Disagreement, mean_speedups, run_bench_vm
from toyevm.bench.peers import CallOutcome, Peer, ToyEvm, digest
from toyevm.bench.tiers import CompileCache
from toyevm.contracts import load_contract, mapping_slot
from toyevm.crypto import keccak256
from toyevm.transactions import decode_transaction
from toyevm.vm import compiler, frame
from toyevm.vm.frame import Outcome
from toyevm.vm.message import MessageResult, default_env, execute_message
from toyevm.workloads import programs as p
from toyevm.workloads.programs import FORK, PROGRAMS, Program, SignedBlock

BN254_PRIME = 21888242871839275222246405745257275088696311157297823662689037894645226208583
SMALL: tuple[Callable[[], Program | SignedBlock], ...] = (
    partial(p.arithmetic_loop, 20),
    partial(p.erc20_transfer, 2),
    partial(p.matrix_product, 3),
    partial(p.mulmod_memory, 70),
    partial(p.keccak_loop, 20),
    partial(p.insertion_sort, 9),
    partial(p.many_calls, 7),
    partial(p.one_shot, 600),
    partial(p.whole_transactions, 3),
)


def execute(program: Program) -> MessageResult:
    result = execute_message(program.world(), default_env(FORK), input=program.input)
    assert result.error is None
    return result


def answer(program: Program) -> int:
    return int.from_bytes(execute(program).output)


def words_hash(words: list[int]) -> int:
    return int.from_bytes(keccak256(b"".join(word.to_bytes(32) for word in words)))


def random_words(count: int) -> list[int]:
    words, x = [], 1
    for _ in range(count):
        x = (x * 6364136223846793005 + 1442695040888963407) % 2**64
        words.append(x)
    return words


def test_small_programs_are_those_of_the_benchmark() -> None:
    assert [make.func for make in SMALL] == list(PROGRAMS)  # type: ignore[attr-defined]


def test_arithmetic_loop_computes_what_it_says() -> None:
    x = 1
    for _ in range(500):
        x = (3 * x + 7) % 2**256
        x ^= x // 32
    assert answer(p.arithmetic_loop(500)) == x


def test_erc20_transfer_succeeds_and_moves_the_amount() -> None:
    result = execute(p.erc20_transfer())
    balances = sorted(value for location, value in result.write_set.items() if location.is_slot)
    assert balances == [10**24 - 12_345, 10**24 + 12_345]


@pytest.mark.parametrize("size", [1, 2, 7])
def test_matrix_product_is_the_product(size: int) -> None:
    words = random_words(2 * size**2)
    a, b = ([m[size * i : size * i + size] for i in range(size)] for m in (words[: size**2], words[size**2 :]))
    product = [sum(a[i][k] * b[k][j] for k in range(size)) for i in range(size) for j in range(size)]
    assert answer(p.matrix_product(size)) == words_hash(product)


def test_mulmod_memory_adds_up_squares() -> None:
    x, table = 3, [0] * 64
    for _ in range(300):
        x = x * x % BN254_PRIME
        table[x // 32 % 64] += x
    assert answer(p.mulmod_memory(300)) == words_hash([word % 2**256 for word in table])


def test_keccak_loop_is_a_chain_of_hashes() -> None:
    link = bytes(32)
    for _ in range(50):
        link = keccak256(link + bytes(32))
    assert answer(p.keccak_loop(50)) == int.from_bytes(link)


@pytest.mark.parametrize("size", [2, 3, 40])
def test_insertion_sort_sorts(size: int) -> None:
    assert answer(p.insertion_sort(size)) == words_hash(sorted(random_words(size)))


def test_every_call_is_made() -> None:
    assert answer(p.many_calls(123)) == 123


def test_one_shot_code_fills_a_contract_and_never_repeats() -> None:
    program = p.one_shot()
    variants = [program.variant(number) for number in range(5)]
    assert len({variant.code for variant in variants}) == 5
    assert len({execute(variant).gas_used for variant in variants}) == 1
    assert all(24_570 < len(variant.code) <= 24_576 for variant in variants)
    assert p.arithmetic_loop().variant(3) == p.arithmetic_loop()


def test_whole_transactions_are_signed_by_their_payers_and_move_the_amounts() -> None:
    block = p.whole_transactions(5)
    balances, slot_of = dict(block.world.accounts[block.token].storage), load_contract("erc20").slots["balanceOf"]
    payers = set()
    for raw in block.transactions:
        tx = decode_transaction(raw)
        payee, amount = tx.data[16:36], int.from_bytes(tx.data[36:68])
        balances[mapping_slot(slot_of, tx.sender)] -= amount
        balances[mapping_slot(slot_of, payee)] += amount
        payers.add(tx.sender)
    assert len(payers) == 5
    view, results = ToyEvm().load_block(block)()
    tips = sum(result.fee for result in results)
    outcome = ToyEvm().block_outcome(block, (view, results))
    assert outcome.output == digest([*(balances[slot] for slot in block.token_slots), tips])
    assert outcome.succeeded
    assert outcome.gas_used == sum(result.gas_used for result in results) > 5 * 21_000


def test_no_machine_can_remember_who_signed() -> None:
    block = p.whole_transactions(4)
    assert not {raw for n in range(3) for raw in block.variant(n).transactions} & set(block.variant(3).transactions)
    assert len(block.variant(3).transactions) == 4


def test_all_machines_that_are_installed_run_and_agree() -> None:
    modules = {"toyevm": "toyevm", "py-evm": "eth", "EELS": "ethereum"}
    installed = [name for name, module in modules.items() if find_spec(module)]
    report = run_bench_vm(repeats=1, warmup=0, programs=SMALL)
    assert list(report["environment"]["machines"]) == installed
    assert len(report["environment"]["missing"]) == len(modules) - len(installed)
    assert len(report["rows"]) == len(SMALL)
    assert [row["level"] for row in report["rows"]] == ["message"] * (len(SMALL) - 1) + ["transaction"]
    assert report["rows"][-1]["transactions"] == 3
    assert set(report["environment"]["signatures"].values()) <= {"coincurve", "native", "py-ecc"}
    for row in report["rows"]:
        assert row["gasUsed"] > 0
        assert all(seconds > 0 for seconds in row["seconds"].values())
        for name, speedup in row["speedup"].items():
            assert speedup == row["seconds"]["py-evm"] / row["seconds"][name]


class Liar(ToyEvm):
    name = "liar"

    def outcome(self, answer: Any) -> CallOutcome:
        honest = super().outcome(answer)
        return CallOutcome(honest.succeeded, honest.gas_used + 1, honest.output)


class BlockLiar(ToyEvm):
    name = "liar"

    def block_outcome(self, block: SignedBlock, answer: Any) -> CallOutcome:
        honest = super().block_outcome(block, answer)
        return CallOutcome(honest.succeeded, honest.gas_used, bytes(32))


def missing() -> Peer:
    raise ModuleNotFoundError("No module named 'nowhere'")


def test_disagreement_gives_no_numbers() -> None:
    with pytest.raises(Disagreement, match=r"'keccak loop': toyevm: .* gas.*liar: .* gas") as caught:
        run_bench_vm(1, 0, [partial(p.keccak_loop, 2)], [ToyEvm, Liar])
    honest, lie = caught.value.outcomes["toyevm"], caught.value.outcomes["liar"]
    assert lie.gas_used == honest.gas_used + 1


def test_disagreement_about_a_block_gives_no_numbers() -> None:
    with pytest.raises(Disagreement, match="'whole transactions'"):
        run_bench_vm(1, 0, [partial(p.whole_transactions, 2)], [ToyEvm, BlockLiar])


def test_whole_transactions_stay_out_of_the_mean() -> None:
    rows = [
        {"level": "message", "speedup": {"toyevm": 2.0}},
        {"level": "transaction", "speedup": {"toyevm": 1000.0}},
        {"level": "message", "speedup": {"toyevm": 8.0}},
    ]
    assert mean_speedups(rows) == {"toyevm": pytest.approx(4)}
    assert mean_speedups(rows[1:2]) == mean_speedups([]) == {}


def test_code_that_never_repeats_leaves_nothing_in_the_cache() -> None:
    none = measure_compile_cache([p.one_shot(600)])
    one = measure_compile_cache([p.keccak_loop(100)])
    more = measure_compile_cache([p.keccak_loop(100), p.insertion_sort(20)])
    assert (none["functions"], none["sourceCharacters"]) == (0, 0)
    assert none["tracedBytes"] < 1_000
    assert 1 == one["functions"] < more["functions"]
    assert one["sourceCharacters"] < one["tracedBytes"] < 20 * one["sourceCharacters"]
    assert one["tracedBytes"] < more["tracedBytes"]


def test_a_cache_of_ones_own_leaves_the_machine_as_it_was() -> None:
    before, cache = (frame.prepare, compiler.HOT_AFTER), CompileCache()
    with cache.in_use(hot_after=0):
        assert frame.prepare != before[0]
        execute(p.keccak_loop(2))
    assert (frame.prepare, compiler.HOT_AFTER) == before
    assert cache.functions
    assert not CompileCache().functions


def test_missing_machine_is_named_and_the_rest_runs() -> None:
    report = run_bench_vm(1, 0, [partial(p.keccak_loop, 2)], [ToyEvm, missing])
    assert list(report["environment"]["machines"]) == ["toyevm"]
    assert "nowhere" in report["environment"]["missing"][0]
    assert report["rows"][0]["speedup"] == {}


def test_machines_take_turns() -> None:
    turns: list[str] = []

    class First(ToyEvm):
        name = "first"

        def load(self, program: Program) -> Callable[[], Outcome]:
            turns.append(self.name)
            return super().load(program)

    class Second(First):
        name = "second"

    run_bench_vm(2, 0, [partial(p.keccak_loop, 2)], [First, Second])
    assert turns == ["first", "second", "second", "first"]  # so that nobody is always the first
