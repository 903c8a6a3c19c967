"""A BYOL step in PyTorch, two ways: as its best users write it, and as most do. Prints JSON: images/s, loss, peak memory.

    python3 bench/peers/byol.py MODE NETWORK BATCH STEPS FOLDER [DEVICE]

MODE: bfloat16 (channels-last, autocast) or float32 (the defaults); FOLDER: of images, or - for views of noise that lie on the device already;
DEVICE: cpu, or cuda, which has not been run.
"""
import copy
import json
import os
import pathlib
import random
import resource
import statistics
import sys
import time

import torch
import torch.nn.functional as F
import torchvision
from PIL import Image, ImageFilter, ImageOps
from torch import nn
from torchvision import transforms as T
from torchvision.transforms import InterpolationMode

NETWORKS = {            # depth, width, stem's stride (0: 7x7 and max-pool), image size, heads, how often views of two kinds are blurred
    "resnet18": (18, 1.0, 1, 32, (4096, 256), (0, 0)),
    "resnet18-half": (18, 0.5, 2, 32, (1024, 256), (0, 0)),
    "resnet18-quarter": (18, 0.25, 2, 32, (1024, 256), (0, 0)),
    "folder": (18, 0.5, 0, 128, (1024, 256), (0.5, 0.1)),
    "resnet50": (50, 1.0, 0, 224, (4096, 256), (1.0, 0.1)),
}
WARM_UP = 2


def encoder(depth, width, stem):
    if depth == 50:
        net = torchvision.models.resnet50()
    else:
        net = torchvision.models.resnet18()
        base = int(64 * width)
        if width != 1:
            net = torchvision.models.ResNet(torchvision.models.resnet.BasicBlock, [2, 2, 2, 2])
            narrow(net, width)
        if stem:
            net.conv1 = nn.Conv2d(3, base, 3, stem, 1, bias=False)
            net.maxpool = nn.Identity()
    size = net.fc.in_features
    net.fc = nn.Identity()
    return net, size


def narrow(net, width):
    """Rebuilds every layer with fewer channels: torchvision's own width option is for bottlenecks only."""
    def scaled(channels):
        return channels if channels == 3 else int(channels * width)
    for module in list(net.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, nn.Conv2d):
                setattr(module, name, nn.Conv2d(scaled(child.in_channels), scaled(child.out_channels),
                                                child.kernel_size, child.stride, child.padding, bias=False))
            elif isinstance(child, nn.BatchNorm2d):
                setattr(module, name, nn.BatchNorm2d(scaled(child.num_features)))
    net.fc = nn.Linear(int(512 * width), 1000)


def head(size, hidden, out):
    return nn.Sequential(nn.Linear(size, hidden), nn.BatchNorm1d(hidden), nn.ReLU(inplace=True), nn.Linear(hidden, out, bias=False))


class Blur:
    def __call__(self, image):
        return image.filter(ImageFilter.GaussianBlur(random.uniform(0.1, 2.0)))


class TwoViews(torch.utils.data.Dataset):
    def __init__(self, folder, size, blur):
        self.paths = sorted(p for p in pathlib.Path(folder).iterdir())
        def view(blurred, solarize):
            return T.Compose([
                T.RandomResizedCrop(size, scale=(0.08, 1), interpolation=InterpolationMode.BICUBIC), T.RandomHorizontalFlip(),
                T.RandomApply([T.ColorJitter(0.4, 0.4, 0.2, 0.1)], p=0.8), T.RandomGrayscale(p=0.2),
                *([T.RandomApply([Blur()], p=blurred)] if blurred else []),
                T.RandomApply([ImageOps.solarize], p=solarize), T.ToTensor(), T.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))])
        self.views = view(blur[0], 0.0), view(blur[1], 0.2)

    def __len__(self):
        return 1 << 20

    def __getitem__(self, index):
        with open(self.paths[index % len(self.paths)], "rb") as file:
            image = Image.open(file).convert("RGB")
        return self.views[0](image), self.views[1](image)


def loss(q, z):
    return 2 - 2 * (F.normalize(q.float(), dim=-1) * F.normalize(z.float(), dim=-1)).sum(dim=-1).mean()


def batches(folder, size, blur, batch, best, device):
    if folder == "-":
        views = [torch.randn(batch, 3, size, size, device=device) for _ in range(2)]
        while True:
            yield views
    workers = (2 if device == "cpu" else len(os.sched_getaffinity(0)) - 2) if best else 0
    for views in torch.utils.data.DataLoader(TwoViews(folder, size, blur), batch_size=batch, num_workers=workers, drop_last=True,
                                             persistent_workers=best, pin_memory=device != "cpu"):
        yield [v.to(device, non_blocking=True) for v in views]


def main(mode, network, batch, steps, folder, device="cpu"):
    torch.set_num_threads(len(os.sched_getaffinity(0)))      # Debian's build begins with one on two cores
    best = mode == "bfloat16"
    depth, width, stem, size, (hidden, out), blur = NETWORKS[network]
    net, features = encoder(depth, width, stem)
    online = nn.Sequential(net, head(features, hidden, out))
    online = online.to(device)
    if best:
        online = online.to(memory_format=torch.channels_last)
    target = copy.deepcopy(online).requires_grad_(False)
    predictor = head(out, hidden, out).to(device)
    torch.backends.cudnn.benchmark = True
    parameters = [*online.parameters(), *predictor.parameters()]
    optimizer = torch.optim.SGD(parameters, lr=0.01, momentum=0.9, weight_decay=1e-6, foreach=best)
    loader = batches(folder, size, blur, batch, best, device)
    times = []
    for _ in range(WARM_UP + steps):
        start = time.perf_counter()
        v1, v2 = next(loader)
        if best:
            v1, v2 = (v.contiguous(memory_format=torch.channels_last) for v in (v1, v2))
        with torch.autocast(device.split(":")[0], torch.bfloat16, enabled=best):
            with torch.no_grad():
                z1, z2 = target(v1), target(v2)
            q1, q2 = predictor(online(v1)), predictor(online(v2))
        total = loss(q1, z2) + loss(q2, z1)
        optimizer.zero_grad(set_to_none=True)
        total.backward()
        optimizer.step()
        with torch.no_grad():
            pairs = list(online.parameters()), list(target.parameters())
            if best:
                torch._foreach_mul_(pairs[1], 0.99)
                torch._foreach_add_(pairs[1], pairs[0], alpha=0.01)
            else:
                for o, t in zip(*pairs):
                    t.mul_(0.99).add_(o, alpha=0.01)
        value = total.item()
        times.append(time.perf_counter() - start)
    print(json.dumps({
        "images_per_second": batch / statistics.median(times[WARM_UP:]),
        "loss": value,
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), *sys.argv[5:])
