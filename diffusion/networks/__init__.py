"""Denoiser networks: a U-Net for images, a residual MLP for points; and which one a run's settings mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import nn

from diffusion.data.order import seed_for
from diffusion.errors import UserError
from diffusion.networks.mlp import MLP, MLPConfig, PlainMLP
from diffusion.networks.unet import UNet, UNetConfig

if TYPE_CHECKING:
    from diffusion.config import TrainConfig

__all__ = ["MLP", "MLPConfig", "PlainMLP", "UNet", "UNetConfig", "build_network"]


def build_network(
    config: TrainConfig,
    shape: tuple[int, ...],
    outputs: int = 1,
    classes: int = 0,
    frequencies: tuple[float, ...] = (),
) -> nn.Module:
    """The network for samples of a shape: a U-Net for images, an MLP for points, which has frequencies of its own.

    Its weights depend on the seed alone. Raises UserError when the sizes do not fit each other.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed_for(config.seed, "weights"))
        try:
            if len(shape) == 1:
                kind = PlainMLP if config.network == "plain" else MLP
                return kind(
                    MLPConfig(
                        dimension=shape[0], hidden=config.hidden, layers=config.layers, outputs=outputs, classes=classes
                    )
                )
            return UNet(
                UNetConfig(
                    in_channels=shape[0],
                    image_size=shape[-1],
                    channels=config.channels,
                    multipliers=config.multipliers,
                    blocks=config.blocks,
                    attention=config.attention,
                    heads=config.heads,
                    dropout=config.dropout,
                    outputs=outputs,
                    classes=classes,
                    frequencies=frequencies,
                )
            )
        except ValueError as error:
            raise UserError(f"these network sizes do not work: {error}") from error
