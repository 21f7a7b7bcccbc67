# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A registry of identities, and of what others attest to them
@notice Models ERC-1056 (an identity is an address, which another key may come to control) and the Ethereum Attestation
    Service: accredited issuers attest, for a time, to a salted hash of what they say, and may revoke it. Omits
    delegates, what a schema says, attestations off chain, proofs of a part of one, and who oversees the registrar. A
    guardian who replaces a lost key can also steal an identity, at once: real ones wait, or are several.
@dev Storage: registrar; isIssuer[issuer]; controllers, guardianOf[identity]; digestOf, validUntil, each by issuer,
    identity and schema.
    Hot: nothing. Two calls meet when they concern the same identity, and then seldom the same slot.
"""

event Attested:
    identity: indexed(address)
    issuer: indexed(address)
    schema: indexed(uint256)
    digest: bytes32
    until: uint256

event Controlled:
    identity: indexed(address)
    controller: indexed(address)

registrar: public(address)
isIssuer: public(HashMap[address, bool])
controllers: HashMap[address, address]  # zero: the identity controls itself
guardianOf: public(HashMap[address, address])
digestOf: public(HashMap[address, HashMap[address, HashMap[uint256, bytes32]]])
validUntil: public(HashMap[address, HashMap[address, HashMap[uint256, uint256]]])  # the last block


@deploy
def __init__():
    self.registrar = msg.sender


@external
def accredit(issuer: address, valid: bool):
    assert msg.sender == self.registrar, "not the registrar"
    self.isIssuer[issuer] = valid


@external
def nameGuardian(identity: address, guardian: address):
    assert msg.sender == self._controllerOf(identity), "not the controller"
    self.guardianOf[identity] = guardian


@external
def changeController(identity: address, controller: address):
    assert msg.sender == self._controllerOf(identity), "not the controller"
    self._hand(identity, controller)


@external
def recover(identity: address, controller: address):
    """
    @notice Give an identity a new key after the old one is lost. What was attested to the identity stays.
    """
    assert msg.sender == self.guardianOf[identity], "not the guardian"
    self._hand(identity, controller)


@external
def attest(identity: address, schema: uint256, digest: bytes32, until: uint256):
    assert self.isIssuer[msg.sender], "not accredited"
    self._attest(identity, schema, digest, until)


@external
def revoke(identity: address, schema: uint256):
    """
    @notice Take back an own attestation; who is no longer accredited may do so, too.
    """
    self._attest(identity, schema, empty(bytes32), 0)


@external
@view
def controllerOf(identity: address) -> address:
    return self._controllerOf(identity)


@external
@view
def isValid(issuer: address, identity: address, schema: uint256, digest: bytes32) -> bool:
    """
    @notice Say whether an attestation holds now; none does any longer whose issuer has lost the accreditation.
    """
    current: bool = block.number <= self.validUntil[issuer][identity][schema]
    return self.isIssuer[issuer] and current and digest == self.digestOf[issuer][identity][schema]


@internal
def _attest(identity: address, schema: uint256, digest: bytes32, until: uint256):
    self.digestOf[msg.sender][identity][schema] = digest
    self.validUntil[msg.sender][identity][schema] = until
    log Attested(identity=identity, issuer=msg.sender, schema=schema, digest=digest, until=until)


@internal
def _hand(identity: address, controller: address):
    assert controller != empty(address), "nobody to control it"
    self.controllers[identity] = controller
    log Controlled(identity=identity, controller=controller)


@internal
@view
def _controllerOf(identity: address) -> address:
    controller: address = self.controllers[identity]
    return identity if controller == empty(address) else controller
