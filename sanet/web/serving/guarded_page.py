"""The page as Gradio runs it, with every value that comes in checked, and every event ended when its visitor leaves."""

import asyncio
import html
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.utils import get_upload_folder

from sanet.errors import RefusedError
from sanet.web.errors import BROKEN, CLEARED_AWAY
from sanet.web.events import MODEL_QUEUE
from sanet.web.i18n import Page, translated
from sanet.web.serving.interface import completed, describe, public_events
from sanet.web.serving.limits import Limits
from sanet.web.serving.runs import RUN, Run
from sanet.web.serving.turns import Turns
from sanet.web.serving.values import NO_VALUES, check_choice, check_values
from sanet.web.serving.visitors import count_all_who_wait

LOOK_EVERY = 0.01  # seconds between looks at the queue, every one of which takes longer the more there wait


class GuardedPage(Page):
    """Overrides the two steps that every event takes, whichever way it came: reading its values, and running it."""

    def __init__(self, limits: Limits, **options: Any) -> None:
        super().__init__(**options)
        self._limits, self.turns, self.let_in = limits, Turns(), MODEL_QUEUE["concurrency_limit"]

    def bound_queue(self, painters: int = 1) -> None:
        """Call when all events are there; so many `painters` may paint at a time, and for each one more is let in.

        No statistics, which Gradio makes anew after each event for nobody.
        """
        self.queue(max_size=self._limits.queue_size, api_open=False)
        self.let_in = MODEL_QUEUE["concurrency_limit"] * painters
        for event in self.fns.values():
            if event.concurrency_id == MODEL_QUEUE["concurrency_id"]:
                event.concurrency_limit = self.let_in
        count_all_who_wait(self, MODEL_QUEUE["concurrency_id"], painters)
        self._queue.sleep_when_free = LOOK_EVERY
        self._queue.ANALYTICS_MAX_EVENTS = 1
        self._queue.ANAYLTICS_CACHE_FREQUENCY = sys.maxsize

    def get_api_info(self, *args: Any, **kwargs: Any) -> Any:
        """As Gradio's, with what the functions say of themselves."""
        info = super().get_api_info(*args, **kwargs)
        for name, event in public_events(self).items():
            if endpoint := info["named_endpoints"].get(f"/{name}"):
                describe(endpoint, event.fn)
        return info

    async def preprocess_data(self, block_fn: Any, inputs: list[Any], *args: Any, **kwargs: Any) -> list[Any]:
        """As Gradio's. What does not fit is one sentence instead of a traceback that quotes it."""
        try:
            inputs = completed(block_fn, inputs)
            check_values(block_fn.inputs, inputs)
            values = await super().preprocess_data(block_fn, inputs, *args, **kwargs)
        except RefusedError as error:
            raise _notice(translated(error)) from error
        except gr.Error as error:  # Gradio's own checks, which quote what was sent
            raise _notice(error.message) from error
        except FileNotFoundError as error:
            raise _notice(translated(CLEARED_AWAY)) from error
        except Exception as error:  # its own words may hold paths of the server, and anything that was sent
            raise _notice(translated(NO_VALUES)) from error
        _touch(values)
        return values

    async def call_function(
        self,
        block_fn: Any,
        processed_input: list[Any],
        iterator: Any = None,
        requests: Any = None,
        event_id: str | None = None,
        event_data: Any = None,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        """As Gradio's, whose thread goes on after the event was cancelled: here it is told to end."""
        run = Run(self.turns, self._limits.picture_seconds)
        before = RUN.set(run)
        try:
            check_choice(self, block_fn.targets, event_data)
            return await super().call_function(
                block_fn, processed_input, iterator, requests, event_id, event_data, *args, **kwargs
            )
        except asyncio.CancelledError:
            run.leave()
            raise
        except gr.Error:
            raise
        except RefusedError as error:
            raise _notice(translated(error)) from error
        except Exception as error:  # Gradio prints it into the log
            raise gr.Error(translated(BROKEN)) from error
        finally:
            RUN.reset(before)


def _notice(sentence: str) -> gr.Error:
    """What the page shows, which takes it for HTML."""
    return gr.Error(html.escape(sentence), print_exception=False)


def _touch(values: list[Any]) -> None:
    """What is used stays for another day."""
    home = get_upload_folder()
    for path in _paths(values):
        if Path(path).is_relative_to(home):
            with suppress(FileNotFoundError):  # cleared away: whoever reads it says so
                os.utime(path)


def _paths(values: list[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str) and os.path.isabs(value):
            yield value
        elif isinstance(value, list):
            yield from _paths(value)
