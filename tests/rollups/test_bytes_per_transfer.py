"""How many bytes a transfer takes: the figures of the course, and the workload that they hold for."""

from __future__ import annotations

import pytest

from toyevm.rollups.encodings.measure import ByteCount, bytes_per_transfer, empty_blocks, synthetic_batch

FIGURES = {  # of the design: raw, zlib, brotli
    "signed RLP": ByteCount(116, 89, 83),
    "span": ByteCount(110, 81, 79),
    "span without signatures": ByteCount(46, 17, 15),
    "payment records": ByteCount(13, 6.9, 5.8),
    "netted diff": ByteCount(5.1, 4.1, 3.9),
}


@pytest.fixture(scope="module")
def measured() -> dict[str, ByteCount]:
    return bytes_per_transfer()


def test_the_figures_of_the_course_hold_within_5_percent(measured: dict[str, ByteCount]) -> None:
    for name, figure in FIGURES.items():
        for way in ("raw", "zlib", "brotli"):
            assert getattr(measured[name], way) == pytest.approx(getattr(figure, way), rel=0.05), (name, way)


def test_without_the_signature_a_transfer_is_four_times_smaller(measured: dict[str, ByteCount]) -> None:
    """No compression gets below the signature: 64 random bytes are 64 bytes."""
    signed = [measured[name] for name in ("signed RLP", "singular", "span")]
    assert min(count.brotli for count in signed) > 64
    assert 4 * measured["span without signatures"].brotli < measured["span"].brotli


def test_a_smaller_encoding_says_less(measured: dict[str, ByteCount]) -> None:
    names = ["signed RLP", "span", "span without signatures", "payment records", "netted diff"]
    for way in ("raw", "zlib", "brotli"):
        sizes = [getattr(measured[name], way) for name in names]
        assert sizes == sorted(sizes, reverse=True)


def test_295_empty_blocks_are_12_7_kilobytes() -> None:
    assert empty_blocks() == ByteCount(raw=23_600, zlib=12_706, brotli=11_978)


def test_another_seed_gives_other_payments_and_the_same_sizes(measured: dict[str, ByteCount]) -> None:
    assert synthetic_batch(10, 5).batch == synthetic_batch(10, 5).batch != synthetic_batch(10, 5, seed=1).batch
    for name, count in bytes_per_transfer(seed=1).items():
        assert count.zlib == pytest.approx(measured[name].zlib, rel=0.01)
