"""scipy's 95 % interval of Wilson for each row (successes, trials)."""
import sys

import torch
from scipy.stats import binomtest

import tensors

counts = tensors.read(sys.argv[1])["counts"].long().tolist()
intervals = [binomtest(k, n).proportion_ci(0.95, "wilson") for k, n in counts]
tensors.write(sys.argv[2], {"intervals": torch.tensor([[i.low, i.high] for i in intervals], dtype=torch.float64)})
