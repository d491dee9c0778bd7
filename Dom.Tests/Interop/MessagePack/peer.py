"""Reads MessagePack from standard input with python3-msgpack, says what it saw, and writes it again.

describe: an array of values -> an array of [kind, text, value]
reorder:  a map -> the same map with its keys in reverse order and an unknown one before them
"""

import struct
import sys

import msgpack


def describe(value):
    if value is None:
        return ["nil", ""]
    if isinstance(value, bool):
        return ["boolean", str(value).lower()]
    if isinstance(value, int):
        return ["integer", str(value)]
    if isinstance(value, float):
        return ["float", "nan" if value != value else struct.pack(">d", value).hex()]
    if isinstance(value, str):
        return ["string", value]
    if isinstance(value, bytes):
        return ["binary", value.hex()]
    if isinstance(value, msgpack.ExtType):
        return ["extension", f"{value.code}:{value.data.hex()}"]
    if isinstance(value, msgpack.Timestamp):
        return ["timestamp", str(value.seconds * 1000 + value.nanoseconds // 1_000_000)]
    if isinstance(value, list):
        return ["array", ",".join(describe(item)[0] for item in value)]
    return ["map", ",".join(f"{key}={describe(item)[0]}" for key, item in value.items())]


def main():
    value = msgpack.unpackb(sys.stdin.buffer.read())
    if sys.argv[1] == "describe":
        answer = [[*describe(item), item] for item in value]
    else:
        answer = {"fromTheFuture": [1, {"a": None}], **dict(reversed(list(value.items())))}
    sys.stdout.buffer.write(msgpack.packb(answer))


main()
