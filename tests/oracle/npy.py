"""An array as numpy.load reads it."""
import sys

import numpy as np
import torch

import tensors

QUESTION, ANSWER, PATH = sys.argv[1:4]
tensors.write(ANSWER, {"array": torch.from_numpy(np.load(PATH))})
