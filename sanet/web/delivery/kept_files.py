"""Files under the hash of what they hold, compressed once, which browsers keep for good. Knows nothing of the page."""

import gzip
import hashlib
from collections.abc import Mapping

import brotli
from starlette.datastructures import Headers
from starlette.responses import Response

ADDRESS = "kept/"  # below the page's own
FOR_GOOD = "public, max-age=31536000, immutable"
QUICK, SMALL = {"br": 5, "gzip": 6}, {"br": 10, "gzip": 9}


class KeptFiles:
    """What has been put in, by its name."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[str, dict[str | None, bytes]]] = {}  # media types, and bodies by encoding

    def put(self, content: bytes, name: str, kind: str) -> str:
        """The address, relative to the page's, of a file called `name`; `kind` is its media type.

        Text is compressed for about half a second each MB; brotli's last 2 % would make every start two seconds longer.
        """
        stem, _, suffix = name.rpartition(".")
        named = f"{stem}-{hashlib.sha256(content).hexdigest()[:16]}.{suffix}"
        encodings = (None,) if kind.startswith("image/") else (None, "br", "gzip")
        self._files[named] = kind, {encoding: compress(content, encoding, SMALL) for encoding in encodings}
        return ADDRESS + named

    def answer(self, name: str, headers: Headers) -> Response:
        """The file as whoever asks with `headers` can read it."""
        if name not in self._files:
            return Response(status_code=404)
        kind, bodies = self._files[name]
        encoding = encoding_for(headers) if len(bodies) > 1 else None
        return answer_with(bodies[encoding], kind, encoding, FOR_GOOD)


def encoding_for(headers: Headers) -> str | None:
    """The best that is accepted."""
    return next((name for name in ("br", "gzip") if name in headers.get("accept-encoding", "")), None)


def compress(content: bytes, encoding: str | None, quality: Mapping[str, int] = QUICK) -> bytes:
    """`content` itself for no encoding."""
    if encoding == "br":
        return bytes(brotli.compress(content, quality=quality[encoding]))
    return gzip.compress(content, quality[encoding], mtime=0) if encoding else content


def answer_with(body: bytes, kind: str, encoding: str | None, keep: str) -> Response:
    """A `body` in its encoding; `keep` is for the header Cache-Control."""
    headers = {"Vary": "Accept-Encoding", "Cache-Control": keep}
    return Response(body, media_type=kind, headers=headers | ({"Content-Encoding": encoding} if encoding else {}))
