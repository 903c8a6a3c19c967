#!/usr/bin/python3
"""BYOL with lightly's CIFAR-10 recipe in PyTorch on a CPU, for as long as it is given: the anchor of docs/HOUR.md.
Debian's python3-torchvision.

    bench/peers/hour.py SECONDS OUT TAR...        e.g. 3600 anchor.pt cifar10/train-00000{0,1,2,3}.tar

ResNet-18 (3x3 stem, no max-pool), heads 1024 -> 256, SGD 0.06 with momentum 0.9 and weight decay 5e-4, cosine over the time given,
tau 0.99, batch 128, crops from 0.08, no blur. Channels-last and bf16 autocast where the processor has bf16, every core. Prints a line
a minute and writes the encoder as torchvision names it, at the end and after each quarter; `byol evaluate OUT --recipe cifar10` scores it.
"""
import copy
import io
import math
import os
import pathlib
import sys
import tarfile
import time

import torch
import torch.nn.functional as F
import torchvision
from PIL import Image
from torch import nn
from torchvision import transforms as T

from byol import encoder, head

BATCH, TAU = 128, 0.99
HAS_BF16 = "avx512_bf16" in pathlib.Path("/proc/cpuinfo").read_text()


class TwoViews(torch.utils.data.Dataset):
    """Decoded images, kept: a JPEG of 32 px is not what the hour should be spent on."""

    def __init__(self, tars):
        self.images = [Image.open(io.BytesIO(tar.extractfile(member).read())).convert("RGB")
                       for tar in map(tarfile.open, tars) for member in tar if member.name.endswith((".jpg", ".png"))]
        self.view = T.Compose([
            T.RandomResizedCrop(32, scale=(0.08, 1)), T.RandomHorizontalFlip(), T.RandomApply([T.ColorJitter(0.4, 0.4, 0.4, 0.1)], p=0.8),
            T.RandomGrayscale(p=0.2), T.ToTensor(), T.Normalize((0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616))])

    def __len__(self):
        return len(self.images)

    def __getitem__(self, index):
        return self.view(self.images[index]), self.view(self.images[index])


def save(net, out, suffix=""):
    out = pathlib.Path(out)
    torch.save({name: value for name, value in net.state_dict().items()}, out.with_name(out.stem + suffix + out.suffix))


def main(seconds, out, tars, start):
    torch.set_num_threads(len(os.sched_getaffinity(0)))      # Debian's build begins with one on two cores
    torch.manual_seed(1)
    net, features = encoder(18, 1.0, 1)
    online = nn.Sequential(net, head(features, 1024, 256)).to(memory_format=torch.channels_last)
    target, predictor = copy.deepcopy(online).requires_grad_(False), head(256, 1024, 256)
    optimizer = torch.optim.SGD([*online.parameters(), *predictor.parameters()], lr=0.06, momentum=0.9, weight_decay=5e-4, foreach=True)
    pairs = list(online.parameters()), list(target.parameters())
    loader = torch.utils.data.DataLoader(TwoViews(tars), batch_size=BATCH, shuffle=True, num_workers=2,
                                         drop_last=True, persistent_workers=True)
    step, told, quarter, spent = 0, 0, 1, 0.0
    while spent < seconds:
        for v1, v2 in loader:
            spent = time.time() - start
            if spent >= seconds:
                break
            for group in optimizer.param_groups:
                group["lr"] = 0.03 * (1 + math.cos(math.pi * spent / seconds))
            v1, v2 = (v.contiguous(memory_format=torch.channels_last) for v in (v1, v2))
            with torch.autocast("cpu", torch.bfloat16, enabled=HAS_BF16):
                with torch.no_grad():
                    z1, z2 = target(v1), target(v2)
                p1, p2 = predictor(online(v1)), predictor(online(v2))
            loss = -(F.cosine_similarity(p1.float(), z2.float()).mean() + F.cosine_similarity(p2.float(), z1.float()).mean()) / 2
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                torch._foreach_mul_(pairs[1], TAU)
                torch._foreach_add_(pairs[1], pairs[0], alpha=1 - TAU)
            step += 1
            if spent > 60 * told:
                told += 1
                print(f"{spent:.0f} s  step {step}  epoch {step * BATCH / len(loader.dataset):.2f}  loss {loss.item():.3f}", flush=True)
            if spent > quarter * seconds / 4:
                save(net, out, f"-{quarter}")
                quarter += 1
    save(net, out)
    print(f"{time.time() - start:.0f} s  {step} steps, {step * BATCH / len(loader.dataset):.2f} epochs of {len(loader.dataset)} images",
          flush=True)


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2], sys.argv[3:], time.time())
