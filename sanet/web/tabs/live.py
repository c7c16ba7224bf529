"""Tab "Live": the camera, painted while it runs."""

from typing import Any, NamedTuple

import gradio as gr
from gradio.events import Dependency

from sanet.engine.controls import Controls
from sanet.engine.request import Request
from sanet.image.save import save_picture
from sanet.web.events import NOTICED, at_changes
from sanet.web.examples import STYLES
from sanet.web.files import new_folder
from sanet.web.i18n import word
from sanet.web.widgets.live_camera import LARGEST, SIDE, LiveCamera, connect_camera, live_camera, read_frame
from sanet.web.widgets.live_preview import LivePreview
from sanet.web.widgets.picture_input import PictureInput
from sanet.web.widgets.slots import StyleSlots, connect_slots, style_slots
from sanet.web.widgets.style_square import CORNERS, mixed, square_with, style_square


class Widgets(NamedTuple):
    camera: gr.HTML
    styles: StyleSlots
    square: gr.HTML
    alpha: gr.Slider
    side: gr.Slider
    keep_color: gr.Checkbox


def layout(camera: LiveCamera, live: LivePreview) -> Widgets:
    """Build the tab inside the current `gr.Blocks`."""
    with gr.Row():
        with gr.Column(scale=6, min_width=320):
            widget = live_camera("live-camera", camera)
        with gr.Column(scale=5, min_width=320):
            with gr.Row():
                square = style_square([STYLES[0].path], "live-square", live, "live-camera")
                with gr.Column(min_width=200):
                    alpha = gr.Slider(0, 1, 1, step=0.05, label=word("strength"), elem_id="live-strength")
                    side = gr.Slider(128, LARGEST, SIDE, step=64, label=word("working_size"), elem_id="live-side")
                    keep_color = gr.Checkbox(label=word("keep_camera_color"), elem_id="live-keep-color")
            styles = style_slots(CORNERS, 1, "live-style")
    return Widgets(widget, styles, square, alpha, side, keep_color)


def look_of(*chosen: Any) -> Request[str | None]:
    """What frames are painted by: four styles, some of which may be missing, the point, strength, size and colours."""
    styles, (point, alpha, side, keep_color) = chosen[:4], chosen[4:]
    present, mix = mixed(styles, *point_of(point))
    return Request(None, present, Controls(alpha, mix, keep_color=keep_color), int(side))


def point_of(value: Any) -> tuple[float, float]:
    """The point on the square, from the top left; its middle where there is none."""
    try:
        x, y = float(value["x"]), float(value["y"])
    except (TypeError, KeyError, ValueError):
        return 0.5, 0.5
    return (x, y) if 0 <= x <= 1 and 0 <= y <= 1 else (0.5, 0.5)


def keep_snapshot(snapshot: Any, photograph: str | None, *styles: str | None) -> tuple[Any, ...]:
    """The tab "One style" with the snapshot and the first style that there is."""
    frame = read_frame(str(snapshot.get("picture"))) if isinstance(snapshot, dict) else None
    if frame is None:
        return gr.skip(), photograph, gr.skip()
    path = new_folder() / "snapshot.png"
    save_picture(frame, path)
    style = next(filter(None, styles), None)
    return gr.Tabs(selected="one"), str(path), style or gr.skip()


def connect(
    w: Widgets, camera: LiveCamera, choices: gr.Tabs, photograph: PictureInput, style: PictureInput
) -> Dependency:
    """Let the camera run. A snapshot goes into the places `photograph` and `style` of the tab "One style", which is
    opened; returns the event after which it is there.
    """
    slots = w.styles.slots
    connect_slots(w.styles)
    connect_camera(w.camera, camera, look_of, [*slots, w.square, w.alpha, w.side, w.keep_color])
    at_changes(square_with, slots, w.square, [slot.change for slot in slots])
    kept = w.camera.input(keep_snapshot, [w.camera, photograph, *slots], [choices, photograph, style], **NOTICED)
    kept.then(None, js="() => showResult('one')")
    return kept
