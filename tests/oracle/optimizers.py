"""torch.optim's rules on one matrix and one vector: their values after each step, for every combination that is asked for."""
import sys

import torch

import tensors

QUESTION, ANSWER, STEPS, LEARNING_RATE = sys.argv[1:5]
question = tensors.read(QUESTION)
RULES = {
    "sgd": lambda groups, lr: torch.optim.SGD(groups, lr=lr, momentum=0.9),
    "nesterov": lambda groups, lr: torch.optim.SGD(groups, lr=lr, momentum=0.9, nesterov=True),
    "adam": lambda groups, lr: torch.optim.Adam(groups, lr=lr),
    "adamw": lambda groups, lr: torch.optim.AdamW(groups, lr=lr),
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
