# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A rollup of payments, on L1: it believes a root of accounts if a proof says that payments lead to it
@notice Models the on-chain half of a payments rollup such as zkSync Lite: a queue of deposits, batches under a proof,
    payment of who leaves, and a way out if no batches come any more. Anybody may bring a batch: whoever is left out
    brings their own. With a committee it is a validium too: payments may stay off L1 if the committee vouches for them.
    It omits tokens, fees and a change of the verifier.
@dev Storage: members (of the committee); root, room (of the bridge's leaf), last (when a batch came), frozen; count,
    owners (by number), numbers (by owner); deposits, taken, queue; owed (by owner), left (by number). Hot: root and
    last, in every batch.
    What is owed is collected in a call of its own: who cannot be paid must not hold up a batch.
"""

STARK_PROOF: constant(address) = 0x000000000000000000000000000000000000F003  # precompiles of the course's L1
SIGNED_PAYMENTS: constant(address) = 0x000000000000000000000000000000000000F004
ACCOUNT_PROOF: constant(address) = 0x000000000000000000000000000000000000F005
BRIDGE: constant(address) = 0x4200000000000000000000000000000000000017  # on L2: account 0, whom one pays to leave
UNIT: constant(uint256) = 10 ** 15  # wei
LIMIT: constant(uint256) = 2 ** 28  # units
CAPACITY: constant(uint256) = 2 ** 14  # accounts
DEPTH: constant(uint256) = 14
MAX_PAYMENTS: constant(uint256) = 1024
RECORD: constant(uint256) = 77  # payer 2, payee 2, amount 4, nonce 4, signature 65
MAX_PROOF: constant(uint256) = 270_000
MAX_MEMBERS: constant(uint256) = 16
SIGNATURE: constant(uint256) = 65

event Registered:
    number: indexed(uint256)
    owner: indexed(address)

event Deposited:
    place: indexed(uint256)
    number: indexed(uint256)
    amount: uint256  # in units

event Batch:
    root: bytes32
    taken: uint256
    data: Bytes[MAX_PAYMENTS * RECORD]  # in a log, since a contract may be the caller: then no calldata has it

event AttestedBatch:
    root: bytes32
    digest: bytes32
    count: uint256

event Left:
    number: indexed(uint256)
    amount: uint256

event Collected:
    owner: indexed(address)
    amount: uint256  # in wei

l2_chain: public(immutable(uint256))  # in each signature: another layer with this id could replay the payments
parameters: public(immutable(uint256))  # of the proof: chosen here, never by who brings one
delay: public(immutable(uint256))  # in seconds, after which those who are left leave without a batch
operator: public(immutable(address))  # who alone may bring batches; empty: anybody
quorum: public(immutable(uint256))  # of the committee; 0: there is none
members: public(HashMap[address, bool])

root: public(bytes32)
room: public(uint256)  # units that the bridge's leaf has beyond what waits in the queue
last: public(uint256)
frozen: public(bool)
count: public(uint256)  # of accounts, the bridge among them
owners: public(HashMap[uint256, address])
numbers: public(HashMap[address, uint256])
deposits: public(uint256)
taken: public(uint256)
queue: public(HashMap[uint256, uint256])  # account << 32 | amount
owed: public(HashMap[address, uint256])  # in wei
left: public(HashMap[uint256, bool])


@deploy
def __init__(
    its_l2_chain: uint256,
    its_root: bytes32,
    its_room: uint256,
    its_parameters: uint256,
    its_delay: uint256,
    its_operator: address,
    its_quorum: uint256,
    its_members: Bytes[20 * MAX_MEMBERS],
):
    l2_chain = its_l2_chain
    parameters = its_parameters
    delay = its_delay
    operator = its_operator
    quorum = its_quorum
    for i: uint256 in range(MAX_MEMBERS):
        if i * 20 == len(its_members):
            break
        self.members[convert(convert(slice(its_members, i * 20, 20), bytes20), address)] = True
    self.root = its_root
    self.room = its_room
    self.last = block.timestamp
    self.owners[0] = BRIDGE
    self.count = 1


@external
def register(its_owners: Bytes[20 * 256]):
    """
    @notice Give each of these addresses the next number; anybody may, for anybody.
    @dev Nobody has two: a signature names its signer and no number, and would count for both. A number costs gas alone,
        so somebody with enough of it can use them all up; a real one would ask for a deposit.
    """
    assert len(its_owners) % 20 == 0, "malformed owners"
    for i: uint256 in range(256):
        if i * 20 == len(its_owners):
            break
        owner: address = convert(convert(slice(its_owners, i * 20, 20), bytes20), address)
        assert self.numbers[owner] == 0 and owner != BRIDGE and owner != empty(address), "registered already"
        assert self.count < CAPACITY, "no account is left"
        self.owners[self.count] = owner
        self.numbers[owner] = self.count
        log Registered(number=self.count, owner=owner)
        self.count += 1


@external
@payable
def deposit(owner: address):
    """
    @notice Lock ether for the account of an owner, who has a number by then.
    @dev By name: if L1 went back, somebody else may have registered first, and have the number that the owner had.
    """
    assert not self.frozen, "frozen"
    number: uint256 = self.numbers[owner]
    assert number > 0, "no such account"
    assert msg.value > 0 and msg.value % UNIT == 0, "not in whole units"
    amount: uint256 = msg.value // UNIT
    assert amount <= self.room, "more than the bridge can give"  # or no batch could ever take it
    self.room -= amount
    self.queue[self.deposits] = number << 32 | amount
    log Deposited(place=self.deposits, number=number, amount=amount)
    self.deposits += 1


@external
def submit(new_root: bytes32, data: Bytes[MAX_PAYMENTS * RECORD], taken: uint256, proof: Bytes[MAX_PROOF]):
    """
    @notice Bring a batch: payments with their signatures, then the next deposits of the queue; anybody may.
    @param taken How many deposits; what they are, the queue says.
    @dev A proof is about the root that is there. Who is overtaken by another batch has to prove theirs anew.
    """
    digest: bytes32 = self._digest(data, taken)
    log Batch(root=new_root, taken=taken, data=data)
    self._advance(new_root, digest, len(data) // RECORD + taken, proof)


@external
def submit_attested(
    new_root: bytes32,
    digest: bytes32,
    count: uint256,
    proof: Bytes[MAX_PROOF],
    signatures: Bytes[MAX_MEMBERS * SIGNATURE],
):
    """
    @notice Bring a batch whose payments stay off L1.
    @dev The committee vouches for three things that nobody here can see: it has the payments, each is signed, and none
        is to or from the bridge: who left here would be paid nothing. It can keep what it knows to itself, and then
        nobody leaves. If it lies about signatures, it steals: a validium that is to be safe from that has to prove the
        signatures as well.
    """
    assert quorum > 0, "no committee"
    message: bytes32 = keccak256(abi_encode(chain.id, self, self.root, new_root, digest, count))
    assert len(signatures) % SIGNATURE == 0 and len(signatures) // SIGNATURE >= quorum, "no quorum"
    signer: address = empty(address)
    for i: uint256 in range(MAX_MEMBERS):
        if i * SIGNATURE == len(signatures):
            break
        r: uint256 = convert(slice(signatures, i * SIGNATURE, 32), uint256)
        s: uint256 = convert(slice(signatures, i * SIGNATURE + 32, 32), uint256)
        parity: uint256 = convert(slice(signatures, i * SIGNATURE + 64, 1), uint256)
        found: address = ecrecover(message, 27 + parity, r, s)
        assert convert(found, uint160) > convert(signer, uint160), "signers not ascending"  # so nobody counts twice
        assert self.members[found], "not of the committee"
        signer = found
    log AttestedBatch(root=new_root, digest=digest, count=count)
    self._advance(new_root, digest, count, proof)


@external
def leave(number: uint256, balance: uint256, nonce: uint256, path: Bytes[32 * DEPTH]):
    """
    @notice Leave with what a leaf under the last root says, once, if no batch has come for so long; anybody may ask.
    @dev From the first who leaves on there are no more batches, or one could pay out the same again. A quiet time is
        enough, whether or not anybody waits for a batch: who wants the rollup to go on brings one in time.
    """
    assert self.frozen or block.timestamp >= self.last + delay, "batches still come"
    self.frozen = True
    assert number > 0 and number < self.count, "no such account"
    assert not self.left[number], "left already"
    success: bool = False
    answer: Bytes[32] = b""
    success, answer = raw_call(
        ACCOUNT_PROOF,
        concat(self.root, convert(number, bytes32), convert(balance, bytes32), convert(nonce, bytes32), path),
        max_outsize=32,
        is_static_call=True,
        revert_on_failure=False,
    )
    assert success and len(answer) == 32, "no such leaf under the root"
    self.left[number] = True
    self.owed[self.owners[number]] += balance * UNIT
    log Left(number=number, amount=balance)


@external
def take_back(place: uint256):
    """
    @notice Give back a deposit that no batch has taken, when it is certain that none will.
    """
    assert self.frozen or block.timestamp >= self.last + delay, "batches still come"
    self.frozen = True
    assert place >= self.taken and place < self.deposits and self.queue[place] != 0, "no such deposit"
    amount: uint256 = self.queue[place] & (2 ** 32 - 1)
    self.owed[self.owners[self.queue[place] >> 32]] += amount * UNIT
    self.queue[place] = 0


@external
def collect(owner: address):
    """
    @notice Pay what is owed; anybody may ask, the owner is paid.
    """
    amount: uint256 = self.owed[owner]
    assert amount > 0, "nothing is owed"
    self.owed[owner] = 0  # before the payment, or the owner could call again
    log Collected(owner=owner, amount=amount)
    raw_call(owner, b"", value=amount)


@internal
def _digest(data: Bytes[MAX_PAYMENTS * RECORD], taken: uint256) -> bytes32:
    """
    @dev Name payer and payee of each payment, take the deposits, note who leaves; the precompile does the rest.
    """
    assert len(data) % RECORD == 0, "malformed payments"
    assert taken <= self.deposits - self.taken, "more deposits than there are"
    parties: DynArray[address, 2 * MAX_PAYMENTS] = []
    for i: uint256 in range(MAX_PAYMENTS):
        if i * RECORD == len(data):
            break
        head: uint256 = convert(slice(data, i * RECORD, 32), uint256)
        payer: address = self.owners[head >> 240]
        payee: address = self.owners[(head >> 224) & (2 ** 16 - 1)]
        assert payer != empty(address) and payee != empty(address), "no such account"
        parties.append(payer)
        parties.append(payee)
        if payee == BRIDGE:
            amount: uint256 = (head >> 192) & (2 ** 32 - 1)
            self.room += amount
            self.owed[payer] += amount * UNIT
    queued: DynArray[uint256, MAX_PAYMENTS] = []
    for i: uint256 in range(taken, bound=MAX_PAYMENTS):
        queued.append(self.queue[self.taken + i])
    self.taken += taken
    success: bool = False
    answer: Bytes[32] = b""
    success, answer = raw_call(
        SIGNED_PAYMENTS,
        abi_encode(l2_chain, data, parties, queued),
        max_outsize=32,
        is_static_call=True,
        revert_on_failure=False,
    )
    assert success and len(answer) == 32, "a payment is malformed or not signed by its payer"
    return convert(answer, bytes32)


@internal
def _advance(new_root: bytes32, digest: bytes32, count: uint256, proof: Bytes[MAX_PROOF]):
    assert not self.frozen, "frozen"
    assert operator == empty(address) or msg.sender == operator, "not the operator"
    assert count > 0, "an empty batch"
    success: bool = False
    answer: Bytes[32] = b""
    success, answer = raw_call(
        STARK_PROOF,
        concat(
            self.root,
            new_root,
            digest,
            convert(count, bytes32),
            convert(parameters, bytes32),
            proof,
        ),
        max_outsize=32,
        is_static_call=True,
        revert_on_failure=False,
    )
    assert success and len(answer) == 32, "the proof does not hold"
    self.root = new_root
    self.last = block.timestamp
