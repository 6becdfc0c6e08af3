#!/usr/bin/env python3
"""Event files of TensorBoard, read and written by the published format alone.

    tfevents.py read DIR      every value below DIR, as lines of JSON

A program of its own for the tests: it shares nothing with engine/tensorboard.
As a module it writes: Writer(folder).scalar(tag, value, step).
"""
import json
import math
import os
import struct
import sys

# --- sums: bit by bit, as RFC 3720 describes them ------------------------------

def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF

def masked(data):
    crc = crc32c(data)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF

def record(payload):
    head = struct.pack("<Q", len(payload))
    return (head + struct.pack("<I", masked(head)) + payload +
            struct.pack("<I", masked(payload)))

def records(data):
    at = 0
    while at < len(data):
        (length,) = struct.unpack_from("<Q", data, at)
        (crc,) = struct.unpack_from("<I", data, at + 8)
        assert crc == masked(data[at:at + 8]), f"head at byte {at}"
        payload = data[at + 12:at + 12 + length]
        assert len(payload) == length, f"cut off at byte {at}"
        (crc,) = struct.unpack_from("<I", data, at + 12 + length)
        assert crc == masked(payload), f"payload at byte {at}"
        yield payload
        at += 16 + length

# --- protocol buffers ------------------------------------------------------------

def varint(value):
    value &= (1 << 64) - 1
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])

def put(number, value):
    """An int is a varint, a float a double, bytes and str are bytes."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, float):
        return varint(number << 3 | 1) + struct.pack("<d", value)
    if isinstance(value, str):
        value = value.encode()
    return varint(number << 3 | 2) + varint(len(value)) + value

def put_float(number, value):
    return varint(number << 3 | 5) + struct.pack("<f", value)

def fields(data):
    """{number: [value, ...]} of a message; raw bits for all but bytes."""
    found = {}
    at = 0

    def take():
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                return value

    while at < len(data):
        key = take()
        kind = key & 7
        if kind == 0:
            value = take()
        elif kind == 1:
            value = data[at:at + 8]
            at += 8
        elif kind == 5:
            value = data[at:at + 4]
            at += 4
        else:
            assert kind == 2, f"kind {kind}"
            length = take()
            value = data[at:at + length]
            assert len(value) == length
            at += length
        found.setdefault(key >> 3, []).append(value)
    return found

def one(message, number, default=None):
    return message[number][-1] if number in message else default

def text(message, number):
    return one(message, number, b"").decode()

def double(message, number):
    value = one(message, number)
    return 0.0 if value is None else struct.unpack("<d", value)[0]

def signed(value):
    return value - (1 << 64) if value >> 63 else value

# --- what is in a file --------------------------------------------------------------

def struct_value(data):
    """google.protobuf.Value"""
    message = fields(data)
    assert len(message) == 1, message
    if 2 in message:
        return double(message, 2)
    if 3 in message:
        return text(message, 3)
    assert 4 in message, message
    return bool(one(message, 4))

def experiment(data):
    message = fields(data)
    params = []
    for item in message.get(4, []):
        item = fields(item)
        param = {"name": text(item, 1), "type": one(item, 4, 0)}
        if 5 in item:
            param["discrete"] = [struct_value(v) for v in fields(one(item, 5)).get(1, [])]
        if 6 in item:
            interval = fields(one(item, 6))
            param["interval"] = [double(interval, 1), double(interval, 2)]
        params.append(param)
    metrics = [text(fields(one(fields(m), 1)), 2) for m in message.get(5, [])]
    return {"experiment": text(message, 6), "description": text(message, 1),
            "time": double(message, 3), "params": params, "metrics": metrics}

def hparams(content):
    data = fields(content)
    if 2 in data:
        return experiment(one(data, 2))
    if 3 in data:
        start = fields(one(data, 3))
        params = {}
        for entry in start.get(1, []):
            entry = fields(entry)
            params[text(entry, 1)] = struct_value(one(entry, 2))
        return {"start": params, "group": text(start, 4), "time": double(start, 5)}
    end = fields(one(data, 4))
    return {"end": one(end, 1, 0), "time": double(end, 2)}

def tensor(data):
    message = fields(data)
    shape = fields(one(message, 2, b""))
    assert 2 not in shape, "a scalar has no dimensions"
    assert one(message, 1) == 2, "a double"
    return struct.unpack("<d", one(message, 6))[0]

def number(value):
    return value if math.isfinite(value) else str(value)

def events(path):
    with open(path, "rb") as file:
        data = file.read()
    for at, payload in enumerate(records(data)):
        event = fields(payload)
        wall = double(event, 1)
        if at == 0:
            assert text(event, 3) == "brain.Event:2", "the first record is the version"
            continue
        for value in fields(one(event, 5)).get(1, []):
            value = fields(value)
            metadata = fields(one(value, 9, b""))
            plugin = fields(one(metadata, 1, b""))
            found = {"tag": text(value, 1)}
            if text(plugin, 1) == "hparams":
                assert one(metadata, 4) == 2
                found.update(hparams(one(plugin, 2, b"")))
            else:
                assert text(plugin, 1) == "scalars" and one(metadata, 4) == 1
                found.update(value=number(tensor(one(value, 8))),
                             step=signed(one(event, 2, 0)), wall=wall)
            yield found

def read(top):
    for folder, folders, files in os.walk(top):
        folders.sort()
        for name in sorted(files):
            assert "tfevents" in name, name
            for found in events(os.path.join(folder, name)):
                run = os.path.relpath(folder, top)
                print(json.dumps({"run": run, **found}, sort_keys=True))

# --- writing --------------------------------------------------------------------------

class Writer:
    """As TensorFlow 2 and PyTorch do; unbuffered, so that kills tear nothing."""

    def __init__(self, folder, name="events.out.tfevents.1700000000.host.1.0.v2"):
        os.makedirs(folder, exist_ok=True)
        self.file = open(os.path.join(folder, name), "ab", buffering=0)
        if self.file.tell() == 0:
            self.add(put(1, 1700000000.0) + put(3, "brain.Event:2"))

    def add(self, event):
        self.file.write(record(event))

    def value(self, value, step):
        self.add(put(1, 1700000000.25) + put(2, step) + put(5, put(1, value)))

    def scalar(self, tag, value, step=0):
        """TensorFlow 1 and PyTorch: a float."""
        self.value(put(1, tag) + put_float(2, value), step)

    def tensor(self, tag, value, step=0):
        """TensorFlow 2: a float32 tensor of raw bytes."""
        self.value(put(1, tag) + put(9, put(1, put(1, "scalars"))) +
                   put(8, put(1, 1) + put(2, b"") + put(4, struct.pack("<f", value))), step)

    def double(self, tag, value, step=0):
        self.value(put(1, tag) + put(9, put(1, put(1, "scalars"))) +
                   put(8, put(1, 2) + put(6, struct.pack("<d", value))), step)

    def text(self, tag, words, step=0):
        """A value of another plugin."""
        self.value(put(1, tag) + put(9, put(1, put(1, "text"))) +
                   put(8, put(1, 7) + put(8, words)), step)

if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] != "read":
        sys.exit(__doc__)
    read(sys.argv[2])
