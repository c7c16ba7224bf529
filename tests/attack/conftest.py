"""A server to attack, with limits small enough to be reached in seconds."""

from collections.abc import Iterator

import httpx
import pytest

from tests.support.hostile import client_of
from tests.support.served import Served, served

SMALL = {
    "SANET_QUEUE_SIZE": "12",
    "SANET_VISITOR_REQUESTS": "4",
    "SANET_ADDRESS_REQUESTS": "10",
    "SANET_UNREAD_SECONDS": "2",
    "SANET_SESSIONS": "20",
    "SANET_BODY_MB": "1",
    "SANET_UPLOAD_MB": "8",
    "SANET_UPLOAD_FILES": "3",
    "SANET_CONNECTIONS": "60",
    "SANET_REQUEST_SECONDS": "2",
    "SANET_VISITOR_SHARES": "3",
    "SANET_ADDRESS_SHARES": "100",
}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """After the attacks it still lives, and has written no traceback."""
    with served(tmp_path_factory.mktemp("attacked"), **SMALL) as running:
        yield running
        assert running.lives
        assert "Traceback" not in running.log, running.log


@pytest.fixture
def http(server: Served) -> Iterator[httpx.Client]:
    with client_of(server.url) as client:
        yield client
