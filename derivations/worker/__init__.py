"""Work under limits, in a process of its own: a hard question costs its own answer, and nothing else.

    from derivations.worker import Limit, Limits, Worker

    with Worker(Limits(seconds=10, megabytes=1024)) as worker:
        answer = worker.submit("derivations.deciding:decide_plain", question)
        if isinstance(answer, Limit):
            print(answer.reason)            # "took more than 10 s", "took more than 1024 MB", ...

A function is named as "module:function". Arguments and result are plain data: None, truth values, numbers, texts,
lists, and dictionaries with texts as keys. They cross the border as JSON: whatever a hostile input makes of the
worker, what comes back cannot become code. The process lives on from call to call, so that a function may keep what it
loaded in its module; after a limit it is ended, and the next call starts another.

Why a process: FLINT ends the interpreter when memory runs out, and a signal handler of Python does not interrupt it.

limits  Limits, and Limit: the answer that is none
client  Worker: starts the process, submits calls, watches the clock
process the process as its parent holds it: a new interpreter, or a copy of this one
server  what the process runs
"""

from derivations.worker.client import Worker, WorkerError
from derivations.worker.limits import Limit, Limits

__all__ = ["Limit", "Limits", "Worker", "WorkerError"]
