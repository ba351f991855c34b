"""The worker: answers, limits of time and memory, and that nothing but the one call is lost."""

import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sympy import Add, Mul, Pow, log, sqrt, symbols

import derivations.deciding as deciding
from derivations import Limits, decide
from derivations.deciding import Alarm
from derivations.errors import RequestError
from derivations.kernel.terms import INT, Mat, app, diff, exp, function, mul, num, sum_, sym, trace
from derivations.kernel.terms import log as term_log
from derivations.worker import Limit, Worker, WorkerError, client, server

from . import functions

HERE = "tests.worker.functions"
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the memory of a process is limited on Linux only")


either = pytest.mark.parametrize("fork", [False, pytest.param(True, marks=linux)], ids=["spawned", "forked"])


@pytest.fixture(scope="module", params=[False, pytest.param(True, marks=linux)], ids=["spawned", "forked"])
def worker(request):
    with Worker(Limits(seconds=30, megabytes=1024), fork=request.param) as made:
        yield made


def test_values_come_back_and_the_process_lives_on(worker):
    assert worker.submit("math:sqrt", 4) == 2.0
    assert worker.submit("builtins:dict", [["a", [1, None, "ü"]]]) == {"a": [1, None, "ü"]}
    assert worker.submit(f"{HERE}:remember", 1) == [1]
    assert worker.submit(f"{HERE}:remember", 2) == [1, 2]


def test_what_a_function_prints_is_no_answer_and_its_input_is_empty(worker, capfd):
    worker.close()
    assert worker.submit(f"{HERE}:shout", '{"value": 7}') == ""
    out, _ = capfd.readouterr()
    assert (out, worker.submit("math:sqrt", 9)) == ("", 3.0)


def test_a_failure_is_told_with_its_place(worker):
    with pytest.raises(WorkerError, match="failed with ValueError: math domain error") as failed:
        worker.submit("math:sqrt", -1)
    assert "Traceback" in failed.value.traceback
    with pytest.raises(WorkerError, match="failed with SystemExit: 3"):
        worker.submit("sys:exit", 3)
    with pytest.raises(WorkerError, match="ModuleNotFoundError: No module named 'nowhere'"):
        worker.submit("nowhere:f")
    with pytest.raises(WorkerError, match="TypeError: Object of type set is not JSON serializable"):
        worker.submit(f"{HERE}:no_data")
    with pytest.raises(TypeError, match="not JSON serializable"):
        worker.submit("math:sqrt", {1})


def test_a_refused_request_keeps_its_exit_code(worker):
    with pytest.raises(RequestError, match="not like this") as refused:
        worker.submit(f"{HERE}:refuse", "not like this")
    assert refused.value.exit_code == 1


LIMITED = [
    ("sleep", Limits(0.1), Limit("took more than 2.4 s of wall clock", "time")),
    pytest.param("python_eats", Limits(30, 200), Limit("took more than 200 MB", "memory"), marks=linux),
    pytest.param("flint_eats", Limits(30, 200), Limit("took more than 200 MB (SIGABRT)", "memory"), marks=linux),
    ("big", Limits(30, 1000), Limit("the answer has 100,000,013 bytes, which is more than can be taken", "answer")),
]  # fmt: skip


@pytest.mark.parametrize(("function", "limits", "answer"), LIMITED)
def test_a_limit_is_an_answer_and_the_next_call_is_answered(worker, function, limits, answer):
    before = worker.starts
    assert worker.submit("math:sqrt", 4) == 2.0
    assert worker.submit(f"{HERE}:{function}", limits=limits) == answer
    assert worker.submit("math:sqrt", 4) == 2.0
    assert worker.starts - before <= 2


def test_processor_time_is_limited(worker):
    answer = worker.submit(f"{HERE}:spin", limits=Limits(0.2))
    assert answer.kind == "time"
    assert answer.reason in ("took more than 0.2 s", "took more than 2.8 s of wall clock")  # on a busy machine


def test_a_process_that_dies_is_replaced(worker):
    assert worker.submit(f"{HERE}:die", 3) == Limit("the worker ended with exit code 3", "crash")
    assert worker.submit("math:sqrt", 4) == 2.0
    with worker._turn:
        os.kill(worker._process.pid, signal.SIGTERM)
        worker._process.wait()
    assert worker.submit("math:sqrt", 4) == 2.0


def test_a_limit_ends_with_its_call(worker):
    """The processor time of earlier calls does not count."""
    for _ in range(4):
        assert worker.submit("builtins:sum", list(range(10)), limits=Limits(0.1)) == 45
    before = worker.starts
    for _ in range(3):
        worker.submit("builtins:sum", list(range(300_000)), limits=Limits(20))
    assert worker.submit("math:sqrt", 4, limits=Limits(0.1)) == 2.0
    assert worker.starts == before


def test_threads_share_a_worker(worker):
    found = {}
    threads = [
        threading.Thread(target=lambda k=k: found.update({k: worker.submit("math:sqrt", k * k)})) for k in range(20)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {k: float(k) for k in range(20)}


@either
def test_an_interruption_leaves_no_answer_for_the_next_call(fork, monkeypatch):
    with Worker(Limits(30), fork) as made:
        made.start()
        real = made._process.receive

        def interrupted(seconds):
            real(seconds)
            raise KeyboardInterrupt

        monkeypatch.setattr(made._process, "receive", interrupted)
        with pytest.raises(KeyboardInterrupt):
            made.submit("math:sqrt", 4)
        assert made.submit("math:sqrt", 9) == 3.0


@either
def test_no_process_stays_behind(fork):
    with Worker(fork=fork) as made:
        made.start()
        process = made._process
    assert not process.running()
    made = Worker(fork=fork)
    made.start()
    process = made._process
    del made
    assert not process.running()
    program = f"from derivations.worker import Worker; w = Worker(fork={fork}); w.start(); print(w._process.pid)"
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], check=True, capture_output=True, text=True, timeout=60
    )
    assert run.stderr == ""
    assert run.stdout.count("\n") == 1, "what the parent was about to write is written once"
    if os.name == "posix":
        with pytest.raises(ProcessLookupError):
            os.kill(int(run.stdout), 0)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_forked_process_has_a_worker_of_its_own():
    program = (
        "import os\nfrom derivations.worker import Worker\nw = Worker()\n"
        "first = w.submit('os:getpid')\nchild = os.fork()\nsecond = w.submit('os:getpid')\n"
        "print(first == second, flush=True)\nw.close()\n"
        "if child:\n    os.waitpid(child, 0)\n    print(w.submit('math:sqrt', 4))\nelse:\n    os._exit(0)"
    )
    run = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=60)
    assert sorted(run.stdout.split()) == ["2.0", "False", "True"]


@pytest.mark.parametrize("values", [{"seconds": 0}, {"seconds": -1}, {"megabytes": "1"}, {"seconds": True}, {"seconds": float("nan")}])
def test_a_limit_must_be_a_positive_number(values):
    with pytest.raises(ValueError, match=r"(seconds|megabytes) must be a positive number, got "):
        Limits(**values)


def test_a_worker_that_cannot_start(monkeypatch):
    monkeypatch.setattr(sys, "executable", "")
    with pytest.raises(WorkerError, match=r"sys.executable is empty"):
        Worker().start()
    monkeypatch.setattr(sys, "executable", "/bin/true")
    with pytest.raises(WorkerError, match="the worker does not start: /bin/true"):
        Worker().start()


@linux
def test_a_copy_knows_what_this_process_knows_and_starts_again_so():
    functions.seen.append("before")
    try:
        with Worker(Limits(seconds=30), fork=True) as made:
            assert made.submit(f"{HERE}:remember", 1) == [*functions.seen, 1]
            assert made.submit(f"{HERE}:die", 3).kind == "crash"
            assert made.submit(f"{HERE}:remember", 2) == [*functions.seen, 2]
        assert functions.seen[-1] == "before", "what the copy does is not done here"
    finally:
        functions.seen.clear()


@linux
def test_a_copy_survives_no_parent(tmp_path):
    """A parent that is killed leaves a waiting worker behind for as long as the call may take, and no longer."""
    program = (
        "from derivations.worker import Limits, Worker\nw = Worker(Limits(0.1), fork=True)\n"
        "w.start()\nprint(w._process.pid, flush=True)\nw.submit('tests.worker.functions:sleep')"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    time.sleep(1)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    for _ in range(300):
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        if "Z" in Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0]:
            return  # ended, and nobody has asked for it
        time.sleep(0.1)
    pytest.fail("the worker lives on")


def test_what_is_kept_is_said(worker, monkeypatch):
    worker.start()
    assert list(worker.kept) == server.kept()
    monkeypatch.setattr(server.sys, "platform", "darwin")
    assert server.kept() == ["seconds"]
    monkeypatch.setattr(server, "POSIX", False)
    assert server.kept() == []
    answers = io.BytesIO()
    call = {"function": "math:sqrt", "arguments": [4], "seconds": 1, "megabytes": 1}
    server.serve(io.BytesIO(json.dumps(call).encode() + b"\n"), answers)
    assert answers.getvalue().splitlines() == [b'{"kept": []}', b'{"value": 2.0}']
    assert client._signal(9999) == "signal 9999"


# ---- decide

x, y = symbols("x y")
P = {"x": "positive", "y": "positive"}


@pytest.mark.parametrize(("lhs", "rhs", "domain", "facts"), [
    (log(x**2), 2 * log(x), P, []),
    (sqrt(x**2), x, {"x": "real"}, []),
    ((x**2 - 1) / (x - 1), x + 1, {"x": "real"}, []),
    (sqrt((x - y) ** 2), x - y, P, [x - y]),
    (sym("x") + 1, 1 + sym("x"), {"x": "integer"}, []),
    (Pow(9, Pow(9, 9, evaluate=False), evaluate=False), x, P, []),
    (2, 3, None, []),
])  # fmt: skip
def test_under_limits_the_verdict_is_the_same(lhs, rhs, domain, facts):
    assert decide(lhs, rhs, domain, facts, limits=Limits(30, 1024)) == decide(lhs, rhs, domain, facts)


def test_what_takes_too_long_is_undecided_and_the_next_is_decided():
    long = Mul(*[x + k for k in range(1100)], evaluate=False)
    verdict = decide(long, x, P, limits=Limits(seconds=0.02))
    assert verdict.status == "undecided"
    assert verdict.reason in ("took more than 0.02 s", "took more than 2.08 s of wall clock")  # on a busy machine
    assert decide(log(x**2), 2 * log(x), P, limits=Limits(seconds=30)).status == "proved"


def test_an_alarm_crosses_the_border(monkeypatch):
    plain = {"equation": "x = 1", "witness": {"x": "1/3"}, "lhs": "1/3", "rhs": "1"}
    monkeypatch.setattr(deciding._worker, "submit", lambda *arguments, **options: plain)
    with pytest.raises(Alarm, match="the kernel proved x = 1, but at x = 1/3 the left side is 1/3"):
        decide(x, 1, P, limits=Limits(1))
    monkeypatch.setattr(deciding, "_answer", lambda question: (_ for _ in ()).throw(Alarm("x = 1", {"x": "1/3"}, "1/3", "1")))
    assert deciding.answer_plain(deciding.term_nodes([sym("x"), sym("x")]), P) == plain


i, j, d = (sym(name, INT) for name in "ijd")


def slope(times):
    """A derivative that is longer than any term may be once it is worked out."""
    t = exp(function("sin", sym("x")) * term_log(1 + sym("x") ** 2))
    for _ in range(times):
        t = diff(sym("x"), t)
    return t


@pytest.mark.parametrize("lhs", [
    Pow(9, Pow(9, 9, evaluate=False), evaluate=False),
    Mul(*[x + k for k in range(10**5)], evaluate=False),
    Pow(x + y, 10**6, evaluate=False),
    Mul(*[x + k for k in range(6000)], evaluate=False),
    Add(*[1 / (x + k) for k in range(1500)], evaluate=False),
    mul(*[sym("x") + k for k in range(16_000)]),
    sum_(i, 1, 30, sum_(j, 1, 30, app("f", i, j))),
    slope(9),
    trace(mul(*[sym("A", Mat(d, d, "spd")) + sym("B", Mat(d, d, "spd"))] * 14)),
    app("f", num(3**20000)),
], ids=["9**9**9", "100000 factors", "a power", "6000 factors", "1500 fractions", "16000 factors of our own",
        "900 values", "the ninth derivative", "16384 words of matrices", "a number of 9543 digits"])  # fmt: skip
def test_what_is_too_large_needs_no_limit(lhs):
    verdict = decide(lhs, x, P | {"d": "integer"})
    assert verdict.status == "undecided" and verdict.reason.startswith("too large: ")
    again = decide(lhs, x, P | {"d": "integer"}, limits=Limits(60))
    assert again.status == "undecided" and again.reason.startswith("too large: ")
