#!/usr/bin/env python3
"""Steps of BYOL with ResNet-50 at batch 4,096 on 8, 64 and 512 GPUs, on paper: prints the table of docs/SCALE.md. Every assumption is a line here."""
IMAGE_GFLOP = 2 * 2 * (4.09 + 0.009 + 3 * (4.09 + 0.0094 + 0.0021))   # two views, two operations a multiply-add; target once, online three times
PARAMETERS = 23.5e6 + (2048 * 4096 + 3 * 4096 + 4096 * 256) + (256 * 4096 + 3 * 4096 + 4096 * 256)
GPU_TFLOPS = 65            # what convolutions with BatchNorm reach on an A100 in bf16: a fifth of its 312
DISPATCH = 0.0218          # seconds in which the host hands a step to a GPU, measured here; a step cannot be faster
BATCH = 4096
NORMS = 2 * (53 + 1 + 1) + 2 * (53 + 1) + 2 * (53 + 1 + 1)     # sums of statistics: online, target, backward; two views each
# GPUs: bytes a second that each sends and receives in a ring, and seconds that a small sum takes
SYSTEMS = {8: (200e9, 20e-6), 64: (20e9, 45e-6), 512: (20e9, 80e-6)}

print(f"{IMAGE_GFLOP:.0f} GFLOP an image, {PARAMETERS / 1e6:.1f} M parameters, {4 * PARAMETERS / 1e6:.0f} MB of gradients, {NORMS} sums of statistics a step\n")
print("| GPUs | images each | arithmetic | gradients | statistics | step | images/s | efficiency |")
print("|---:|---:|---:|---:|---:|---:|---:|---:|")
for gpus, (bandwidth, latency) in SYSTEMS.items():
    arithmetic = max(DISPATCH, BATCH / gpus * IMAGE_GFLOP / (1000 * GPU_TFLOPS))
    gradients = 2 * (gpus - 1) / gpus * 4 * PARAMETERS / bandwidth + 2 * latency
    statistics = NORMS * latency
    step = arithmetic + gradients + statistics
    ideal = BATCH / gpus * IMAGE_GFLOP / (1000 * GPU_TFLOPS)
    print(f"| {gpus} | {BATCH // gpus} | {1000 * arithmetic:.1f} ms | {1000 * gradients:.1f} ms | {1000 * statistics:.1f} ms | {1000 * step:.1f} ms "
          f"| {BATCH / step:,.0f} | {100 * ideal / step:.0f} % |")
