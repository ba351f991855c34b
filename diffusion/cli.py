"""The command `diffuse`: train, sample, list, show. PyTorch is imported only when a command needs it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from diffusion import __version__, config, runs
from diffusion.errors import UserError

if TYPE_CHECKING:
    from diffusion.commands.sampling import Wishes

OVERVIEW = """\
Train and sample diffusion models, on data that needs no download.

  diffuse train ddpm --data digits --out runs/digits     a few minutes on two CPU cores
  diffuse sample runs/digits                             64 new digits, as a picture
  diffuse plot runs/digits                               the loss curve, the way of one pixel
  diffuse evaluate runs/digits                           distances to the test data, with standard errors
  diffuse likelihood runs/flow                           bits per dimension of the test data
  diffuse show runs/digits                               settings, progress, checkpoints
  diffuse list                                           families, data sets, schedules

Each command explains itself: diffuse train --help
"""

TRAIN = """\
Train a model, or go on with one.

The folder given by --out holds the run: config.json, checkpoints/, loss.png, samples.png. The same
command again goes on where the run stopped, be it by Ctrl-C, by a kill or by a power cut, and ends
with the same weights, bit for bit on a CPU with the same --threads. Settings may come from a YAML file;
flags override it. A run keeps the settings it was begun with; only --steps and --save-every may change.

  diffuse train ddpm --data digits --out runs/digits
  diffuse train ddpm --data 8gaussians --T 200 --schedule cosine --out runs/eight
  diffuse train ddpm --out runs/digits --steps 6000      train the same run further
  diffuse train edm --labels on --out runs/edm           told the classes, for classifier-free guidance
  diffuse train ddpm --config digits.yaml --out runs/b   with lines such as 'lr: 0.0005' in the file

Many processes, each with its share of every batch:

  torchrun --nproc-per-node 2 -m diffusion train ddpm --out runs/two
"""

SAMPLE = """\
Draw samples from a run, with the moving average of its weights.

  diffuse sample runs/digits                             64 samples, RUN/samples-seed0.png
  diffuse sample runs/digits --n 16 --seed 3 --out a.png
  diffuse sample runs/digits --steps 1000 --sigma beta   every step of the chain, the larger variance
  diffuse sample runs/eight --n 5000 --out eight.npy     numbers, float32 of shape (n, ...)
  diffuse sample runs/edm --label 3 --guidance 2         a run with labels: only threes, guided
  diffuse sample runs/digits --classifier runs/noisy --label 3 --guidance 4

Each family has samplers of its own, and each of them its options: diffuse list --samplers
"""

LIKELIHOOD = """\
The likelihood that a run gives to data, in nats and in bits per dimension, with standard errors.

By the probability-flow equation for families that have one (an exact density of the network's own law, up to
the tolerance of the solver), by the variational bound for ddpm, iddpm and vdm. Grey levels get uniform noise
of one level first, so that bits per dimension are an upper bound on those of the discrete images: train with
--dequantise on for a fair figure. The bounds of iddpm and vdm are of the grey levels themselves, and need no noise.

  diffuse likelihood runs/flow                           the test data
  diffuse likelihood runs/flow --n 256 --part train
"""

EVALUATE = """\
Distances between samples of a run and its test data, each with a standard error, into RUN/evaluation.json.

Points: 2-Wasserstein (exact transport), sliced 2-Wasserstein, maximum mean discrepancy, precision and recall.
Images: the same in the features of a small classifier that this command trains on the data, and the Frechet
distance there. That is not FID: FID uses the features of an Inception network.

  diffuse evaluate runs/digits
  diffuse evaluate runs/digits --n 1000 --steps 50
"""

PLOT = """\
Pictures of a run, into its folder: loss.png (the loss curve), samples.png, trajectories.png (the ways of
samples from noise to data) and, for images, pixel.png (one pixel's way from noise to its value).

  diffuse plot runs/digits
  diffuse plot runs/digits --pixel 4,4 --seed 3
"""


# Packages that are not among those of the extra 'models'.
EXTRAS = {"tensorboard": "tensorboard"}


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, and where help is."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}. See: {self.prog} --help\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code: 0, 2 for bad input, 128 + n when stopped by signal n."""
    arguments = _parser().parse_args(argv)
    try:
        return arguments.run(arguments)
    except UserError as error:
        print(f"diffuse: {error}", file=sys.stderr)
        return 2
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] == "diffusion":
            raise
        extra = EXTRAS.get(error.name.split(".")[0], "models")
        print(
            f"diffuse: this command needs the package {error.name!r}; run: pip install 'exegesis[{extra}]'",
            file=sys.stderr,
        )
        return 2
    except KeyboardInterrupt:
        print("diffuse: stopped; what was saved before is untouched", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="diffuse", description=OVERVIEW, **_STYLE)
    parser.add_argument("--version", action="version", version=f"diffuse {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    train = commands.add_parser(
        "train",
        help="train a model, or resume",
        usage="diffuse train FAMILY --out RUN [--config FILE.yaml] [settings]",
        description=TRAIN,
        **_STYLE,
    )
    train.add_argument("family", metavar="FAMILY", help=f"one of: {', '.join(config.FAMILIES)}")
    train.add_argument("--out", type=Path, required=True, metavar="RUN", help="folder of the run")
    train.add_argument("--config", type=Path, metavar="FILE.yaml", help="settings as 'name: value' lines")
    train.add_argument("--tensorboard", action="store_true", help="also log to RUN/tensorboard (extra: tensorboard)")
    _add_machine(train)
    settings = train.add_argument_group("settings of the run (names as in the YAML file)")
    for name, field in config.FIELDS.items():
        if name != "family":
            _add_setting(settings, name, field.default, field.metadata)
    train.set_defaults(run=_train)

    _add_sample(commands)
    _add_measures(commands)
    show = commands.add_parser(
        "show",
        help="settings and progress of a run",
        description="Print what a run is and how far it is.",
        **_STYLE,
    )
    show.add_argument("path", metavar="RUN", type=Path, help=_RUN)
    show.set_defaults(run=_show)

    listing = commands.add_parser(
        "list",
        help="what can be trained; runs in a folder",
        description="List what can be trained.",
        **_STYLE,
    )
    listing.add_argument("folder", metavar="FOLDER", nargs="?", type=Path, help="list the runs in it instead")
    listing.add_argument("--samplers", action="store_true", help="list samplers, and which families take which")
    listing.set_defaults(run=_list)
    return parser


def _add_sample(commands: Any) -> None:
    sample = commands.add_parser("sample", help="draw samples from a run", description=SAMPLE, **_STYLE)
    sample.add_argument("path", metavar="RUN", type=Path, help=_RUN)
    sample.add_argument("--n", type=int, metavar="N", help="number of samples (default 64 images, 1000 points)")
    sample.add_argument("--out", type=Path, metavar="FILE", help=".png or .npy (default RUN/samples-seedS.png)")
    _add_sampling(sample)
    _add_machine(sample)
    sample.set_defaults(run=_sample)


def _add_measures(commands: Any) -> None:
    likelihood = commands.add_parser("likelihood", help="bits per dimension of data", description=LIKELIHOOD, **_STYLE)
    likelihood.add_argument("path", metavar="RUN", type=Path, help=_RUN)
    likelihood.add_argument(
        "--n", type=int, default=512, metavar="N", help="how many samples of the data (default 512)"
    )
    likelihood.add_argument("--part", default="test", choices=("test", "train"), help="which data (default test)")
    likelihood.add_argument("--method", choices=("flow", "bound"), help="default: bound for ddpm, iddpm and vdm")
    likelihood.add_argument("--seed", type=int, default=0, metavar="S", help="seed of the noise (default 0)")
    _add_machine(likelihood)
    likelihood.set_defaults(run=_likelihood)

    evaluate = commands.add_parser("evaluate", help="distances to the test data", description=EVALUATE, **_STYLE)
    evaluate.add_argument("path", metavar="RUN", type=Path, help=_RUN)
    evaluate.add_argument("--n", type=int, default=1000, metavar="N", help="number of samples (default 1000)")
    _add_sampling(evaluate)
    _add_machine(evaluate)
    evaluate.set_defaults(run=_evaluate)

    plot = commands.add_parser("plot", help="pictures of a run", description=PLOT, **_STYLE)
    plot.add_argument("path", metavar="RUN", type=Path, help=_RUN)
    plot.add_argument("--pixel", metavar="ROW,COLUMN", help="the pixel to follow (default the middle)")
    _add_sampling(plot)
    _add_machine(plot)
    plot.set_defaults(run=_plot)


_RUN = "folder that 'diffuse train --out' wrote"
_STYLE: dict[str, Any] = {"formatter_class": argparse.RawDescriptionHelpFormatter, "allow_abbrev": False}


def _add_machine(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--device", default="auto", help="cpu, cuda, cuda:1, ... (default auto: a GPU when there is one)"
    )
    parser.add_argument(
        "--threads",
        type=int,
        metavar="N",
        help="CPU threads (default: 1 for a network under a million weights, else all cores)",
    )


def _add_sampling(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="seed of the noise (default 0)")
    parser.add_argument("--sampler", metavar="NAME", help="sampler of the family; see 'diffuse list --samplers'")
    parser.add_argument("--steps", type=int, metavar="N", help="sampling steps (default: the family's)")
    parser.add_argument("--label", type=int, metavar="K", help="draw this class only (runs with --labels on)")
    parser.add_argument("--guidance", type=float, default=1.0, metavar="S", help="scale of guidance; 1 is none")
    parser.add_argument("--classifier", type=Path, metavar="RUN", help="guide by this classifier of noised samples")
    options = parser.add_argument_group("options of some samplers")
    for name, (kind, text) in OPTIONS.items():
        options.add_argument(f"--{name}", type=kind, metavar="NAME" if kind is str else "X", help=text)


# What a sampler may be told beside the number of steps; which sampler takes which stands in its family.
OPTIONS: dict[str, tuple[type, str]] = {
    "sigma": (str, "ancestral: variance of each step, beta_tilde or beta"),
    "eta": (float, "ddim: 0 adds no noise, 1 as much as the ancestral step"),
    "churn": (float, "edm heun: amount of noise added back over all steps"),
    "snr": (float, "predictor-corrector, Langevin: size of the Langevin steps"),
    "corrections": (int, "predictor-corrector: Langevin steps after each step"),
}


def _add_setting(group: Any, name: str, default: Any, metadata: Any) -> None:
    shown = ",".join(map(str, default)) if isinstance(default, tuple) else default
    choices = metadata["choices"]
    text = f"{metadata['help']}: {', '.join(choices)}" if choices else metadata["help"]
    kinds = {int: "N", float: "X", tuple: "N,N", str: "NAME"}
    # Left out means: the default, the YAML file's value, or what the run was begun with.
    group.add_argument(
        f"--{name.replace('_', '-')}",
        dest=name,
        default=argparse.SUPPRESS,
        metavar=kinds[type(default)],
        help=f"{text} (default {shown})",
    )


def _train(arguments: argparse.Namespace) -> int:
    asked = config.read_yaml(arguments.config) if arguments.config else {}
    asked |= {name: value for name, value in vars(arguments).items() if name in config.FIELDS}
    if not runs.RunFolder(arguments.out).exists():
        config.build(asked)
    _check_threads(arguments.threads)
    from diffusion.commands.training import train_run

    a = arguments
    return train_run(a.out, asked, a.device, a.threads, a.tensorboard)


def _sample(arguments: argparse.Namespace) -> int:
    runs.RunFolder(arguments.path).read_config()
    _check_threads(arguments.threads)
    from diffusion.commands.sampling import sample_run

    a = arguments
    return sample_run(a.path, a.n, a.out, _wishes(a), a.device, a.threads)


def _likelihood(arguments: argparse.Namespace) -> int:
    runs.RunFolder(arguments.path).read_config()
    _check_threads(arguments.threads)
    from diffusion.commands.likelihood import likelihood_run

    a = arguments
    return likelihood_run(a.path, a.n, a.part, a.method, a.seed, a.device, a.threads)


def _evaluate(arguments: argparse.Namespace) -> int:
    runs.RunFolder(arguments.path).read_config()
    _check_threads(arguments.threads)
    from diffusion.commands.evaluating import evaluate_run

    a = arguments
    return evaluate_run(a.path, a.n, _wishes(a), a.device, a.threads)


def _plot(arguments: argparse.Namespace) -> int:
    runs.RunFolder(arguments.path).read_config()
    _check_threads(arguments.threads)
    from diffusion.commands.plotting import plot_run

    a = arguments
    return plot_run(a.path, a.pixel, _wishes(a), a.device, a.threads)


def _wishes(a: argparse.Namespace) -> Wishes:
    from diffusion.commands.sampling import Wishes

    options = {name: getattr(a, name) for name in OPTIONS if getattr(a, name) is not None}
    return Wishes(a.sampler, a.steps, a.seed, a.label, a.guidance, a.classifier, options)


def _show(arguments: argparse.Namespace) -> int:
    runs.RunFolder(arguments.path).read_config()
    from diffusion.commands.showing import show_run

    return show_run(arguments.path)


def _list(arguments: argparse.Namespace) -> int:
    if arguments.samplers:
        from diffusion.commands.showing import list_samplers

        return list_samplers()
    if arguments.folder is None:
        for title, entries in (
            ("families", config.FAMILIES),
            ("data", config.DATA),
            ("schedules", config.SCHEDULES),
        ):
            print(title)
            for name, text in entries.items():
                print(f"  {name:12} {text}")
        print("samplers: diffuse list --samplers")
        return 0
    found = runs.runs_in(arguments.folder)
    for path in found:
        settings = runs.RunFolder(path).read_config()
        print(f"{path}: {settings.family} on {settings.data}, {settings.steps} steps, seed {settings.seed}")
    if not found:
        print(f"no runs in {arguments.folder}; begin one with: diffuse train ddpm --out {arguments.folder / 'first'}")
    return 0


def _check_threads(threads: int | None) -> None:
    if threads is not None and threads < 1:
        raise UserError(f"--threads must be at least 1; got {threads}")
    # Read when PyTorch is loaded. Threads that wait actively take the core from the ones they wait for when
    # the machine is busy: a step of the default digits run took eight times as long.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


if __name__ == "__main__":
    sys.exit(main())
