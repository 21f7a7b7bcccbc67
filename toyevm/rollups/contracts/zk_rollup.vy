# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A rollup of payments, on L1: it believes a root of accounts if a proof says that payments lead to it
@notice Models the on-chain half of a payments rollup such as zkSync Lite: a queue of deposits and of requests to leave,
    batches under a proof, payment of who leaves, and a way out if the queue is not served. Anybody may bring a batch:
    whoever is left out brings their own, or asks here. With a committee it is a validium too: payments may stay off L1
    if the committee vouches for them. It omits tokens, fees and a change of the verifier.
@dev Storage: members (of the committee); root, room (of the bridge's leaf), frozen; count, owners (by number), numbers
    (by owner), registry; queued, taken, queue, since; owed (by owner), left (by number). Hot: root, in every batch.
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
MAX_PROOF: constant(uint256) = 269_832  # the longest that there is of MAX_PAYMENTS, with any parameters
MAX_MEMBERS: constant(uint256) = 16
SIGNATURE: constant(uint256) = 65

event Registered:
    number: indexed(uint256)
    owner: indexed(address)

event Queued:
    place: indexed(uint256)
    payer: indexed(uint256)  # of a deposit, the bridge
    payee: indexed(uint256)  # of a request to leave, the bridge
    amount: uint256  # in units

event Dismissed:
    place: indexed(uint256)

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
delay: public(immutable(uint256))  # in seconds: who waits longer in the queue closes the rollup, and all leave
operator: public(immutable(address))  # who alone may bring batches; empty: anybody
quorum: public(immutable(uint256))  # of the committee; 0: there is none
members: public(HashMap[address, bool])

root: public(bytes32)
room: public(uint256)  # units that the bridge's leaf has beyond what waits in the queue
frozen: public(bool)
count: public(uint256)  # of accounts, the bridge among them
owners: public(HashMap[uint256, address])
numbers: public(HashMap[address, uint256])
registry: public(bytes32)  # a hash of all owners in their order: who has which number
queued: public(uint256)
taken: public(uint256)
queue: public(HashMap[uint256, uint256])  # payer << 48 | payee << 32 | amount
since: public(HashMap[uint256, uint256])
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
    self.owners[0] = BRIDGE
    self.count = 1


@external
@payable
def register(its_owners: Bytes[20 * 256]):
    """
    @notice Give each of these addresses the next number; anybody may, for anybody, for a unit each.
    @dev Nobody has two: a signature names its signer and no number, and would count for both. The unit is burnt: who
        wants to use up all numbers loses 16 ether. For a deposit they could have it back, and the numbers be gone.
    """
    assert len(its_owners) % 20 == 0, "malformed owners"
    assert msg.value == len(its_owners) // 20 * UNIT, "a unit for each"
    registry: bytes32 = self.registry
    for i: uint256 in range(256):
        if i * 20 == len(its_owners):
            break
        owner: address = convert(convert(slice(its_owners, i * 20, 20), bytes20), address)
        assert self.numbers[owner] == 0 and owner != BRIDGE and owner != empty(address), "registered already"
        assert self.count < CAPACITY, "no account is left"
        self.owners[self.count] = owner
        self.numbers[owner] = self.count
        registry = keccak256(concat(registry, convert(owner, bytes32)))
        log Registered(number=self.count, owner=owner)
        self.count += 1
    self.registry = registry
    send(empty(address), msg.value)


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
    self._enqueue(0, number, amount)


@external
def ask_to_leave(amount: uint256):
    """
    @notice Pay so many units from the caller's account to the bridge, as soon as the queue has come so far.
    @dev No signature is asked for: L1 knows who calls. So an account of a contract can leave as well.
    """
    assert not self.frozen, "frozen"
    number: uint256 = self.numbers[msg.sender]
    assert number > 0, "no such account"
    assert amount > 0 and amount < LIMIT, "no such amount"
    self._enqueue(number, 0, amount)


@external
def dismiss(balance: uint256, nonce: uint256, path: Bytes[32 * DEPTH]):
    """
    @notice Strike out the first request of the queue, if its account has less than that under the root; anybody may.
    @dev No batch could serve it, so it would close the rollup. The first alone: what is before another may pay for it.
    """
    assert self.taken < self.queued and self.queue[self.taken] >> 48 > 0, "no such request"
    self._check_leaf(self.queue[self.taken] >> 48, balance, nonce, path)
    assert balance < self.queue[self.taken] & (2 ** 32 - 1), "a batch can serve it"
    log Dismissed(place=self.taken)
    self.taken += 1


@external
def submit(new_root: bytes32, data: Bytes[MAX_PAYMENTS * RECORD], taken: uint256, proof: Bytes[MAX_PROOF]):
    """
    @notice Bring a batch: payments with their signatures, then the next payments of the queue; anybody may.
    @param taken How many of the queue; what they are, it says.
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
        The payments go by numbers, so the message names the registry: L1 could go back, and people register in another
        order.
    """
    assert quorum > 0, "no committee"
    message: bytes32 = keccak256(abi_encode(chain.id, self, self.registry, self.root, new_root, digest, count))
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
    @notice Leave with what a leaf under the last root says, once, if the rollup is closed; anybody may ask.
    """
    self._close()
    assert number > 0 and number < self.count, "no such account"
    assert not self.left[number], "left already"
    self._check_leaf(number, balance, nonce, path)
    self.left[number] = True
    self.owed[self.owners[number]] += balance * UNIT
    log Left(number=number, amount=balance)


@external
def take_back(place: uint256):
    """
    @notice Give back a deposit that no batch has taken, when it is certain that none will.
    """
    self._close()
    assert place >= self.taken and place < self.queued and self.queue[place] != 0, "no such deposit"
    assert self.queue[place] >> 48 == 0, "not a deposit"  # but a request: who made it has a leaf to leave with
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
def _enqueue(payer: uint256, payee: uint256, amount: uint256):
    self.queue[self.queued] = payer << 48 | payee << 32 | amount
    self.since[self.queued] = block.timestamp
    log Queued(place=self.queued, payer=payer, payee=payee, amount=amount)
    self.queued += 1


@internal
def _close():
    """
    @dev From the first who leaves on there are no more batches, or one could pay out the same again. Who serves the
        queue in time is never closed: what is first in it can be served or dismissed. A quiet time alone does not
        count, and who is not served needs nobody but L1: they ask to leave, and wait.
    """
    if not self.frozen:
        assert self.taken < self.queued, "nobody waits"
        assert block.timestamp >= self.since[self.taken] + delay, "nobody has waited so long"
        self.frozen = True


@internal
def _check_leaf(number: uint256, balance: uint256, nonce: uint256, path: Bytes[32 * DEPTH]):
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


@internal
def _pay_out(owner: address, amount: uint256):
    self.room += amount
    self.owed[owner] += amount * UNIT


@internal
def _digest(data: Bytes[MAX_PAYMENTS * RECORD], taken: uint256) -> bytes32:
    """
    @dev Name payer and payee of each payment, take what is next in the queue, note who leaves; a precompile does the rest.
    """
    assert len(data) % RECORD == 0, "malformed payments"
    assert taken <= self.queued - self.taken, "more than the queue has"
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
            self._pay_out(payer, (head >> 192) & (2 ** 32 - 1))
    queued: DynArray[uint256, MAX_PAYMENTS] = []
    for i: uint256 in range(taken, bound=MAX_PAYMENTS):
        payment: uint256 = self.queue[self.taken + i]
        queued.append(payment)
        if payment >> 48 > 0:
            self._pay_out(self.owners[payment >> 48], payment & (2 ** 32 - 1))
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
