"""Reads and writes safetensors with numpy alone: the oracle's side of the exchange, and an independent reader of what we write."""
import json
import struct

import numpy as np
import torch

TYPES = {"F32": np.float32, "F64": np.float64, "I64": np.int64, "I32": np.int32, "U8": np.uint8, "F16": np.float16}


def tensor(name, blob, shape):
    # numpy has no bfloat16: PyTorch looks at the same bits.
    array = np.frombuffer(blob, np.int16 if name == "BF16" else TYPES[name]).reshape(shape).copy()
    return torch.from_numpy(array).view(torch.bfloat16) if name == "BF16" else torch.from_numpy(array)


def read(path):
    with open(path, "rb") as f:
        data = f.read()
    (length,) = struct.unpack("<q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    body = data[8 + length :]
    return {name: tensor(t["dtype"], body[slice(*t["data_offsets"])], t["shape"]) for name, t in header.items()}


def write(path, tensors):
    names = {np.dtype(t): n for n, t in TYPES.items()}
    header, blobs, offset = {}, [], 0
    for name, value in tensors.items():
        array = np.ascontiguousarray(value.detach().numpy())
        blob = array.tobytes()
        header[name] = {"dtype": names[array.dtype], "shape": list(value.shape), "data_offsets": [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header).encode()
    with open(path, "wb") as f:
        f.write(struct.pack("<q", len(text)) + text + b"".join(blobs))
