# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A proxy: an address that stays while the code behind it is exchanged
@notice Models ERC-1967 and the proxies of OpenZeppelin: every call runs the code of the implementation (DELEGATECALL),
    but with the proxy's storage and ether. Omits beacons and the routing by caller of transparent proxies: a function of
    the implementation with the selector of one of these here would be hidden.
@dev Storage: belongs to the implementation, which counts its variables from slot 0. So the two words of the proxy lie
    where no compiler puts anything: at the hash of a name, minus 1, so that nobody knows what hashes to it. `words` is
    the whole of storage as one array, for only so does Vyper reach a slot of a given number.
    Hot: nothing. Every call reads the implementation's slot, and only an upgrade writes it.
"""

event Upgraded:
    implementation: indexed(address)

event AdminChanged:
    previous: address
    admin: address

# keccak256("eip1967.proxy.implementation") - 1, and the same of "eip1967.proxy.admin"
IMPLEMENTATION: constant(bytes32) = 0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc
ADMIN: constant(bytes32) = 0xb53127684a568b3173ae13b9f8a6016e243e63b6e8ee1178d6a717850b5d6103
LONGEST: constant(uint256) = 1024  # bytes that an implementation can answer

words: uint256[max_value(uint256)]


@deploy
def __init__(implementation: address, initialisation: Bytes[324]):
    """
    @notice Begin with an implementation and a first call of it: together, so that nobody comes in between.
    """
    self.words[convert(ADMIN, uint256)] = convert(msg.sender, uint256)
    log AdminChanged(previous=empty(address), admin=msg.sender)
    self._upgrade(implementation)
    raw_call(implementation, initialisation, is_delegate_call=True)


@external
@payable
@raw_return
def __default__() -> Bytes[LONGEST]:
    implementation: address = convert(self.words[convert(IMPLEMENTATION, uint256)], address)
    return raw_call(implementation, msg.data, max_outsize=LONGEST, is_delegate_call=True)


@external
def upgradeTo(implementation: address):
    assert msg.sender == self._admin(), "not the admin"
    self._upgrade(implementation)


@external
def changeAdmin(admin: address):
    assert msg.sender == self._admin(), "not the admin"
    self.words[convert(ADMIN, uint256)] = convert(admin, uint256)
    log AdminChanged(previous=msg.sender, admin=admin)


@internal
@view
def _admin() -> address:
    return convert(self.words[convert(ADMIN, uint256)], address)


@internal
def _upgrade(implementation: address):
    assert implementation.is_contract, "no code there"
    self.words[convert(IMPLEMENTATION, uint256)] = convert(implementation, uint256)
    log Upgraded(implementation=implementation)
