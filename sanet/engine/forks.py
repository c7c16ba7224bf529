"""Processes that fork after an engine was made, as servers do that load first and then start their workers.

torch's threads do not live on in a forked process, which would wait for them for ever. It works alone instead: one
thread for each of several workers is also what they should have on the cores that they share.
"""

import os
from functools import cache

import torch


@cache
def keep_working_in_forks() -> None:
    """Let processes forked from this one compute with one thread. Once for the life of the process."""
    os.register_at_fork(after_in_child=_work_alone)


def _work_alone() -> None:
    torch.set_num_threads(1)
