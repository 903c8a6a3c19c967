"""Every canonical composition of two characters that Unicode has up to U+FFFF: letter, mark, and what becomes of them."""
import sys
import unicodedata

import torch

import tensors

rows = []
for code in range(0x80, 0x10000):
    parts = unicodedata.decomposition(chr(code)).split()
    if len(parts) == 2 and not parts[0].startswith("<"):
        letter, mark = (int(p, 16) for p in parts)
        if unicodedata.normalize("NFC", chr(letter) + chr(mark)) == chr(code):
            rows.append((letter, mark, code))
for code in range(0xAC00, 0xD7A4, 97):   # syllables of Hangul
    apart = unicodedata.normalize("NFD", chr(code))
    if len(apart) == 2:
        rows.append((ord(apart[0]), ord(apart[1]), code))
    else:
        rows.append((ord(unicodedata.normalize("NFC", apart[:2])), ord(apart[2]), code))
tensors.write(sys.argv[2], {"compositions": torch.tensor(rows, dtype=torch.int32)})
