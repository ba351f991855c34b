"""What runs: schedules, exact worlds, denoisers, losses, samplers and training, in PyTorch.

Importing this package is cheap: it loads no PyTorch. Import the module you need, for example
`from diffusion.schedules import linear` or `from diffusion.formula import find`.

This package never imports `derivations`. A formula ID joins a function here to a theorem there, and
only the twin tests look at both: a coefficient that came from the proof could not check the proof.
"""

__version__ = "0.1.0"
