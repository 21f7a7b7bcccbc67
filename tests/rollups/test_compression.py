"""What was compressed comes back; what would not fit, or is no stream, is refused before it can do harm."""

from __future__ import annotations

import sys
import tracemalloc
import zlib
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toyevm.errors import DecodingError, InputError
from toyevm.rollups.compression import CHUNK, COMPRESSORS, Compressor, UnpacksTooLarge, compress, decompress

both = pytest.mark.parametrize("compressor", COMPRESSORS)


@given(st.binary(), st.sampled_from(COMPRESSORS))
def test_what_was_compressed_comes_back(data: bytes, compressor: Compressor) -> None:
    assert decompress(compress(data, compressor), limit=len(data)) == data


def test_zlib_is_the_librarys() -> None:
    assert zlib.decompress(compress(b"abc" * 100)) == b"abc" * 100


@both
def test_a_long_stream_that_does_not_compress_comes_back(compressor: Compressor) -> None:
    data = Random(1).randbytes(300_000)
    assert decompress(compress(data, compressor), limit=300_000) == data


@both
def test_one_byte_more_than_the_limit_is_refused(compressor: Compressor) -> None:
    assert decompress(compress(bytes(1_000), compressor), limit=1_000) == bytes(1_000)
    with pytest.raises(DecodingError, match="more than 999 bytes"):
        decompress(compress(bytes(1_000), compressor), limit=999)


@both
def test_a_bomb_does_not_go_off(compressor: Compressor) -> None:
    """100 MB in a hundred kilobytes or less: nothing near that is ever in memory."""
    bomb = bombs()[compressor]
    assert len(bomb) < 150_000
    tracemalloc.start()
    with pytest.raises(DecodingError, match="more than 1,000,000 bytes"):
        decompress(bomb, limit=1_000_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4_000_000


def bombs() -> dict[Compressor, bytes]:
    stream = zlib.compressobj(9)
    zipped = b"".join(stream.compress(bytes(1_000_000)) for _ in range(100)) + stream.flush()
    import brotli

    packer = brotli.Compressor(quality=5)
    packed = b"".join(packer.process(bytes(1_000_000)) for _ in range(100)) + packer.finish()
    return {"zlib": zipped, "brotli": b"\x01" + packed}


@both
def test_what_is_not_one_whole_stream_is_refused(compressor: Compressor) -> None:
    data = compress(bytes(range(200)), compressor)
    for wrong in (*(data[:size] for size in range(len(data))), data + b"\0", data + data):
        with pytest.raises(DecodingError):
            decompress(wrong, limit=10_000)


def test_a_compressor_that_there_is_not_is_refused() -> None:
    with pytest.raises(InputError, match=r"^compressor 'gzip' \(expected zlib or brotli\)$"):
        compress(b"abc", "gzip")  # type: ignore[arg-type]


@pytest.mark.parametrize("first", [0x00, 0x02, 0x79, 0xFF])
def test_an_unknown_compressor_is_refused(first: int) -> None:
    with pytest.raises(DecodingError) as caught:
        decompress(bytes([first]) + b"anything", limit=100)
    assert str(caught.value) == f"compressor {first:02x} (expected zlib or brotli)"


def test_nothing_at_all_is_refused() -> None:
    with pytest.raises(DecodingError, match="compressor missing"):
        decompress(b"", limit=100)


@both
def test_what_fills_the_limit_and_goes_on_is_too_large_wherever_the_limit_is(compressor: Compressor) -> None:
    """Brotli hands out what it unpacks in pieces, and the limit may be at the end of one."""
    import brotli

    data = compress(bytes(300_000), compressor)
    piece = len(brotli.Decompressor().process(compress(bytes(300_000), "brotli")[1:], output_buffer_limit=CHUNK))
    for limit in (0, 1, piece - 1, piece, piece + 1, 2 * piece, 299_999):
        with pytest.raises(UnpacksTooLarge):
            decompress(data, limit)
    assert decompress(data, limit=300_000) == bytes(300_000)


def test_without_brotli_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    data = compress(b"abc", "brotli")
    monkeypatch.setitem(sys.modules, "brotli", None)
    for call in (lambda: compress(b"abc", "brotli"), lambda: decompress(data, 10)):
        with pytest.raises(InputError) as caught:
            call()
        assert str(caught.value) == "brotli is not installed (expected pip install 'toyevm[brotli]')"
        assert not isinstance(caught.value, DecodingError)
    assert decompress(compress(b"abc"), 10) == b"abc"
