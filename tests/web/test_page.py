"""The page's public interface through the real client, around an engine that answers at once."""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import gradio as gr
import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from PIL import Image

from sanet.engine.controls import Controls
from sanet.engine.request import controls_at
from sanet.engine.trajectories import tour
from sanet.web.errors import BROKEN
from sanet.web.examples import CONTENTS, STYLES
from sanet.web.page import build_app, launch_options
from tests.support.fake_engine import CountingEngine


@pytest.fixture(scope="module")
def page() -> Iterator[tuple[str, CountingEngine, gr.Blocks]]:
    engine = CountingEngine()
    app = build_app(engine)
    _, url, _ = app.launch(**launch_options(), prevent_thread_lock=True, quiet=True, server_name="127.0.0.1")
    yield url, engine, app
    app.close()


@pytest.fixture
def client(page: tuple[str, CountingEngine, gr.Blocks]) -> Client:
    return Client(page[0], verbose=False)


@pytest.fixture
def engine(page: tuple[str, CountingEngine, gr.Blocks]) -> CountingEngine:
    page[1].requests.clear()
    return page[1]


def asked(engine: CountingEngine) -> list[tuple[int, Controls, int]]:
    """Of each request the number of styles, the controls and the size."""
    return [(len(request.styles), request.controls, request.max_side) for request in engine.requests]


def masks(engine: CountingEngine) -> Sequence[Image.Image]:
    """What the only request came to, for the engine's blend."""
    (request,) = engine.requests
    masks = controls_at(request, (256, 171)).masks
    assert masks is not None
    return masks


CONTENT = handle_file(CONTENTS[0].path)
STYLE = [handle_file(style.path) for style in STYLES[:4]]


def test_stylize_hands_the_choices_to_the_engine(client: Client, engine: CountingEngine) -> None:
    file, pair, note = client.predict(CONTENT, STYLE[0], 0.8, 256, True, api_name="/stylize")
    assert Path(file).name == "neuschwanstein-castle-starry-night-a80.png"
    assert Image.open(file).size == (256, 171)
    assert Image.open(pair[0]).size == (256, 171)
    assert note.startswith("256 × 171 px in ")
    assert asked(engine) == [(1, Controls(alpha=0.8, keep_color=True), 256)]


@pytest.mark.parametrize("colors", ["photo", "style", "palette"])
def test_colours_are_said_by_name(client: Client, engine: CountingEngine, colors: str) -> None:
    client.predict(content=CONTENT, style=STYLE[0], max_side=256, colors=colors, api_name="/stylize")
    assert asked(engine) == [(1, Controls(colors=colors), 256)]


def test_the_stroke_size_goes_along(client: Client, engine: CountingEngine) -> None:
    for size in (0.5, "2", 9):
        client.predict(content=CONTENT, style=STYLE[0], max_side=256, stroke_size=size, api_name="/stylize")
    assert [request.stroke_size for request in engine.requests] == [0.5, 2, 4]
    # Styles are opened as large as they are read; this one has no more pixels.
    assert [max(request.styles[0].size) for request in engine.requests] == [256, 512, 705]


def test_a_photograph_is_enlarged_and_the_file_says_its_dots(client: Client, engine: CountingEngine) -> None:
    file, pair, _ = client.predict(
        content=CONTENT, style=STYLE[0], max_side=1240, enlarge=True, dpi=150, api_name="/stylize"
    )
    (request,) = engine.requests
    assert (request.content.size, request.enlarge, request.dpi) == ((1240, 827), True, 150)
    with Image.open(file) as written:
        assert (written.size, round(written.info["dpi"][0])) == ((1240, 827), 150)
    assert Image.open(pair[0]).size == (1240, 827)


def test_regions_are_matched_where_it_is_asked_for(client: Client, engine: CountingEngine) -> None:
    client.predict(content=CONTENT, style=STYLE[0], max_side=256, match_regions=0.5, api_name="/stylize")
    assert [request.match_regions for request in engine.requests] == [0.5]


def test_interpolate_turns_the_point_into_four_weights(client: Client, engine: CountingEngine) -> None:
    file, *_ = client.predict(CONTENT, *STYLE, 0.25, 0.5, 1.0, 256, False, api_name="/interpolate")
    assert Path(file).name == "neuschwanstein-castle-mix-x25-y50-a100.png"
    assert asked(engine) == [(4, Controls(mix=(0.375, 0.125, 0.375, 0.125)), 256)]


def test_spatial_takes_presets_for_as_many_styles_as_were_chosen(client: Client, engine: CountingEngine) -> None:
    client.predict(
        CONTENT, STYLE[0], None, STYLE[2], None, "Left / right", None, None, 0.0, 1.0, 256, False, api_name="/spatial"
    )
    left, right = masks(engine)
    assert (left.size, left.getpixel((0, 0)), left.getpixel((255, 0))) == ((256, 171), 255, 0)
    assert (right.getpixel((0, 0)), right.getpixel((255, 0))) == (0, 255)


def test_spatial_takes_uploaded_masks(client: Client, engine: CountingEngine, tmp_path: Path) -> None:
    mask = tmp_path / "mask.png"
    Image.linear_gradient("L").save(mask)
    files = [handle_file(mask)]
    client.predict(
        CONTENT, STYLE[0], None, None, None, "Uploaded masks", None, files, 0.0, 1.0, 256, False, api_name="/spatial"
    )
    (painted,) = masks(engine)
    assert painted.size == (256, 171)
    assert painted.getpixel((0, 0)) < 10 < 245 < painted.getpixel((0, 170))


def test_mix_scales_nothing_and_passes_over_empty_places(client: Client, engine: CountingEngine) -> None:
    styles = [STYLE[0], None, STYLE[2], STYLE[3], None, None, None, None]
    weights = [0.5, 0.9, 0.25, 1, 1, 1, 1, 1]
    file, *_ = client.predict(CONTENT, *styles, *weights, 0.7, 256, True, api_name="/mix")
    assert Path(file).name == "neuschwanstein-castle-mix-of-3-w50-w25-w100-a70.png"
    assert asked(engine) == [(3, Controls(alpha=0.7, mix=(0.5, 0.25, 1), keep_color=True), 256)]


def test_a_tour_paints_a_frame_for_every_step(client: Client, engine: CountingEngine) -> None:
    choices = (CONTENT, *STYLE, 0.25, 0.5, 1.0, False)
    file, *_, note = client.predict(*choices, "Around the square", 2, "GIF", api_name="/tour")
    assert Path(file).name == "neuschwanstein-castle-tour-a100.gif"
    assert note.startswith("24 frames in ")
    assert asked(engine) == [(4, step, 384) for step in tour("Around the square", 24, Controls())]


def test_spatial_scales_each_region_by_its_strength_and_takes_an_archive(
    client: Client, engine: CountingEngine, tmp_path: Path
) -> None:
    with zipfile.ZipFile(tmp_path / "masks.zip", "w") as archive:
        for i, shade in enumerate((255, 0), 1):
            Image.new("L", (64, 48), shade).save(tmp_path / f"{i}.png")
            archive.write(tmp_path / f"{i}.png", f"{i}.png")
    files = [handle_file(tmp_path / "masks.zip")]
    styles = (STYLE[0], None, STYLE[2], None)
    given = (CONTENT, *styles, "Uploaded masks", None, files, 0.0, 1.0, 256, False, 0.4, 1.0, 0.0)
    client.predict(*given, api_name="/spatial")
    assert [mask.getpixel((128, 85)) for mask in masks(engine)] == [102, 0]


def test_spatial_takes_a_painting_of_the_canvas(client: Client, engine: CountingEngine) -> None:
    painting = {"width": 4, "height": 1, "runs": "1 2 0 1 2 1", "edit": 1}
    client.predict(
        CONTENT,
        STYLE[0],
        STYLE[1],
        None,
        None,
        "My painting",
        painting,
        None,
        0.0,
        1.0,
        256,
        False,
        api_name="/spatial",
    )
    places = (0, 127, 129, 191, 193, 255)
    assert [[mask.getpixel((x, 85)) for x in places] for mask in masks(engine)] == [
        [255, 255, 0, 0, 0, 0],
        [0, 0, 0, 0, 255, 255],
    ]


@pytest.mark.parametrize(
    ("arguments", "api", "sentence"),
    [
        ((None, STYLE[0], 1.0, 256, False), "/stylize", "Choose a photograph first"),
        ((CONTENT, None, 1.0, 256, False), "/stylize", "Choose a style first"),
        ((CONTENT, STYLE[0], 2.0, 256, False), "/stylize", "2.0"),
        ((CONTENT, *STYLE, 1.5, 0.5, 1.0, 256, False), "/interpolate", "1.5"),
        ((CONTENT, *[None] * 8, *[1.0] * 8, 1.0, 256, False), "/mix", "Choose a style first"),
        ((CONTENT, *STYLE, *[None] * 4, *[0.0] * 8, 1.0, 256, False), "/mix", "At least one style weight"),
        ((CONTENT, *STYLE, 0.5, 0.5, 1.0, False, "Diagonal", 2, "GIF"), "/tour", "Diagonal"),
        ((CONTENT, *STYLE, 0.5, 0.5, 1.0, False, "Around the square", 50, "GIF"), "/tour", "50"),
        ((CONTENT, *STYLE, "Diagonal", None, None, 0.0, 1.0, 256, False), "/spatial", "Diagonal"),
        ((CONTENT, *STYLE, "My painting", None, None, 0.0, 1.0, 256, False), "/spatial", "Paint over the photograph"),
        ((CONTENT, *STYLE, "My painting", {"runs": "0"}, None, 0.0, 1.0, 256, False), "/spatial", "cannot be read"),
        ((CONTENT, *STYLE, "Uploaded masks", None, None, 0.0, 1.0, 256, False), "/spatial", "got 0 for 4"),
    ],
)
def test_bad_input_gets_one_sentence(client: Client, arguments: tuple, api: str, sentence: str) -> None:
    with pytest.raises(AppError) as refused:
        client.predict(*arguments, api_name=api)
    assert sentence in str(refused.value)
    assert "Traceback" not in str(refused.value)


def test_a_broken_upload_is_refused_in_words(client: Client, tmp_path: Path) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(CONTENTS[0].path.read_bytes()[:2000])
    with pytest.raises(AppError, match="damaged or cut off"):
        client.predict(handle_file(broken), STYLE[0], 1.0, 256, False, api_name="/stylize")


def test_a_fault_of_the_server_gets_one_sentence_without_its_paths(
    client: Client, engine: CountingEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: object) -> None:
        raise RuntimeError("/srv/studio/weights are gone")

    monkeypatch.setattr(engine, "paint", broken)
    with pytest.raises(AppError) as refused:
        client.predict(CONTENT, STYLE[0], 1.0, 256, False, api_name="/stylize")
    assert str(refused.value) == BROKEN


def test_a_file_outside_the_upload_folder_is_refused(page: tuple, engine: CountingEngine) -> None:
    outside = {"path": str(CONTENTS[0].path), "meta": {"_type": "gradio.FileData"}}
    call = httpx.post(
        f"{page[0]}gradio_api/call/stylize", json={"data": [outside, outside, 1.0, 256, False]}, timeout=60
    )
    answer = httpx.get(f"{page[0]}gradio_api/call/stylize/{call.json()['event_id']}", timeout=30)
    assert "event: error" in answer.text
    assert str(CONTENTS[0].path.parent) not in answer.text
    assert engine.requests == []


def test_several_visitors_are_served_in_turn_and_get_their_own(page: tuple, tmp_path: Path) -> None:
    url, engine, _ = page
    colors = [(40 * i, 255 - 40 * i, 7) for i in range(6)]
    for i, color in enumerate(colors):
        Image.new("RGB", (64, 64), color).save(tmp_path / f"{i}.png")

    def visit(i: int) -> tuple[int, int, int]:
        style = handle_file(tmp_path / f"{i}.png")
        file, *_ = Client(url, verbose=False).predict(CONTENT, style, 1.0, 256, False, api_name="/stylize")
        return Image.open(file).getpixel((0, 0))

    with ThreadPoolExecutor(6) as visitors:
        assert list(visitors.map(visit, range(6))) == colors
    assert engine.most_running == 1


def test_methods_are_compared(client: Client, engine: CountingEngine) -> None:
    files, sheet, seconds = client.predict(
        content=CONTENT, style=STYLE[0], max_side=256, alpha=0.5, methods="sanet", api_name="/compare"
    )
    assert [Path(file).name for file in files] == ["neuschwanstein-castle-starry-night-a50-sanet.png"]
    assert asked(engine) == [(1, Controls(alpha=0.5), 256)]
    assert (Image.open(sheet).width, list(seconds)) == (4 * 260 + 4, ["sanet"])
    with pytest.raises(AppError, match="Picture size must be a number from 256 to 1024, got 2048"):
        client.predict(content=CONTENT, style=STYLE[0], max_side=2048, api_name="/compare")


def test_the_public_interface_is_documented_calls(page: tuple) -> None:
    described = httpx.get(f"{page[0]}gradio_api/info", timeout=60).json()
    names = {"/stylize", "/interpolate", "/spatial", "/mix", "/tour", "/video", "/compare"}
    assert set(described["named_endpoints"]) == names
    assert all(call["description"].startswith("Paint ") for call in described["named_endpoints"].values())
    assert described["unnamed_endpoints"] == {}


def test_what_is_left_out_is_absent(client: Client, engine: CountingEngine) -> None:
    """And not what the page shows at first."""
    file, *_ = client.predict(CONTENT, style_a=STYLE[0], style_c=STYLE[2], api_name="/mix")
    assert Path(file).name == "neuschwanstein-castle-mix-of-2-a100.png"
    client.predict(CONTENT, style_1=STYLE[0], style_2=STYLE[1], api_name="/spatial")
    mixed, spatial = engine.requests
    assert [len(request.styles) for request in engine.requests] == [2, 2]
    assert mixed.controls == Controls(mix=(1.0, 1.0))
    assert (spatial.regions.drawn, spatial.regions.softness) == ("Left / right", 0.2)
    with pytest.raises(TypeError, match="required argument: style"):
        client.predict(CONTENT, api_name="/stylize")


def test_every_value_is_described_with_its_range_and_unit(page: tuple) -> None:
    described = httpx.get(f"{page[0]}gradio_api/info", timeout=60).json()["named_endpoints"]
    events = {f"/{event.api_name}": event for event in page[2].fns.values() if event.api_visibility == "public"}
    for name, call in described.items():
        for parameter, widget in zip(call["parameters"], events[name].inputs, strict=True):
            meaning = parameter["python_type"]["description"]
            assert meaning.endswith("."), parameter
            if isinstance(widget, gr.Slider):
                assert {str(widget.minimum), str(widget.maximum)} <= set(re.findall(r"\d+", meaning)), parameter
            if isinstance(widget, gr.Checkbox):
                assert "true or false" in meaning
            if parameter["parameter_name"] == "max_side":
                assert "in pixels" in meaning
        assert all(re.fullmatch(r"[a-z_]+", value["label"]) for value in call["returns"])
        assert all(value["python_type"]["description"].endswith(".") for value in call["returns"])


def outcome(url: str, name: str, address: str, body: object) -> str:
    """What a program reads that speaks HTTP by itself."""
    call = httpx.post(f"{url}gradio_api/{address}/{name}", json=body, timeout=60)
    if call.status_code != 200:
        return str(call.json()["detail"])
    return httpx.get(f"{url}gradio_api/call/{name}/{call.json()['event_id']}", timeout=30).text


@pytest.fixture
def uploaded(page: tuple) -> list[dict]:
    """A photograph and a style, as the server names them."""
    files = [("files", path.open("rb")) for path in (CONTENTS[0].path, STYLES[0].path)]
    paths = httpx.post(f"{page[0]}gradio_api/upload", files=files, timeout=60).json()
    return [{"path": path, "meta": {"_type": "gradio.FileData"}} for path in paths]


def test_texts_are_read_as_what_they_say(page: tuple, engine: CountingEngine, uploaded: list[dict]) -> None:
    assert "event: complete" in outcome(page[0], "stylize", "call", {"data": [*uploaded, "0.5", "256", "false"]})
    assert "event: complete" in outcome(page[0], "stylize", "call", {"data": [*uploaded, 0.5, 256, "True"]})
    assert [request.controls.colors for request in engine.requests] == ["result", "photo"]
    assert asked(engine)[0] == (1, Controls(alpha=0.5), 256)


def test_values_at_the_end_may_be_left_out(page: tuple, engine: CountingEngine, uploaded: list[dict]) -> None:
    assert "event: complete" in outcome(page[0], "stylize", "call", {"data": uploaded})
    names = {"content": uploaded[0], "style": uploaded[1], "alpha": 0.25}
    assert "event: complete" in outcome(page[0], "stylize", "call/v2", names)
    assert asked(engine) == [(1, Controls(), 512), (1, Controls(alpha=0.25), 512)]


def test_what_is_missing_unknown_or_out_of_range_is_one_sentence(
    page: tuple, engine: CountingEngine, uploaded: list[dict], capfd: pytest.CaptureFixture
) -> None:
    content, style = uploaded
    missing = outcome(page[0], "stylize", "call", {"data": [content]})
    unnamed = outcome(page[0], "stylize", "call/v2", {"content": content})
    unknown = outcome(page[0], "stylize", "call/v2", {"content": content, "style": style, "strength": 1})
    for said in (missing, unnamed, unknown):
        assert "These values do not fit this function" in said
    for value in (2, "2", "nan", "strong", None):
        assert "must be a number from 0 to 1" in outcome(page[0], "stylize", "call", {"data": [content, style, value]})
    assert "must be true or false" in outcome(page[0], "stylize", "call", {"data": [content, style, 1, 256, "maybe"]})
    assert engine.requests == []
    out, err = capfd.readouterr()
    assert "Traceback" not in out + err


def test_no_two_handlers_of_an_event_wait_for_each_other(page: tuple) -> None:
    config = page[2].get_config_file()
    browsers = {part["id"] for part in config["components"] if part["type"] != "state"}  # which the server calls singly
    waiting = Counter(
        (target, event)
        for handler in config["dependencies"]
        if handler["backend_fn"] and handler["trigger_mode"] == "always_last"
        for target, event in handler["targets"]
        if target in browsers
    )
    assert waiting
    assert [event for event, count in waiting.items() if count > 1] == []


def test_no_telemetry_and_no_monitoring(page: tuple) -> None:
    assert page[2].analytics_enabled is False
    assert httpx.get(f"{page[0]}monitoring/", timeout=60).status_code != 200


def test_the_document_begins_with_the_card_of_the_studio(page: tuple) -> None:
    document = httpx.get(page[0], timeout=60).text
    cards = dict(re.findall(r'<meta (?:property|name)="(og:\w+|twitter:\w+)" content="([^"]*)">', document))
    for_twitter = {"twitter:card", "twitter:title", "twitter:image"}
    assert cards.keys() == {"og:type", "og:url", "og:title", "og:description", "og:image", *for_twitter}
    assert (cards["twitter:title"], cards["twitter:image"]) == (cards["og:title"], cards["og:image"])
    assert (cards["og:url"], cards["og:title"]) == (page[0], "SANet Studio")
    assert cards["og:image"].startswith(page[0])
    assert Image.open(io.BytesIO(httpx.get(cards["og:image"], timeout=60).content)).size == (1200, 630)
    assert httpx.head(page[0], timeout=60).status_code == 200
