"""A U-Net that denoises images: residual blocks, self-attention; time and class by adaptive normalisation."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from diffusion.networks.embedding import ClassEmbedding, TimeEmbedding


@dataclass(frozen=True)
class UNetConfig:
    """Sizes of the U-Net.

    Level i has channels * multipliers[i] channels at side image_size / 2^i; image_size must be divisible by
    2^(levels - 1). `attention` lists the levels that have self-attention; the middle always has it. `blocks`
    counts the residual blocks per level on the way down; the way up has one more. Images are square. `outputs` is
    the number of predictions per sample, each of in_channels channels; `classes` is 0 for a network that is told
    no class. Beside x the network sees sin(k x) and cos(k x) for each of `frequencies` k, in radians per unit of x.
    """

    in_channels: int = 1
    image_size: int = 8
    channels: int = 32
    multipliers: tuple[int, ...] = (1, 2)
    blocks: int = 1
    attention: tuple[int, ...] = (1,)
    heads: int = 4
    dropout: float = 0.0
    outputs: int = 1
    classes: int = 0
    frequencies: tuple[float, ...] = ()


class UNet(nn.Module):
    """x_t (n, in_channels, image_size, image_size), t (n,) and perhaps labels (n,) to predictions.

    The last convolution of every residual block and of the network starts at zero, so that the untrained
    network predicts 0. Raises ValueError when the sizes do not fit each other.
    """

    def __init__(self, config: UNetConfig) -> None:
        super().__init__()
        _check(config)
        self.config = config
        width = 4 * config.channels
        self.time = TimeEmbedding(config.channels, width)
        self.label = ClassEmbedding(config.classes, width) if config.classes else None
        seen = config.in_channels * (1 + 2 * len(config.frequencies))
        self.first = nn.Conv2d(seen, config.channels, 3, padding=1)

        def stage(level: int, before: int, after: int) -> _Stage:
            return _Stage(before, after, width, config, attends=level in config.attention)

        widths = [config.channels * m for m in config.multipliers]
        skips, now = [config.channels], config.channels
        self.down = nn.ModuleList()
        for level, after in enumerate(widths):
            for _ in range(config.blocks):
                self.down.append(stage(level, now, after))
                now = after
                skips.append(now)
            if level < len(widths) - 1:
                self.down.append(_Down(now))
                skips.append(now)

        self.middle = nn.ModuleList(
            [_Stage(now, now, width, config, attends=True), _Stage(now, now, width, config, attends=False)]
        )
        self.up = nn.ModuleList()
        for level in reversed(range(len(widths))):
            for _ in range(config.blocks + 1):
                self.up.append(stage(level, now + skips.pop(), widths[level]))
                now = widths[level]
            if level > 0:
                self.up.append(_Up(now))
        out = nn.Conv2d(now, config.outputs * config.in_channels, 3, padding=1)
        self.last = nn.Sequential(_norm(now), nn.SiLU(), _zero(out))

    def forward(self, x_t: Tensor, t: Tensor, labels: Tensor | None = None) -> Tensor:
        """The predictions at x_t and t, (n, outputs in_channels, image_size, image_size)."""
        time = self.time(t)
        if self.label is not None:
            time = time + self.label(labels, len(x_t))
        time = F.silu(time)
        waves = [wave(k * x_t) for k in self.config.frequencies for wave in (torch.sin, torch.cos)]
        h = self.first(torch.cat([x_t, *waves], dim=1) if waves else x_t)
        skips = [h]
        for module in self.down:
            h = module(h, time)
            skips.append(h)
        for module in self.middle:
            h = module(h, time)
        for module in self.up:
            h = module(torch.cat([h, skips.pop()], dim=1) if isinstance(module, _Stage) else h, time)
        return self.last(h)


class _Stage(nn.Module):
    """A residual block whose second normalisation is scaled and shifted by the time; then attention."""

    def __init__(self, before: int, after: int, width: int, config: UNetConfig, *, attends: bool) -> None:
        super().__init__()
        self.enter = nn.Sequential(_norm(before), nn.SiLU(), nn.Conv2d(before, after, 3, padding=1))
        self.norm = _norm(after, affine=False)
        self.scale_shift = nn.Linear(width, 2 * after)
        self.leave = nn.Sequential(nn.SiLU(), nn.Dropout(config.dropout), _zero(nn.Conv2d(after, after, 3, padding=1)))
        self.skip = nn.Identity() if before == after else nn.Conv2d(before, after, 1)
        self.attention = _Attention(after, config.heads) if attends else nn.Identity()

    def forward(self, x: Tensor, time: Tensor) -> Tensor:
        scale, shift = self.scale_shift(time)[:, :, None, None].chunk(2, dim=1)
        h = torch.addcmul(shift, self.norm(self.enter(x)), 1 + scale)
        return self.attention(self.skip(x) + self.leave(h))


class _Attention(nn.Module):
    """Residual self-attention over the pixels."""

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm = _norm(channels)
        self.qkv = nn.Conv2d(channels, 3 * channels, 1)
        self.out = _zero(nn.Conv2d(channels, channels, 1))

    def forward(self, x: Tensor) -> Tensor:
        n, c, height, width = x.shape
        qkv = self.qkv(self.norm(x)).view(n, 3, self.heads, c // self.heads, height * width)
        q, k, v = qkv.transpose(-1, -2).unbind(1)
        h = F.scaled_dot_product_attention(q, k, v)
        return x + self.out(h.transpose(-1, -2).reshape(n, c, height, width))


class _Down(nn.Module):
    """Half the side, by a convolution of stride 2."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, stride=2, padding=1)

    def forward(self, x: Tensor, _time: Tensor) -> Tensor:
        return self.conv(x)


class _Up(nn.Module):
    """Twice the side: repeat pixels, then convolve."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor, _time: Tensor) -> Tensor:
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))


def _norm(channels: int, *, affine: bool = True) -> nn.GroupNorm:
    return nn.GroupNorm(math.gcd(channels, 8), channels, affine=affine)


def _zero(conv: nn.Conv2d) -> nn.Conv2d:
    nn.init.zeros_(conv.weight)
    if conv.bias is not None:
        nn.init.zeros_(conv.bias)
    return conv


def _check(config: UNetConfig) -> None:
    levels = len(config.multipliers)
    if levels < 1 or config.blocks < 1:
        raise ValueError(f"a U-Net needs at least one level and one block per level; got {config}")
    step = 2 ** (levels - 1)
    if config.image_size % step:
        raise ValueError(
            f"{levels} levels halve the image {levels - 1} times, so its side must be divisible by {step}; "
            f"got {config.image_size}. Use fewer multipliers, or pad the images"
        )
    if not set(config.attention) <= set(range(levels)):
        raise ValueError(f"attention levels must be among 0..{levels - 1}; got {config.attention}")
    for level in {*config.attention, levels - 1}:
        width = config.channels * config.multipliers[level]
        if width % config.heads:
            raise ValueError(
                f"level {level} has attention over {width} channels, which {config.heads} heads do not "
                "divide; change channels or heads"
            )
