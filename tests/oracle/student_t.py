"""Student's t distribution, by SciPy."""
import sys

import torch
from scipy import stats

from tensors import read, write

given = read(sys.argv[1])
t, freedom, tail = (given[name].numpy() for name in ("t", "freedom", "tail"))
write(sys.argv[2], {"tail": torch.from_numpy(stats.t.sf(t, freedom)), "quantile": torch.from_numpy(stats.t.isf(tail, freedom))})
