"""The registry of identities: only who controls one changes its key, and attestations are their issuers' own."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.support.stage import OWNER, Place, Stage, person
from tests.workloads.contracts.stories import Mistake, Story, after, find, mistakes, stories
from toyevm.contracts import Contract, load_contract

people, schemas = st.integers(0, 3), st.integers(0, 1)
OPENING: Story = [("attest", 0, 2, 0, 1, 4), ("nameGuardian", 2, 2, 3), ("changeController", 2, 2, 1)]
steps = st.one_of(
    st.tuples(st.just("accredit"), people, st.sampled_from([True, True, False]), st.booleans()),
    st.tuples(st.sampled_from(["nameGuardian", "changeController", "recover"]), people, people, people),
    st.tuples(st.just("changeController"), people, people, st.just(None)),
    st.tuples(st.just("attest"), people, people, schemas, st.integers(0, 2), st.integers(0, 6)),
    st.tuples(st.just("revoke"), people, people, schemas),
    st.tuples(st.just("wait"), st.integers(1, 3)),
)
Attestations = dict[tuple[int, int, int], tuple[int, int]]  # by issuer, identity and schema: digest, last block


def number(who: int) -> int:
    return int.from_bytes(person(who))


def check_identity(contract: Contract, story: Story) -> None:
    """Hold keys and attestations to a ledger on paper; person 0 is an issuer from the start."""
    stage = Stage()
    registry = stage.create(contract)
    assert stage.call(OWNER, registry, "accredit", person(0), 1)
    issuers, block = {0}, 1
    controllers = {who: who for who in range(4)}
    guardians: dict[int, int] = {}
    attested: Attestations = {}
    for function, who, *arguments in story:
        stage.at_block(block)
        if function == "wait":
            block += who
            stage.at_block(block)
        elif function == "accredit":
            honest, valid = arguments
            assert stage.call(OWNER if honest else person(who), registry, function, person(who), int(valid)) == honest
            if honest:
                issuers = issuers | {who} if valid else issuers - {who}
        elif function in ("attest", "revoke"):
            identity, schema, *said = arguments
            done = stage.call(person(who), registry, function, person(identity), schema, *said)
            assert done == (function == "revoke" or who in issuers)
            if done:
                attested[who, identity, schema] = (said[0], said[1]) if said else (0, 0)
                check_log(stage, registry, "Attested", number(identity), number(who), schema)
        else:
            identity, whom = arguments
            new = 0 if whom is None else person(whom)
            done = stage.call(person(who), registry, function, person(identity), new)
            entitled = guardians.get(identity) if function == "recover" else controllers[identity]
            assert done == (who == entitled and whom is not None)
            if done and function == "nameGuardian":
                guardians[identity] = whom
            elif done:
                controllers[identity] = whom
                check_log(stage, registry, "Controlled", number(identity), number(whom))
        assert [stage.ask(registry, "controllerOf", person(n)) for n in range(4)] == [
            number(controllers[n]) for n in range(4)
        ]
        assert [stage.ask(registry, "guardianOf", person(n)) for n in range(4)] == [
            number(guardians[n]) if n in guardians else 0 for n in range(4)
        ]
        check_attestations(stage, registry, attested, issuers, block)


def check_log(stage: Stage, registry: Place, event: str, *topics: int) -> None:
    assert stage.last is not None
    ((_, found, _),) = stage.last.logs
    assert found == (registry.contract.event_topic(event), *topics)


def check_attestations(stage: Stage, registry: Place, attested: Attestations, issuers: set[int], block: int) -> None:
    """Each attestation holds for what was said, as long as it was said, and for nothing else."""
    for (issuer, identity, schema), (digest, last) in attested.items():
        names = person(issuer), person(identity), schema
        assert stage.ask(registry, "isValid", *names, digest) == (issuer in issuers and block <= last)
        assert not stage.ask(registry, "isValid", *names, digest + 1)
        assert stage.ask(registry, "digestOf", *names) == digest
    unsaid = [(i, 0, s) for i in range(4) for s in range(2) if (i, 0, s) not in attested]
    assert not any(stage.ask(registry, "isValid", person(i), person(0), s, 0) for i, _, s in unsaid)


@stories
@given(after(OPENING, steps))
def test_an_identity_is_its_controllers_and_an_attestation_its_issuers(story: Story) -> None:
    check_identity(load_contract("identity"), story)


LIFE: Story = [("accredit", 1, False, True), ("attest", 1, 2, 0, 1, 5), ("attest", 0, 2, 0, 2, 3),
               ("nameGuardian", 1, 2, 1), ("nameGuardian", 2, 2, 3), ("recover", 2, 2, 1), ("recover", 3, 2, 1),
               ("changeController", 2, 2, 2), ("changeController", 1, 2, None), ("changeController", 1, 2, 0),
               ("attest", 0, 2, 1, 1, 9), ("revoke", 0, 2, 1), ("wait", 2), ("wait", 1), ("revoke", 3, 2, 0),
               ("attest", 0, 1, 0, 1, 9), ("accredit", 0, True, False)]  # fmt: skip


def planted(old: str, new: str, story: Story = LIFE) -> Mistake:
    return "identity", old, new, check_identity, story


@mistakes(
    planted('assert msg.sender == self.registrar, "not the registrar"', "pass"),
    planted('assert self.isIssuer[msg.sender], "not accredited"', "pass"),
    planted('assert msg.sender == self._controllerOf(identity), "not the controller"', "pass"),
    planted('assert msg.sender == self.guardianOf[identity], "not the guardian"', "pass"),
    planted("msg.sender == self.guardianOf[identity]", "msg.sender in [identity, self.guardianOf[identity]]"),
    planted('assert controller != empty(address), "nobody to control it"', "pass"),
    planted("self.controllers[identity] = controller", "pass"),
    planted("return self.isIssuer[issuer] and current", "return current"),
    planted("block.number <= self.validUntil", "block.number < self.validUntil"),
    planted(" and digest == self.digestOf[issuer][identity][schema]", ""),
    planted("self.digestOf[msg.sender][identity][schema] = digest", "self.digestOf[msg.sender][identity][0] = digest"),
    planted("self.validUntil[msg.sender][identity][schema] = until", "self.validUntil[msg.sender][identity][0] = 9"),
)  # fmt: skip
def test_every_mistake_is_found(mistake: Mistake) -> None:
    find(mistake)
