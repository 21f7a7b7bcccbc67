"""The numbers of the forks, beside those of the executable specification."""

from __future__ import annotations

from importlib import import_module

import pytest

from tests.support.forks import FORKS_IN_EELS
from toyevm.errors import InputError
from toyevm.forks import FORKS, Fork, fork_named

pytest.importorskip("ethereum", reason="EELS is not installed: pip install 'toyevm[bench]'")


@pytest.mark.parametrize("fork", [fork for fork in FORKS_IN_EELS if fork.blobs], ids=str)
def test_a_fork_carries_as_many_blobs_as_in_the_specification(fork: Fork) -> None:
    rules = import_module(f"ethereum.forks.{fork.name.lower()}.fork")
    gas = import_module(f"ethereum.forks.{fork.name.lower()}.vm.gas")
    assert fork.blobs is not None
    assert fork.blobs.target * 2**17 == gas.TARGET_BLOB_GAS_PER_BLOCK
    assert fork.blobs.maximum * 2**17 == rules.MAX_BLOB_GAS_PER_BLOCK
    assert fork.blobs.base_fee_update_fraction == gas.BLOB_BASE_FEE_UPDATE_FRACTION


def test_the_case_of_letters_does_not_matter_in_the_name_of_a_fork() -> None:
    assert [fork_named(name.upper()) for name in FORKS] == list(FORKS.values())
    with pytest.raises(InputError, match="BPO2"):
        fork_named("BPO3")
