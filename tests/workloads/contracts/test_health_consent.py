"""Consent to read health records: who may read does, who may not does not, and the trail holds every reading."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.support.stage import OWNER, Place, Stage, person
from tests.workloads.contracts.stories import Mistake, Story, after, find, mistakes, stories
from toyevm.contracts import Contract, load_contract
from toyevm.contracts.abi import encode_arguments, encode_word
from toyevm.crypto import keccak256

PUBLISHED, GRANTED, REVOKED, READ, GLASS_BROKEN, ERASED = range(6)
NOTHING = bytes(32)
Entry = tuple[int, int, int, int, bytes]  # block, patient, actor, kind, what
patients, clinicians = st.integers(0, 1), st.integers(2, 3)
OPENING: Story = [("publish", 0, 3), ("publish", 1, 2), ("grant", 0, 2, 6), ("license", 3, True, True)]
steps = st.one_of(
    st.tuples(st.just("license"), clinicians, st.booleans(), st.sampled_from([True, True, False])),
    st.tuples(st.just("publish"), patients, st.integers(0, 3)),
    st.tuples(st.just("grant"), patients, clinicians, st.integers(0, 12)),
    st.tuples(st.just("revoke"), patients, clinicians),
    st.tuples(st.just("read"), clinicians, patients),
    st.tuples(st.just("breakGlass"), clinicians, patients, st.integers(0, 1)),
    st.tuples(st.just("erase"), patients),
    st.tuples(st.just("wait"), st.integers(1, 5)),
)


def head_of(trail: list[Entry]) -> int:
    head = NOTHING
    for block, patient, actor, kind, what in trail:
        head = keccak256(encode_arguments(head, block, person(patient), person(actor), kind, what))
    return int.from_bytes(head)


def check_consent(contract: Contract, story: Story) -> dict[str, Any]:
    """Hold consents, records and the trail to a ledger on paper; clinician 3 has no licence in the beginning."""
    stage = Stage()
    consent = stage.create(contract)
    assert stage.call(OWNER, consent, "license", person(2), 1)
    block, licensed = 1, {2}
    records: dict[int, tuple[bytes, bytes]] = {}
    until: dict[tuple[int, int], int] = {}
    trail: list[Entry] = []
    for function, who, *arguments in story:
        entry: Entry | None = None
        stage.at_block(block)
        stage.last = None
        if function == "wait":
            block += who
        elif function == "license":
            valid, honest = arguments
            sender = OWNER if honest else person(who)
            assert stage.call(sender, consent, "license", person(who), int(valid)) == honest
            licensed = licensed if not honest else licensed | {who} if valid else licensed - {who}
        elif function == "publish":
            digest, pointer = encode_word(arguments[0]), encode_word(arguments[0] + 100)
            if stage.call(person(who), consent, "publish", digest, pointer):
                records[who] = digest, pointer
                entry = (block, who, who, PUBLISHED, digest)
            assert (entry is not None) == (digest != NOTHING)
        elif function == "grant":
            clinician, last = arguments
            if stage.call(person(who), consent, "grant", person(clinician), last):
                until[who, clinician] = last
                entry = (block, who, who, GRANTED, person(clinician))
            assert (entry is not None) == (clinician in licensed)
        elif function == "revoke":
            assert stage.call(person(who), consent, "revoke", person(arguments[0]))
            until.pop((who, arguments[0]), None)
            entry = (block, who, who, REVOKED, person(arguments[0]))
        elif function == "erase":
            assert stage.call(person(who), consent, "erase")
            records.pop(who, None)
            entry = (block, who, who, ERASED, NOTHING)
        else:
            patient, why = arguments[0], encode_word(arguments[1]) if arguments[1:] else NOTHING
            may = why != NOTHING if function == "breakGlass" else until.get((patient, who), 0) >= block
            if stage.call(person(who), consent, function, person(patient), *([why] if arguments[1:] else [])):
                entry = (block, patient, who, GLASS_BROKEN if function == "breakGlass" else READ, why)
            assert (entry is not None) == (may and who in licensed and patient in records)
            assert stage.last is not None
            assert entry is None or stage.last.output == records[patient][1]
        trail += [entry] if entry else []
        check_state(stage, consent, records, until)
        check_trail(stage, consent, trail, entry)
    return {"records": records, "until": until, "trail": trail}


def check_state(
    stage: Stage, consent: Place, records: dict[int, tuple[bytes, bytes]], until: dict[tuple[int, int], int]
) -> None:
    for patient in range(2):
        found = [stage.ask(consent, name, person(patient)) for name in ("digestOf", "pointerOf")]
        assert found == [int.from_bytes(one) for one in records.get(patient, (NOTHING, NOTHING))]
        for clinician in (2, 3):
            last = stage.ask(consent, "consentUntil", person(patient), person(clinician))
            assert last == until.get((patient, clinician), 0)


def check_trail(stage: Stage, consent: Place, trail: list[Entry], entry: Entry | None) -> None:
    """An entry is one log, and heads commit to all entries."""
    if "auditHead" in consent.contract.slots:
        assert stage.ask(consent, "auditHead") == head_of(trail)
    else:
        for patient in range(2):
            mine = [one for one in trail if one[1] == patient]
            assert stage.ask(consent, "auditHeadOf", person(patient)) == head_of(mine)
    logs = stage.last.logs if stage.last else ()
    assert len(logs) == (entry is not None)
    if entry:
        _, patient, actor, kind, what = entry
        ((_, topics, logged),) = logs
        people = [int.from_bytes(person(one)) for one in (patient, actor)]
        assert topics == (consent.contract.event_topic("Audit"), *people, kind)
        assert logged == encode_word(what)


@stories
@given(after(OPENING, steps))
def test_both_designs_leave_the_same_trail(story: Story) -> None:
    one_head, each = (check_consent(load_contract(f"health_consent{end}"), story) for end in ("_one_head", ""))
    assert one_head == each


CARE: Story = [("publish", 0, 0), ("publish", 0, 3), ("read", 2, 0), ("grant", 0, 3, 9), ("license", 3, True, False),
               ("license", 3, True, True), ("grant", 0, 3, 3), ("grant", 0, 2, 9), ("read", 2, 0), ("read", 3, 0),
               ("revoke", 0, 2), ("read", 2, 0), ("breakGlass", 2, 0, 0), ("breakGlass", 2, 0, 1), ("wait", 2),
               ("read", 3, 0), ("wait", 1), ("read", 3, 0), ("license", 3, False, True), ("breakGlass", 3, 0, 1),
               ("grant", 0, 2, 9), ("grant", 1, 2, 9), ("read", 2, 1), ("erase", 0), ("read", 2, 0)]  # fmt: skip
STRUCK_OFF: Story = [("publish", 0, 3), ("grant", 0, 2, 9), ("license", 2, False, True), ("read", 2, 0)]


def planted(name: str, old: str, new: str, story: Story = CARE) -> Mistake:
    return name, old, new, check_consent, story


@mistakes(
    planted("health_consent", 'assert msg.sender == self.board, "not the board"', "pass"),
    planted("health_consent", 'assert digest != empty(bytes32), "no record"', "pass"),
    planted("health_consent", 'assert self.isLicensed[clinician], "not licensed"', "pass"),
    planted("health_consent", 'assert self.isLicensed[msg.sender], "not licensed"', "pass", STRUCK_OFF),
    planted("health_consent", 'assert block.number <= self.consentUntil[patient][msg.sender], "no consent"', "pass"),
    planted("health_consent", "block.number <= self.consent", "block.number < self.consent"),
    planted("health_consent", "self.consentUntil[msg.sender][clinician] = 0", "pass"),
    planted("health_consent", 'assert reason != empty(bytes32), "no reason"', "pass"),
    planted("health_consent", 'assert self.digestOf[patient] != empty(bytes32), "no record"', "pass"),
    planted("health_consent", "self.pointerOf[msg.sender] = empty(bytes32)", "pass"),
    planted("health_consent", "self._audit(patient, kind, what)", "pass"),
    planted("health_consent", "abi_encode(head, block.number", "abi_encode(empty(bytes32), block.number"),
    planted("health_consent", "patient, msg.sender, kind, what))", "patient, patient, kind, what))"),
    planted("health_consent_one_head", "block.number, patient, msg.sender", "block.number, msg.sender, msg.sender"),
    planted("health_consent_one_head", "abi_encode(self.auditHead, block", "abi_encode(empty(bytes32), block"),
    planted("health_consent_one_head", "self.consentUntil[msg.sender][clinician] = 0", "pass"),
    planted("health_consent_one_head", "self._audit(msg.sender, ERASED, empty(bytes32))", "pass"),
)  # fmt: skip
def test_every_mistake_is_found(mistake: Mistake) -> None:
    find(mistake)
