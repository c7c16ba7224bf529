"""The page's document, cut into what depends on the address it is asked at, which is little, and files for the rest.

Gradio 6.31 writes all widgets and events, in 1 MB, into a document that it renders anew for each visitor. Documents
differ in the page's own address only, which `ROOT` stands for here until somebody asks.
"""

import base64
import json
import re
from typing import Any

from sanet.web.delivery.chunks import Chunks
from sanet.web.delivery.kept_files import KeptFiles

ROOT = "http://address-of-the-page.invalid"
CONFIG = re.compile(r"<script>window\.gradio_config = (.*?);</script><script>window\.gradio_api_info = (.*?);</script>")
ENTRY = re.compile(r'<script type="module" crossorigin src="\./assets/([\w.-]+\.js)"></script>')
STYLE = re.compile(r'<link rel="stylesheet" crossorigin (href="\./assets/[\w.-]+\.css">)')
PICTURE = re.compile(r"data:image/(jpeg|png);base64,([A-Za-z0-9+/=]{1000,})")
# What Gradio tells of each widget for its clients in Python, which read it elsewhere.
FOR_CLIENTS = ("api_info", "api_info_as_input", "api_info_as_output", "example_inputs")
TAKE = """
(() => {
  const read = (text) => JSON.parse(text.replaceAll(%s, window.pageAddress));
  window.gradio_config = read(%s);
  window.gradio_api_info = read(%s);
})();
"""


def cut(document: str, files: KeptFiles) -> str:
    """The document without what is put into `files`. Raises ValueError for one of another version of Gradio."""
    said, entry = CONFIG.search(document), ENTRY.search(document)
    if not (said and entry):
        raise ValueError("This version of Gradio writes another document than the one that is known.")
    config, interface = json.loads(said[1]), said[2]
    chunks = Chunks(entry[1], sorted({widget["type"] for widget in config["components"]}))
    script = TAKE % tuple(map(json.dumps, (ROOT, _slim(config, files), interface)))
    theme = f"./theme.css?v={config['theme_hash']}"
    head = [
        f"<script>window.pageAddress = {json.dumps(ROOT)};</script>",
        f'<link rel="stylesheet" href="{files.put(chunks.styles.encode(), "styles.css", "text/css")}">',
        f'<link rel="preload" as="style" href="{theme}">',
        f'<script src="{files.put(script.encode(), "page.js", "text/javascript")}"></script>',
        f'<script src="{files.put(chunks.script.encode(), "chunks.js", "text/javascript")}"></script>',
    ]
    without = STYLE.sub(r"<link \1", ENTRY.sub("", document))  # Gradio's script looks whether the style is there
    return CONFIG.sub(lambda _: "\n".join(head), without)


def _slim(config: dict[str, Any], files: KeptFiles) -> str:
    """The config as the browser reads it, with pictures in files."""
    for widget in config["components"]:
        for key in FOR_CLIENTS:
            widget.pop(key, None)

    def put(picture: re.Match[str]) -> str:
        kind = picture[1]
        return files.put(base64.b64decode(picture[2]), f"picture.{kind}", f"image/{kind}")

    return PICTURE.sub(put, json.dumps(config, separators=(",", ":")))
