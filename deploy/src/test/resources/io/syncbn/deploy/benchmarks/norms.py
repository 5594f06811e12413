"""PyTorch's normalization layers, forward and backward in training, one thread: the work of the benchmark `Norms`.

Reads lines of a norm, examples, channels, and seconds to measure, such as `group:8 4 16 0.5`; answers each with a JSON line:
for every form of the layer the 10th percentile of a call in microseconds. Half as much time again warms up.
"""
import json
import sys
import time

import torch
from torch import nn

# Activations of an example of ResNet-20: 32 x 32 x 16, and half of that in each further stage.
FIRST_SIZE = 32 * 32 * 16
LEAST_CALLS = 20


def layers(norm, channels, side):
    """Forms of the same layer. nn.LayerNorm has a scale for each number, the others one for each channel."""
    kind, _, groups = norm.partition(":")
    if kind == "batch":
        return {"BatchNorm2d": nn.BatchNorm2d(channels)}
    if kind == "instance":
        return {"InstanceNorm2d": nn.InstanceNorm2d(channels, affine=True),
                "GroupNorm": nn.GroupNorm(channels, channels)}
    if kind == "layer":
        return {"GroupNorm": nn.GroupNorm(1, channels), "LayerNorm": nn.LayerNorm((channels, side, side))}
    return {"GroupNorm": nn.GroupNorm(int(groups), channels)}


def percentile(layer, x, dy, seconds):
    inputs = [x, *layer.parameters()]
    times = []
    begin = time.perf_counter()
    while time.perf_counter() - begin < 1.5 * seconds or len(times) < LEAST_CALLS:
        start = time.perf_counter()
        torch.autograd.grad(layer(x), inputs, dy)
        end = time.perf_counter()
        if end - begin > 0.5 * seconds:
            times.append(end - start)
    return round(1e6 * sorted(times)[len(times) // 10], 2)


def answer(norm, examples, channels, seconds):
    side = round((FIRST_SIZE * 16 / channels / channels) ** 0.5)
    x, dy = torch.randn(2, examples, channels, side, side)
    result = {}
    for name, layer in layers(norm, channels, side).items():
        for form in (torch.contiguous_format, torch.channels_last):
            ours = [t.contiguous(memory_format=form) for t in (x, dy)]
            label = name if form == torch.contiguous_format else name + ", channels last"
            result[label] = percentile(layer, ours[0].requires_grad_(), ours[1], seconds)
    return result


torch.set_num_threads(1)
for line in sys.stdin:
    norm, examples, channels, seconds = line.split()
    print(json.dumps(answer(norm, int(examples), int(channels), float(seconds))), flush=True)
