"""A derivation module of the user's own: the same Python as a chapter, with a module-level `chapter`."""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from derivations import chapters
from derivations.chapters import CONTENTS
from derivations.errors import Refused, RequestError
from derivations.kernel import RuleError
from derivations.kernel.polynomials import TooLarge
from derivations.kernel.terms import TermError
from derivations.language.calculation import DerivationError
from derivations.language.entry import Chapter
from derivations.registry.corpus import chapter_of, index
from derivations.registry.verdicts import python_fault
from derivations.registry.wholes import GuardedLoader

EXAMPLE = 'chapter = Chapter("mine", "My chapter", "The aim in short.", "The aim in the long run.")'


class UserFileError(RequestError):
    """The file holds no derivations that can be checked; the message says what to do."""


def taken(path: str, entry_id: str, where: str) -> str:
    """What to tell somebody who gave an entry an ID that exists."""
    return f"{path}: the ID {entry_id} belongs {where}; give this entry another, as in mine.{entry_id}"


def load_file(path: Path) -> Chapter:
    """Run a Python file and return its chapter.

    The file is run as any Python program is, with the rights of whoever runs it. Raises UserFileError when
    it cannot be read, fails, or defines no chapter; Refused when a step outside every entry is refused.
    """
    for listing in CONTENTS:
        if path.resolve() in (_chapter_file(listing.module), _chapter_file(f"{listing.module}/__init__")):
            return chapter_of(listing)
    if not path.is_file():
        raise UserFileError(f"there is no file {path}; `derive check` takes IDs of formulas, or Python files")
    name = f"derivations_userfile_{path.stem}"
    spec = spec_from_file_location(name, path, loader=GuardedLoader(name, str(path)))
    if spec is None or spec.loader is None or path.suffix != ".py":
        raise UserFileError(f"{path} is not a Python file: its name does not end in .py")
    module = module_from_spec(spec)
    sys.modules[name] = module
    folder, writing = str(path.resolve().parent), sys.dont_write_bytecode
    sys.path.insert(0, folder)
    sys.dont_write_bytecode = True
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise UserFileError(f"{error.filename}, line {error.lineno}: this is not Python: {error.msg}") from None
    except TooLarge as error:
        raise UserFileError(f"{path}: undecided: too large: {error}; nothing of it was checked") from None
    except (RuleError, TermError, DerivationError) as error:
        raise Refused(f"{path}: refused while it was read, outside every entry: {error}") from None
    except (Exception, SystemExit) as error:
        raise UserFileError(f"{path}: {python_fault(error)}") from None
    finally:
        sys.path.remove(folder)
        sys.dont_write_bytecode = writing
    return _chapter(path, getattr(module, "chapter", None))


def _chapter_file(module: str) -> Path:
    """Where a chapter of the book lies; such a file is not run a second time under another name."""
    return Path(chapters.__file__).resolve().parent / f"{module}.py"


def _chapter(path: Path, chapter: object) -> Chapter:
    if not isinstance(chapter, Chapter):
        got = "nothing of that name" if chapter is None else f"a {type(chapter).__name__}"
        raise UserFileError(f"{path}: expected a module-level `chapter`, got {got}; begin the file with\n  {EXAMPLE}")
    if not chapter.entries:
        raise UserFileError(f"{path}: the chapter has no entries, and 0 proved out of 0 is no result")
    index([chapter])
    return chapter
