"""ResNets in PyTorch, with torchvision's names, and what they make of a state_dict, a batch and a gradient.

resnet.py MODEL STATE CASE: both files are safetensors. STATE is a state_dict; CASE has the batch "x" (N x C x H x W), the
gradient of the logits "dy", and what is to be compared: "logits" after a forward pass in training mode, and for each
parameter NAME its gradient "grad.NAME". Prints a line for each of these: its name, and how far it is from what float64
gives, as a share of the length of that (Euclidean norms).
"""
import json
import struct
import sys

import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, layers, inputs, outputs, stride):
        super().__init__()
        self.count = len(layers)
        for i, (before, after, kernel, step) in enumerate(layers, 1):
            setattr(self, f"conv{i}", nn.Conv2d(before, after, kernel, step, kernel // 2, bias=False))
            setattr(self, f"bn{i}", nn.BatchNorm2d(after))
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        y = x
        for i in range(1, self.count + 1):
            y = getattr(self, f"bn{i}")(getattr(self, f"conv{i}")(y))
            if i < self.count:
                y = torch.relu(y)
        return torch.relu(y + (x if self.downsample is None else self.downsample(x)))


def basic(inputs, width, stride):
    return Block([(inputs, width, 3, stride), (width, width, 3, 1)], inputs, width, stride), width


def bottleneck(inputs, width, stride):
    layers = [(inputs, width, 1, 1), (width, width, 3, stride), (width, 4 * width, 1, 1)]
    return Block(layers, inputs, 4 * width, stride), 4 * width


class ResNet(nn.Module):
    def __init__(self, block, blocks, width, imagenet, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7 if imagenet else 3, 2 if imagenet else 1, 3 if imagenet else 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.pool = nn.MaxPool2d(3, 2, 1) if imagenet else nn.Identity()
        self.stages = len(blocks)
        channels = width
        for stage, count in enumerate(blocks):
            layers = []
            for i in range(count):
                made, channels = block(channels, width << stage, 2 if stage > 0 and i == 0 else 1)
                layers.append(made)
            setattr(self, f"layer{stage + 1}", nn.Sequential(*layers))
        self.fc = nn.Linear(channels, classes)

    def forward(self, x):
        x = self.pool(torch.relu(self.bn1(self.conv1(x))))
        for stage in range(1, self.stages + 1):
            x = getattr(self, f"layer{stage}")(x)
        return self.fc(x.mean((2, 3)))


MODELS = {
    "resnet8": (basic, [1, 1, 1], 16, False),
    "resnet14": (basic, [2, 2, 2], 16, False),
    "resnet20": (basic, [3, 3, 3], 16, False),
    "resnet18": (basic, [2, 2, 2, 2], 64, True),
    "resnet34": (basic, [3, 4, 6, 3], 64, True),
    "resnet50": (bottleneck, [3, 4, 6, 3], 64, True),
}


def tensors(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = bytearray(file.read())
    header.pop("__metadata__", None)
    types = {"F32": torch.float32, "I64": torch.int64}
    return {name: torch.frombuffer(data[slice(*entry["data_offsets"])], dtype=types[entry["dtype"]])
            .reshape(entry["shape"]) for name, entry in header.items()}


def main(name, state_file, case_file):
    torch.backends.nnpack.set_flags(False)
    state = tensors(state_file)
    case = tensors(case_file)
    expected = computed(name, state, case, torch.float64)
    float32 = computed(name, state, case, torch.float32)
    for key, value in expected.items():
        print(key, error(case[key], value), error(float32[key], value))


def computed(name, state, case, dtype):
    model = ResNet(*MODELS[name], classes=state["fc.bias"].numel()).to(dtype)
    model.load_state_dict(state, strict=True)
    model.train()
    logits = model(case["x"].to(dtype))
    logits.backward(case["dy"].to(dtype))
    return {"logits": logits.detach(), **{f"grad.{key}": value.grad for key, value in model.named_parameters()}}


def error(found, expected):
    return (torch.linalg.vector_norm(found.double() - expected) / torch.linalg.vector_norm(expected)).item()


main(*sys.argv[1:])
