# pragma version 0.4.3
# pragma evm-version cancun
"""
@title Payments too small for a transaction each
@notice Models payment channels in one direction, as machines use them to pay for data, power or radio: the payer locks
    ether, hands out signed vouchers for ever larger totals, and the payee cashes in the last one now and then.
    Omits the payer's way to get back what was never spent (it needs a deadline), and tokens instead of ether.
@dev Storage: locked[payer][payee]; claimed[payer][payee]; earned[payee].
    Hot: earned, for a payee of many payers, such as a gateway of many sensors. Ether moves only when it is locked
    and when it is withdrawn: paid out at every claim, it would make this contract's own balance the hottest place.
"""

event Claim:
    payer: indexed(address)
    payee: indexed(address)
    amount: uint256

locked: public(HashMap[address, HashMap[address, uint256]])
claimed: public(HashMap[address, HashMap[address, uint256]])
earned: public(HashMap[address, uint256])


@external
@payable
def lock(payee: address):
    self.locked[msg.sender][payee] += msg.value


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
def withdraw():
    amount: uint256 = self.earned[msg.sender]
    self.earned[msg.sender] = 0
    send(msg.sender, amount)
