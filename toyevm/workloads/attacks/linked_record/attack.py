"""Who is behind a hash: a health record that is hashed as it is can be found by trying all records there could be.

A hash hides what cannot be guessed. Names and dates of birth stand in the register of a town, diagnoses in a
catalogue; together they are a thousand records here. In a country, 10^8 people and 10^4 diagnoses are 10^12 records: a
quarter of an hour for hardware that tries 10^9 a second. Eve sends no transaction, since what she reads is public. What
is stolen is not money, so the sheet counts secrets: a patient has one until Eve can say whose record it is, and then it
is hers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from random import Random

from toyevm.contracts import load_contract, mapping_slot
from toyevm.crypto import keccak256
from toyevm.state import ABSENT, Account, WorldState
from toyevm.types import Address, Hash32
from toyevm.workloads.applications.health_consent.workload import CONSENT
from toyevm.workloads.attacks.base import Attack, AttackScene, CallsOfBlock
from toyevm.workloads.planned_blocks import PlannedCall, address_named

PATIENTS = ("pseudonym 1", "pseudonym 2", "pseudonym 3")  # whose wallets; their names are in no transaction
FIRST_NAMES = ("Ana", "Bea", "Cem", "Dan", "Eli", "Fatma", "Goran", "Hana", "Ivo", "Jin")
LAST_NAMES = ("Aydin", "Berg", "Costa", "Dubois", "Endo")
DIAGNOSES = ("A15", "B20", "C50", "E10", "E11", "F10", "F20", "F32", "F41", "G20",
             "G35", "G40", "I10", "J45", "K50", "L40", "M06", "N18", "O80", "Z21")  # fmt: skip


@dataclass(frozen=True)
class HealthRecord:
    """What a clinic writes down; the diagnosis is a code of the ICD-10."""

    name: str
    born: str
    diagnosis: str

    def digest(self, salt: bytes = b"") -> Hash32:
        """Return what goes on chain: the hash of the record, and of a salt that stays with the record."""
        return keccak256("|".join((self.name, self.born, self.diagnosis)).encode() + salt)


@lru_cache
def town() -> tuple[tuple[str, str], ...]:
    """Return name and date of birth of everybody in town, as its register has them."""
    random = Random(16)
    names = [" ".join(names) for names in product(FIRST_NAMES, LAST_NAMES)]
    return tuple(
        (name, f"{random.randint(1930, 2015)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}") for name in names
    )


def records_of_patients() -> dict[str, HealthRecord]:
    """Return the record of each patient, which only the clinic has."""
    random = Random(17)
    people = random.sample(town(), len(PATIENTS))
    return {who: HealthRecord(*one, random.choice(DIAGNOSES)) for who, one in zip(PATIENTS, people, strict=True)}


@lru_cache
def guesses(salts: tuple[bytes, ...] = (b"",)) -> Mapping[int, HealthRecord]:
    """Return every record that there could be in town, by its hash with each of these salts."""
    records = [HealthRecord(*who, diagnosis) for who in town() for diagnosis in DIAGNOSES]
    return {int.from_bytes(record.digest(salt), "big"): record for record in records for salt in salts}


def find_patients(
    world: WorldState, patients: Iterable[Address], salts: tuple[bytes, ...] = (b"",)
) -> dict[Address, HealthRecord]:
    """Return what can be known about whoever published a record: address by address, whose it is and what it says."""
    slot = load_contract("health_consent").slots["digestOf"]
    storage = world.accounts.get(CONSENT, ABSENT).storage
    published = {patient: storage.get(mapping_slot(slot, patient), 0) for patient in patients}
    return {patient: guesses(salts)[digest] for patient, digest in published.items() if digest in guesses(salts)}


def secrets(world: WorldState, owner: Address) -> int:
    """Return how many secrets an owner has, an `Asset`: patients their own, and Eve those that she found out."""
    patients = [address_named(who) for who in PATIENTS]
    found = find_patients(world, patients)
    if owner == address_named("Eve"):
        return len(found)
    return int(owner in patients and owner not in found)


def scene(defended: bool) -> AttackScene:
    """Return one block, in which the patients publish the hashes of their records; with the defence they are salted."""
    consent, random = load_contract("health_consent"), Random(18)
    calls = []
    for patient, record in records_of_patients().items():
        digest = record.digest(random.randbytes(32) if defended else b"")
        calls.append(PlannedCall(patient, CONSENT, consent.call_data("publish", digest, random.randbytes(32))))
    return AttackScene(
        blocks=(CallsOfBlock(tuple(calls)),),
        contracts={"health consent": (CONSENT, Account(nonce=1, code=consent.code))},
        assets={"secrets": secrets},
        people=(*PATIENTS, "Eve"),
    )


ATTACK = Attack(
    "linked_record",
    "Eve hashes every record that there could be, and sees which of them patients have put on chain.",
    "A salt of 32 random bytes, which stays with the record, makes the hash one of 2^256.",
    scene,
    ("Eve", "secrets"),
)
