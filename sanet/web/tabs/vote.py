"""Tab "Vote": which of two unnamed results is better, as people were asked for the paper's Fig. 5."""

from typing import Any, NamedTuple

import gradio as gr

from sanet.errors import RefusedError
from sanet.methods.methods import TITLES
from sanet.paths import EXAMPLES
from sanet.votes.pictures import Exhibition
from sanet.votes.results import standings
from sanet.votes.store import UNFIT, Pair, Vote, VoteStore
from sanet.web.errors import explained
from sanet.web.events import NOTICED, bound
from sanet.web.i18n import locale_of, said, word
from sanet.web.widgets.ballot import answered, ballot, ballot_of, no_ballot, revealed
from sanet.web.widgets.vote_results import chart, table

REFUSED = "() => document.dispatchEvent(new Event('vote-refused'))"


class Booth(NamedTuple):
    """What is voted on, and where votes go."""

    shown: Exhibition
    store: VoteStore


class Widgets(NamedTuple):
    ballot: gr.HTML
    pair: gr.State
    note: gr.Markdown
    results: gr.Column
    count: gr.Markdown
    chart: gr.Plot
    table: gr.Markdown


def layout(booth: Booth) -> Widgets:
    """Build the tab inside the current `gr.Blocks`."""
    gr.Markdown(word("vote_hint"), elem_classes="note")
    if not booth.store.is_lasting:
        gr.Markdown(word("vote_forgotten"), elem_classes="note", elem_id="vote-forgotten")
    widget = ballot("vote-ballot")
    note = gr.Markdown(elem_classes="note", elem_id="vote-note")
    with gr.Column(visible=False, elem_id="vote-results") as results:
        count = gr.Markdown()
        with gr.Row():
            with gr.Column(scale=5, min_width=320):
                drawn = gr.Plot(label=word("vote_results"), show_label=False, elem_id="vote-chart")
            with gr.Column(scale=4, min_width=320):
                written = gr.Markdown(elem_id="vote-table")
    gr.Markdown(word("vote_stored"), elem_classes="note")
    return Widgets(widget, gr.State(), note, results, count, drawn, written)


@explained()
def show_next(booth: Booth, cast: Any, pair: Pair | None) -> tuple[gr.HTML, Pair | None, str]:
    """A pair that this browser has not voted on, if possible another one than `pair`, and a note."""
    key, *_ = read_ballot(cast)
    voted = booth.store.voted_on(key)
    found = booth.shown.draw({*voted, pair.unordered} if pair else voted) or booth.shown.draw(voted)
    if found is None:
        return no_ballot(), None, said("vote_all")
    return shown(booth, found), found, ""


def shown(booth: Booth, pair: Pair) -> gr.HTML:
    """An update of the ballot."""
    photograph = EXAMPLES / "content" / f"{pair.photograph}.jpg"
    style = EXAMPLES / "style" / f"{pair.style}.jpg"
    left, right = (booth.shown.file(pair.photograph, pair.style, method) for method in (pair.left, pair.right))
    return ballot_of(photograph, style, left, right)


@explained()
def take_vote(booth: Booth, cast: Any, pair: Pair | None, visitor: gr.Request | None = None) -> tuple[Any, ...]:
    """The names of the results, no pair any longer, a note, and what all have voted so far."""
    key, answers, milliseconds = read_ballot(cast)
    if pair is None or len(answers) != 3:
        raise RefusedError(UNFIT)
    language = locale_of(visitor.headers) if visitor else "en"
    booth.store.add(Vote(pair, (answers[0], answers[1], answers[2]), language, milliseconds), key)
    wins = booth.store.wins()
    found = {question: standings(counts) for question, counts in wins.items()}
    titles = {method: title for method, title in TITLES.items() if method in booth.shown.methods}
    names = revealed(TITLES[pair.left], TITLES[pair.right])
    count = said("vote_count", votes=sum(wins["keep"].values()))
    return names, None, "", gr.update(visible=True), count, chart(found, titles), table(found, titles)


def read_ballot(cast: Any) -> tuple[str, tuple[str, ...], int]:
    """As `answered`. Raises `RefusedError`."""
    try:
        return answered(cast)
    except ValueError as error:
        raise RefusedError(UNFIT) from error


def connect(w: Widgets, booth: Booth) -> None:
    """Let visitors vote."""
    for asked in (w.ballot.opened, w.ballot.skipped, w.ballot.next):
        asked(bound(show_next, booth), [w.ballot, w.pair], [w.ballot, w.pair, w.note], **NOTICED).failure(
            None, js=REFUSED
        )
    w.ballot.input(bound(take_vote, booth), [w.ballot, w.pair], list(w), **NOTICED).failure(None, js=REFUSED)
