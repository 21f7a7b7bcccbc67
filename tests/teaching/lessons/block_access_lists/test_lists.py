"""The lesson's own checker agrees with the library's, and a list that is written down is read back."""

from __future__ import annotations

import re

import pytest

from toyevm.access_lists.lies import LieKind
from toyevm.bench import blockstm
from toyevm.errors import InputError
from toyevm.teaching.lessons.block_access_lists.checking import check_all, lie_in
from toyevm.teaching.lessons.block_access_lists.inspector_player import ListInspector
from toyevm.teaching.lessons.block_access_lists.notation import edited, write_list
from toyevm.teaching.lessons.block_access_lists.studies import EVM_PART, ROOT_PART, evening, whole
from toyevm.teaching.lessons.block_access_lists.village import build_list, village
from toyevm.workloads.applications import APPLICATIONS
from toyevm.workloads.workload import Workload

HONEST = build_list(village())
REST = "4:50 6:55; read 1, 3"
LIES = {
    LieKind.WRONG_VALUE: f"box: slot 2 2:41 {REST}",
    LieKind.WRONG_INDEX: f"box: slot 2 3:40 {REST}",
    LieKind.MISSING_WRITE: "box: slot 2 2:40 4:50; read 1, 3",
    LieKind.EXTRA_WRITE: "box: slot 1 3:7; slot 2 2:40 4:50 6:55; read 3",
    LieKind.MISSING_READ: "box: slot 2 2:40 4:50 6:55; read 3",
    LieKind.EXTRA_READ: f"box: slot 2 2:40 {REST}, 4",
    LieKind.MISSING_ACCOUNT: "producer: not listed",
    LieKind.EXTRA_ACCOUNT: "Zoe:",
    LieKind.UNSORTED: "box: slot 2 4:50 2:40 6:55; read 1, 3",
    LieKind.DUPLICATE: f"box: slot 2 2:40 2:40 {REST}",
    LieKind.READ_AND_WRITTEN: f"box: slot 2 2:40 {REST.replace('1, 3', '1, 2, 3')}",
    LieKind.EMPTY_CHANGES: "box: slot 1; slot 2 2:40 4:50 6:55; read 3",
    LieKind.INDEX_OUT_OF_RANGE: "box: slot 2 2:40 4:50 9:55; read 1, 3",
    LieKind.OVERSIZED: f"box: slot 2 2:40 {REST}..20000",
    LieKind.UNAFFORDABLE_READS: f"box: slot 2 2:40 {REST}..14980",
    LieKind.MALFORMED: "Ann: balance 1:95; nonce 1:1 5:99999999999999999999999",
}


def test_every_kind_of_lie_but_a_wrong_hash_can_be_written_as_an_edit() -> None:
    named = {kind: lie_in(village(), edited(HONEST, text, village().names)) for kind, text in LIES.items()}
    assert {kind: lie and lie.kind for kind, lie in named.items()} == {kind: kind for kind in LIES}
    assert set(LIES) == set(LieKind) - {LieKind.WRONG_HASH}


@pytest.mark.parametrize("workload", [village(), evening(), APPLICATIONS["mixed"](12)])
def test_each_transaction_alone_passes_on_a_true_list(workload: Workload) -> None:
    accesses = build_list(workload)
    assert lie_in(workload, accesses) is None
    assert [each.tx_index for each in check_all(workload, accesses) if not each.passes] == []


def test_a_lie_that_fits_together_fails_once() -> None:
    lying = edited(HONEST, "box: slot 2 2:41 4:51 6:56; read 1, 3", village().names)
    assert [each.passes for each in check_all(village(), lying)] == [True, False, True, True, True, True]


def test_a_list_that_is_written_is_read_back() -> None:
    assert edited((), write_list(HONEST, village().names), village().names) == HONEST


@pytest.mark.parametrize("text", ["box", "box: slot", "box: slot 2 2;40", "box: read", "box: love 1:2", "box:\nbox:"])
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        edited(HONEST, text, village().names)


def test_every_number_of_the_picture_is_in_its_words() -> None:
    inspector = ListInspector()
    inspector.set(tx=3)
    inspector.edit(LIES[LieKind.WRONG_VALUE])
    assert "REFUSED: wrong value: box slot 2, index 2" in inspector.text
    drawn = re.findall(r"\d+", " ".join(re.findall(r">([^<]+)</text>", inspector.picture.svg)))
    assert set(drawn) <= set(re.findall(r"\d+", inspector.text))


def test_an_edit_that_cannot_be_read_changes_nothing() -> None:
    inspector = ListInspector()
    before = inspector.text
    with pytest.raises(InputError):
        inspector.edit("box: what")
    assert inspector.text == before


def test_the_lesson_and_the_bench_say_the_same_of_the_state_root() -> None:
    assert blockstm.ROOT_PART == ROOT_PART == pytest.approx(1 - EVM_PART)
    assert [blockstm.whole(speedup) for speedup in (0.7, 1.37, 8)] == pytest.approx([*map(whole, (0.7, 1.37, 8))])
