"""Blocks of payments, drawn from a seed: some provable by design, each of another shape."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

from tests.backends.cases import Case
from tests.support.chains import block_of
from toyevm.blocks import Block, Withdrawal
from toyevm.chain import ChainConfig
from toyevm.forks import CANCUN, OSAKA, PARIS, PRAGUE, SHANGHAI
from toyevm.rollups.base import ExecutedBlock
from toyevm.rollups.zk_rollup.root_contract import BRIDGE_ADDRESS
from toyevm.state import Account, WorldState
from toyevm.transactions import Transaction
from toyevm.units import ETHER
from toyevm.workloads.wallets import wallet

UNIT = 10**15
PEOPLE = [wallet(f"payer {number}") for number in range(6)]
RICH = WorldState({person.address: Account(balance=100 * ETHER) for person in PEOPLE})
FREE = ChainConfig(fork=CANCUN)


def payment(payer: int = 0, payee: int = 1, units: int = 5, nonce: int = 0, **fields: Any) -> Transaction:
    """Return a payment of one of the PEOPLE to another, in the form that is posted unless `fields` say otherwise."""
    usual = {"nonce": nonce, "to": PEOPLE[payee].address, "value": units * UNIT}
    return PEOPLE[payer].sign(**{**usual, **fields})


def free_block(*transactions: Transaction, chain: ChainConfig = FREE, **fields: Any) -> Block:
    """Return a block without a base fee."""
    return block_of(chain.fork, *transactions, **{"base_fee_per_gas": 0, **fields})


def credit(units: int, address: bytes = PEOPLE[0].address) -> Withdrawal:
    return Withdrawal(0, 0, address, units * 10**6)


def random_payments(seed: int) -> Case:
    """Return a provable block: few people, strangers, oneself, the bridge, nothing, all that one has, and credits."""
    random = Random(seed)
    chain = ChainConfig(random.choice((1, 1, 77)), random.choice((PARIS, SHANGHAI, CANCUN, PRAGUE, OSAKA)))
    balances = {person.address: random.choice((1, 40, 10**5)) * UNIT for person in PEOPLE}
    nonces = Counter({person.address: random.choice((0, 0, 3)) for person in PEOPLE})
    first = {address: Account(nonces[address], balance) for address, balance in balances.items()}
    strangers = [bytes([0x50 + number]) * 20 for number in range(3)]
    transactions = []
    for _ in range(random.randrange(1, 9)):
        payer = random.choice(PEOPLE)
        to = random.choice((*balances, *balances, *strangers, payer.address, BRIDGE_ADDRESS))
        most = balances[payer.address] // UNIT
        units = random.choice((0, 1, most, random.randrange(most + 1)))
        units = min(units, most)
        transactions.append(payer.sign(chain_id=chain.chain_id, nonce=nonces[payer.address], to=to, value=units * UNIT))
        nonces[payer.address] += 1
        balances[payer.address] -= units * UNIT
        if to in balances:
            balances[to] += units * UNIT
    fields: dict[str, Any] = {"coinbase": random.choice((b"\xc0" * 20, PEOPLE[0].address, strangers[0]))}
    if chain.fork.withdrawals and random.random() < 0.4:
        receivers = random.choices((*balances, *strangers), k=2)
        fields["withdrawals"] = tuple(credit(random.randrange(3), address) for address in receivers)
    return Case(f"payments {seed}", WorldState(first), free_block(*transactions, chain=chain, **fields), chain)


def executed(
    *transactions: Transaction, world: WorldState = RICH, chain: ChainConfig = FREE, **fields: Any
) -> ExecutedBlock:
    """Return a block as an honest producer has executed it."""
    from toyevm.backends import BACKENDS, RunConfig

    block = free_block(*transactions, chain=chain, **fields)
    result = BACKENDS.named("sequential").execute_block(world, block, RunConfig(chain)).result
    return ExecutedBlock(chain, world, block, result)
