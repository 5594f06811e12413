"""The networks of the tests once more, in PyTorch's float32, with PyTorch's own layers where it has them.

  networks.py step FILE...        one step of training from the weights, momentum buffers and batch of each FILE.*; FILE.after
                                  gets the weights
  networks.py evaluate FILE...    FILE.model is loaded, strictly, and FILE.logits gets the logits of FILE.batch; then a network
                                  that is made here writes FILE.torch-model and FILE.torch-logits
"""
import sys

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import parametrizations


class BatchNorm(nn.BatchNorm2d):
    """For each normalization group by itself; sizes has the examples of each, or is None for one group."""

    sizes = None

    def forward(self, x):
        if not self.training:
            return super().forward(x)
        return torch.cat([super(BatchNorm, self).forward(part) for part in x.split(self.sizes or len(x))])


class FrozenBatchNorm(nn.BatchNorm2d):
    def forward(self, x):
        return F.batch_norm(x, self.running_mean, self.running_var, self.weight, self.bias, False, 0, self.eps)


class BatchRenorm(nn.BatchNorm2d):
    sizes, most_scale, most_shift = None, 1, 0

    def forward(self, x):
        if not self.training:
            return super().forward(x)
        return torch.cat([self.part(part) for part in x.split(self.sizes or len(x))])

    def part(self, x):
        column = (1, -1, 1, 1)
        variance, mean = torch.var_mean(x, (0, 2, 3), correction=0)
        deviation, running = (variance + self.eps).sqrt(), (self.running_var + self.eps).sqrt()
        r = (deviation.detach() / running).clamp(1 / self.most_scale, self.most_scale)
        d = ((mean.detach() - self.running_mean) / running).clamp(-self.most_shift, self.most_shift)
        normalized = (x - mean.view(column)) / deviation.view(column) * r.view(column) + d.view(column)
        return normalized * self.weight.view(column) + self.bias.view(column)


class BatchGroupNorm(nn.BatchNorm2d):
    sizes, groups = None, 1

    def forward(self, x):
        if not self.training:
            return super().forward(x)
        return torch.cat([self.part(part) for part in x.split(self.sizes or len(x))])

    def part(self, x):
        n, c, h, w = x.shape
        grouped = x.view(n, self.groups, c // self.groups, h, w)
        variance, mean = torch.var_mean(grouped, (0, 2, 3, 4), correction=0, keepdim=True)
        normalized = ((grouped - mean) / (variance + self.eps).sqrt()).view(n, c, h, w)
        return normalized * self.weight.view(1, -1, 1, 1) + self.bias.view(1, -1, 1, 1)


class StandardizedConv2d(nn.Conv2d):
    def forward(self, x):
        variance, mean = torch.var_mean(self.weight, (1, 2, 3), correction=0, keepdim=True)
        weight = (self.weight - mean) / (variance + 1e-6).sqrt()
        return F.conv2d(x, weight, self.bias, self.stride, self.padding)


class RootMeanSquareNorm(nn.Module):
    """Over all numbers of an example, without a shift."""

    def __init__(self, channels, eps=1e-5):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(channels)), eps

    def forward(self, x):
        size = (x.square().mean((1, 2, 3), keepdim=True) + self.eps).sqrt()
        return x / size * self.weight.view(1, -1, 1, 1)


class FilterResponseNorm(nn.Module):
    """With a thresholded linear unit in the place of a ReLU, if one follows; timm's names."""

    def __init__(self, channels, activated, eps=1e-5):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.zeros(channels))
        self.tau = nn.Parameter(torch.zeros(channels)) if activated else None
        self.eps = eps

    def forward(self, x):
        size = (x.square().mean((2, 3), keepdim=True) + self.eps).sqrt()
        y = x / size * self.weight.view(1, -1, 1, 1) + self.bias.view(1, -1, 1, 1)
        return y if self.tau is None else torch.maximum(y, self.tau.view(1, -1, 1, 1))


class EvoNormS0(nn.Module):
    """With the activation in the place of a ReLU, if one follows; timm's names."""

    def __init__(self, channels, groups, activated, eps=1e-5):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(channels)), nn.Parameter(torch.zeros(channels))
        self.v = nn.Parameter(torch.ones(channels)) if activated else None
        self.groups, self.eps = groups, eps

    def forward(self, x):
        if self.v is not None:
            n, c, h, w = x.shape
            variance = torch.var(x.view(n, self.groups, -1), 2, correction=0, keepdim=True)
            size = (variance + self.eps).sqrt().expand(-1, -1, c // self.groups).reshape(n, c, 1, 1)
            x = x * torch.sigmoid(self.v.view(1, -1, 1, 1) * x) / size
        return x * self.weight.view(1, -1, 1, 1) + self.bias.view(1, -1, 1, 1)


def make_norm(settings, channels, activated):
    kind, *arguments = settings['norm'].split(':')
    sizes = [int(size) for size in settings['sizes'].split(',')] if 'sizes' in settings else None
    if kind == 'group':
        return nn.GroupNorm(int(arguments[0]), channels)
    if kind == 'layer':
        return nn.GroupNorm(1, channels)
    if kind == 'instance':
        return nn.InstanceNorm2d(channels, affine=True)
    if kind in ('none', 'weight-norm'):
        return nn.Identity()
    if kind == 'rms':
        return RootMeanSquareNorm(channels)
    if kind == 'frn':
        return FilterResponseNorm(channels, activated)
    if kind == 'evonorm-s0':
        return EvoNormS0(channels, int(arguments[0]), activated)
    norm = {'batch': BatchNorm, 'frozen': FrozenBatchNorm, 'renorm': BatchRenorm, 'batch-group': BatchGroupNorm}[kind](
        channels)
    norm.sizes = sizes
    if kind == 'renorm':
        norm.most_scale, norm.most_shift = map(float, arguments)
    if kind == 'batch-group':
        norm.groups = int(arguments[1])
    return norm


class Block(nn.Module):
    def __init__(self, settings, conv):
        super().__init__()
        self.conv1 = conv(8, 12, 3, padding=1)
        self.bn1 = make_norm(settings, 12, False)
        self.downsample = nn.Sequential(conv(8, 12, 1))

    def forward(self, x):
        return F.relu(self.bn1(self.conv1(x)) + self.downsample(x))


class SmallNet(nn.Module):
    def __init__(self, settings):
        super().__init__()
        kind = StandardizedConv2d if settings.get('weight-standardization') == 'true' else nn.Conv2d
        weight_norm = parametrizations.weight_norm if settings['norm'] == 'weight-norm' else lambda layer: layer
        bias = settings['norm'] in ('none', 'weight-norm', 'rms')

        def conv(*sizes, **others):
            return weight_norm(kind(*sizes, bias=bias, **others))

        activates = settings['norm'].split(':')[0] in ('frn', 'evonorm-s0')
        self.relu = nn.Identity() if activates else nn.ReLU()
        self.conv1 = conv(3, 8, 3, padding=1)
        self.bn1 = make_norm(settings, 8, True)
        self.block = Block(settings, conv)
        self.fc = weight_norm(nn.Linear(12, 4))

    def forward(self, x):
        x = F.avg_pool2d(self.relu(self.bn1(self.conv1(x))), 2)
        return self.fc(self.block(x).mean((2, 3)))


class Scalar(nn.Parameter):
    """Fixup's; they learn at a tenth of the rate."""

    def __new__(cls, number):
        return super().__new__(cls, torch.full((1,), float(number)))


class FixupBlock(nn.Module):
    def __init__(self, channels, out, stride):
        super().__init__()
        self.bias1a, self.bias1b, self.bias2a, self.bias2b = (Scalar(0) for _ in range(4))
        self.scale = Scalar(1)
        self.conv1 = nn.Conv2d(channels, out, 3, stride, 1, bias=False)
        self.conv2 = nn.Conv2d(out, out, 3, 1, 1, bias=False)
        self.stride = stride

    def forward(self, x):
        main = F.relu(self.conv1(x + self.bias1a) + self.bias1b)
        main = self.conv2(main + self.bias2a) * self.scale + self.bias2b
        if self.stride > 1:
            x = F.avg_pool2d(x + self.bias1a, 1, self.stride)
            x = torch.cat((x, torch.zeros_like(x)), 1)
        return F.relu(main + x)


class FixupResNet8(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False)
        self.bias1, self.bias2 = Scalar(0), Scalar(0)
        self.layer1 = nn.Sequential(FixupBlock(16, 16, 1))
        self.layer2 = nn.Sequential(FixupBlock(16, 32, 2))
        self.layer3 = nn.Sequential(FixupBlock(32, 64, 2))
        self.fc = nn.Linear(64, 4)

    def forward(self, x):
        x = F.relu(self.conv1(x) + self.bias1)
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.fc(x.mean((2, 3)) + self.bias2)


def network(settings):
    return FixupResNet8() if settings['norm'] == 'fixup' else SmallNet(settings)


def read_batch(file):
    """The settings, the pictures as N, C, H, W, and the labels."""
    with safe_open(file + '.batch', 'pt') as batch:
        settings = batch.metadata()
    tensors = load_file(file + '.batch')
    return settings, tensors['x'].permute(0, 3, 1, 2).contiguous(), tensors['labels'].long()


def step(file):
    settings, x, labels = read_batch(file)
    net = network(settings)
    net.load_state_dict(load_file(file + '.model'), strict=True)
    rate = float(settings['lr'])
    groups = [{'params': [parameter], 'lr': rate / 10 if isinstance(parameter, Scalar) else rate}
              for parameter in net.parameters()]
    optimizer = torch.optim.SGD(groups, momentum=float(settings['momentum']))
    buffers = load_file(file + '.buffers')
    for name, parameter in net.named_parameters():
        optimizer.state[parameter]['momentum_buffer'] = buffers['momentum_buffer.' + name].clone()
    F.cross_entropy(net(x), labels).backward()
    optimizer.step()
    save_file({name: parameter.detach().contiguous() for name, parameter in net.named_parameters()}, file + '.after')


def logits(net, x):
    net.eval()
    with torch.no_grad():
        return {'logits': net(x).contiguous()}


def evaluate(file):
    settings, x, _ = read_batch(file)
    net = network(settings)
    net.load_state_dict(load_file(file + '.model'), strict=True)
    save_file(logits(net, x), file + '.logits')
    torch.manual_seed(7)
    own = network(settings)
    with torch.no_grad():
        for tensor in own.state_dict().values():
            if tensor.is_floating_point():
                tensor.add_(0.1 * torch.rand_like(tensor))
    save_file(own.state_dict(), file + '.torch-model')
    save_file(logits(own, x), file + '.torch-logits')


torch.set_num_threads(1)
for each in sys.argv[2:]:
    {'step': step, 'evaluate': evaluate}[sys.argv[1]](each)
