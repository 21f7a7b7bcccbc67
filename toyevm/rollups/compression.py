"""Compression of what goes to L1, and decompression of what comes from there, which is the dangerous half.

A channel names its compressor in its first byte, as in the OP Stack: a zlib stream begins with 78 anyway; a brotli
stream, whose first byte may be anything, has 01 in front. A few kilobytes can be made that unpack to gigabytes (a "zip
bomb"), so nothing is unpacked further than its limit.
"""

from __future__ import annotations

import zlib
from typing import Any, Literal

from toyevm.errors import DecodingError, InputError

Compressor = Literal["zlib", "brotli"]
COMPRESSORS: tuple[Compressor, ...] = ("zlib", "brotli")
ZLIB_LEVEL, BROTLI_QUALITY = 9, 10
BROTLI = b"\x01"
CHUNK = 2**16  # how much brotli is asked for at a time


class UnpacksTooLarge(DecodingError):
    """More comes out of a stream than its reader allows for."""


def compress(data: bytes, compressor: Compressor = "zlib") -> bytes:
    """Return `data` compressed, with the byte in front that says how where it needs one.

    Raises:
        InputError: brotli is not installed, or there is no such compressor.
    """
    if compressor not in COMPRESSORS:
        raise InputError(f"compressor {compressor!r}", expected=" or ".join(COMPRESSORS))
    if compressor == "zlib":
        return zlib.compress(data, ZLIB_LEVEL)
    stream: bytes = _brotli().compress(data, quality=BROTLI_QUALITY)
    return BROTLI + stream


def decompress(data: bytes, limit: int) -> bytes:
    """Return what was compressed.

    Raises:
        UnpacksTooLarge: it is more than `limit` bytes.
        DecodingError: it is not one whole stream.
        InputError: brotli is not installed.
    """
    if data[:1] == BROTLI:
        return _unpack_brotli(data[1:], limit)
    if data[:1] and data[0] & 0x0F == zlib.DEFLATED:
        return _unpack_zlib(data, limit)
    raise DecodingError(f"compressor {data[:1].hex() or 'missing'}", expected="zlib or brotli")


def _unpack_zlib(data: bytes, limit: int) -> bytes:
    stream = zlib.decompressobj()
    try:
        out = stream.decompress(data, limit + 1)
    except zlib.error as error:
        raise DecodingError("no zlib stream") from error
    _check(out, limit, is_whole=stream.eof and not stream.unused_data)
    return out


def _unpack_brotli(data: bytes, limit: int) -> bytes:
    brotli = _brotli()
    stream, out = brotli.Decompressor(), bytearray()
    try:
        piece = stream.process(data, output_buffer_limit=CHUNK)
        while piece and len(out) <= limit:
            out += piece
            piece = stream.process(b"", output_buffer_limit=CHUNK)
    except brotli.error as error:
        raise DecodingError("no brotli stream") from error
    _check(out, limit, is_whole=stream.is_finished())
    return bytes(out)


def _check(out: bytes | bytearray, limit: int, is_whole: bool) -> None:
    if len(out) > limit:
        raise UnpacksTooLarge(f"more than {limit:,} bytes after decompression")
    if not is_whole:
        raise DecodingError("not one whole stream")


def _brotli() -> Any:
    try:
        import brotli
    except ImportError:
        raise InputError("brotli is not installed", expected="pip install 'toyevm[brotli]'") from None
    return brotli
