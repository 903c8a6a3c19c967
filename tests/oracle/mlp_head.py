"""A head as PyTorch's Sequential: what it makes of a batch in training and in evaluation mode,
and the gradients of the output's sum of squares.
"""
import sys

from torch import nn

import tensors

QUESTION, ANSWER, BIAS = sys.argv[1:4]
question = tensors.read(QUESTION)
x = question.pop("x")
hidden, inner = question["0.weight"].shape
out = question["3.weight"].shape[0]
net = nn.Sequential(nn.Linear(inner, hidden), nn.BatchNorm1d(hidden), nn.ReLU(), nn.Linear(hidden, out, bias=BIAS == "True"))
missing, unexpected = net.load_state_dict(question, strict=False)
assert not unexpected and all(m.endswith("num_batches_tracked") for m in missing), (missing, unexpected)

train = net(x)
train.square().sum().backward()
answer = {f"gradient.{name}": p.grad for name, p in net.named_parameters()}
answer.update(train=train, eval=net.eval()(x))
tensors.write(ANSWER, answer)
