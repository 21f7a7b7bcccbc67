from hashlib import blake2b
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toyevm.rollups.zk import field, merkle

ROWS = merkle.pack(np.random.default_rng(1).integers(0, field.P, (16, 3), dtype=np.uint64))
TREE = merkle.build_tree(ROWS)
some_indices = st.sets(st.integers(0, 15), min_size=1)


def opened(indices: set[int]) -> dict[int, bytes]:
    return {index: ROWS[index].tobytes() for index in indices}


@pytest.mark.parametrize("size", [1, 2, 16, merkle.SUBTREES, 4 * merkle.SUBTREES])
def test_the_root_is_that_of_the_definition(size: int) -> None:
    def root(rows: list[bytes]) -> bytes:
        if len(rows) == 1:
            return blake2b(rows[0], digest_size=32, person=b"toyevm leaf").digest()
        half = len(rows) // 2
        return blake2b(root(rows[:half]) + root(rows[half:]), digest_size=32, person=b"toyevm node").digest()

    rows = np.random.default_rng(size).integers(0, field.P, (size, 3), dtype=np.uint64)
    as_bytes = [b"".join(int(x).to_bytes(4, "little") for x in row) for row in rows]
    assert merkle.build_tree(merkle.pack(rows)).root == root(as_bytes)


@given(some_indices)
def test_an_opening_leads_to_the_root_and_has_no_hash_too_many(indices: set[int]) -> None:
    hashes = TREE.open(list(indices))
    assert len(hashes) == merkle.opening_size(16, list(indices))
    assert merkle.root_of(16, opened(indices), hashes) == TREE.root
    assert merkle.root_of(16, opened(indices), [*hashes, bytes(32)]) is None
    assert not hashes or merkle.root_of(16, opened(indices), hashes[:-1]) is None


@given(some_indices, st.data())
def test_another_row_or_hash_leads_elsewhere(indices: set[int], data: st.DataObject) -> None:
    rows, hashes = opened(indices), TREE.open(list(indices))
    victim = data.draw(st.sampled_from(sorted(indices)))
    other = rows | {victim: bytes([rows[victim][0] ^ 1]) + rows[victim][1:]}
    assert merkle.root_of(16, other, hashes) not in (TREE.root, None)
    for k, hash_ in enumerate(hashes):
        swapped = [*hashes[:k], bytes([hash_[0] ^ 1]) + hash_[1:], *hashes[k + 1 :]]
        assert merkle.root_of(16, rows, swapped) not in (TREE.root, None)


@pytest.mark.parametrize("size", [1, 2, 4, 8, 16])
def test_no_opening_is_larger_than_the_largest(size: int) -> None:
    for most in range(1, size + 1):
        found = (merkle.opening_size(size, rows) for j in range(1, most + 1) for rows in combinations(range(size), j))
        assert merkle.largest_opening(size, most) == max(found)


def test_rows_far_apart_share_the_fewest_hashes_in_large_trees_too() -> None:
    """Of all ways to share rows out between the two halves of a tree, none has more hashes than equal halves."""
    of_half = [0] + [merkle._apart(128, count) for count in range(1, 65)]
    for count in range(1, 65):
        ways = [of_half[left] + of_half[count - left] for left in range(1, count)]
        assert merkle._apart(256, count) == max([*ways, of_half[count] + 1])


def test_a_node_does_not_pass_for_a_leaf() -> None:
    assert merkle.hash_leaf(bytes(64)) != merkle.hash_node(bytes(64))


def test_no_rows_have_no_root() -> None:
    assert merkle.root_of(16, {}, []) is None


@pytest.mark.parametrize("size", [0, 3])
def test_another_number_of_rows_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="power of two"):
        merkle.build_tree(ROWS[:size])
