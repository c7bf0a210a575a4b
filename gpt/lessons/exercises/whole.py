"""The forward of the whole model, to complete: from ids to logits."""

from __future__ import annotations

import torch
from torch.nn import functional as F

from gpt.lessons.exercises import small
from gpt.lessons.exercises.line import Exercise, Line, Order
from gpt.lessons.exercises.small import SIZES, B, T

C, L, V = SIZES.C, SIZES.L, SIZES.V
WIDE, LOGITS = "(B, T, C)", "(B, T, V)"

LINES = (
    Line(
        "mt", "T = ids.shape[1]", ("ids",), lambda m, ids: ids.shape[1], "T",
        missing="How many tokens are there? Positions are counted from 0 to T - 1, so `T` is needed.",
    ),
    Line(
        "mtx", "T = ids.shape[0]", ("ids",), lambda m, ids: ids.shape[0], "T", twin="mt",
        slip=f"Axis 0 of (B, T) is the batch: here T becomes {B}, and every token gets the vector of the first place. "
        "Shapes fit by repetition, so nothing stops.",
    ),
    Line(
        "mk", "tokens = self.token_embedding(ids)", ("ids",), lambda m, ids: m.token_embedding(ids), "tokens",
        shape=WIDE, missing="What the tokens are is not looked up yet: a vector for each id.",
    ),
    Line(
        "mkx", "tokens = self.token_embedding(torch.arange(T))", ("T",),
        lambda m, T: m.token_embedding(torch.arange(T)), "tokens", shape=WIDE, twin="mk",
        slip="It looks up the tokens 0, 1, 2, 3 whatever was written: the ids are never read, and every text of this "
        "length gets the same logits.",
    ),
    Line(
        "mp", "places = self.position_embedding(torch.arange(T))", ("T",),
        lambda m, T: m.position_embedding(torch.arange(T)), "places", shape="(T, C)",
        missing="Attention knows no order by itself: look up a vector for each place.",
    ),
    Line(
        "mpx", "places = self.position_embedding(ids)", ("ids",), lambda m, ids: m.position_embedding(ids), "places",
        shape=WIDE, twin="mp",
        slip="The ids are used as places: the same letter gets the same vector wherever it stands, so places tell "
        "nothing. It runs only as long as no id is beyond the context.",
    ),
    Line(
        "mpy", "places = self.position_embedding.weight", (), lambda m: m.position_embedding.weight, "places",
        shape="(T, C)", twin="mp",
        slip=f"That is the whole table of {SIZES.context} places. It fits only a text that fills the context; this one "
        f"has {T} tokens.",
    ),
    Line(
        "mx", "x = tokens + places", ("tokens", "places"), lambda m, t, p: t + p, "x", shape=WIDE,
        missing="The stream is not begun yet: what a token is, and where, become one vector.",
    ),
    Line(
        "mxx", "x = torch.cat([tokens, places.expand_as(tokens)], dim=-1)", ("tokens", "places"),
        lambda m, t, p: torch.cat([t, p.expand_as(t)], dim=-1), "x", shape=WIDE, twin="mx",
        slip=f"Laid beside each other they are {2 * C} numbers a token, and the blocks read {C}. Added, they share the "
        "same numbers, and training finds room for both.",
    ),
    Line(
        "mxy", "x = tokens", ("tokens",), lambda m, t: t, "x", shape=WIDE, twin="mx",
        slip="The places are looked up and not used. Nothing stops; only the mask would then tell the model anything "
        "of order.",
    ),
    Line(
        "ml", "for block in self.blocks:", (), lambda m: list(m.blocks), "block", "for",
        missing=f"The {L} blocks have not read the stream yet: go over them.",
    ),
    Line(
        "mlx", "for block in self.blocks[1:]:", (), lambda m: list(m.blocks[1:]), "block", "for", twin="ml",
        slip="`[1:]` leaves out the first block. The shapes are right; its weights are just never used.",
    ),
    Line(
        "mly", "for block in reversed(self.blocks):", (), lambda m: list(reversed(m.blocks)), "block", "for", twin="ml",
        slip="The last block reads first. Fresh weights would not mind; trained ones do, for each block learned to "
        "read what the one before it writes.",
    ),
    Line(
        "mb", "x = block(x)", ("block", "x"), lambda m, block, x: block(x), "x", shape=WIDE, depth=2,
        missing="The loop does nothing yet: each block reads the stream and hands on what it made of it.",
    ),
    Line(
        "mbx", "block(x)", ("block", "x"), lambda m, block, x: block(x), shape=WIDE, depth=2, twin="mb",
        slip="Each block works, and nobody keeps what it hands back: `x` stays what it was before the loop.",
    ),
    Line(
        "mby", "x = x + block(x)", ("block", "x"), lambda m, block, x: x + block(x), "x", shape=WIDE, depth=2,
        twin="mb", slip="A block already adds its parts to the stream. Added again, the stream counts twice.",
    ),
    Line(
        "mn", "x = self.norm(x)", ("x",), lambda m, x: m.norm(x), "x", shape=WIDE,
        missing="This class has a norm at the very end, after the last block: it is not used yet.",
        astray="The final norm would stand behind every block, and its gain would count as often as there are blocks.",
    ),
    Line(
        "mnx", "x = self.norm(tokens)", ("tokens",), lambda m, t: m.norm(t), "x", shape=WIDE, twin="mn",
        slip="It levels the tokens from the very beginning: all that the blocks did is thrown away.",
    ),
    Line(
        "mny", "x = x + self.norm(x)", ("x",), lambda m, x: x + m.norm(x), "x", shape=WIDE, twin="mn",
        slip="A norm is no part that adds something to the stream: it takes the place of what it levels.",
    ),
    Line(
        "mo", "logits = self.output(x)", ("x",), lambda m, x: m.output(x), "logits", shape=LOGITS,
        missing=f"The stream has {C} numbers a token; a score for each of the {V} tokens of the vocabulary is missing.",
        astray="Logits would be made after every block; only the last ones count.",
    ),
    Line(
        "mox", "logits = F.softmax(self.output(x), dim=-1)", ("x",), lambda m, x: F.softmax(m.output(x), dim=-1),
        "logits", shape=LOGITS, twin="mo",
        slip="These are probabilities. Cross-entropy takes logits and does the softmax itself; done twice, no loss "
        "comes near 0.",
    ),
    Line(
        "moy", "logits = self.output(x[:, -1])", ("x",), lambda m, x: m.output(x[:, -1]), "logits", shape="(B, V)",
        twin="mo",
        slip="Only the last position is read. That is enough to write the next letter, but training learns from all T "
        "positions at once.",
    ),
    Line(
        "mr", "return logits", ("logits",), lambda m, logits: logits, kind="return", shape=LOGITS,
        missing="The model hands nothing back: its loss would be computed of None.",
        astray="It returns after the first block.",
    ),
    Line(
        "mrx", "return x", ("x",), lambda m, x: x, kind="return", shape=WIDE, twin="mr",
        slip=f"That is the stream, {C} numbers a token. Asked for were the logits, {V} a token.",
    ),
    Line(
        "mry", "return logits.argmax(dim=-1)", ("logits",), lambda m, logits: logits.argmax(dim=-1), kind="return",
        shape="(B, T)", twin="mr",
        slip="The best token alone tells neither how sure the model is nor which way to learn: arg max has no "
        "gradient.",
    ),
)  # fmt: skip

ORDERS = (
    Order("mt", "mp", "Places are counted up to `T`, so `T` must be known above."),
    Order("mk", "mx", "`tokens` must have been looked up before they are added."),
    Order("mp", "mx", "`places` must have been looked up before they are added."),
    Order("mx", "ml", "The loop hands the stream on, so the stream must have been begun above it."),
    Order("ml", "mb", "`block` is a name of the loop: what uses it stands below the `for`."),
    Order("mb", "mn", "The final norm levels what the last block hands over, so it stands below the loop."),
    Order("mn", "mo", "The output reads the levelled stream: levelled afterwards, nobody reads it."),
    Order("mo", "mr", "`return` ends the function, and `logits` must have been made above it."),
)

WHOLE = Exercise(
    "model",
    "The whole model",
    "The whole model, from ids to a score for every next token. self has token_embedding, position_embedding, "
    f"{L} blocks, norm and output; C = {C}, V = {V}.",
    "def forward(self, ids):",
    small.whole,
    lambda: {"ids": small.ids()},
    LINES,
    ORDERS,
    tuple(str(i) for i in range(V)),
)
