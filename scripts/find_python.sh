#!/bin/sh
# Print the Python that sets the project up: $PYTHON when it is given, otherwise the one already in .venv,
# otherwise the first suitable one on PATH. Fails with one clear message when there is none.
# A shell script, because a Python that is too old could not read a newer one.

supported='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'
print_version='import sys; print("%d.%d.%d" % sys.version_info[:3])'

if [ -n "${PYTHON:-}" ]; then
    found=$("$PYTHON" -c "$print_version" 2>/dev/null </dev/null)
    if [ -z "$found" ]; then
        echo "setup: PYTHON=$PYTHON does not run." >&2
        echo "Expected the name or path of a Python 3.11, 3.12 or 3.13, for example: make check PYTHON=python3.12" >&2
        exit 1
    fi
    if ! "$PYTHON" -c "$supported" </dev/null; then
        echo "setup: PYTHON=$PYTHON is Python $found; expected 3.11, 3.12 or 3.13." >&2
        exit 1
    fi
    echo "$PYTHON"
    exit 0
fi

# An environment that lost its Python or its pip is passed over here and rebuilt by setup_env.py.
if .venv/bin/python -c "import pip; $supported" >/dev/null 2>&1 </dev/null; then
    echo .venv/bin/python
    exit 0
fi

seen=
for candidate in python3 python3.13 python3.12 python3.11 python; do
    found=$("$candidate" -c "$print_version" 2>/dev/null </dev/null)
    [ -n "$found" ] || continue
    if "$candidate" -c "$supported" </dev/null; then
        echo "$candidate"
        exit 0
    fi
    seen="$seen $candidate ($found)"
done

echo "setup: expected Python 3.11, 3.12 or 3.13 on PATH; found${seen:- no Python at all}." >&2
echo "Install one of them, or name it: make check PYTHON=/path/to/python3.12" >&2
exit 1
