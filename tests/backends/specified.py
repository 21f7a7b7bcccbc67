"""What the executable specification says of a block, against our own sequential backend."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tests.backends.cases import Case
from tests.backends.judge import oracle_of
from tests.support.chains import specified_header
from toyevm.errors import InvalidBlock
from toyevm.sealing import seal_block


def specified_faults(case: Case) -> Iterator[str]:
    """Yield in words what the specification sees otherwise; it knows no precompiles but its own."""
    from ethereum.exceptions import EthereumException

    if case.chain.extra_precompiles:
        return
    outcome = oracle_of(case)
    if isinstance(outcome, InvalidBlock):
        yield from _refusal_faults(case, outcome)
        return
    header = seal_block(case.chain, case.block, outcome.result, case.pre.apply(outcome.result.diff)).header
    try:
        right = specified_header(case.chain.fork, case.pre, case.block, case.chain.chain_id)
    except EthereumException as error:
        yield f"{case}: the specification refuses it: {error!r}"
        return
    yield from (f"{case}: {name} of the specification" for name in right if getattr(header, name) != right[name])


def _refusal_faults(case: Case, refused: InvalidBlock) -> Iterator[str]:
    """The specification must take all before the transaction that we refuse, and refuse that one."""
    from ethereum.exceptions import EthereumException

    assert refused.tx_index is not None
    for count, is_fine in ((refused.tx_index, True), (refused.tx_index + 1, False)):
        beginning = replace(case.block, transactions=case.block.transactions[:count])
        try:
            specified_header(case.chain.fork, case.pre, beginning, case.chain.chain_id)
        except EthereumException as error:
            if is_fine:
                yield f"{case}: the specification refuses one of the first {count}: {error!r}"
        else:
            if not is_fine:
                yield f"{case}: the specification takes transaction {refused.tx_index}"
