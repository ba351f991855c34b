"""Denoiser networks: a U-Net for images, a residual MLP for points."""

from diffusion.networks.mlp import MLP, MLPConfig
from diffusion.networks.unet import UNet, UNetConfig

__all__ = ["MLP", "MLPConfig", "UNet", "UNetConfig"]
