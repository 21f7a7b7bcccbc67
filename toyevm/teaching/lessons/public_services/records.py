"""The clinic of Linden: hashes of records on the real contract, and what Eve finds behind them."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import NamedTuple

from toyevm.contracts import load_contract, mapping_slot
from toyevm.errors import InputError
from toyevm.types import Hash32
from toyevm.workloads.applications.health_consent.workload import CONSENT
from toyevm.workloads.attacks.base import play
from toyevm.workloads.attacks.linked_record.attack import (
    DIAGNOSES,
    PATIENTS,
    HealthRecord,
    guesses,
    records_of_patients,
    scene,
    town,
)
from toyevm.workloads.planned_blocks import address_named

TOWN = town()
CODES = DIAGNOSES
EVE = 10**12  # guesses a second
LONG = 1_000  # years for which a record is to stay hidden
YEAR = 365 * 24 * 3600
ON_CHAIN, WITH_RECORD = "on chain", "with the record"
EACH, CLINIC = "each record", "the clinic"


def record_hash(name: str, born: str, diagnosis: str) -> Hash32:
    """Return what the clinic puts on chain: the hash of a record.

    Raises:
        InputError: not three texts.
    """
    parts = (name, born, diagnosis)
    if not all(isinstance(part, str) for part in parts):
        raise InputError(f"record_hash{parts!r}", expected="three texts: name, date of birth, diagnosis")
    return HealthRecord(*parts).digest()


@cache
def published() -> dict[str, Hash32]:
    """Return what everybody can read in the contract: each patient's hash, by the name of their wallet."""
    storage = play(scene(defended=False)).worlds[-1].accounts[CONSENT].storage
    slot = load_contract("health_consent").slots["digestOf"]
    return {who: storage[mapping_slot(slot, address_named(who))].to_bytes(32, "big") for who in PATIENTS}


class SaltRule(NamedTuple):
    """How a clinic salts its records."""

    length: int  # bytes
    where: str
    whose: str

    @property
    def years(self) -> float:
        """How long Eve needs for one record that she suspects, with all salts of this length."""
        return float(256**self.length) / EVE / YEAR


def found_by_eve(rule: SaltRule) -> int:
    """Return of how many patients Eve finds the record: with the salts that she can read, or has as a patient.

    Eve is the first patient herself if the salts stay with the records; her own record does not count.
    """
    random = Random(18)
    shared = random.randbytes(rule.length)
    salts = {who: shared if rule.whose == CLINIC else random.randbytes(rule.length) for who in PATIENTS}
    known = tuple(salts.values()) if rule.where == ON_CHAIN else (salts[PATIENTS[0]],)
    victims = PATIENTS if rule.where == ON_CHAIN else PATIENTS[1:]
    table = {record.digest(salt) for record in guesses().values() for salt in set(known)}
    return sum(records_of_patients()[who].digest(salts[who]) in table for who in victims)


def patient_behind(digest: Hash32) -> tuple[str, str] | None:
    """Return name and diagnosis behind a hash without salt, or None where no record of the town has it."""
    record = guesses().get(int.from_bytes(digest, "big"))
    return (record.name, record.diagnosis) if record else None
