# pragma version 0.4.3
# pragma evm-version cancun
"""
@title Items of a game, and land that is worked for a rent
@notice Models the items of games such as The Sandbox, in the form of ERC-1155: one contract for gold, crops and plots
    of land. Who works a plot pays rent to its landlord and a tax to the game, and gets a crop. Batches are of 16
    kinds at most. Omits names (uri), ERC-165, and whatever else there is to play.
@dev Storage: game; treasury; balanceOf[owner][item]; isApprovedForAll[owner][operator]; landlordOf, rentOf[land].
    Hot: treasury, which everybody's work adds to; then the gold of a landlord with many plots.
"""

interface Receiver:
    def onERC1155Received(
        operator: address, sender: address, item: uint256, amount: uint256, data: Bytes[1024]
    ) -> bytes4: nonpayable
    def onERC1155BatchReceived(
        operator: address,
        sender: address,
        items: DynArray[uint256, MOST],
        amounts: DynArray[uint256, MOST],
        data: Bytes[1024],
    ) -> bytes4: nonpayable

event TransferSingle:
    operator: indexed(address)
    sender: indexed(address)
    receiver: indexed(address)
    item: uint256
    amount: uint256

event TransferBatch:
    operator: indexed(address)
    sender: indexed(address)
    receiver: indexed(address)
    items: DynArray[uint256, MOST]
    amounts: DynArray[uint256, MOST]

event ApprovalForAll:
    owner: indexed(address)
    operator: indexed(address)
    approved: bool

ACCEPTED: constant(bytes4) = method_id("onERC1155Received(address,address,uint256,uint256,bytes)", output_type=bytes4)
ACCEPTED_BATCH: constant(bytes4) = method_id(
    "onERC1155BatchReceived(address,address,uint256[],uint256[],bytes)", output_type=bytes4
)
MOST: constant(uint256) = 16  # kinds in a batch
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
    self._check(sender, receiver)
    self._hand_over(sender, receiver, item, amount)
    log TransferSingle(operator=msg.sender, sender=sender, receiver=receiver, item=item, amount=amount)
    if receiver.is_contract:
        answer: bytes4 = extcall Receiver(receiver).onERC1155Received(msg.sender, sender, item, amount, data)
        assert answer == ACCEPTED, "not accepted"


@external
def safeBatchTransferFrom(
    sender: address,
    receiver: address,
    items: DynArray[uint256, MOST],
    amounts: DynArray[uint256, MOST],
    data: Bytes[1024],
):
    """
    @notice Hand over items of several kinds: all of them, or none.
    """
    assert len(items) == len(amounts), "an amount for each kind"
    self._check(sender, receiver)
    for i: uint256 in range(len(items), bound=MOST):
        self._hand_over(sender, receiver, items[i], amounts[i])
    log TransferBatch(operator=msg.sender, sender=sender, receiver=receiver, items=items, amounts=amounts)
    if receiver.is_contract:
        answer: bytes4 = extcall Receiver(receiver).onERC1155BatchReceived(msg.sender, sender, items, amounts, data)
        assert answer == ACCEPTED_BATCH, "not accepted"


@external
@view
def balanceOfBatch(owners: DynArray[address, MOST], items: DynArray[uint256, MOST]) -> DynArray[uint256, MOST]:
    assert len(owners) == len(items), "an owner for each kind"
    balances: DynArray[uint256, MOST] = []
    for i: uint256 in range(len(items), bound=MOST):
        balances.append(self.balanceOf[owners[i]][items[i]])
    return balances


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
@view
def _check(sender: address, receiver: address):
    assert msg.sender == sender or self.isApprovedForAll[sender][msg.sender], "not the owner's operator"
    assert receiver != empty(address), "to nobody"


@internal
def _hand_over(sender: address, receiver: address, item: uint256, amount: uint256):
    self._book(sender, receiver, item, amount)
    if item >= LAND and amount > 0:
        self.landlordOf[item] = receiver


@internal
def _move(sender: address, receiver: address, item: uint256, amount: uint256):
    # Nobody, the empty address, has all that is not in the game: moved from there it is minted, moved there burned.
    self._book(sender, receiver, item, amount)
    log TransferSingle(operator=msg.sender, sender=sender, receiver=receiver, item=item, amount=amount)


@internal
def _book(sender: address, receiver: address, item: uint256, amount: uint256):
    if sender != empty(address):
        self.balanceOf[sender][item] -= amount
    if receiver != empty(address):
        self.balanceOf[receiver][item] += amount
