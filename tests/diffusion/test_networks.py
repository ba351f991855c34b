"""Networks: shapes, every parameter learns, the time is seen, and misfit sizes are refused in words."""

import dataclasses

import pytest
import torch

from diffusion.networks import MLP, MLPConfig, PlainMLP, UNet, UNetConfig
from diffusion.networks.embedding import TimeEmbedding

NETWORKS = {
    "digits": (UNetConfig(channels=16), (1, 8, 8)),
    "mnist": (UNetConfig(image_size=28, channels=8, multipliers=(1, 2, 2), attention=(2,)), (1, 28, 28)),
    "colour": (UNetConfig(3, 32, 8, (1, 1, 2, 2), blocks=2, attention=(2, 3), heads=2), (3, 32, 32)),
    "points": (MLPConfig(dimension=2, hidden=32), (2,)),
}


def build(name: str) -> tuple[torch.nn.Module, tuple[int, ...]]:
    config, shape = NETWORKS[name]
    torch.manual_seed(0)
    network = UNet(config) if isinstance(config, UNetConfig) else MLP(config)
    # What starts at zero blocks the gradient of what lies before it, on the first step only.
    for parameter in network.parameters():
        if not parameter.any():
            torch.nn.init.normal_(parameter, std=0.1)
    return network, shape


@pytest.mark.parametrize("name", NETWORKS)
def test_shape_and_gradient_reaches_every_parameter(name):
    network, shape = build(name)
    x, t = torch.randn(3, *shape), torch.tensor([1, 500, 1000])
    out = network(x, t)
    assert out.shape == x.shape
    (out - torch.randn_like(out)).square().sum().backward()
    dead = [key for key, p in network.named_parameters() if p.grad is None or not bool((p.grad != 0).any())]
    assert dead == []


@pytest.mark.parametrize("name", NETWORKS)
def test_samples_do_not_see_each_other_and_the_time_matters(name):
    network, shape = build(name)
    x, t = torch.randn(3, *shape), torch.tensor([1, 500, 1000])
    with torch.no_grad():
        together = network(x, t)
        alone = torch.cat([network(x[i : i + 1], t[i : i + 1]) for i in range(3)])
        torch.testing.assert_close(together, alone, rtol=1e-4, atol=1e-4)
        assert not torch.allclose(together, network(x, t.flip(0)), rtol=1e-3, atol=1e-3)


def test_untrained_unet_predicts_zero():
    assert bool((UNet(UNetConfig())(torch.randn(2, 1, 8, 8), torch.tensor([3, 4])) == 0).all())


def test_unet_runs_in_bfloat16_and_still_tells_times_apart():
    embedding = TimeEmbedding(32, 16)
    low = TimeEmbedding(32, 16).bfloat16()
    low.load_state_dict({k: v.bfloat16() for k, v in embedding.state_dict().items()})
    t = torch.tensor([512, 513])
    features = low(t)
    assert features.dtype == torch.bfloat16 and not torch.equal(features[0], features[1])
    torch.testing.assert_close(features.float(), embedding(t), rtol=0.05, atol=0.05)
    network, shape = build("digits")
    assert network.bfloat16()(torch.randn(2, *shape).bfloat16(), t).dtype == torch.bfloat16


def test_misfit_sizes_are_refused():
    with pytest.raises(ValueError, match="its side must be divisible by 4; got 10"):
        UNet(UNetConfig(image_size=10, multipliers=(1, 2, 2)))
    with pytest.raises(ValueError, match=r"attention levels must be among 0..1; got \(2,\)"):
        UNet(UNetConfig(attention=(2,)))
    with pytest.raises(ValueError, match="level 1 has attention over 64 channels, which 3 heads do not divide"):
        UNet(UNetConfig(heads=3))
    with pytest.raises(ValueError, match="at least one level and one block per level"):
        UNet(UNetConfig(blocks=0))
    with pytest.raises(ValueError, match="every size of an MLP must be at least 1"):
        MLP(MLPConfig(layers=0))
    with pytest.raises(ValueError, match="needs an even number of features; got 3"):
        TimeEmbedding(3, 8)


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_that_is_told_the_class_listens_and_one_that_is_told_none_has_a_label_for_it(name):
    config, shape = NETWORKS[name]
    config = dataclasses.replace(config, classes=3, outputs=2)
    torch.manual_seed(0)
    network = UNet(config) if isinstance(config, UNetConfig) else MLP(config)
    x, t, labels = torch.randn(4, *shape), torch.tensor([1, 5, 9, 900]), torch.tensor([0, 1, 2, 3])
    assert torch.equal(network(x, t, labels), network(x, t))  # An untrained network ignores the class.
    for parameter in network.parameters():
        if not parameter.any():
            torch.nn.init.normal_(parameter, std=0.5)
    with torch.no_grad():
        told, silent = network(x, t, labels), network(x, t)
    assert told.shape == (4, 2 * shape[0], *shape[1:])
    # The label 3 is "not told".
    torch.testing.assert_close(told[3], silent[3], rtol=1e-4, atol=1e-4)
    for i in range(3):
        assert not torch.allclose(told[i], silent[i], rtol=1e-2, atol=1e-2)


def test_the_plain_network_is_linear_layers_with_time_as_a_coordinate():
    network = PlainMLP(MLPConfig(hidden=8, layers=2))
    sizes = [tuple(p.shape) for name, p in network.named_parameters() if name.endswith("weight")]
    assert sizes == [(8, 3), (8, 8), (2, 8)]
    x, t = torch.randn(5, 2), torch.rand(5)
    h = torch.cat([x, t[:, None]], 1)
    for layer in network.body:
        h = layer(h)
    torch.testing.assert_close(network(x, t), h)
    with pytest.raises(ValueError, match="the plain MLP cannot be told a class; use the residual one"):
        PlainMLP(MLPConfig(classes=2))
