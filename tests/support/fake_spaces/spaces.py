"""Stands in for the package `spaces` on ZeroGPU: every call in a process forked for it, arguments and result pickled.

Appends the process and the declared seconds of each call to the file that FAKE_SPACES_LOG names.
"""

import inspect
import os
import pickle
import sys
import traceback
from collections.abc import Callable
from typing import Any

if "torch" in sys.modules and sys.modules["torch"].cuda.is_initialized():
    raise RuntimeError("spaces has to be imported before CUDA is touched")


def gpu(duration: int | Callable[..., int] = 60) -> Callable[[Callable], Callable]:
    def decorate(function: Callable) -> Callable:
        if inspect.iscoroutinefunction(function):
            raise TypeError("spaces.GPU takes no async function")
        return lambda *args: in_fork(function, duration, args)

    return decorate


GPU = gpu  # as the package calls it


def in_fork(function: Callable, duration: int | Callable[..., int], args: tuple) -> Any:
    data = pickle.dumps(args)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(pickle.dumps(outcome(function, pickle.loads(data))))
        os._exit(0)
    os.close(writer)
    seconds = duration(*args) if callable(duration) else duration
    with open(os.environ["FAKE_SPACES_LOG"], "a") as log:
        log.write(f"{child} {seconds}\n")
    with os.fdopen(reader, "rb") as pipe:
        error, result = pickle.loads(pipe.read())
    os.waitpid(child, 0)
    if error:
        raise error
    return result


def outcome(function: Callable, args: tuple) -> tuple[Exception | None, Any]:
    try:
        return None, function(*args)
    except Exception as error:
        traceback.print_exc()
        return error, None
