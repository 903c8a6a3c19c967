"""Reads an event file with a reader of its own: records with their checksums, and events as protocol buffers have them on the wire."""
import json
import struct
import sys

TABLE = []
for byte in range(256):
    crc = byte
    for _ in range(8):
        crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    TABLE.append(crc)


def masked(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = (crc >> 8) ^ TABLE[(crc ^ byte) & 0xFF]
    crc ^= 0xFFFFFFFF
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def records(data):
    at = 0
    while at < len(data):
        length, check = struct.unpack_from("<QI", data, at)
        assert check == masked(data[at:at + 8]), "checksum of a length"
        content = data[at + 12:at + 12 + length]
        assert struct.unpack_from("<I", data, at + 12 + length)[0] == masked(content), "checksum of a content"
        yield content
        at += length + 16


def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        shift += 7
        at += 1
        if data[at - 1] < 0x80:
            return value, at


def fields(data):
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        if key & 7 == 0:
            value, at = varint(data, at)
        elif key & 7 == 2:
            length, at = varint(data, at)
            value, at = data[at:at + length], at + length
        else:
            size, form = {1: (8, "<d"), 5: (4, "<f")}[key & 7]
            (value,), at = struct.unpack_from(form, data, at), at + size
        yield key >> 3, value


events = []
for record in records(open(sys.argv[1], "rb").read()):
    event = dict(fields(record))
    entry = {"time": event[1], "step": event.get(2, 0)}
    if 3 in event:
        entry["version"] = event[3].decode()
    if 7 in event:
        entry["status"] = dict(fields(event[7]))[1]
    if 5 in event:
        for _, value in fields(event[5]):
            value = dict(fields(value))
            if 2 in value:
                entry[value[1].decode()] = value[2]
            else:
                image = dict(fields(value[4]))
                entry[value[1].decode()] = [image[2], image[1], len(image[4]), image[4][:8].hex()]
    events.append(entry)
json.dump(events, open(sys.argv[2], "w"))
