"""Small changes to batches, derivation and the check of a step are found, or explained: a sample of the command."""

from __future__ import annotations

import os
from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import settings

from tests.backends.mutation import Mutation
from tests.rollups.mutation import all_mutations, calls, survivors, verdict_on

SAMPLE, SAMPLE_OF_STEPS, SEED = 16, 8, 1
MUTATIONS = all_mutations()
EXPLAINED = survivors()
OPEN = [each for each in MUTATIONS if each.name not in EXPLAINED]
CHOSEN = [
    *Random(SEED).sample([each for each in OPEN if ".one_step." not in each.module], SAMPLE),
    *Random(SEED).sample([each for each in OPEN if ".one_step." in each.module], SAMPLE_OF_STEPS),
]
CHECKS = [each for each in MUTATIONS if "_refusal: " in each.name and each.name not in EXPLAINED]


@pytest.fixture(autouse=True, scope="module")
def put_the_profile_back() -> Iterator[None]:
    """The tests that look for a change have a profile of their own; those that come after this file have not."""
    yield
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


@pytest.mark.parametrize("mutation", CHOSEN, ids=lambda mutation: mutation.name)
def test_a_change_that_is_not_explained_is_found(mutation: Mutation) -> None:
    assert verdict_on(mutation) != "", f"{mutation.name} survives: find it, or explain it in survivors.toml"


@pytest.mark.parametrize("mutation", CHECKS, ids=lambda mutation: mutation.name)
def test_every_check_of_a_frame_and_of_a_block_bites(mutation: Mutation) -> None:
    assert verdict_on(mutation) != ""


def test_every_row_of_the_table_is_a_change_with_a_reason() -> None:
    names = [each.name for each in MUTATIONS]
    assert len(names) == len(set(names)) > 600
    assert EXPLAINED.keys() <= set(names), "rows that are no change any more"
    assert all(len(reason) > 20 for reason in EXPLAINED.values())


def test_the_tests_of_a_module_are_many_and_the_quickest_come_first() -> None:
    names = [name for _, name, _ in calls("toyevm.rollups.encodings.cursor")]
    assert len(names) > 100
    assert names.index("test_encodings.test_what_is_no_integer_is_refused") < len(names) / 2
