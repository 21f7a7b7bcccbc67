"""A registry of identities: issuers attest and revoke, and people move their identity to the next phone."""

from __future__ import annotations

from collections import Counter
from random import Random

from toyevm.contracts import load_contract, mapping_slot
from toyevm.types import Address
from toyevm.workloads.applications.base import Application
from toyevm.workloads.planned_blocks import PlannedBlock, PlannedCall, account, address_named, entries, pick, user

IDENTITY: Address = b"\xdb" * 20
SCHEMAS = ("age over 18", "residence", "driving licence")  # by their number
NEVER_ENDS = 2**64  # a block


def use_identities(random: Random, count: int, users: int, *, issuers: int = 100) -> PlannedBlock:
    """Return attestations and changes of keys: of five calls three attest, one revokes, one moves to a new phone."""
    registry = load_contract("identity")
    offices = [f"office {number}" for number in range(issuers)]
    phones: Counter[str] = Counter()
    storage = entries(registry, "isIssuer", {address_named(office): 1 for office in offices})
    calls, people = [], set()
    for turn in range(count):
        person, office, schema = user(pick(random, users)), random.choice(offices), random.randrange(len(SCHEMAS))
        identity, kind = address_named(person), ("attest", "attest", "attest", "revoke", "changeController")[turn % 5]
        people.add(person)
        if kind == "changeController":
            old, new = _phone(person, phones[person]), _phone(person, phones[person] + 1)
            phones[person] += 1
            people.add(new)
            calls.append(PlannedCall(old, IDENTITY, registry.call_data(kind, identity, address_named(new))))
            continue
        if kind == "revoke":
            for variable, value in (("digestOf", random.getrandbits(256)), ("validUntil", NEVER_ENDS)):
                by_identity = mapping_slot(mapping_slot(registry.slots[variable], address_named(office)), identity)
                storage[mapping_slot(by_identity, schema)] = value
        attestation = (random.randbytes(32), NEVER_ENDS) if kind == "attest" else ()
        calls.append(PlannedCall(office, IDENTITY, registry.call_data(kind, identity, schema, *attestation)))
    return PlannedBlock(tuple(calls), {"identity": (IDENTITY, account(registry, storage))}, tuple(sorted(people)))


def _phone(person: str, number: int) -> str:
    """Return whose key controls an identity after so many changes; the first is the person's own."""
    return f"{person}'s phone {number}" if number else person


APPLICATIONS = (
    Application(
        "identity",
        "Offices attest to people, and people change their keys.",
        "nothing: an office that attests twice, now and then",
        use_identities,
    ),
)
