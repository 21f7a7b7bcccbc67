"""The property tests of RLP, the tree and the assembler find mistakes: plant some, and see one of them fail.

The journal has its own planted mistakes (tests/machine/test_journal.py), and so have the opcodes (tests/fuzz).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import Phase, settings

from tests.machine import test_assembler, test_rlp, test_trie
from toyevm import assembler, rlp, trie
from toyevm.errors import DecodingError, InvalidProof

QUICK = settings(
    max_examples=100, derandomize=True, deadline=None, database=None, phases=[Phase.explicit, Phase.generate]
)
ENCODING = (
    test_rlp.test_a_tree_is_encoded_as_the_oracle_does_and_comes_back,
    test_rlp.test_an_integer_is_encoded_as_the_oracle_does_and_comes_back,
)
CANONICAL = (
    test_rlp.test_bytes_decode_exactly_when_the_oracle_decodes_them_and_encode_back,
    test_rlp.test_a_changed_byte_never_makes_a_second_encoding_of_the_same_tree,
)
ROOTS = (test_trie.test_the_root_is_that_of_the_oracle, test_trie.test_an_empty_value_means_an_absent_key)
PROOFS = (
    test_trie.test_a_proof_shows_value_or_absence_with_the_nodes_of_the_oracle,
    test_trie.test_every_key_of_the_map_can_be_proven,
)
FORGERIES = (
    test_trie.test_a_proof_with_one_byte_changed_is_invalid,
    test_trie.test_no_node_makes_the_verifier_fail_in_another_way,
)
PUSHES = (
    test_assembler.test_a_bare_push_is_the_shortest_that_gives_the_number,
    test_assembler.test_a_disassembly_can_be_assembled_again,
)
LABELS = (
    test_assembler.test_a_longer_push_behind_a_label_does_not_move_it,
    test_assembler.test_label_widths_are_those_of_the_slow_relaxation,
)
MESSAGES = (test_assembler.test_every_source_ends_in_bytes_or_a_short_message,)


@pytest.fixture(autouse=True)
def terse(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Keep pytest from working out the whole difference of two trees, as it does with -vv and for some services."""
    monkeypatch.setattr(request.config.option, "verbose", 0)
    for variable in ("CI", "BUILD_NUMBER"):
        monkeypatch.delenv(variable, raising=False)


def found(monkeypatch: pytest.MonkeyPatch, tests: Sequence[Callable[[], None]]) -> bool:
    """Tell whether one of the tests fails, without looking for the smallest example."""
    for test in tests:
        monkeypatch.setattr(test, "_hypothesis_internal_use_settings", QUICK, raising=False)
        try:
            test()
        except (Exception, pytest.fail.Exception):
            return True
    return False


def same(function: Callable[..., Any], instead: Callable[..., Any]) -> Callable[..., Any]:
    """Return `function`, whose answer `instead` may change."""
    return lambda *args, **kwargs: instead(function(*args, **kwargs), *args)


def forgiving(function: Callable[..., Any], kind: type[Exception], answer: Any) -> Callable[..., Any]:
    """Return `function`, with an answer in place of an error."""

    def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except kind:
            return answer

    return wrapper


def whole(rows: Any, *_: Any) -> Any:
    """Leave out an instruction whose operand the end of the code cuts off."""
    return [row for row in rows if len(row.immediate) == row.opcode.immediate_size]


def later(addresses: dict[str, int], *_: Any) -> dict[str, int]:
    """Move some labels, as a relaxation does that stops too early."""
    return {name: at + (at == 256) for name, at in addresses.items()}


def wide(value: int, size: int, token: str, *rest: Any, push: Any = assembler._push) -> bytes:
    answer: bytes = push(value, size or 2 * token.startswith("@"), token, *rest)
    return answer


def even(digits: str, is_leaf: bool, pack: Any = trie._pack) -> bytes:
    answer: bytes = pack(digits[len(digits) % 2 :], is_leaf)
    return answer


def unfiltered(items: Any) -> Any:
    return sorted((key.hex(), value) for key, value in items.items())


PLANTED: dict[str, tuple[Sequence[Callable[[], None]], Any, str, Any]] = {
    "a length in the long form where the short would do": (ENCODING, rlp, "SHORT", 54),
    "no length in the long form": (ENCODING, rlp, "SHORT", 56),
    "a string as a list": (ENCODING, rlp, "LIST", 0x80),
    "a swallowed refusal": (CANONICAL, rlp, "decode", forgiving(rlp.decode, DecodingError, b"")),
    "what follows the item": (CANONICAL, rlp, "decode", lambda data: rlp._decode_at(data, 0, len(data), 64)[0]),
    "no leaf flag": (ROOTS, trie, "_pack", lambda digits, is_leaf, pack=trie._pack: pack(digits, False)),
    "an odd path made even": (ROOTS, trie, "_pack", even),
    "every child by its hash": (ROOTS, trie, "_reference", lambda node: trie.keccak256(rlp.encode(node))),
    "no child by its hash": (ROOTS, trie, "_reference", lambda node: node),
    "empty values stay": (ROOTS, trie, "_pairs", unfiltered),
    "keys as they come": (ROOTS, trie, "_pairs", lambda items: [(key.hex(), v) for key, v in items.items() if v]),
    "a path without a look at its flag": (PROOFS, trie, "_unpack", lambda packed: (packed.hex()[2:], True)),
    "short nodes on their own": (PROOFS, trie, "_open", lambda expected, nodes: rlp.decode(next(nodes, b"\x80"))[:1]),
    "a hash that is not looked at": (FORGERIES, trie, "_open", lambda expected, nodes: rlp.decode(next(nodes))),
    "a tame verifier": (FORGERIES, trie, "verify_proof", forgiving(trie.verify_proof, InvalidProof, None)),
    "a push a byte too long": (PUSHES, assembler, "_byte_count", lambda value: (value.bit_length() + 8) // 8),
    "a tail cut off": (PUSHES, assembler, "instructions", same(assembler.instructions, whole)),
    "labels where they would have been": (LABELS, assembler, "_place_labels", same(assembler._place_labels, later)),
    "labels in two bytes at least": (LABELS[1:], assembler, "_push", wide),
    "a token in full": (MESSAGES, assembler, "_brief", lambda word: word * 300),
}  # fmt: skip


@pytest.mark.parametrize("mistake", PLANTED)
def test_a_planted_mistake_is_found(monkeypatch: pytest.MonkeyPatch, mistake: str) -> None:
    tests, module, name, instead = PLANTED[mistake]
    original = getattr(module, name)
    for one in (module, test_rlp, test_trie, test_assembler):
        if getattr(one, name, None) is original:
            monkeypatch.setattr(one, name, instead)
    assert found(monkeypatch, tests)


def test_no_mistake_is_found_where_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not found(monkeypatch, (*ENCODING[1:], *CANONICAL[:1], *MESSAGES))
