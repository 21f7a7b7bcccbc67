"""Lists that others have made, with the hashes that others have put into headers: ours must come out the same.

Source: the test chain of ethereum/execution-apis, tools/chain/bal/block-00057 to 00060 (read 2026-11-30). Its blocks
are of Amsterdam, a fork that we do not execute, so they judge the encoding alone. After an address, "w" begins a slot
with its changes (index:value), "r" the slots that are read, "b" balances, "n" nonces; all numbers are hexadecimal.
"""

from __future__ import annotations

from collections.abc import Iterator

from toyevm.access_lists import AccountChanges, BlockAccessList, Change

QUEUES = """
    00000961ef480eb55e80d19ad83579a64c007002 r 0 1 2 3
    000064d678505ad48f8ccb093bc65613800e8282 r 0 1 2 3
    0000bbddc7ce488642fb579f8b00f3a590007251 r 0 1 2 3
    0000bff46984e3725691fa540a8c7589300d8282 r 0 1 2 3
"""
KEY = "4242424242424242424242424242424242424242424242424242424242424242"
SIGNATURE = "2424242424242424242424242424242424242424242424242424242424242424"
PUBLISHED: dict[str, str] = {
    "93109988e35e3fd50c5105d4db6c50fb2501a4e76bd853568d2464645e9be05d": f"""
    0000000000000000000000000000000000000000 b 1:7b6fb90bf040e80d0 2:7b6fb90bf04174937 3:7b6fb90bf0417f747
        4:7b6fb90bf04198e89
    00000961ef480eb55e80d19ad83579a64c007002 r 0 1 2 3
    000064d678505ad48f8ccb093bc65613800e8282 w 1 2:1 5:0 w 3 2:1 5:0 w 4 2:7435ed30a8b4aeb0877cef0c6e8cffe834eb865f
        w 5 2:{KEY} w 6 2:{KEY[:32]}00000000000000000000000000000000 r 0 2 b 2:2
    0000bbddc7ce488642fb579f8b00f3a590007251 r 0 1 2 3
    0000bff46984e3725691fa540a8c7589300d8282 w 1 1:1 5:0 w 3 1:1 5:0 w 4 1:{KEY}
        w 5 1:{KEY[:32]}0000000000000000000000007435ed30
        w 6 1:a8b4aeb0877cef0c6e8cffe834eb865f000000003b9aca002424242424242424
        w 7 1:{SIGNATURE} w 8 1:{SIGNATURE} w 9 1:{SIGNATURE[:48]}0000000000000000 r 0 2 b 1:de0b6b3a7640002
    0000f90827f1c53a10cb7a02335b175320002935
        w 38 0:bdb683cb54c75b2851727aca9197d84a4c72bfaf6586b1afbd95c3bc82ab770e
    000f3df6d732807ef1319fb7b8bb8522d0beac02 w 23a 0:23a
        w 2239 0:23cc648c9cd82c08214882b7e28e026d6eb56920f90f64731bb09b6acf515427
    7435ed30a8b4aeb0877cef0c6e8cffe834eb865f b 1:c097ce7bc90715a564837ac89b74f3 2:c097ce7bc90715a56479da2c0f3088
        3:c097ce7bc90715a564791b5f1d3c28 4:c097ce7bc90715a564775cf388f49c n 1:102 2:103 3:104 4:105
    aa0d6dfdb7588017c80ea088768a5f3d0cdeacdb
    e3a71b4caf54df7d2480743c5a6770a1a5a9bcda
    """,
    "8171a1784c5c2e185f098f753a3d798a6f6ce0a307ce5ce1f1c961a3e003138f": f"""
    0000000000000000000000000000000000000000 b 1:7b6fb90bf041b1529 2:7b6fb90bf041b6731 3:7b6fb90bf041cedd1
        4:7b6fb90bf041d1cb1
    {QUEUES}
    0000f90827f1c53a10cb7a02335b175320002935
        w 39 0:7b540ee4934b92955ce706125b5b5741d4f0999ad94ccd0865782e313e99cc5c
    000f3df6d732807ef1319fb7b8bb8522d0beac02 w 244 0:244
        w 2243 0:47c896f5986ec29f58ec60eec56ed176910779e9fc9cf45c3c090126aeb21acd
    4340ee1b812acb40a1eb561c019c327b243b92df b 2:c097ce7bc90715b34b9f1000000002
    7435ed30a8b4aeb0877cef0c6e8cffe834eb865f b 1:c097ce7bc90715a56475e59b00197c 2:c097ce7bc90715a5647596c8687ad3
        3:c097ce7bc90715a564741f6fdf9fb3 4:c097ce7bc90715a56473f2653fd753 n 1:106 2:107 3:108 4:109
    7dcd17433742f4c0ca53122ab541d0ba67fc27df r 0 1cf2c0c04076fbdbfbba3ac84de0ac4a46892104cfa5b0d91b4cdf36c0632f56
        89823c8ffa7a2947d32d930fbf8e529b9856d87ffd9a879a4f754d17e49d860c
    """,
    "d829a006931d81f3c6b14e4dd9a909fb76e3d1a9e108d2b869abc47197d9e1b1": f"""
    0000000000000000000000000000000000000000 b 1:7b6fb90bf041d5fe2 2:7b6fb90bf04225d05 3:7b6fb90bf0423e3a5
        4:7b6fb90bf042435ad
    0000000000000000000000000000000000000004
    {QUEUES}
    0000f90827f1c53a10cb7a02335b175320002935
        w 3a 0:2c0947b32708a79fc87079eeaf420742175d4097d234e39b8380bccc24d53be
    000f3df6d732807ef1319fb7b8bb8522d0beac02 w 24e 0:24e
        w 224d 0:6d19894928a3ab44077bb85dcb47e0865ce1c4c187bba26bad059aa774c03cfe
    7435ed30a8b4aeb0877cef0c6e8cffe834eb865f b 1:c097ce7bc90715a56473b9e2451919 2:c097ce7bc90715a5646f87be014dcb
        3:c097ce7bc90715a5646e3f348c998b 4:c097ce7bc90715a5646dfa36674aba n 1:10a 2:10b 3:10c 4:10d
    7dcd17433742f4c0ca53122ab541d0ba67fc27df r 0 93e49bbd0e156d6293b71176d5a32aedfc2b133b57811bd2762906ec17fff1a1
    9dcd17433742f4c0ca53122ab541d0ba67fc27d0 w 0 2:b
        w e8e77626586f73b955364c7b4bbf0bb7f7685ebd40e852b164633a4acbd3244c 2:a b 2:3b9ac9f5 n 2:b
    9dcd17433742f4c0ca53122ab541d0ba67fc27d1 b 2:b
    9dcd17433742f4c0ca53122ab541d0ba67fc27d2
    9dcd17433742f4c0ca53122ab541d0ba67fc27d3 r 42ff
    bf79160577ba6bf100945a715642008636c5d9d4
    d803681e487e6ac18053afc5a6cd813c86ec3e4d b 4:c097ce7bc90715b34b9f1000000003
    """,
    "54306fbc4e818446e59cbd69acd4075fe1be6ca64d968b11da6d1b410ed2a86b": f"""
    0000000000000000000000000000000000000000 b 1:7b6fb90bf0425bc4d 2:7b6fb90bf04270721 3:7b6fb90bf0427b531
    {QUEUES}
    0000f90827f1c53a10cb7a02335b175320002935
        w 3b 0:6e3bd94343c61839a0044d28115f28a7dd4f6a2b2add2335991e9520adcd3d18
    000f3df6d732807ef1319fb7b8bb8522d0beac02 w 258 0:258
        w 2257 0:efc50f4fc1430b6d5d043065201692a4a02252fef0699394631f5213a5667547
    40c8fb44dfe056608bad5d94cbebc5e5ad9723b9
    7435ed30a8b4aeb0877cef0c6e8cffe834eb865f b 1:c097ce7bc90715a5646cdaa085479a 2:c097ce7bc90715a5646be710aea536
        3:c097ce7bc90715a5646b66eac651e6 n 1:10e 2:10f 3:110
    7dcd17433742f4c0ca53122ab541d0ba67fc27df r 0 ecfadeb8d4983cdbe5b909a5498126da1e9bf039e8b745c77093ff074e75a210
    ab12a5f97f03edbff03eded9d1a2a1179d2fc69e
    e7d13f7aa2a838d24c59b40186a0aca1e21cffcc b 4:c097ce7bc90715b34b9f274876e802
    """,
}


def published_list(text: str) -> BlockAccessList:
    return tuple(map(_account, _accounts(text)))


def _accounts(text: str) -> Iterator[list[str]]:
    words: list[str] = []
    for word in text.split():
        if len(word) == 40 and words:
            yield words
            words = []
        words.append(word)
    yield words


def _account(words: list[str]) -> AccountChanges:
    address, *rest = words
    parts: dict[str, list[list[str]]] = {"w": [], "r": [[]], "b": [[]], "n": [[]]}
    found: list[str] = []
    for word in rest:
        if word == "w":
            parts["w"].append(found := [])
        elif word in parts:  # no slot that is read is called "b"
            found = parts[word][0]
        else:
            found.append(word)
    writes = tuple((int(slot, 16), _changes(changes)) for slot, *changes in parts["w"])
    reads = tuple(int(slot, 16) for slot in parts["r"][0])
    return AccountChanges(bytes.fromhex(address), writes, reads, _changes(parts["b"][0]), _changes(parts["n"][0]))


def _changes(words: list[str]) -> tuple[Change, ...]:
    return tuple(Change(int(at, 16), int(value, 16)) for at, value in (word.split(":") for word in words))
