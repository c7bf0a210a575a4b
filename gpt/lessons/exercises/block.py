"""The forward of a post-norm block, to complete: heads side by side, sums, norms, neurons."""

from __future__ import annotations

import torch

from gpt.lessons.exercises import small
from gpt.lessons.exercises.line import Exercise, Line, Order
from gpt.lessons.exercises.small import SIZES

C, D, H = SIZES.C, SIZES.D, SIZES.H
WIDE, NARROW = "(B, T, C)", "(B, T, D)"

LINES = (
    Line(
        "ba", "parts = []", (), lambda m: [], "parts",
        missing="There is nothing to put the heads' results into: begin with an empty list.",
    ),
    Line(
        "bax", "parts = [x]", ("x",), lambda m, x: [x], "parts", twin="ba",
        slip=f"The list begins with the stream itself: joined, {C} + {H} × {D} numbers a token meet a layer that reads "
        f"{C}. The stream is added later, not laid beside.",
    ),
    Line(
        "bl", "for head in self.heads:", (), lambda m: list(m.heads), "head", "for",
        missing=f"Each of the {H} heads must read the stream: go over them.",
    ),
    Line(
        "blx", "for head in self.heads[:1]:", (), lambda m: list(m.heads[:1]), "head", "for", twin="bl",
        slip=f"`[:1]` leaves only the first head: {D} numbers a token meet a layer that reads {C}, and the other head "
        "would never learn.",
    ),
    Line(
        "bp", "parts.append(head(x))", ("parts", "head", "x"), lambda m, parts, head, x: [*parts, head(x)], "parts",
        shape=NARROW, depth=2, missing="The loop does nothing yet: each head reads `x`, its result goes to `parts`.",
    ),
    Line(
        "bpx", "parts.append(self.heads[0](x))", ("parts", "x"), lambda m, parts, x: [*parts, m.heads[0](x)], "parts",
        shape=NARROW, depth=2, twin="bp",
        slip="It asks the first head every time. The shapes are right, so nothing stops; the other head is never used.",
    ),
    Line(
        "bpy", "parts = [head(x)]", ("head", "x"), lambda m, head, x: [head(x)], "parts", shape=NARROW, depth=2,
        twin="bp", slip="Each turn of the loop makes a new list, so only the last head's result is left in it.",
    ),
    Line(
        "bj", "attended = self.project(torch.cat(parts, dim=-1))", ("parts",),
        lambda m, parts: m.project(torch.cat(parts, dim=-1)), "attended", shape=WIDE,
        missing="The heads' results lie beside each other in a list: join them along the width, then mix them.",
        astray=f"After the first head there are only {D} numbers a token to join, and `project` reads {C}.",
    ),
    Line(
        "bjx", "attended = torch.cat(parts, dim=-1)", ("parts",), lambda m, parts: torch.cat(parts, dim=-1), "attended",
        shape=WIDE, twin="bj",
        slip="`project` is never used. Each head then writes only to its own numbers of the stream, and nothing warns: "
        "the width is right by chance.",
    ),
    Line(
        "bjy", "attended = self.project(torch.cat(parts, dim=1))", ("parts",),
        lambda m, parts: m.project(torch.cat(parts, dim=1)), "attended", shape=WIDE, twin="bj",
        slip="Axis 1 is the tokens': the heads' results are put behind each other, as if there were twice as many "
        "tokens, not beside each other along the width.",
    ),
    Line(
        "be", "x = self.norm1(x + attended)", ("x", "attended"), lambda m, x, a: m.norm1(x + a), "x", shape=WIDE,
        missing="What the heads found is not on the stream yet: add it, and level the sum.",
        astray="Once for each head the stream would be added to and levelled, while the next head has yet to read it.",
    ),
    Line(
        "bex", "x = self.norm1(attended)", ("attended",), lambda m, a: m.norm1(a), "x", shape=WIDE, twin="be",
        slip="The `x +` is missing: what the heads found replaces the stream, and the gradient loses its short way "
        "back.",
    ),
    Line(
        "bey", "x = x + self.norm1(attended)", ("x", "attended"), lambda m, x, a: x + m.norm1(a), "x", shape=WIDE,
        twin="be",
        slip="Here the part is levelled, and the sum is not. Post-norm levels the sum: the stream itself goes through "
        "the norm.",
    ),
    Line(
        "bez", "x = x + attended", ("x", "attended"), lambda m, x, a: x + a, "x", shape=WIDE, twin="be",
        slip="Added, but not levelled: `norm1` is never used, and what follows reads a stream of another size.",
    ),
    Line(
        "bf", "fed = self.feed_forward(x)", ("x",), lambda m, x: m.feed_forward(x), "fed", shape=WIDE,
        missing="After talking each token thinks alone: the neurons have not read the stream yet.",
        astray="The neurons would read the stream once for each head, before all heads have written.",
    ),
    Line(
        "bfx", "fed = self.feed_forward(attended)", ("attended",), lambda m, a: m.feed_forward(a), "fed", shape=WIDE,
        twin="bf",
        slip="The neurons read only what the heads found. In a block they read the stream: the token itself, and what "
        "was added to it.",
    ),
    Line(
        "bg", "x = self.norm2(x + fed)", ("x", "fed"), lambda m, x, f: m.norm2(x + f), "x", shape=WIDE,
        missing="What the neurons found is not on the stream yet: add it, and level the sum again.",
        astray="The second norm would come once for each head.",
    ),
    Line(
        "bgx", "x = self.norm1(x + fed)", ("x", "fed"), lambda m, x, f: m.norm1(x + f), "x", shape=WIDE, twin="bg",
        slip="It is the first norm again. Each norm has a gain and a bias of its own, and those of `norm2` would never "
        "learn.",
    ),
    Line(
        "bgy", "x = self.norm2(fed)", ("fed",), lambda m, f: m.norm2(f), "x", shape=WIDE, twin="bg",
        slip="Here the neurons' result replaces the stream: all that the heads wrote before is only there as far as "
        "the neurons let it through.",
    ),
    Line(
        "br", "return x", ("x",), lambda m, x: x, kind="return", shape=WIDE,
        missing="The block hands nothing back: the next one would read None.",
        astray="It returns in the first turn of the loop, before the other head has read anything.",
    ),
    Line(
        "brx", "return fed", ("fed",), lambda m, f: f, kind="return", shape=WIDE, twin="br",
        slip="It hands back only what the neurons found. The next block must get the stream.",
    ),
)  # fmt: skip

ORDERS = (
    Order("ba", "bl", "The list must be there before the loop fills it; inside or below, it would be emptied again."),
    Order("bl", "bp", "`head` is a name of the loop: what uses it stands below the `for`."),
    Order("bp", "bj", "Joined are the results of all heads, so the loop must be done above."),
    Order("bj", "be", "What is added to the stream, `attended`, must have been joined and projected above."),
    Order("be", "bf", "The neurons read the stream that the heads have written to: add and level first."),
    Order("bf", "bg", "`fed` must have been made before it is added to the stream."),
    Order("bg", "br", "`return` ends the block: what stands below it never runs."),
)

BLOCK = Exercise(
    "block",
    "A block",
    f"A post-norm block. self has {H} heads, project, norm1, feed_forward and norm2; C = {C}, D = {D}.",
    "def forward(self, x):",
    small.block,
    lambda: {"x": small.stream()},
    LINES,
    ORDERS,
    tuple(str(i + 1) for i in range(C)),
)
