"""What happens around the code, step by step: before the first frame, and after the last.

    done     the item before is finished       -> the journal is emptied, and keeps the hash of this state
    before   number i of what comes first: check and pay, each entry of the access list, each authorization,
             then the first frame; a system call has only that, a withdrawal only its payment
    run      the machine                       -> when no frame is left: give back gas, pay the producer
    clean    each account that was touched     -> gone if it is empty or destroyed
    done     world, logs, gas used, output

The functions that do it are those of `transition`; here is only in which order. Trusted, that is done by the verifier
itself from the batch: decoding, signatures, checks that need no state, and the input of the first frame.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from toyevm import rlp
from toyevm.errors import InvalidTransaction
from toyevm.rollups.one_step.byte_strings import number
from toyevm.rollups.one_step.context import Context
from toyevm.rollups.one_step.items import Credit, InvalidItem, SystemCall
from toyevm.rollups.one_step.journal_tree import DESTROYED, WARM, AccountNode, JournalTree, strings
from toyevm.rollups.one_step.layout import BEFORE, CLEAN, DONE, RUN, Phase, outcome_node, state_node
from toyevm.rollups.one_step.nodes import Malformed, Node, PrunedNode, unlink
from toyevm.rollups.one_step.partial_machine import PartialMachine
from toyevm.rollups.one_step.work import Desk
from toyevm.system import SYSTEM_ADDRESS, SYSTEM_CALL_GAS
from toyevm.transactions import Authorization
from toyevm.transition import (
    CheckedTransaction,
    Execution,
    check_sender,
    delegate,
    open_first_frame,
    pay_back,
    pay_upfront,
)
from toyevm.types import Address
from toyevm.vm.frame import Message
from toyevm.vm.message import open_message

Act = Callable[[PartialMachine], object]


def surrounding_step(state: Node, phase: Phase, journal: Node, outcome: Node | None, context: Context) -> Node:
    """Return the state after a micro-step outside of the code."""
    if context.item is None or phase == (DONE, context.index + 1, phase.gas):
        return state
    if phase.name == DONE and phase.at == context.index:
        fresh = JournalTree(JournalTree.of(journal).world, PrunedNode(state.hash))
        return state_node(Phase(BEFORE, 0, phase.gas), None, fresh.node(), None)
    if phase.name == BEFORE:
        return _before(phase, journal, context)
    if phase.name == RUN and outcome is not None:
        return _settle(phase, journal, outcome, context)
    if phase.name == CLEAN:
        return _clean(phase, journal, outcome, context)
    raise Malformed("no state of this item")


def acts_before(context: Context) -> list[Act]:
    """Return what comes before the code, in order: a micro-step each."""
    item = context.item
    if isinstance(item, Credit):
        return [lambda machine: _pay(machine, item)]
    if isinstance(item, SystemCall):
        return [lambda machine: _open_system_call(machine, item)]
    if not isinstance(item, CheckedTransaction):
        return [lambda machine: _refuse(item)]
    return [
        lambda machine: _admit(machine, item),
        *(partial(_warm, address, slot) for address, slots in item.tx.access_list for slot in (None, *slots)),
        *(partial(_authorize, one) for one in item.tx.authorizations),
        lambda machine: open_first_frame(Execution(item, machine)),
    ]


def _before(phase: Phase, journal: Node, context: Context) -> Node:
    acts = acts_before(context)
    if phase.at >= len(acts):
        raise Malformed("nothing is left to do before the code")
    machine = PartialMachine(context, None, journal, Desk([]))
    machine.gas_room = context.env.gas_limit - phase.gas
    try:
        acts[phase.at](machine)
    except InvalidTransaction as error:  # it is passed over
        return _done(phase.gas, JournalTree.of(journal), outcome_node(0, error.reason, None), context)
    if machine.frames or machine.outcome is not None:
        return machine.state(Phase(RUN, 0, phase.gas))
    if phase.at + 1 == len(acts):
        return machine.state(Phase(CLEAN, 0, phase.gas))
    return machine.state(Phase(BEFORE, phase.at + 1, phase.gas))


def _admit(machine: PartialMachine, item: CheckedTransaction) -> None:
    if item.tx.gas_limit > machine.gas_room:
        raise InvalidTransaction("gas-limit-above-block", machine.gas_room, item.tx.gas_limit)
    env = machine.context.env
    check_sender(machine.partial_journal, env, item)
    pay_upfront(machine.journal, env, item)


def _warm(address: Address, slot: int | None, machine: PartialMachine) -> None:
    if slot is None:
        machine.journal.warm_address(address)
    else:
        machine.journal.warm_slot(address, slot)


def _authorize(authorization: Authorization, machine: PartialMachine) -> None:
    delegate(machine.journal, machine.context.env, authorization)


def _refuse(item: object) -> None:
    raise InvalidTransaction(item.reason if isinstance(item, InvalidItem) else "no item")


def _open_system_call(machine: PartialMachine, item: SystemCall) -> None:
    for address in (SYSTEM_ADDRESS, item.address):
        machine.partial_journal.tree.set_flag(address, WARM)
    open_message(machine, Message(SYSTEM_ADDRESS, item.address, b"", SYSTEM_CALL_GAS, 0, item.input))


def _pay(machine: PartialMachine, item: Credit) -> None:
    machine.journal.set_balance(item.address, machine.journal.balance(item.address) + item.amount)


def _settle(phase: Phase, journal: Node, outcome: Node, context: Context) -> Node:
    """Settle the gas of a transaction; nobody pays for a system call."""
    machine, item = PartialMachine(context, None, journal, Desk([])), context.item
    gas = phase.gas
    if isinstance(item, CheckedTransaction):
        gas_left, failure = strings(outcome.value, 2)
        gas_used = pay_back(machine.journal, context.env, item, item.tx.gas_limit - number(gas_left))
        producer = context.env.coinbase
        fee = gas_used * (item.gas_price - context.env.base_fee_per_gas)
        if fee:  # who is paid and dies leaves nothing: the account is taken away below
            machine.journal.set_balance(producer, machine.journal.balance(producer) + fee)
        gas, outcome = gas + gas_used, Node(rlp.encode([gas_used, failure]), outcome.children)
    return state_node(Phase(CLEAN, 0, gas), None, machine.partial_journal.mark, outcome)


def _clean(phase: Phase, journal: Node, outcome: Node | None, context: Context) -> Node:
    """Take away one account if it is to go; the last one ends the item (EIP-161, EIP-6780)."""
    tree = JournalTree.of(journal)
    if tree.touched is not None:  # a system call that fails has touched nothing: nobody pays for it
        address, tree.touched = unlink(tree.touched)
        if tree.flags(address) & DESTROYED or tree.account(address).is_empty:
            tree.set_account(address, AccountNode())
    if tree.touched is None:
        return _done(phase.gas, tree, outcome, context)
    return state_node(phase, None, tree.node(), outcome)


def _done(gas: int, tree: JournalTree, outcome: Node | None, context: Context) -> Node:
    """Return the state after an item: world, logs and outcome are what is left of it."""
    left = JournalTree(tree.world, tree.past)
    left.logs = tree.logs
    return state_node(Phase(DONE, context.index + 1, gas), None, left.node(), outcome)
