# pragma version 0.4.3
# pragma evm-version cancun
"""
@title Payments too small for a transaction each
@notice Models payment channels in one direction, as machines use them to pay for data, power or radio: the payer locks
    ether, hands out signed vouchers for ever larger totals, and the payee cashes in the last one now and then. A payer
    gets back what was never spent: they announce it, and the payee has a day to cash in. A payee who looks here less
    often can lose what the vouchers are worth. Omits watchers who look for them, and tokens instead of ether.
@dev Storage: locked[payer][payee]; claimed[payer][payee]; earned[person]; refundAt[payer][payee].
    Hot: earned, for a payee of many payers, such as a gateway of many sensors. Ether moves only when it is locked
    and when it is withdrawn: paid out at every claim, it would make this contract's own balance the hottest place.
"""

event Claim:
    payer: indexed(address)
    payee: indexed(address)
    amount: uint256

event Announcement:
    payer: indexed(address)
    payee: indexed(address)
    refundAt: uint256

NOTICE: constant(uint256) = 86_400  # seconds that a payee has to cash in

locked: public(HashMap[address, HashMap[address, uint256]])
claimed: public(HashMap[address, HashMap[address, uint256]])
earned: public(HashMap[address, uint256])
refundAt: public(HashMap[address, HashMap[address, uint256]])  # 0: nothing is announced


@external
@payable
def lock(payee: address):
    self.locked[msg.sender][payee] += msg.value
    self.refundAt[msg.sender][payee] = 0  # or an old announcement would take new ether back without notice


@external
def claim(payer: address, total: uint256, v: uint256, r: uint256, s: uint256):
    """
    @notice Cash in a voucher: the payer's signature of the hash of this contract, the payee and the total, each a word.
    """
    voucher: bytes32 = keccak256(abi_encode(self, msg.sender, total))
    signer: address = ecrecover(voucher, v, r, s)
    assert signer != empty(address) and signer == payer, "not signed by the payer"
    assert total <= self.locked[payer][msg.sender], "more than is locked"
    amount: uint256 = total - self.claimed[payer][msg.sender]
    self.claimed[payer][msg.sender] = total
    self.earned[msg.sender] += amount
    log Claim(payer=payer, payee=msg.sender, amount=amount)


@external
def announceRefund(payee: address):
    self.refundAt[msg.sender][payee] = block.timestamp + NOTICE
    log Announcement(payer=msg.sender, payee=payee, refundAt=block.timestamp + NOTICE)


@external
def refund(payee: address):
    """
    @notice Take back what is locked for a payee and was not claimed; vouchers for more than they claimed are void then.
    """
    refundAt: uint256 = self.refundAt[msg.sender][payee]
    assert refundAt != 0 and block.timestamp >= refundAt, "no notice, or not over"
    self.refundAt[msg.sender][payee] = 0
    rest: uint256 = self.locked[msg.sender][payee] - self.claimed[msg.sender][payee]
    self.locked[msg.sender][payee] -= rest
    self.earned[msg.sender] += rest


@external
def withdraw():
    amount: uint256 = self.earned[msg.sender]
    self.earned[msg.sender] = 0
    send(msg.sender, amount)
