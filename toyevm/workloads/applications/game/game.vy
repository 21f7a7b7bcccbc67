# pragma version 0.4.3
# pragma evm-version cancun
"""
@title Items of a game, and land that is worked for a rent
@notice Models the items of games such as The Sandbox, in the form of ERC-1155: one contract for gold, crops and plots
    of land. Who works a plot pays rent to its landlord and a tax to the game, and gets a crop. Omits batches,
    names (uri), ERC-165, and whatever else there is to play.
@dev Storage: game; treasury; balanceOf[owner][item]; isApprovedForAll[owner][operator]; landlordOf, rentOf[land].
    Hot: treasury, which everybody's work adds to; then the gold of a landlord with many plots.
"""

interface Receiver:
    def onERC1155Received(
        operator: address, sender: address, item: uint256, amount: uint256, data: Bytes[1024]
    ) -> bytes4: nonpayable

event TransferSingle:
    operator: indexed(address)
    sender: indexed(address)
    receiver: indexed(address)
    item: uint256
    amount: uint256

event ApprovalForAll:
    owner: indexed(address)
    operator: indexed(address)
    approved: bool

ACCEPTED: constant(bytes4) = method_id("onERC1155Received(address,address,uint256,uint256,bytes)", output_type=bytes4)
GOLD: constant(uint256) = 0
KINDS: constant(uint256) = 10  # of crops: the items from 1 on
LAND: constant(uint256) = 2**128  # items from here on are plots: there is one of each
TAX: constant(uint256) = 50  # of PARTS, of each rent
PARTS: constant(uint256) = 1000

game: public(address)
treasury: public(uint256)
balanceOf: public(HashMap[address, HashMap[uint256, uint256]])
isApprovedForAll: public(HashMap[address, HashMap[address, bool]])
landlordOf: public(HashMap[uint256, address])
rentOf: public(HashMap[uint256, uint256])


@deploy
def __init__():
    self.game = msg.sender


@external
def mint(receiver: address, item: uint256, amount: uint256):
    assert msg.sender == self.game, "not the game"
    if item >= LAND:
        assert amount == 1 and self.landlordOf[item] == empty(address), "there is one of each plot"
        self.landlordOf[item] = receiver
    self._move(empty(address), receiver, item, amount)


@external
def setApprovalForAll(operator: address, approved: bool):
    self.isApprovedForAll[msg.sender][operator] = approved
    log ApprovalForAll(owner=msg.sender, operator=operator, approved=approved)


@external
def safeTransferFrom(sender: address, receiver: address, item: uint256, amount: uint256, data: Bytes[1024]):
    """
    @notice Hand over items of one kind. A contract that gets some is asked last, when all is written down.
    """
    assert msg.sender == sender or self.isApprovedForAll[sender][msg.sender], "not the owner's operator"
    assert receiver != empty(address), "to nobody"
    self._move(sender, receiver, item, amount)
    if item >= LAND and amount > 0:
        self.landlordOf[item] = receiver
    if receiver.is_contract:
        answer: bytes4 = extcall Receiver(receiver).onERC1155Received(msg.sender, sender, item, amount, data)
        assert answer == ACCEPTED, "not accepted"


@external
def setRent(land: uint256, rent: uint256):
    assert msg.sender == self.landlordOf[land], "not the landlord"
    self.rentOf[land] = rent


@external
def work(land: uint256, most: uint256):
    landlord: address = self.landlordOf[land]
    assert landlord != empty(address), "no such plot"
    rent: uint256 = self.rentOf[land]
    assert rent <= most, "dearer than agreed"
    tax: uint256 = (rent * TAX + PARTS - 1) // PARTS  # rounded up, for the treasury, which everybody shares
    self._move(msg.sender, landlord, GOLD, rent - tax)
    self._move(msg.sender, empty(address), GOLD, tax)
    self.treasury += tax
    self._move(empty(address), msg.sender, 1 + land % KINDS, 1)


@external
def spend(receiver: address, amount: uint256):
    """
    @notice Pay gold out of the treasury.
    """
    assert msg.sender == self.game, "not the game"
    self.treasury -= amount
    self._move(empty(address), receiver, GOLD, amount)


@internal
def _move(sender: address, receiver: address, item: uint256, amount: uint256):
    # Nobody, the empty address, has all that is not in the game: moved from there it is minted, moved there burned.
    if sender != empty(address):
        self.balanceOf[sender][item] -= amount
    if receiver != empty(address):
        self.balanceOf[receiver][item] += amount
    log TransferSingle(operator=msg.sender, sender=sender, receiver=receiver, item=item, amount=amount)
