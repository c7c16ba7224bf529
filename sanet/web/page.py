"""The page as a whole: header, tabs and how it is served. Holds words and widgets only."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import gradio as gr
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from sanet.engine.protocol import Engine
from sanet.methods.methods import Methods
from sanet.web.carried import connect_photographs, connect_style
from sanet.web.delivery.document_head import DocumentHead
from sanet.web.i18n import script, translations, word
from sanet.web.kept import connect_kept
from sanet.web.serving.border import guarded
from sanet.web.serving.guarded_page import GuardedPage
from sanet.web.serving.hot_swap import HotSwapEngine
from sanet.web.serving.limits import Limits
from sanet.web.serving.uploads import largest_file
from sanet.web.sharing.open_link import LinkTargets, connect_addresses, connect_links, shared_banner
from sanet.web.sharing.routes import card_route, share_routes
from sanet.web.sharing.store import ShareStore
from sanet.web.shown import connect_sheet, connect_shown
from sanet.web.tabs import all_styles, compare, four_styles, mix, one_style, paint_regions, video, vote
from sanet.web.tabs import live as live_tab
from sanet.web.tabs.tab import Tab
from sanet.web.tabs.vote import Booth
from sanet.web.theme import studio_theme
from sanet.web.widgets.brought import brought, connect_brought
from sanet.web.widgets.brought import script as brought_script
from sanet.web.widgets.checkpoint_picker import checkpoint_banner, checkpoint_picker, connect_picker
from sanet.web.widgets.language_switch import language_switch
from sanet.web.widgets.live_camera import LiveCamera
from sanet.web.widgets.live_preview import LivePreview
from sanet.web.widgets.picture_input import PictureInput
from sanet.web.widgets.recent_results import connect_results, recent_results
from sanet.web.widgets.style_list import connect_rows

# Functions that events call by name; our own widgets find them, too.
SCRIPTS = (
    "accessible.js",
    "delivery/priority.js",
    "carried.js",
    "kept.js",
    "shown.js",
    "widgets/result_panel.js",
    "widgets/settings_sheet.js",
    "widgets/live_preview.js",
    "widgets/open_files.js",
    "widgets/shares.js",
    "sharing/open_link.js",
    "sharing/panel.js",
)


def build_app(
    engine: Engine,
    store: ShareStore | None = None,
    swap: HotSwapEngine | None = None,
    limits: Limits = Limits(),
    booth: Booth | None = None,
    painters: int = 1,
) -> gr.Blocks:
    """The page around `engine`; serve it with `launch(**launch_options(store, limits))`.

    Without a `store` no share link is kept; without `swap` the page offers no choice of checkpoints, without
    a `booth` no vote. `painters`: how many pictures `engine` paints at the same time.
    """
    live = LivePreview(engine)
    with GuardedPage(limits, title="SANet Studio", analytics_enabled=False) as page:
        camera = LiveCamera(engine, page.turns.is_idle)
        gr.Markdown(word("header"), elem_id="header")
        checkpoint_note = checkpoint_banner()
        banner = shared_banner()
        with gr.Tabs(overflow_behavior="wrap") as choices:
            parts = _tabs(live, camera, store, booth)
        recent = recent_results()
        bringing = brought()
        picker = checkpoint_picker(swap.entries, checkpoint_note) if swap else None
        gr.Markdown(word("footer"), elem_id="footer")
        language_switch()
        tabs = _connected(parts, engine, live, camera, store, choices)
        video.connect(parts.film, engine, limits, store)
        compare.connect(parts.compared, Methods(engine), limits)
        if booth and parts.poll:
            vote.connect(parts.poll, booth)
        connect_links(page, LinkTargets(banner, choices, parts.areas, tabs, store))
        _carry_on(page, parts, tabs)
        connect_brought(bringing, [*parts.others, *(place for tab in tabs for place in tab.pictures)])
        connect_results(recent, choices, tabs)
        if swap and picker:
            connect_picker(picker, page, swap)
    page.bound_queue(painters)
    return page


class LaidOut(NamedTuple):
    """The widgets of the tabs, and the tabs themselves in the same order."""

    one: one_style.Widgets
    four: four_styles.Widgets
    paint: paint_regions.Widgets
    sheet: all_styles.Widgets
    several: mix.Widgets
    compared: compare.Widgets
    film: video.Widgets
    camera: live_tab.Widgets
    poll: vote.Widgets | None
    areas: Sequence[gr.Tab]

    @property
    def photographs(self) -> list[PictureInput]:
        tabs = (self.one, self.four, self.paint, self.sheet, self.several, self.compared)
        return [tab.content.picture for tab in tabs]

    @property
    def others(self) -> list[PictureInput]:
        """The places for pictures on tabs without a result."""
        return [self.sheet.content.picture, *self.compared.pictures]


def _tabs(live: LivePreview, camera: LiveCamera, store: ShareStore | None, booth: Booth | None) -> LaidOut:
    """Build the tabs inside the current `gr.Tabs`."""
    with _tab("one") as one_area:
        one = one_style.layout(live)
    with _tab("four") as four_area:
        four = four_styles.layout(live)
    with _tab("paint") as paint_area:
        paint = paint_regions.layout()
    with _tab("all") as all_area:
        sheet = all_styles.layout()
    with _tab("mix") as mix_area:
        several = mix.layout(live)
    with _tab("compare") as compare_area:
        compared = compare.layout()
    with _tab("video") as film_area:
        film = video.layout(live, can_share=store is not None)
    with _tab("live", visible=camera.is_usable) as live_area:
        seen = live_tab.layout(camera, live)
    areas = [one_area, four_area, paint_area, all_area, mix_area, compare_area, film_area, live_area]
    poll = None
    if booth:
        with _tab("vote") as poll_area:
            poll = vote.layout(booth)
        areas.append(poll_area)
    return LaidOut(one, four, paint, sheet, several, compared, film, seen, poll, areas)


def _tab(name: str, **options: Any) -> gr.Tab:
    return gr.Tab(word(f"tab_{name}"), id=name, elem_id=f"tab-{name}", **options)


def _connected(
    parts: LaidOut, engine: Engine, live: LivePreview, camera: LiveCamera, store: ShareStore | None, choices: gr.Tabs
) -> tuple[Tab, ...]:
    """The tabs with a result, which can paint."""
    places = choices, parts.one.content.picture, parts.one.style.picture
    picked = [all_styles.connect(parts.sheet, engine, *places), live_tab.connect(parts.camera, camera, *places)]
    return (
        one_style.connect(parts.one, engine, live, store, picked),
        four_styles.connect(parts.four, engine, live, store),
        paint_regions.connect(parts.paint, engine, store),
        mix.connect(parts.several, engine, live, store),
    )


def _carry_on(page: gr.Blocks, parts: LaidOut, tabs: Sequence[Tab]) -> None:
    """Let pictures and settings go with the visitor, from tab to tab and over a reload."""
    connect_addresses(parts.areas)
    connect_photographs(parts.photographs, parts.areas[: len(parts.photographs)])
    restored, was_kept = connect_kept(page, tabs)
    connect_shown(page, tabs, [area for area in parts.areas if area.id in {tab.name for tab in tabs}], restored)
    connect_sheet("all", parts.sheet.buttons.run, [parts.sheet.content.picture])
    connect_sheet("compare", parts.compared.buttons.run, parts.compared.pictures)
    rows = (parts.four.styles.slots, parts.paint.styles.slots, parts.several.styles.pictures)
    first_places = (*(row[0] for row in rows), parts.compared.style.picture)
    connect_style(parts.one.style.picture, first_places, restored)
    connect_rows(parts.several.styles, restored, was_kept)
    for tab in tabs:
        tab.when_opened(restored)


def launch_options(
    store: ShareStore | None = None, limits: Limits = Limits(), routes: Sequence[BaseRoute] = ()
) -> dict[str, Any]:
    """What belongs to serving: looks, limits, addresses of shares and `routes`, no telemetry, no monitoring page."""
    scripts = script() + brought_script() + "".join(map(_beside, SCRIPTS))
    return {
        "theme": studio_theme(),
        # Not css=: Gradio nests those rules inside the page's content, where phones' margins are out of reach.
        "head": f"<style>{_beside('style.css')}</style><script>{scripts}</script>",
        "i18n": translations(),
        "max_file_size": largest_file(limits),
        "show_error": False,
        "enable_monitoring": False,
        "_frontend": False,  # or Gradio ends the start where the page takes over three seconds to answer
        "footer_links": ["api"],
        "ssr_mode": False,  # rendered on the server it comes in five times as many pieces as by sanet/web/delivery
        "state_session_capacity": limits.sessions,
        "app_kwargs": _app_options(store, limits, routes),
    }


def _app_options(store: ShareStore | None, limits: Limits, routes: Sequence[BaseRoute]) -> dict[str, Any]:
    options = guarded(limits, [card_route(), *(share_routes(store) if store else []), *routes])
    return options | {"middleware": [*options["middleware"], Middleware(DocumentHead)]}


def _beside(name: str) -> str:
    return (Path(__file__).parent / name).read_text()
