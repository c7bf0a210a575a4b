"""What a browser tells, checked and put into the choices: a student's browser may send anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from pages.ui import cache
from pages.ui.state import changes, growing, pairs, permalink, reading, session, sides
from pages.ui.state.inputs import Inputs, Written
from pages.ui.state.validate import MODES, WRITE_LIMIT, cell_of, clean, whole

BAR, BOARD, MODEL, FOLLOW = "bar", "board", "model", "follow"  # keys: the list of models and the toggle are the last
TIMELINE_OPENED = "timeline-opened"
FRAMES = "frames"  # what the browser was sent last
COUNT = 10**9  # of commits and requests, at most


def projector_changed() -> None:
    """Everything larger, or no longer."""
    large = session.component_value(BAR, "projector") is True
    session.keep(replace(session.current(), projector=large))


def prompt_changed() -> None:
    """The editor committed: its text becomes the prompt, written tokens included."""
    value, inputs = session.component_value(BOARD, "typed"), session.current()
    if isinstance(value, dict):
        number = whole(value.get("n"), 0, COUNT, inputs.ack)
        changed = replace(inputs, text=clean(value.get("text", "")), written=(), ack=number)
        session.keep(reading.fit_text(changed))


def view_changed() -> None:
    """Another selection: layer, head, mode, pinned token, norm, cell, switches. What is not told stays."""
    value, inputs = session.component_value(BOARD, "view"), session.current()
    if isinstance(value, dict):
        config = cache.model(inputs.model, inputs.step).config
        changed = replace(
            inputs,
            layer=whole(value.get("layer"), 0, max(config.n_layer - 1, 0), inputs.layer),
            head=whole(value.get("head"), 0, config.n_head - 1, inputs.head),
            mode=value["mode"] if value.get("mode") in MODES else inputs.mode,
            pin=pin_told(value["pin"], config.block_size) if "pin" in value else inputs.pin,
            norm=whole(value.get("norm"), 0, 1, inputs.norm),
            cell=cell_told(value["cell"]) if "cell" in value else inputs.cell,
            switches=switches_told(value["switches"]) if "switches" in value else inputs.switches,
            ack_view=whole(value.get("n"), 0, COUNT, inputs.ack_view),
        )
        session.keep(reading.fit_text(changed))


def pin_told(pin: object, block_size: int) -> int | None:
    """The token that a click holds, or none."""
    return None if pin is None else whole(pin, 0, block_size - 1, 0)


def cell_told(cell: object) -> tuple[str, int, int] | None:
    """The number to work out, as a browser tells it; whether there is such a cell is asked later."""
    return cell_of(*cell) if isinstance(cell, list) and len(cell) == 3 else None


def switches_told(switches: object) -> tuple[str, ...]:
    """Switches of the mechanism; those that the model does not have are left out later."""
    return tuple(dict.fromkeys(clean(name)[:20] for name in switches[:20])) if isinstance(switches, list) else ()


def knobs_changed() -> None:
    """A knob was let go."""
    value = session.component_value(BOARD, "knobs")
    if isinstance(value, dict):
        session.keep(replace(session.current(), knobs=permalink.settings(value)))


def choice_made() -> None:
    """What only one page lets choose: {parameter of the link: its word}, read as strictly as a link."""
    value = session.component_value(BOARD, "choice")
    if isinstance(value, dict):
        session.keep(permalink.chosen(session.current(), value))


def sides_swapped() -> None:
    """A and B of a comparison change places; a click that was heard already is not heard again."""
    value, inputs = session.component_value(BOARD, "swap"), session.current()
    number = whole(value.get("n"), 0, COUNT, 0) if isinstance(value, dict) else 0
    if number > inputs.compare.swaps:
        session.keep(sides.swapped(inputs, number))


def pair_opened() -> None:
    """A ready pair of prompts, by its name."""
    value = session.component_value(BOARD, "pair")
    if isinstance(value, dict):
        session.keep(pairs.opened(session.current(), value.get("key")))


def scrubbed() -> None:
    """Another step of the training, by the slider on top."""
    session.keep(changes.to_step(session.current(), session.component_value("scrub", "step")))


def slid() -> None:
    """Another step of the training, by the timeline."""
    session.keep(changes.to_step(session.current(), session.component_value(BOARD, "slid")))


def write_asked() -> None:
    """The writing panel asks for more tokens (one is drawn from the logits already there), or to go back to one."""
    inputs, ask = session.current(), session.component_value(BOARD, "ask")
    if not isinstance(ask, dict) or whole(ask.get("n"), 0, COUNT, 0) <= inputs.answered:
        return
    written = inputs.written
    if ask.get("what") == "back":
        written = written[: whole(ask.get("to"), 0, WRITE_LIMIT, 0)]
    elif ask.get("what") == "pick" and len(written) < WRITE_LIMIT:
        written = (*written, *picked(inputs, ask.get("id")))
    elif len(written) < WRITE_LIMIT:
        count = whole(ask.get("count"), 1, growing.AT_ONCE, 1)
        written = (*written, *(growing.drawn(inputs, count) if count > 1 else next_token(inputs)))
    session.keep(replace(inputs, written=written, answered=whole(ask["n"], 0, COUNT, 0), rev=inputs.rev + 1))


def next_token(inputs: Inputs) -> tuple[Written, ...]:
    """The token that the model draws next, alone; none while there is nothing to continue."""
    from gpt import sampling

    seen = reading.read(inputs)
    if seen.trace is None:
        return ()
    generator = sampling.generator(inputs.knobs.seed, len(inputs.written))
    choice = sampling.choose(seen.trace.logits[-1], inputs.knobs, generator, explain=True, seen=seen.ids)
    return (Written(choice.id, seen.vocabulary[choice.id], round(choice.probability, 4)),)


def picked(inputs: Inputs, id_: object) -> tuple[Written, ...]:
    """The token that a visitor chose, with the probability that the knobs leave it; none if there is no such token."""
    from gpt import sampling

    seen = reading.read(inputs)
    number = whole(id_, -1, COUNT, -1)
    if seen.trace is None or not 0 <= number < len(seen.vocabulary):
        return ()
    share = float(sampling.distribution(seen.trace.logits[-1], inputs.knobs, seen.ids)[number])
    return (Written(number, seen.vocabulary[number], round(share, 4)),)


def tree_asked() -> None:
    """A wish for the tree of texts: write on, force a token, search, look elsewhere in it."""
    value = session.component_value(BOARD, "grow")
    if isinstance(value, dict):
        session.keep(growing.asked(session.current(), value))


def tour_left() -> None:
    """The tour is over: everything is as its link says that it was before; what the browser is ahead of stays."""
    value, inputs, ask = (
        session.component_value(BOARD, "left"),
        session.current(),
        session.component_value(BOARD, "ask"),
    )
    if not isinstance(value, dict) or not isinstance(value.get("back"), str):
        return
    before = permalink.restore(permalink.parsed(value["back"]))
    asked = whole(ask.get("n"), 0, COUNT, 0) if isinstance(ask, dict) else 0  # it may be heard after this
    session.keep(
        replace(
            before,
            projector=inputs.projector,
            rev=inputs.rev + 1,
            rev_view=inputs.rev_view + 1,
            ack=inputs.ack,
            ack_view=inputs.ack_view,
            answered=max(inputs.answered, asked),
        )
    )


def model_changed() -> None:
    """Another model was picked."""
    name = session.recall(MODEL)
    if name in cache.offered():
        session.keep(changes.to_model(replace(session.current(), notices=()), str(name)))


def follow_changed() -> None:
    """To stay at the newest step, or no longer."""
    session.keep(replace(session.current(), follow=bool(session.recall(FOLLOW))))


def timeline_opened() -> None:
    """The timeline opens, once a session, with a model that has a past, unless the link names another."""
    if session.recall(TIMELINE_OPENED):
        return
    session.remember(TIMELINE_OPENED, True)
    inputs, link = session.current(), session.link()
    several = [name for name, model in cache.offered().items() if len(model.steps) > 1]
    if len(inputs.shelved.steps) == 1 and several and link.get("model") != inputs.model:
        if "step" in link and "model" not in link:  # it is a step of the model that is opened
            session.keep(permalink.restore({**link, "model": several[0]}))
        else:
            session.keep(changes.to_model(inputs, several[0]))


def open_run(run: str) -> None:
    """Every page now shows this run's model, and follows its newest step."""
    cache.forget_offered()
    if run in cache.offered() and run not in cache.offered_at_start():
        session.remember(TIMELINE_OPENED, True)  # else the timeline would rather open with a model of many steps
        session.keep(replace(changes.to_model(session.current(), run), follow=True))


def open_model(name: str, text: str) -> None:
    """Every page now shows this model on this text."""
    if name in cache.offered():
        told = replace(session.current(), text=clean(text), written=())
        session.keep(replace(changes.to_model(told, name), notices=()))


def looked_again() -> None:
    """What is worked out in the background may be there by now: the page is drawn again, and nothing is chosen."""


def lacking() -> None:
    """The browser lacks what the last frame builds upon: the next one is whole."""
    session.forget(FRAMES)


# What the panels of a board may tell: the name of the state that a panel sends, and who hears it.
HEARD: dict[str, Callable[[], None]] = {
    "typed": prompt_changed,
    "ask": write_asked,
    "grow": tree_asked,
    "view": view_changed,
    "knobs": knobs_changed,
    "choice": choice_made,
    "swap": sides_swapped,
    "pair": pair_opened,
    "again": looked_again,
    "slid": slid,
    "left": tour_left,
    "lack": lacking,
}
