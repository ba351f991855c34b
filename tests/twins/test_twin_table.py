"""The table of twins that `derive show ID --as torch` reads is what the functions themselves declare."""

import json

from derivations.formats import twin
from derivations.formats.twins import TABLE
from diffusion.formula import all_ids, find


def declared() -> dict[str, str]:
    """Formula ID to the dotted name of its function, from the functions."""
    found = {name: find(name) for name in all_ids()}
    return {
        name: f"{function.__module__}.{function.__qualname__}" for name, function in sorted(found.items())
    }


def write() -> None:
    """Write the table anew."""
    TABLE.write_text(json.dumps(declared(), indent=1) + "\n", encoding="utf-8")


def test_the_table_is_what_the_functions_declare():
    assert json.loads(TABLE.read_text(encoding="utf-8")) == declared(), (
        "derivations/formats/twins.json is out of date; run `python -m tests.twins.test_twin_table`"
    )


def test_a_twin_is_found_by_id():
    assert twin("posterior.mean") == "diffusion.posterior.mean"
    assert twin("posterior.nothing") == ""


if __name__ == "__main__":
    write()
