"""A painted clip as a share: the file as it was made, and its first frame for chats. Knows the store, no widget."""

from pathlib import Path

from sanet.errors import RefusedError
from sanet.video.clip import first_frame, open_clip
from sanet.web.sharing.share import PREVIEW_SIDE, written
from sanet.web.sharing.store import ShareStore

CLIP, PREVIEW = "clip", "preview"  # what its files are called
LARGEST = 20_000_000  # bytes
TOO_LARGE = "This clip has {megabytes} MB, and at most {most} MB can be shared; download it, or paint a shorter part."


def publish_clip(store: ShareStore, painted: Path) -> tuple[str, str]:
    """Store a clip; returns the id of its link and the secret that deletes it. Raises `RefusedError` if too large."""
    size = painted.stat().st_size
    if size > LARGEST:
        raise RefusedError(TOO_LARGE, megabytes=f"{size / 1e6:.1f}", most=LARGEST // 1_000_000)
    frame = first_frame(open_clip(painted), PREVIEW_SIDE)
    return store.put({}, {CLIP: painted.read_bytes(), PREVIEW: written(frame, "JPEG")})
