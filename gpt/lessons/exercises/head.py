"""The forward of one attention head, to complete."""

from __future__ import annotations

import math

from torch.nn import functional as F

from gpt.lessons.exercises import small
from gpt.lessons.exercises.line import Exercise, Line, Order
from gpt.lessons.exercises.small import SIZES

C, D = SIZES.C, SIZES.D
WIDE, NARROW, PAIRS = "(B, T, C)", "(B, T, D)", "(B, T, T)"

LINES = (
    Line(
        "hq", "q = self.query(x)", ("x",), lambda m, x: m.query(x), "q", shape=NARROW,
        missing="No token asks anything yet: make `q` of `x`.",
    ),
    Line(
        "hqx", "q = self.key(x)", ("x",), lambda m, x: m.key(x), "q", shape=NARROW, twin="hq",
        slip="`q` is made by the layer for keys. Then what a token asks is what it offers, token 2 scores token 1 as "
        "1 scores 2, and the weights of `query` are never used.",
    ),
    Line(
        "hk", "k = self.key(x)", ("x",), lambda m, x: m.key(x), "k", shape=NARROW,
        missing="A question needs something to be compared with: what each token offers, `k`.",
    ),
    Line(
        "hkx", "k = self.query(x)", ("x",), lambda m, x: m.query(x), "k", shape=NARROW, twin="hk",
        slip="`k` is made by the layer for queries. Each question is then compared with questions, and the weights "
        "of `key` never learn: their gradient stays away.",
    ),
    Line(
        "hv", "v = self.value(x)", ("x",), lambda m, x: m.value(x), "v", shape=NARROW,
        missing="The weights say how much of each token is taken, but not yet what: make `v` of `x`.",
    ),
    Line(
        "hvx", "v = x", ("x",), lambda m, x: x, "v", shape=WIDE, twin="hv",
        slip=f"`v` is the raw stream. A head hands over what its own layer `value` makes of it; the shape tells: "
        f"{C} numbers a token come out, not {D}.",
    ),
    Line(
        "hvy", "v = self.key(x)", ("x",), lambda m, x: m.key(x), "v", shape=NARROW, twin="hv",
        slip="`v` is made by the layer for keys: what a token is found by is then also what it hands over. The shape "
        "is right, so only the numbers tell.",
    ),
    Line(
        "hs", "scores = q @ k.transpose(-2, -1)", ("q", "k"), lambda m, q, k: q @ k.transpose(-2, -1), "scores",
        shape=PAIRS, missing="Nothing compares questions with offers yet: a dot product for each pair of tokens.",
    ),
    Line(
        "hsx", "scores = q @ k", ("q", "k"), lambda m, q, k: q @ k, "scores", shape=PAIRS, twin="hs",
        slip="`q @ k` multiplies rows of `q` by columns of `k`, which are no tokens. Turn `k` first: rows become "
        "columns, and only its last two axes, so that the batch stays in front.",
    ),
    Line(
        "hsy", "scores = k @ q.transpose(-2, -1)", ("k", "q"), lambda m, k, q: k @ q.transpose(-2, -1), "scores",
        shape=PAIRS, twin="hs",
        slip="Here a row is a token that offers, and a column one that asks: the table is turned over. Each token then "
        "takes from those that asked for it, not from those that it asks.",
    ),
    Line(
        "hd", "scores = scores / D ** 0.5", ("scores",), lambda m, s: s / D**0.5, "scores", shape=PAIRS,
        missing="The scores are as large as D numbers make them: bring their spread back to about 1 before softmax.",
    ),
    Line(
        "hdx", "scores = scores * D ** 0.5", ("scores",), lambda m, s: s * D**0.5, "scores", shape=PAIRS, twin="hd",
        slip=f"It multiplies where it should divide: the scores are {D} times as large as they should be, and softmax "
        "is nearer to taking one token only.",
    ),
    Line(
        "hdy", "scores = scores / C ** 0.5", ("scores",), lambda m, s: s / C**0.5, "scores", shape=PAIRS, twin="hd",
        slip=f"A dot product of this head has D = {D} terms, not C = {C}: divided by the root of C the scores are too "
        "small, and all tokens look more alike.",
    ),
    Line(
        "hm", "scores = scores.masked_fill(self.future(scores), -math.inf)", ("scores",),
        lambda m, s: s.masked_fill(m.future(s), -math.inf), "scores", shape=PAIRS,
        missing="Every token still sees those after it, and training would only learn to copy them: mask the future.",
    ),
    Line(
        "hmx", "scores = scores.masked_fill(self.future(scores), 0)", ("scores",),
        lambda m, s: s.masked_fill(m.future(s), 0.0), "scores", shape=PAIRS, twin="hm",
        slip="A score of 0 hides nothing: softmax raises e to it, which is 1. The future still gets weight, and the "
        "first row is not 1, 0, 0, 0.",
    ),
    Line(
        "hmy", "scores.masked_fill(self.future(scores), -math.inf)", ("scores",),
        lambda m, s: s.masked_fill(m.future(s), -math.inf), shape=PAIRS, twin="hm",
        slip="`masked_fill` gives a new tensor and leaves the old one as it was (only `masked_fill_` changes it). "
        "Nothing keeps the new one, so nothing is masked.",
    ),
    Line(
        "hw", "weights = F.softmax(scores, dim=-1)", ("scores",), lambda m, s: F.softmax(s, dim=-1), "weights",
        shape=PAIRS, missing="Scores are no shares: softmax makes each row positive, with the sum 1.",
    ),
    Line(
        "hwx", "weights = F.softmax(scores, dim=1)", ("scores",), lambda m, s: F.softmax(s, dim=1), "weights",
        shape=PAIRS, twin="hw",
        slip="Axis 1 of (B, T, T) goes down the columns: each token shares itself out among those that ask, and a "
        "row's sum is not 1.",
    ),
    Line(
        "ho", "out = weights @ v", ("weights", "v"), lambda m, w, v: w @ v, "out", shape=NARROW,
        missing="The weights are not used yet: each token takes that much of every token's `v`.",
    ),
    Line(
        "hox", "out = weights @ x", ("weights", "x"), lambda m, w, x: w @ x, "out", shape=WIDE, twin="ho",
        slip=f"The stream itself is mixed, not the values: {C} numbers a token come out, and `v` was made in vain.",
    ),
    Line(
        "hoy", "out = weights * v", ("weights", "v"), lambda m, w, v: w * v, "out", shape=NARROW, twin="ho",
        slip="`*` multiplies number by number, and a T by T table does not fit T by D. To take a share of each token "
        "and add up is a matrix product, `@`.",
    ),
    Line(
        "hr", "return out", ("out",), lambda m, out: out, kind="return", shape=NARROW,
        missing="Nothing is handed back: a function without `return` gives None.",
    ),
    Line(
        "hrx", "return weights", ("weights",), lambda m, w: w, kind="return", shape=PAIRS, twin="hr",
        slip="The weights are what a picture of attention shows; the block needs what was mixed with them.",
    ),
)  # fmt: skip

ORDERS = (
    Order("hq", "hs", "`scores` compares `q`, so `q` must have been made above it."),
    Order("hk", "hs", "`scores` compares with `k`, so `k` must have been made above it."),
    Order("hs", "hd", "There are no scores to divide before they are made."),
    Order("hs", "hm", "There are no scores to mask before they are made."),
    Order("hd", "hw", "Divided after softmax the scores change nothing any more: softmax has read them undivided."),
    Order("hm", "hw", "A mask after softmax comes too late: the future has had its share, and the rows summed to 1."),
    Order("hw", "ho", "The values are mixed by the weights, so softmax must have made those above."),
    Order("hv", "ho", "What is mixed is `v`: it must have been made above."),
    Order("ho", "hr", "`return` ends the function: what stands below it never runs, and `out` is not there yet."),
)

HEAD = Exercise(
    "head",
    "One head",
    f"One head: who looks at whom, and what comes of it. self has query, key, value and future; C = {C}, D = {D}.",
    "def forward(self, x):",
    small.head,
    lambda: {"x": small.stream()},
    LINES,
    ORDERS,
    tuple(str(i + 1) for i in range(D)),
)
