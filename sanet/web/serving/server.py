"""The server that Gradio starts its pages on, with an address of our choice and bounded connections.

`Blocks.launch` of Gradio 6.31 hands uvicorn no options, tries a hundred ports in turn, and knows no IPv6; `serve` puts
`server_within` in the place of what it calls.
"""

import errno
import os
import socket
from collections.abc import Callable
from typing import Any

import uvicorn
from gradio.http_server import Server

from sanet.errors import RefusedError
from sanet.web.serving.connections import connections_within
from sanet.web.serving.limits import Limits
from sanet.web.serving.surroundings import address_of, port_of

WAITING = 128  # connections that the system holds until they are accepted
LAST_ANSWERS = 3  # seconds for what is being answered when the server is ended
TAKEN = "Port {port} is taken, perhaps by another copy of this page: set GRADIO_SERVER_PORT to another one."
NOT_ALLOWED = "Port {port} may not be used here ({reason}): set GRADIO_SERVER_PORT to one above 1023."
NOT_HERE = (
    "{name!r} is no address of this machine: set GRADIO_SERVER_NAME to 127.0.0.1 for this machine alone, or to "
    "0.0.0.0 or :: for all that can reach it."
)


class BoundServer(Server):
    """Serves at a socket that is bound already."""

    def __init__(self, config: uvicorn.Config, bound: socket.socket) -> None:
        super().__init__(config)
        self._bound = bound

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        super().run([self._bound])


def bound_socket(name: str, port: int) -> socket.socket:
    """A socket at an address; at `::` for both kinds of addresses. Raises `RefusedError`."""
    host = name.strip("[]")
    try:
        (family, kind, protocol, _, address), *_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        # Of a socket that is not said to be TCP's, asyncio leaves Nagle's algorithm on: 40 ms more for most answers.
        bound = socket.socket(family, kind, protocol)
        if os.name != "nt":  # where it would let two servers share a port
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        bound.bind(address)
    except OSError as error:
        raise _reason(error, name, port) from error
    return bound


def _reason(error: OSError, name: str, port: int) -> RefusedError:
    if error.errno == errno.EADDRINUSE:
        return RefusedError(TAKEN, port=port)
    if error.errno in (errno.EACCES, errno.EPERM):
        return RefusedError(NOT_ALLOWED, port=port, reason=error.strerror)
    return RefusedError(NOT_HERE, name=name)


def local_address(name: str, port: int, scheme: str = "http") -> str:
    """Where this machine itself finds the page."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(name.strip("[]"), name.strip("[]"))
    return f"{scheme}://[{host}]:{port}/" if ":" in host else f"{scheme}://{host}:{port}/"


def server_within(limits: Limits) -> Callable[..., tuple[str, int, str, Server]]:
    """What `gradio.http_server.start_server` is, with limits."""

    def start(
        app: Any, server_name: str | None = None, server_port: int | None = None, **ssl: Any
    ) -> tuple[str, int, str, Server]:
        name = server_name or address_of(os.environ)
        bound = bound_socket(name, port_of(os.environ) if server_port is None else server_port)
        port = bound.getsockname()[1]
        config = uvicorn.Config(
            app,
            http=connections_within(limits),
            ws="none",
            log_level="warning",
            backlog=WAITING,
            server_header=False,
            timeout_graceful_shutdown=LAST_ANSWERS,
            **ssl,
        )
        server = BoundServer(config, bound)
        server.run_in_thread()
        scheme = "https" if ssl.get("ssl_keyfile") else "http"
        return name, port, local_address(name, port, scheme), server

    return start
