"""What the real contracts say to the people of Linden: records, votes, boxes, shares and a bank."""

from __future__ import annotations

import re
from itertools import permutations

import pytest

from toyevm.teaching.lessons.public_services import both_designs, lost_house, lost_shares, mixed_traces, record_hash
from toyevm.teaching.lessons.public_services.club import Count, counted_at, play_votes
from toyevm.teaching.lessons.public_services.deeds import COLD, DEEDS, is_recorded, said_to
from toyevm.teaching.lessons.public_services.envelopes import copy_on_chain, hash_of
from toyevm.teaching.lessons.public_services.records import (
    CLINIC,
    CODES,
    EACH,
    ON_CHAIN,
    TOWN,
    WITH_RECORD,
    SaltRule,
    found_by_eve,
    patient_behind,
    published,
)
from toyevm.teaching.lessons.public_services.studies import erased_record, sixty_per_cent
from toyevm.teaching.lessons.public_services.town_bank import BANK_CALLS, EVERYTHING, found_in, rob


def test_every_published_hash_is_one_record_of_the_town() -> None:
    for digest in published().values():
        matching = [(name, code) for name, born in TOWN for code in CODES if record_hash(name, born, code) == digest]
        assert matching == [patient_behind(digest)]


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        (SaltRule(0, WITH_RECORD, EACH), 2),
        (SaltRule(32, ON_CHAIN, EACH), 3),
        (SaltRule(32, ON_CHAIN, CLINIC), 3),
        (SaltRule(32, WITH_RECORD, CLINIC), 2),
        (SaltRule(32, WITH_RECORD, EACH), 0),
    ],
)
def test_only_a_secret_salt_of_its_own_hides_a_record(rule: SaltRule, found: int) -> None:
    assert found_by_eve(rule) == found


def test_years_grow_by_256_for_each_byte_of_salt() -> None:
    assert SaltRule(9, WITH_RECORD, EACH).years < 1_000 < SaltRule(10, WITH_RECORD, EACH).years
    assert SaltRule(9, WITH_RECORD, EACH).years == pytest.approx(256 * SaltRule(8, WITH_RECORD, EACH).years)


def test_an_envelope_as_the_lesson_makes_it_opens_once() -> None:
    assert re.findall(": (.+)", copy_on_chain()) == ["counted", "refused, not what was sealed"]
    assert hash_of(1, 2, "Ann") != hash_of(1, 2, "Mallory")


def test_the_contract_notices_what_contradicts_it_and_nothing_of_the_world() -> None:
    assert {letter for letter in DEEDS if said_to(letter)} == set("ABCDH")


def test_only_a_reading_of_the_batch_is_found() -> None:
    assert [reading for reading in range(30) if is_recorded(reading)] == [COLD[1]]


def test_the_real_dao_counts_by_the_snapshot() -> None:
    assert play_votes().counted == counted_at(1) == Count(35, 40)
    assert play_votes().refused == {"Dan": "no shares at the snapshot"}


def test_only_an_owner_made_anew_empties_the_bank() -> None:
    robbed = [pair for pair in permutations(BANK_CALLS, 2) if rob(pair).ether]
    assert robbed == [("initialize", "rescue")]
    assert rob(("initialize", "rescue")).ether == EVERYTHING == 100


def test_an_old_variable_is_found_only_in_its_old_slot() -> None:
    assert [found_in(slot, "owner") for slot in range(4)] == ["the owner's address", "0", "0", "0"]
    assert [found_in(slot, "depositOf") for slot in range(4)] == [
        "no deposit",
        "all deposits",
        "no deposit",
        "no deposit",
    ]


def test_what_was_erased_is_in_an_old_block() -> None:
    assert "after erase(): 0;" in erased_record()
    assert erased_record().endswith("Ann|1990-05-17|F32")


def test_who_does_not_leave_in_the_timelock_loses() -> None:
    assert "Ann had 60 ether in the bank, and got 0 out" in sixty_per_cent()
    assert "Bob had 40 ether in the bank, and got 40 out" in sixty_per_cent()
    assert "Mallory had 0 ether in the bank, and got 60 out" in sixty_per_cent()


def test_no_key_but_the_lost_one_moves_a_house() -> None:
    assert re.findall("refused, ([^;]+)", lost_house()) == ["not the owner", "registered"]


def test_only_the_court_with_an_order_moves_what_a_lost_key_holds() -> None:
    assert [row.split(": ")[1] for row in lost_shares().splitlines()] == [
        "refused, no order", "refused, the receiver is not on the list", "done",
    ]  # fmt: skip


def test_spread_designs_are_faster_and_a_diary_has_people() -> None:
    for row in both_designs().splitlines()[1:]:
        plain, spread = (float(word.rstrip("x")) for word in row.split()[-2:])
        assert spread > 5 * plain
    assert mixed_traces().startswith("the mixed block: 40 transactions")
