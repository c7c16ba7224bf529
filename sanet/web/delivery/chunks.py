"""Gradio's own scripts and styles, as many as the page draws first, in one file of each instead of a hundred.

Gradio 6.31 loads every widget by a script and a style of its own, of which browsers fetch six at a time. Here the
scripts travel as text and become modules in the browser (chunks.js): Gradio's, letter for letter, but for the names by
which they import each other, for four passages that take most of the time until the page is at rest, and without what
no widget here uses: the player of streams, 0.5 MB that every gallery waits for, and Handlebars, a tenth of the rest.
Whatever is not among them is fetched as Gradio does.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path

import gradio

ASSETS = Path(gradio.__file__).parent / "templates/frontend/assets"
PLAYER_OF_STREAMS = "hls-"
# The library that fills in {{...}} of a widget's HTML; ${...} is JavaScript's own.
HANDLEBARS = re.compile(
    r"\bvar \w+=E\(\(e=>\{e\.__esModule=!0,e\.extend=.*?,(\w+)=s\(E\(.{,1000}?\.Visitor=.*?\(\)\),", re.DOTALL
)
NO_HANDLEBARS = r"var \1={default:{compile:(text)=>()=>text}},"
# What a script may load later: all the files, and which of them go with a script that it imports.
LISTED = re.compile(r"\bm\.f=(\[[^]]*\])")
NEEDED = re.compile(r"__vite__mapDeps\(\[([\d,]+)\]\)")
WITH_BLOCKS = re.compile(r"import\(`\./Blocks-[\w-]+\.js`\).*?\]\)", re.DOTALL)
CHOSEN = "=>i.map(i=>d[i]);"
# What keeps the page busy until it is at rest, and what stands in its place.
QUICKER = {
    # Each widget goes through all events, twice, for those that it begins; chunks.js does so once for all widgets.
    "let n=t.filter(t=>t.targets.find(([t])=>t===e.id)).map(t=>{let n=t.targets.find(([t])=>t===e.id);"
    "return n?n[1]:null}).filter(Boolean);": "let n=globalThis.eventsBegunBy(e.id,t);",
    # Each event goes through all widgets for each that it reads or writes; chunks.js remembers where they are.
    "if(e.id===t)return e;if(e.children)for(let n of e.children){let e=Z(n,t);if(e)return e}return null": (
        "return globalThis.widgetIn(e,t)"
    ),
    # A page that has just been built is built again, and its widgets are told all their properties once more, as when
    # its source has changed.
    "v(),oe(()=>{O.reload(": "v()&&oe(()=>{O.reload(",
    # What an event has read is told of the steps of all later events, as if the event had been a stream that has ended.
    "if(s.stage===`complete`){n=`closed`,": "if(s.stage===`complete`){r.connection_type===`stream`&&(n=`closed`),",
}
IMPORTED = re.compile(r"""(\b(?:from|import|import\()[`"'])\./([\w.-]+\.js)(?=[`"'])""")
EXPORTED = re.compile(r"\bas (\w+)(?=[,}])")


class Chunks:
    """The scripts and styles that the page draws first."""

    def __init__(self, entry: str, kinds: Iterable[str]) -> None:
        """`entry` is the script that begins; `kinds` are the types of the widgets. ValueError in another Gradio."""
        first = _listed(_read(entry))
        index, core = (next(name for name in first if re.match(rf"{stem}-.+\.js$", name)) for stem in ("Index", "core"))
        parts = [[entry, *first], _needed(index, WITH_BLOCKS), *(_needed(core, _widget(kind)) for kind in kinds)]
        names = list(dict.fromkeys(name for part in parts for name in part))
        self.styles = "\n".join(_read(name) for name in names if name.endswith(".css"))
        scripts = {name: _loose(name) for name in names if name.endswith(".js")}
        constants = {"CHUNKS": scripts, "HERE": [f"./{name}" for name in names], "ENTRY": entry}
        lines = [f"const {name} = {json.dumps(value)};" for name, value in constants.items()]
        self.script = "\n".join(["{", *lines, Path(__file__).with_name("chunks.js").read_text(), "}"])


def _read(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8")


def _widget(kind: str) -> re.Pattern[str]:
    """Where the script `core` says what a widget needs."""
    return re.compile(rf"[{{,]{re.escape(kind)}:{{\w+:\(\)=>.*?import\.meta\.url\)}}", re.DOTALL)


def _listed(script: str) -> list[str]:
    found = LISTED.search(script)
    return [name.removeprefix("./") for name in json.loads(found[1])] if found else []


def _needed(name: str, passage: re.Pattern[str]) -> list[str]:
    """What the script called `name` needs by one of its passages."""
    script = _read(name)
    said = passage.search(script)
    if not said:
        raise ValueError(f"{name} of this version of Gradio has no passage {passage.pattern}.")
    listed = _listed(script)
    return [listed[int(number)] for numbers in NEEDED.findall(said[0]) for number in numbers.split(",")]


def _loose(name: str) -> str:
    """A script that can be a module of any address: it imports others by name, and loads nothing that is here."""
    script = _read(name)
    if name.startswith(PLAYER_OF_STREAMS):
        exports = EXPORTED.findall(script[script.rindex("export{") :])
        return "\n".join(f"export const {export} = () => false;" for export in exports)
    script = script.replace(CHOSEN, "=>i.map(i=>d[i]).filter(globalThis.isNotHere);")
    script = HANDLEBARS.sub(NO_HANDLEBARS, script, count=1)
    for slow, quick in QUICKER.items():
        script = script.replace(slow, quick)
    return IMPORTED.sub(r"\1gradio/\2", script)
