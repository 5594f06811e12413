"""PyTorch at the work that `syncbn bench` measures: DistributedDataParallel over gloo, one thread a process; or one process.

PyTorch's own SyncBatchNorm refuses CPUs. So this has what its users write there: a normalization layer of two collectives,
one each way, whose local work is left to PyTorch's own kernels. One JSON line a result; the first fifth is left out.

    python peer.py train --workers 2 --batch 4 --norm sync --steps 60
    python peer.py single --threads 2 --batch 8 --model resnet18 --size 64 --steps 25
    python peer.py allreduce --workers 2 --steps 500 --floats 33 4096 270000
"""
import argparse
import json
import os
import resource
import socket
import statistics
import sys
import time

import torch
from torch import distributed, multiprocessing, nn

LEFT_OUT_PART = 5
# Vectors beyond this are summed fewer times, in proportion to their sizes.
FULL_ROUNDS_FLOATS = 20_000
LEAST_ROUNDS = 30


class SynchronizedNorm(torch.autograd.Function):
    """Normalizes by the statistics of all processes' rows; sums travel as float64 forward, as float32 backward."""

    @staticmethod
    def forward(ctx, x, weight, bias, layer):
        channels = x.size(1)
        rows = x.numel() // channels
        variance, mean = torch.var_mean(x, dim=(0, 2, 3), correction=0)
        sums = torch.empty(2 * channels + 1, dtype=torch.float64)
        sums[:channels] = mean * rows
        sums[channels:-1] = (variance + mean.square()) * rows
        sums[-1] = rows
        distributed.all_reduce(sums)
        all_rows = sums[-1]
        moments = sums[:-1] / all_rows
        mean64 = moments[:channels]
        variance64 = moments[channels:] - mean64.square()
        mean, variance = mean64.float(), variance64.float()
        layer.running_mean.lerp_(mean, layer.momentum)
        layer.running_var.lerp_((variance64 * (all_rows / (all_rows - 1))).float(), layer.momentum)
        ctx.save_for_backward(x, weight, mean, variance)
        ctx.all_rows, ctx.eps = all_rows.float(), layer.eps
        return torch.batch_norm(x, weight, bias, mean, variance, False, 0.0, layer.eps, False)

    @staticmethod
    def backward(ctx, dy):
        x, weight, mean, variance = ctx.saved_tensors
        inverse_deviation = torch.rsqrt(variance + ctx.eps)
        # With constant statistics: what remains of dx is their own part, which needs the sums over all processes.
        dx, dweight, dbias = torch.ops.aten.native_batch_norm_backward(
            dy, x, weight, mean, variance, mean, inverse_deviation, False, ctx.eps, [True, True, True])
        sums = torch.stack((dbias, dweight))
        distributed.all_reduce(sums)
        mean_dy, mean_product = sums / ctx.all_rows
        gain = weight * inverse_deviation
        slope = gain * inverse_deviation * mean_product
        offset = gain * mean_dy - slope * mean
        shape = (1, -1, 1, 1)
        dx.sub_(torch.addcmul(offset.view(shape), x, slope.view(shape)))
        return dx, dweight, dbias, None


class SynchronizedBatchNorm(nn.BatchNorm2d):
    def forward(self, x):
        return SynchronizedNorm.apply(x, self.weight, self.bias, self)


class Block(nn.Module):
    """Two 3 x 3 convolutions beside a shortcut, which is a projection where the shape changes."""

    def __init__(self, inputs, outputs, stride, norm):
        super().__init__()
        self.body = nn.Sequential(
            convolution(inputs, outputs, 3, stride), norm(outputs), nn.ReLU(inplace=True),
            convolution(outputs, outputs, 3, 1), norm(outputs))
        changes = stride != 1 or inputs != outputs
        self.shortcut = nn.Sequential(
            convolution(inputs, outputs, 1, stride), norm(outputs)) if changes else nn.Identity()

    def forward(self, x):
        return torch.relu_(self.body(x) + self.shortcut(x))


def convolution(inputs, outputs, kernel, stride):
    return nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False)


def resnet20(norm):
    """For pictures of 32 x 32 x 3 in ten classes: three stages of three blocks, 16, 32 and 64 channels wide."""
    layers = [convolution(3, 16, 3, 1), norm(16), nn.ReLU(inplace=True)]
    inputs = 16
    for stage, outputs in enumerate((16, 32, 64)):
        for block in range(3):
            layers.append(Block(inputs, outputs, 2 if stage > 0 and block == 0 else 1, norm))
            inputs = outputs
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


class Bottleneck(nn.Module):
    """A 3 x 3 convolution between two of 1 x 1, the last of which has four times as many channels."""

    def __init__(self, inputs, width, stride, norm):
        super().__init__()
        outputs = 4 * width
        self.body = nn.Sequential(
            convolution(inputs, width, 1, 1), norm(width), nn.ReLU(inplace=True),
            convolution(width, width, 3, stride), norm(width), nn.ReLU(inplace=True),
            convolution(width, outputs, 1, 1), norm(outputs))
        changes = stride != 1 or inputs != outputs
        self.shortcut = nn.Sequential(
            convolution(inputs, outputs, 1, stride), norm(outputs)) if changes else nn.Identity()

    def forward(self, x):
        return torch.relu_(self.body(x) + self.shortcut(x))


def imagenet(block, blocks, growth):
    """ResNets for larger pictures, as torchvision has them: a stem of stride 4, four stages from 64 channels on."""
    def build(norm):
        layers = [convolution(3, 64, 7, 2), norm(64), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)]
        inputs = 64
        for stage, count in enumerate(blocks):
            width = 64 << stage
            for number in range(count):
                layers.append(block(inputs, width, 2 if stage > 0 and number == 0 else 1, norm))
                inputs = growth * width
        return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, 10))
    return build


MODELS = {
    "resnet20": resnet20,
    "resnet18": imagenet(Block, (2, 2, 2, 2), 1),
    "resnet34": imagenet(Block, (3, 4, 6, 3), 1),
    "resnet50": imagenet(Bottleneck, (3, 4, 6, 3), 4)}


LAYOUTS = {"channels last": torch.channels_last, "channels first": torch.contiguous_format}


def timed(action, times):
    """Seconds of every call, without those that warm up."""
    seconds = []
    for _ in range(times):
        start = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - start)
    return sorted(seconds[times // LEFT_OUT_PART:])


def percentile99(ordered):
    return ordered[int(len(ordered) * 0.99)]


def steps(options, model, memory_format, norm):
    """Times steps on one batch of noise."""
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)
    pictures = torch.randn(options.batch, 3, options.size, options.size).to(memory_format=memory_format)
    classes = torch.randint(0, 10, (options.batch,))

    def step():
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(pictures), classes).backward()
        optimizer.step()

    seconds = timed(step, options.steps)
    median = statistics.median(seconds)
    return {
        "model": options.model, "size": options.size, "norm": norm, "workers": options.workers, "batch": options.batch,
        "steps": options.steps, "stepsLeftOut": options.steps // LEFT_OUT_PART,
        "stepMillisMedian": round(median * 1e3, 2), "stepMillisMin": round(seconds[0] * 1e3, 2),
        "stepMillisP99": round(percentile99(seconds) * 1e3, 2),
        "imagesPerSecond": round(options.workers * options.batch / median, 1),
        "residentMegabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1 << (20 if sys.platform == "darwin" else 10))}


def train(options):
    norm = SynchronizedBatchNorm if options.norm == "sync" else nn.BatchNorm2d
    model = MODELS[options.model](norm).to(memory_format=torch.channels_last)
    model = nn.parallel.DistributedDataParallel(model, broadcast_buffers=False)
    yield steps(options, model, torch.channels_last, options.norm)


def single(options):
    """One process without DistributedDataParallel: what one would use on one machine. The faster layout counts."""
    results = []
    for layout in LAYOUTS:
        with multiprocessing.get_context("spawn").Pool(1) as fresh:  # whose memory is of this layout alone
            results.append(fresh.apply(alone, (options, layout)))
    fastest = min(results, key=lambda result: result["stepMillisMedian"])
    print(json.dumps({"peer": "pytorch-gloo", "torch": torch.__version__, **fastest}), flush=True)


def alone(options, layout):
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    options.workers = 1
    model = MODELS[options.model](nn.BatchNorm2d).to(memory_format=LAYOUTS[layout])
    return steps(options, model, LAYOUTS[layout], f"whole batch, {options.threads} threads")


def allreduce(options):
    for floats in options.floats:
        vector = torch.zeros(floats)
        rounds = min(options.steps, max(LEAST_ROUNDS, options.steps * FULL_ROUNDS_FLOATS // floats))
        seconds = timed(lambda: distributed.all_reduce(vector), rounds)
        yield {
            "floats": floats, "workers": options.workers, "rounds": len(seconds), "roundsLeftOut": rounds // LEFT_OUT_PART,
            "microsMedian": round(statistics.median(seconds) * 1e6, 1),
            "microsP99": round(percentile99(seconds) * 1e6, 1)}


def work(rank, options):
    torch.set_num_threads(1)
    torch.manual_seed(rank)
    distributed.init_process_group(
        "gloo", init_method=f"tcp://127.0.0.1:{options.port}", rank=rank, world_size=options.workers)
    for result in {"train": train, "allreduce": allreduce}[options.what](options):
        if rank == 0:
            print(json.dumps({"peer": "pytorch-gloo", "torch": torch.__version__, **result}), flush=True)
    distributed.barrier()
    distributed.destroy_process_group()
    os._exit(0)  # some of gloo's threads are left, and now and then abort a process that ends by returning


def free_port():
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        return any_port.getsockname()[1]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["train", "single", "allreduce"])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--batch", type=int, default=4, help="examples a worker a step")
    parser.add_argument("--norm", choices=["sync", "local"], default="sync")
    parser.add_argument("--model", choices=MODELS, default="resnet20")
    parser.add_argument("--size", type=int, default=32, help="height and width of pictures")
    parser.add_argument("--threads", type=int, default=1, help="of the single process")
    parser.add_argument("--steps", type=int, default=60, help="steps, or rounds of a small vector")
    parser.add_argument("--floats", type=int, nargs="+", default=[33, 4096, 270000])
    parsed = parser.parse_args()
    if parsed.what == "single":
        single(parsed)
        raise SystemExit
    parsed.port = free_port()
    os.environ["OMP_NUM_THREADS"] = "1"
    multiprocessing.spawn(work, (parsed,), parsed.workers)
