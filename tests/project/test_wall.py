"""The wall between what is true and what runs, and the other rules of the source; and that each can fail."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.project import source_rules
from tests.project.source_rules import RULES

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_source_keeps_the_rule(rule):
    found = rule(ROOT)
    assert not found, f"{rule.__doc__}\n" + "\n".join(found)


def test_the_rules_look_at_something():
    for folder in ("derivations", "derivations/kernel", "diffusion", "tests", "tests/twins"):
        assert source_rules.python_files(ROOT, folder), f"no Python file in {folder}"


IMPORT_EVERYTHING = """
import importlib, pkgutil, sys
package = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print(*sorted({name.split(".")[0] for name in sys.modules}))
"""


@pytest.mark.parametrize("package, stranger", [
    ("derivations", "torch"), ("derivations", "diffusion"), ("diffusion", "derivations"),
])  # fmt: skip
def test_importing_all_of_one_side_loads_nothing_of_the_other(package, stranger):
    """The same wall, seen at run time: through third parties and computed names too."""
    run = subprocess.run(
        [sys.executable, "-c", IMPORT_EVERYTHING, package], cwd=ROOT, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    assert stranger not in run.stdout.split()


IMPORTLIB = "import importlib\nimportlib.import_module"

# Rule, file, source, what the report must say.
PLANTED = [
    ("wall", "derivations/a.py", "import torch", "derivations imports torch"),
    ("wall", "derivations/a.py", "def f():\n    from torch.nn import Linear", "imports torch.nn.Linear"),
    ("wall", "derivations/chapters/a.py", "import diffusion.losses as d", "imports diffusion.losses"),
    ("wall", "derivations/chapters/a.py", "from ... import diffusion", "imports diffusion"),
    ("wall", "derivations/a.py", "from importlib import import_module as im\nim('torch')", "imports torch"),
    ("wall", "derivations/a.py", "__import__('torch.nn')", "imports torch.nn"),
    ("wall", "derivations/a.py", f"{IMPORTLIB}(f'diffusion.{{x}}')", "imports diffusion."),
    ("wall", "derivations/a.py", f"{IMPORTLIB}('diffusion.' + x)", "imports diffusion."),
    ("wall", "derivations/a.py", f"{IMPORTLIB}(name='torch')", "imports torch"),
    ("wall", "diffusion/a.py", "from derivations import decide", "diffusion imports derivations.decide"),
    ("wall", "diffusion/a/b.py", "from ...derivations.kernel import terms", "derivations.kernel.terms"),
    ("wall", "diffusion/a/b.py", f"{IMPORTLIB}('...derivations', __package__)", "imports derivations"),
    ("wall", "tests/a.py", "import diffusion\nimport derivations", "imports both packages"),
    ("wall", "scripts/a.py", "import diffusion.a\nfrom derivations.b import x", "imports both packages"),
    ("sealed_kernel", "derivations/kernel/a.py", "import sympy", "the kernel imports sympy"),
    ("sealed_kernel", "derivations/kernel/a.py", "def f():\n    import numpy", "the kernel imports numpy"),
    ("sealed_kernel", "derivations/kernel/a.py", "from derivations.language import x", "language.x"),
    ("sealed_kernel", "derivations/kernel/a.py", "from ..evidence import b", "derivations.evidence.b"),
    ("sealed_kernel", "derivations/kernel/a.py", "from .. import registry", "derivations.registry"),
    ("sealed_kernel", "derivations/kernel/a/b.py", "from ... import cli", "derivations.cli"),
    ("kernel_asserts", "derivations/kernel/a.py", "def f(x):\n    assert x", "a.py:2: assert vanishes"),
    ("code_from_text", "derivations/a.py", "y = eval('1')", "eval can run"),
    ("code_from_text", "diffusion/a.py", "exec(open('x').read())", "exec can run"),
    ("code_from_text", "diffusion/a.py", "import builtins as b\nb.eval('1')", "builtins.eval can run"),
    ("code_from_text", "derivations/a.py", "import sympy as sp\nsp.sympify('x')", "sympy.sympify can run"),
    ("code_from_text", "derivations/a.py", "from sympy import sympify as s\ns('x')", "sympy.sympify can run"),
    ("code_from_text", "derivations/a.py", "from sympy.parsing import parse_expr as p\np('x')", "parse_expr"),
    ("code_from_text", "derivations/a.py", "import sympy as sp\nsp.S.Half + sp.S('x')", "sympy.S can run"),
    ("code_from_text", "diffusion/a.py", "import torch\ntorch.load('x')", "torch.load can run"),
    ("code_from_text", "diffusion/a.py", "from torch import load as f\nread = f", "torch.load can run"),
    ("code_from_text", "diffusion/a.py", "import pickle as p\np.loads(b'')", "pickle.loads can run"),
    ("code_from_text", "diffusion/a.py", "from pickle import load\nload(f)", "pickle.load can run"),
    ("long_files", "tests/a/test_b.py", "x = 1\n" * 401, "401 lines; expected at most 400"),
    ("long_files", "derivations/a.py", "x = 1\n" * 401, "401 lines"),
    ("long_files", "diffusion/a.py", "x = 1\n" * 401, "401 lines"),
    ("contents", "derivations/reading/laws/a.py", "x = 1", "not named in derivations/reading/laws/__init__.py"),
]


def plant(root, path, source):
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(source)


@pytest.mark.parametrize("rule, path, source, expected", PLANTED, ids=lambda text: text.split("\n")[0][:40])
def test_meta_a_planted_violation_is_found(tmp_path, rule, path, source, expected):
    plant(tmp_path, path, source)
    found = getattr(source_rules, rule)(tmp_path)
    assert len(found) == 1, found
    assert path in found[0] and expected in found[0]


ALLOWED = [
    ("derivations/a.py", "import sympy\nfrom . import kernel\nfrom .kernel import terms\nassert True"),
    ("derivations/a.py", "torch = 'import torch'\nimport importlib\nimportlib.import_module('.b', __name__)"),
    ("derivations/kernel/a.py", "import flint, math\nfrom . import a\nfrom .. import kernel"),
    ("diffusion/a.py", "import torch, re, json\nmodel.eval()\nre.compile('x')\njson.loads('1')"),
    ("diffusion/a.py", "from safetensors.torch import load_file\nload_file('x')"),
    ("tests/twins/a.py", "import derivations, diffusion"),
    ("tests/a.py", "import derivations\nx = 1\n" * 200),
]


@pytest.mark.parametrize("path, source", ALLOWED, ids=[path for path, _ in ALLOWED])
def test_ordinary_code_passes(tmp_path, path, source):
    plant(tmp_path, path, source)
    assert [found for rule in RULES for found in rule(tmp_path)] == []
