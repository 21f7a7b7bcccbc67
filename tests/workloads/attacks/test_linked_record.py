"""Hashes of health records: found by trying when they have no salt, and as good as random when they have one."""

from __future__ import annotations

from dataclasses import replace

from toyevm.contracts import load_contract
from toyevm.workloads.applications.health_consent.workload import CONSENT
from toyevm.workloads.attacks import ATTACKS, play
from toyevm.workloads.attacks.base import CallsOfBlock
from toyevm.workloads.attacks.linked_record.attack import (
    DIAGNOSES,
    PATIENTS,
    find_patients,
    guesses,
    records_of_patients,
    scene,
    town,
)
from toyevm.workloads.planned_blocks import PlannedCall, address_named

LINKED = ATTACKS["linked_record"]
ADDRESSES = {address_named(who): who for who in PATIENTS}


def named(found: dict[bytes, object]) -> dict[str, object]:
    return {ADDRESSES[address]: record for address, record in found.items()}


def test_eve_finds_every_patient_and_the_diagnosis() -> None:
    sheet = LINKED()
    assert named(find_patients(sheet.worlds[-1], ADDRESSES)) == records_of_patients()
    changes = {row.owner: row.change for row in sheet.rows}
    assert changes == dict.fromkeys(PATIENTS, -1) | {"Eve": 3, "health consent": 0}
    assert sheet.failures == {}


def test_before_the_hashes_are_on_chain_there_is_nothing_to_find() -> None:
    assert find_patients(LINKED().worlds[0], ADDRESSES) == {}


def test_a_salt_keeps_every_secret() -> None:
    sheet = LINKED(defended=True)
    assert {row.owner: row.change for row in sheet.rows} == dict.fromkeys((*PATIENTS, "Eve", "health consent"), 0)
    assert [row.after for row in sheet.rows if row.owner in PATIENTS] == [1, 1, 1]
    assert sheet.failures == {}


def test_a_salt_that_can_be_guessed_is_none() -> None:
    """A byte of it makes the search 256 times as long, which is still short."""
    record = records_of_patients()[PATIENTS[0]]
    digest = int.from_bytes(record.digest(b"\x07"))
    assert digest not in guesses()
    assert guesses(tuple(bytes([one]) for one in range(256)))[digest] == record


def test_what_is_erased_can_still_be_read_in_an_older_block() -> None:
    erase = load_contract("health_consent").call_data("erase")
    plain = scene(defended=False)
    story = (*plain.blocks, CallsOfBlock((PlannedCall(PATIENTS[0], CONSENT, erase),)))
    worlds = play(replace(plain, blocks=story)).worlds
    assert set(named(find_patients(worlds[2], ADDRESSES))) == set(PATIENTS[1:])
    assert named(find_patients(worlds[1], ADDRESSES)) == records_of_patients()


def test_the_search_is_over_everybody_and_every_diagnosis() -> None:
    assert len(set(town())) == 50
    assert len(guesses()) == 50 * len(set(DIAGNOSES)) == 1_000
