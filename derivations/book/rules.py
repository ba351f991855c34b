"""The rules of inference: what a step says about its rule, joined with the kernel's own docstrings."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from dataclasses import dataclass

from derivations.book.model import Book


@dataclass(frozen=True)
class Rule:
    """One rule: its name, one sentence, the kernel's docstring, its file, and the entries that name it."""

    name: str
    text: str
    doc: str
    module: str
    used_by: tuple[str, ...]


def read_rules(book: Book) -> list[Rule]:
    """Every rule that a step names, by first use, then every further rule of the kernel."""
    kernel = _kernel_rules()
    texts: dict[str, str] = {}
    users: dict[str, list[str]] = {}
    for entry in book.entries.values():
        for step in entry.steps:
            if step.rule:
                texts[step.rule] = texts.get(step.rule) or step.rule_text
                if entry.id not in (named := users.setdefault(step.rule, [])):
                    named.append(entry.id)
    used = [Rule(name, texts[name], *kernel.pop(name, ("", "")), tuple(users[name])) for name in users]
    return used + [Rule(name, "", doc, module, ()) for name, (doc, module) in kernel.items()]


def _kernel_rules() -> dict[str, tuple[str, str]]:
    """Docstring and module of each rule in the kernel's own table, complete once every module is loaded."""
    kernel = importlib.import_module("derivations.kernel")
    for module in sorted(info.name for info in pkgutil.iter_modules(kernel.__path__)):
        importlib.import_module(f"derivations.kernel.{module}")
    table = importlib.import_module("derivations.kernel.theorem").RULES
    return {name: (inspect.cleandoc(rule.__doc__ or ""), rule.__module__) for name, rule in table.items()}
