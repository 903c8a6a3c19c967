"""Embeds image files in PyTorch on a CPU: eager, channels-last, inference mode, two loader workers. Prints JSON: images/s.

    python3 bench/peers/embed.py MODE NETWORK WEIGHTS.pt SIZE CROP BATCH IMAGES DATA     MODE: bfloat16 or float32; DATA: a folder or a .tar
"""
import io
import json
import os
import pathlib
import sys
import tarfile
import time

import torch
from PIL import Image
from torchvision import transforms as T
from torchvision.transforms import InterpolationMode

from byol import NETWORKS, encoder

WARM_UP = 2
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class Images(torch.utils.data.Dataset):
    """Files of a folder, or members of a tar by their offsets: each worker opens it for itself."""

    def __init__(self, path, count, size, crop):
        if path.endswith(".tar"):
            with tarfile.open(path) as tar:
                self.places = [(path, m.offset_data, m.size) for m in tar if m.name.endswith((".jpg", ".png"))]
        else:
            files = sorted(f for f in pathlib.Path(path).rglob("*") if f.suffix in (".jpg", ".png"))
            self.places = [(str(f), 0, -1) for f in files]
        self.places = [self.places[i % len(self.places)] for i in range(count)]
        self.crop = crop
        self.tail = T.Compose([T.Resize((size, size), InterpolationMode.BICUBIC), T.ToTensor(), T.Normalize(MEAN, DEVIATION)])

    def __len__(self):
        return len(self.places)

    def __getitem__(self, index):
        path, offset, size = self.places[index]
        with open(path, "rb") as file:
            file.seek(offset)
            image = Image.open(io.BytesIO(file.read(size))).convert("RGB")
        return self.tail(T.functional.center_crop(image, round(self.crop * min(image.size))))


def embed(net, loader, dtype):
    for batch in loader:
        net(batch.to(dtype).contiguous(memory_format=torch.channels_last)).float()


def main(mode, network, weights, size, crop, batch, images, data):
    torch.set_num_threads(len(os.sched_getaffinity(0)))      # Debian's build begins with one on two cores
    dtype = getattr(torch, mode)
    depth, width, stem, *_ = NETWORKS[network]
    net, _ = encoder(depth, width, stem)
    net.load_state_dict(torch.load(weights))
    net = net.eval().to(dtype).to(memory_format=torch.channels_last)
    def loader(count):
        return torch.utils.data.DataLoader(Images(data, count, size, crop), batch_size=batch, num_workers=2)
    with torch.inference_mode():
        embed(net, loader(WARM_UP * batch), dtype)
        start = time.perf_counter()
        embed(net, loader(images), dtype)
    print(json.dumps({"images_per_second": images / (time.perf_counter() - start)}))


if __name__ == "__main__":
    mode, network, weights, size, crop, batch, images, data = sys.argv[1:]
    main(mode, network, weights, int(size), float(crop), int(batch), int(images), data)
