"""Consent to read health records: patients grant and revoke it, and doctors read.

`health_consent_one_head` chains all entries of the audit trail; `health_consent` chains each patient's.
"""

from __future__ import annotations

from random import Random

from toyevm.contracts import load_contract, mapping_slot
from toyevm.types import Address
from toyevm.workloads.applications.base import Application, Ideal
from toyevm.workloads.planned_blocks import PlannedBlock, PlannedCall, account, address_named, entries, pick, user

CONSENT: Address = b"\xd9" * 20
NEVER_ENDS = 2**64  # a block


def use_consent(random: Random, count: int, users: int, *, contract: str, clinicians: int = 20) -> PlannedBlock:
    """Return a day at the doctor's: of five calls two read, two grant consent to a specialist, and one revokes it."""
    consent = load_contract(contract)
    doctors = [f"doctor {number}" for number in range(clinicians)]
    specialists = [f"specialist {number}" for number in range(clinicians)]
    patients = [pick(random, users) for _ in range(count)]
    storage = entries(consent, "isLicensed", {address_named(who): 1 for who in doctors + specialists})
    calls = []
    for turn, number in enumerate(patients):
        patient, kind = address_named(user(number)), ("read", "grant", "read", "grant", "revoke")[turn % 5]
        doctor, specialist = random.choice(doctors), address_named(random.choice(specialists))
        granted = address_named(doctor) if kind == "read" else specialist
        if kind != "grant":
            storage[mapping_slot(mapping_slot(consent.slots["consentUntil"], patient), granted)] = NEVER_ENDS
        arguments = {"read": (patient,), "grant": (specialist, NEVER_ENDS), "revoke": (specialist,)}[kind]
        caller = doctor if kind == "read" else user(number)
        calls.append(PlannedCall(caller, CONSENT, consent.call_data(kind, *arguments)))
    for variable in ("digestOf", "pointerOf", *({"auditHeadOf"} & set(consent.slots))):
        words = [(address_named(user(number)), random.getrandbits(256)) for number in sorted(set(patients))]
        storage |= entries(consent, variable, dict(words))
    if "auditHead" in consent.slots:
        storage[consent.slots["auditHead"]] = random.getrandbits(256)
    people = (*(user(number) for number in sorted(set(patients))), *doctors, *specialists)
    return PlannedBlock(tuple(calls), {"health consent": (CONSENT, account(consent, storage))}, people)


APPLICATIONS = (
    Application(
        "health-consent-one-head",
        "Patients grant consent, and doctors read; one head commits to the trail of all.",
        "auditHead",
        use_consent,
        {"contract": "health_consent_one_head"},
    ),
    Application(
        "health-consent",
        "Patients grant consent, and doctors read; each patient has a trail.",
        "auditHeadOf a patient, now and then",
        use_consent,
        {"contract": "health_consent"},
        Ideal(
            0.001,
            84.5,
            "a block's longest chain is of two or of three calls for one patient: 100 or 66.7; the sketch's is between",
        ),
    ),
)
