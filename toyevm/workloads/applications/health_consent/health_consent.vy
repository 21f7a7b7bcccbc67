# pragma version 0.4.3
# pragma evm-version cancun
"""
@title Consent to read health records, with an audit trail for each patient
@notice Models what health_consent_one_head models, and omits what it omits; only the trail is kept otherwise: one head
    for each patient.
@dev Storage: board; isLicensed[clinician]; digestOf, pointerOf, auditHeadOf[patient];
    consentUntil[patient][clinician].
    Hot: auditHeadOf, for a patient of whom a block speaks twice.
    The price: a supervisor follows as many heads as there are patients, and readings of two patients have no common
    order: that a clinician opened a hundred records in an hour is in no single trail.
"""

event Audit:
    patient: indexed(address)
    actor: indexed(address)
    kind: indexed(uint256)
    what: bytes32

PUBLISHED: constant(uint256) = 0
GRANTED: constant(uint256) = 1
REVOKED: constant(uint256) = 2
READ: constant(uint256) = 3
GLASS_BROKEN: constant(uint256) = 4
ERASED: constant(uint256) = 5

board: public(address)
isLicensed: public(HashMap[address, bool])
digestOf: public(HashMap[address, bytes32])
pointerOf: public(HashMap[address, bytes32])
consentUntil: public(HashMap[address, HashMap[address, uint256]])  # the last block, by patient and clinician
auditHeadOf: public(HashMap[address, bytes32])  # commits to every entry of a patient's trail, from the first


@deploy
def __init__():
    self.board = msg.sender


@external
def license(clinician: address, valid: bool):
    assert msg.sender == self.board, "not the board"
    self.isLicensed[clinician] = valid


@external
def publish(digest: bytes32, pointer: bytes32):
    assert digest != empty(bytes32), "no record"
    self.digestOf[msg.sender] = digest
    self.pointerOf[msg.sender] = pointer
    self._audit(msg.sender, PUBLISHED, digest)


@external
def grant(clinician: address, until: uint256):
    assert self.isLicensed[clinician], "not licensed"
    self.consentUntil[msg.sender][clinician] = until
    self._audit(msg.sender, GRANTED, convert(clinician, bytes32))


@external
def revoke(clinician: address):
    self.consentUntil[msg.sender][clinician] = 0
    self._audit(msg.sender, REVOKED, convert(clinician, bytes32))


@external
def read(patient: address) -> bytes32:
    """
    @notice Leave a trace of a reading, and return the pointer. A look at storage leaves none: the pointer is encrypted.
    """
    assert self.isLicensed[msg.sender], "not licensed"
    assert block.number <= self.consentUntil[patient][msg.sender], "no consent"
    return self._open(patient, READ, empty(bytes32))


@external
def breakGlass(patient: address, reason: bytes32) -> bytes32:
    """
    @notice Read without consent, in an emergency. Nothing stops a licensed clinician; everybody sees who, and why.
    """
    assert self.isLicensed[msg.sender], "not licensed"
    assert reason != empty(bytes32), "no reason"
    return self._open(patient, GLASS_BROKEN, reason)


@external
def erase():
    """
    @notice Forget hash and pointer. The trail stays, and old blocks do: what must be deletable is never on chain.
    """
    self.digestOf[msg.sender] = empty(bytes32)
    self.pointerOf[msg.sender] = empty(bytes32)
    self._audit(msg.sender, ERASED, empty(bytes32))


@internal
def _open(patient: address, kind: uint256, what: bytes32) -> bytes32:
    assert self.digestOf[patient] != empty(bytes32), "no record"
    self._audit(patient, kind, what)
    return self.pointerOf[patient]


@internal
def _audit(patient: address, kind: uint256, what: bytes32):
    head: bytes32 = self.auditHeadOf[patient]
    self.auditHeadOf[patient] = keccak256(abi_encode(head, block.number, patient, msg.sender, kind, what))
    log Audit(patient=patient, actor=msg.sender, kind=kind, what=what)
