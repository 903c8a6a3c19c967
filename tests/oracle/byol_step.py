"""BYOL in plain PyTorch and torchvision: given weights and views, takes steps and says each loss, the last gradients, and the weights,
target and statistics that are left. With "rate=0.5" half the coding rate of an image is subtracted from the loss. With "continued" as a pretrained encoder is trained: statistics kept, its rate a tenth, mean and
maximum pooled.
"""
import math
import sys

import torch
import torchvision
from torch import nn

import tensors

QUESTION, ANSWER, DEPTH, OPTIMIZER, STEPS, LEARNING_RATE, TAU, WEIGHT_DECAY = sys.argv[1:9]
STEPS, LEARNING_RATE, TAU, WEIGHT_DECAY = int(STEPS), float(LEARNING_RATE), float(TAU), float(WEIGHT_DECAY)
CONTINUED = "continued" in sys.argv[9:]
RATE = sum(float(a[5:]) for a in sys.argv[9:] if a.startswith("rate="))
question = tensors.read(QUESTION)
torch.set_default_dtype(question["online.encoder.conv1.weight"].dtype)


class MeanAndMaximum(nn.Module):
    def forward(self, x):
        return torch.cat([nn.functional.adaptive_avg_pool2d(x, 1), nn.functional.adaptive_max_pool2d(x, 1)], dim=1)


def encoder():
    net = getattr(torchvision.models, f"resnet{DEPTH}")()
    net.fc = nn.Identity()
    if CONTINUED:
        net.avgpool = MeanAndMaximum()
    return net


def head(prefix):
    hidden, inner = question[prefix + "0.weight"].shape
    out = question[prefix + "3.weight"].shape[0]
    return nn.Sequential(nn.Linear(inner, hidden), nn.BatchNorm1d(hidden), nn.ReLU(), nn.Linear(hidden, out, bias=False))


online = nn.ModuleDict({"encoder": encoder(), "projector": head("online.projector."), "predictor": head("online.predictor.")})
target = nn.ModuleDict({"encoder": encoder(), "projector": head("target.projector.")})
for name, net in (("online", online), ("target", target)):
    given = {k[len(name) + 1 :]: v for k, v in question.items() if k.startswith(name + ".")}
    missing, unexpected = net.load_state_dict(given, strict=False)
    assert not unexpected and all(m.endswith("num_batches_tracked") for m in missing), (missing, unexpected)
for p in target.parameters():
    p.requires_grad = False


if CONTINUED:
    online["encoder"].eval(), target["encoder"].eval()


def regression(q, z):
    q, z = nn.functional.normalize(q, dim=1), nn.functional.normalize(z, dim=1)
    return 2 - 2 * (q * z).sum(dim=1).mean()


def coding_rate(z):
    """Of a batch, for each image: log(1 + d s^2 / (0.2 B)) summed over the singular values s of the projections of length 1."""
    z = z / z.norm(dim=1, keepdim=True)
    return torch.log1p(torch.linalg.svdvals(z) ** 2 * z.shape[1] / (0.2 * len(z))).sum() / len(z)


class Lars(torch.optim.Optimizer):
    """DeepMind's: decay and trust ratio for matrices and kernels only; momentum on the scaled update."""

    def __init__(self, params, lr, weight_decay):
        super().__init__(params, {"lr": lr, "weight_decay": weight_decay, "eta": 0.001, "momentum": 0.9})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                update = p.grad.clone()
                if p.ndim > 1:
                    update += group["weight_decay"] * p
                    w, u = p.norm(), update.norm()
                    if w > 0 and u > 0:
                        update *= group["eta"] * w / u
                v = self.state[p].setdefault("v", torch.zeros_like(p))
                v.mul_(group["momentum"]).add_(update)
                p.sub_(group["lr"] * v)


def groups():
    for name, module in online.items():
        rate = LEARNING_RATE / 10 if CONTINUED and name == "encoder" else LEARNING_RATE
        yield {"params": [p for p in module.parameters() if p.ndim > 1], "weight_decay": WEIGHT_DECAY, "lr": rate}
        yield {"params": [p for p in module.parameters() if p.ndim <= 1], "weight_decay": 0.0, "lr": rate}


optimizer = {
    "sgd": lambda: torch.optim.SGD([*groups()], lr=LEARNING_RATE, momentum=0.9),
    "adam": lambda: torch.optim.Adam([*groups()], lr=LEARNING_RATE),
    "adamw": lambda: torch.optim.AdamW([*groups()], lr=LEARNING_RATE),
    "lars": lambda: Lars(online.parameters(), LEARNING_RATE, WEIGHT_DECAY),
}[OPTIMIZER]()

answer = {}
for step in range(STEPS):
    v1, v2 = question[f"v1.{step}"], question[f"v2.{step}"]
    with torch.no_grad():
        z1, z2 = (target["projector"](target["encoder"](v)) for v in (v1, v2))
    p1, p2 = (online["projector"](online["encoder"](v)) for v in (v1, v2))
    q1, q2 = online["predictor"](p1), online["predictor"](p2)
    loss = regression(q1, z2) + regression(q2, z1)
    optimizer.zero_grad()
    (loss - RATE * (coding_rate(p1) + coding_rate(p2)) if RATE else loss).backward()
    answer[f"loss.{step}"] = loss.reshape(1)
    optimizer.step()
    with torch.no_grad():
        for name, p in target.named_parameters():
            p.mul_(TAU).add_(online.get_parameter(name), alpha=1 - TAU)
for name, p in online.named_parameters():
    answer[f"gradient.{name}"] = p.grad
for prefix, net in (("online", online), ("target", target)):
    for name, value in net.state_dict().items():
        if not name.endswith("num_batches_tracked"):
            answer[f"{prefix}.{name}"] = value
assert math.isfinite(loss.item())
tensors.write(ANSWER, answer)
