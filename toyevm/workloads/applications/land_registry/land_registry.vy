# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A land registry
@notice Models what land_registry_counter models, and omits what it omits; deeds have no number of their own. To count
    them is left to who reads the log.
@dev Storage: registrar; ownerOf, titleOf[parcel].
    Hot: nothing. Two transfers conflict when they concern the same parcel.
"""

event Transfer:
    parcel: indexed(uint256)
    seller: indexed(address)
    buyer: indexed(address)
    deed: bytes32

registrar: public(address)
ownerOf: public(HashMap[uint256, address])
titleOf: public(HashMap[uint256, bytes32])  # commits to every deed of a parcel, from the first


@deploy
def __init__():
    self.registrar = msg.sender


@external
def register(parcel: uint256, owner: address, deed: bytes32):
    assert msg.sender == self.registrar, "not the registrar"
    assert self.ownerOf[parcel] == empty(address), "registered"
    self._record(parcel, owner, deed)


@external
def transfer(parcel: uint256, buyer: address, deed: bytes32):
    assert self.ownerOf[parcel] == msg.sender, "not the owner"
    assert buyer != empty(address), "no buyer"
    self._record(parcel, buyer, deed)


@internal
def _record(parcel: uint256, owner: address, deed: bytes32):
    seller: address = self.ownerOf[parcel]
    self.ownerOf[parcel] = owner
    self.titleOf[parcel] = keccak256(abi_encode(self.titleOf[parcel], seller, owner, deed))
    log Transfer(parcel=parcel, seller=seller, buyer=owner, deed=deed)
