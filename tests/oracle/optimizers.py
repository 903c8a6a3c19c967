"""torch.optim's rules, and Muon by singular values, on one matrix and one vector: their values after each step, for every combination
that is asked for."""
import sys

import torch

import tensors

QUESTION, ANSWER, STEPS, LEARNING_RATE = sys.argv[1:5]
question = tensors.read(QUESTION)


class Muon:
    """Momentum whose singular values have gone through Jordan's polynomial five times; the matrix moves by the share lr of its norm and
    keeps it. The vector moves with SGD."""

    def __init__(self, groups, lr, nesterov=False):
        (matrix_group, vector_group), self.lr, self.nesterov = groups, lr, nesterov
        (self.matrix,) = matrix_group["params"]
        self.velocity = torch.zeros_like(self.matrix)
        self.sgd = torch.optim.SGD([vector_group], lr=lr, momentum=0.9, nesterov=nesterov)

    def step(self):
        self.sgd.step()
        self.velocity = 0.9 * self.velocity + self.matrix.grad
        update = self.matrix.grad + 0.9 * self.velocity if self.nesterov else self.velocity
        u, s, vh = torch.linalg.svd(update.double(), full_matrices=False)
        s = s / s.square().sum().sqrt()
        for _ in range(5):
            s = 3.4445 * s - 4.7750 * s**3 + 2.0315 * s**5
        with torch.no_grad():
            norm = self.matrix.norm()
            moved = self.matrix - self.lr * norm * ((u * s) @ vh / s.square().sum().sqrt()).float()
            self.matrix.copy_(norm * moved / moved.norm())


RULES = {
    "sgd": lambda groups, lr: torch.optim.SGD(groups, lr=lr, momentum=0.9),
    "nesterov": lambda groups, lr: torch.optim.SGD(groups, lr=lr, momentum=0.9, nesterov=True),
    "adam": lambda groups, lr: torch.optim.Adam(groups, lr=lr),
    "adamw": lambda groups, lr: torch.optim.AdamW(groups, lr=lr),
    "muon": lambda groups, lr: Muon(groups, lr),
    "muon-nesterov": lambda groups, lr: Muon(groups, lr, nesterov=True),
}

answer = {}
for case in sys.argv[5:]:
    rule, decay, all_decay, predictor_rate = case.split("/")
    matrix, vector = (question[n].clone().requires_grad_() for n in ("matrix", "vector"))
    groups = [
        {"params": [matrix], "weight_decay": float(decay)},
        {"params": [vector], "weight_decay": float(decay) if all_decay == "True" else 0.0,
         "lr": float(LEARNING_RATE) * float(predictor_rate)},
    ]
    optimizer = RULES[rule](groups, float(LEARNING_RATE))
    for step in range(int(STEPS)):
        matrix.grad, vector.grad = (question[f"{n}.gradient.{step}"].clone() for n in ("matrix", "vector"))
        optimizer.step()
        answer[f"{case}.{step}.matrix"], answer[f"{case}.{step}.vector"] = matrix.detach().clone(), vector.detach().clone()
tensors.write(ANSWER, answer)
