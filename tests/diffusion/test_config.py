"""Settings: where they come from, what is refused, and in which words."""

import pytest

from diffusion import config, data, schedules
from diffusion.config import TrainConfig
from diffusion.errors import UserError


def test_names_in_the_help_are_the_names_that_exist():
    assert set(config.SCHEDULES) == set(schedules.SCHEDULES)
    for name in set(config.DATA) - {"mnist", "folder:PATH"}:
        assert data.load(name).name == name
    with pytest.raises(UserError, match="unknown data 'faces'; choose one of: 8gaussians, moons, checkerboard"):
        data.load("faces")


def test_text_from_flags_and_values_from_yaml_mean_the_same():
    from_flags = config.build({"lr": "0.0005", "steps": "7", "multipliers": "1,2,2", "attention": ""})
    from_yaml = config.build({"lr": 5e-4, "steps": 7, "multipliers": [1, 2, 2], "attention": []})
    assert from_flags == from_yaml and from_flags.attention == () and from_flags.multipliers == (1, 2, 2)
    assert config.build({"attention": 1}).attention == (1,)
    assert config.build({"lr": 1}).lr == 1.0


def test_json_round_trip():
    settings = TrainConfig(multipliers=(1, 3), lr=0.1 + 0.2)
    assert config.build(config.to_json(settings)) == settings


def test_a_run_of_an_earlier_version_is_read_as_it_was():
    """Defaults change and settings come to be: what has no effect is no reason to refuse, what was absent was off."""
    old = config.to_json(config.build({"family": "flow"})) | {"gamma_min": -13.3}
    assert config.rebuild(old) == config.build({"family": "flow"})
    old = config.to_json(config.build({"family": "vdm"})) | {"gamma_min": -13.3}
    del old["fourier"]
    assert (config.rebuild(old).gamma_min, config.rebuild(old).fourier) == (-13.3, "off")
    assert config.build({"family": "vdm"}).fourier == config.rebuild({**old, "fourier": "on"}).fourier == "on"
    with pytest.raises(UserError, match="unknown setting 'nonsense'"):
        config.rebuild({"nonsense": 1})


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"step": 3}, "unknown setting 'step'; did you mean 'steps'"),
        ({"zzz": 3}, "unknown setting 'zzz'; the names are: family, data"),
        ({"steps": "many"}, "setting 'steps' must be a whole number; got 'many'"),
        ({"steps": 1.5}, "setting 'steps' must be a whole number; got 1.5"),
        ({"steps": True}, "setting 'steps' must be a whole number; got True"),
        ({"lr": "fast"}, "setting 'lr' must be a number; got 'fast'"),
        ({"lr": float("nan")}, "setting 'lr' must be a positive number such as 0.001; got nan"),
        ({"data": 3}, "setting 'data' must be a word; got 3"),
        ({"multipliers": "a"}, "setting 'multipliers' must be whole numbers such as 1,2; got 'a'"),
        ({"multipliers": []}, "setting 'multipliers' must be whole numbers from 1 up"),
        ({"steps": 0}, "setting 'steps' must be at least 1; got 0"),
        ({"ema": 1}, "setting 'ema' must be at least 0 and below 1; got 1.0"),
        ({"seed": -1}, "warmup, weight_decay, seed and vlb_weight must not be negative"),
        ({"family": "ddpm", "sigma_max": 3}, "'sigma_max' has no effect on the family 'ddpm'; it is for: ncsn, ve, edm"),
        ({"family": "ve", "sigma_min": 30}, "settings 'sigma_min' and 'sigma_max' must be positive and in order"),
        ({"family": "vdm", "gamma_min": 7}, "'gamma_min' must be below 'gamma_max'; got 7.0 and 5.0"),
        ({"family": "reflow"}, "the family 'reflow' needs --reflow-from RUN"),
        ({"family": "flow", "source": "mnistt"}, "unknown source 'mnistt'; choose one of: noise, digits"),
        ({"precision": "fp8"}, "unknown precision 'fp8'; choose one of: fp32, bf16"),
        ({"image_channels": 2}, "setting 'image_channels' must be 1 or 3; got 2"),
        ({"family": "gan"}, "unknown family 'gan'; choose one of: ddpm"),
        ({"data": "faces"}, "unknown data 'faces'; choose one of: digits, mnist, folder:PATH, 8gaussians, moons"),
        ({"schedule": "sine"}, "unknown schedule 'sine'; choose one of: linear, cosine"),
    ],
)
def test_refusals(choices, message):
    with pytest.raises(UserError) as error:
        config.build(choices)
    assert message in str(error.value)


def test_families_bring_their_own_defaults_and_a_choice_overrides_them():
    assert config.build({"family": "iddpm"}).schedule == "cosine"
    assert config.build({"family": "iddpm", "schedule": "linear"}).schedule == "linear"
    assert config.build({"family": "edm"}).sigma_max == 80 and config.build({"family": "ve"}).sigma_max == 20
    for family in set(config.FAMILIES) - {"reflow"}:
        settings = config.build({"family": family})
        assert config.build(config.to_json(settings)) == settings


def test_yaml_truth_values_mean_on_and_off(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("labels: on\ncompile: off\n")
    assert config.read_yaml(path) == {"labels": "on", "compile": "off"}


def test_yaml_file(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_text("lr: 5e-4\nmultipliers: [1, 2]\n")
    assert config.build(config.read_yaml(path)).lr == 5e-4
    path.write_text("- 1\n- 2\n")
    with pytest.raises(UserError, match="must be a list of 'name: value' lines"):
        config.read_yaml(path)
    path.write_text("lr: [\n")
    with pytest.raises(UserError, match="cannot read the config file"):
        config.read_yaml(path)
    with pytest.raises(UserError, match=r"cannot read the config file .*No such file"):
        config.read_yaml(tmp_path / "absent.yaml")


def test_resuming_keeps_the_settings_of_the_run(tmp_path):
    stored = TrainConfig(lr=0.01, steps=10)
    assert config.resume(stored, {}, tmp_path) == stored
    assert config.resume(stored, {"steps": 20, "lr": "0.01"}, tmp_path).steps == 20
    with pytest.raises(UserError) as error:
        config.resume(stored, {"lr": 0.02, "batch": 3}, tmp_path)
    assert "was started with other settings: batch was 64, now 3; lr was 0.01, now 0.02" in str(error.value)
    assert "give another --out to start a new run" in str(error.value)
    with pytest.raises(UserError, match="was started with other settings: family was ddpm, now edm"):
        config.resume(stored, {"family": "edm"}, tmp_path)
