"""The same models once more, in float64 and plain numpy, from the papers: nothing of the project is imported.

Sources: Vaswani et al. 2017 (attention, sinusoids), Radford et al. 2019 (pre-norm), Ba et al. 2016 (layer norm),
Hendrycks & Gimpel 2016 (GELU), Elhage et al. 2021 and 2022 (direct effects, SoLU), Kobayashi et al. 2020, section 3
(weights by values), Abnar & Zuidema 2020 (rollout).
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import safe_open

Array = np.ndarray
erf = np.vectorize(math.erf, otypes=[float])


def softmax(x: Array) -> Array:
    """Along the last axis."""
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def activate(name: str, x: Array) -> Array:
    """What a neuron makes of its sum."""
    if name == "relu":
        return np.maximum(x, 0)
    if name == "gelu":
        return x * 0.5 * (1 + erf(x / math.sqrt(2)))
    if name == "gelu_tanh":
        return 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
    return x * softmax(x)  # solu


class Seen(dict[str, Any]):
    """What flowed in one pass, by name; lists over the layers."""


class NumpyGPT:
    """A model file, with switches turned."""

    def __init__(self, path: Path, switches: tuple[str, ...] = (), head: tuple[int, int] = (0, 0)) -> None:
        with safe_open(str(path), "np") as file:
            notes = file.metadata()
            self.w: dict[str, Array] = {name: file.get_tensor(name).astype(np.float64) for name in file.keys()}  # noqa: SIM118
        self.c: dict[str, Any] = json.loads(notes["config"])
        self.vocabulary: list[str] = json.loads(notes["tokenizer"]).get("chars", [])  # bytes are read elsewhere
        self.on, self.off_head = switches, head
        self.L, self.H, self.C = self.c["n_layer"], self.c["n_head"], self.c["n_embd"]
        self.D = self.C // self.H
        self.causal = self.c["causal"] and "mask" not in switches
        self.scale = 1 / math.sqrt(self.D) if self.c["attention_scale"] and "scale" not in switches else 1.0
        if "scale bug" in switches:
            self.scale = math.sqrt(self.C)
        if self.c["uniform_attention"] or "uniform" in switches:
            self.scale = 0.0
        self.position = "none" if "positions" in switches else self.c["position"]

    def read(self, text: str) -> list[int]:
        """The ids of the known characters, the last of them that fit."""
        ids = [self.vocabulary.index(c) for c in text if c in self.vocabulary]
        return ids[-self.c["block_size"] :]

    def linear(self, name: str, x: Array) -> Array:
        """x W + b."""
        return x @ self.w[f"{name}.weight"].T + self.w.get(f"{name}.bias", 0.0)

    @property
    def final(self) -> bool:
        """Whether a norm stands behind the last block."""
        asked = self.c.get("final_norm", False)  # an older file does not say
        return self.L > 0 and (self.c["norm"] == "pre" or (self.c["norm"] == "post" and asked))

    def norm(self, name: str, x: Array) -> Array:
        """Mean 0 and variance 1, times the gain, plus the shift."""
        level = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-5)
        return level * self.w[f"{name}.weight"] + self.w.get(f"{name}.bias", 0.0)

    def positions(self, T: int) -> Array | None:
        """(T, C), or None."""
        if self.position == "learned":
            return self.w["position_embedding.weight"][:T]
        if self.position == "none":
            return None
        if self.position.startswith("index"):
            shrunk = self.c["block_size"] if self.position == "index_scaled" else 1
            return np.arange(T)[:, None] / shrunk * np.ones(self.C)
        pair = np.arange(self.C) // 2 * 2
        angle = np.arange(T)[:, None] / 10_000 ** (pair / self.C)
        return np.where(np.arange(self.C) % 2, np.cos(angle), np.sin(angle))

    def run(self, ids: list[int]) -> Seen:
        """One pass over ids (T,)."""
        T, seen, c = len(ids), Seen(), self.c
        token, place = self.w["token_embedding.weight"][ids], self.positions(T)
        x = token if place is None else token + place
        seen.update(token=token, place=place, layers=[])
        for layer in range(self.L):
            b, here = f"blocks.{layer}", {"pre": x}
            y = self.norm(f"{b}.norm1", x) if c["norm"] == "pre" else x
            q, k, v = (
                self.linear(f"{b}.attn.{name}", y).reshape(T, self.H, self.D).swapaxes(0, 1)
                for name in ("query", "key", "value")
            )
            dot = q @ k.swapaxes(1, 2)
            hidden = np.triu(np.ones((T, T)), 1) > 0 if self.causal else np.zeros((T, T), bool)
            pattern = softmax(np.where(hidden, -np.inf, dot * self.scale))
            z = pattern @ v
            if "head" in self.on and layer == self.off_head[0]:
                z[self.off_head[1]] = 0.0
            out = self.linear(f"{b}.attn.project", z.swapaxes(0, 1).reshape(T, self.C))
            before = x + out if c["residual"] else out
            x = self.norm(f"{b}.norm1", before) if c["norm"] == "post" else before
            here |= {"q": q, "k": k, "v": v, "dot": dot, "scaled": dot * self.scale, "pattern": pattern, "z": z}
            here |= {"into norm1": here["pre"] if c["norm"] == "pre" else before, "mid": x}
            if c["feed_forward"]:
                y = self.norm(f"{b}.norm2", x) if c["norm"] == "pre" else x
                part = self.linear(f"{b}.mlp.project", activate(c["activation"], self.linear(f"{b}.mlp.expand", y)))
                before = x + part if c["residual"] else part
                here["into norm2"] = x if c["norm"] == "pre" else before
                x = self.norm(f"{b}.norm2", before) if c["norm"] == "post" else before
            here["post"] = x
            seen["layers"].append(here)
        seen["stream"] = x
        if self.final:
            x = self.norm("norm_final", x)
        table = {"tied": "token_embedding", "untied": "unembed"}.get(c["head"])
        seen["logits"] = x if table is None else self.linear(table, x)
        return seen

    # What is made of a pass.

    def stats(self, seen: Seen) -> tuple[Array, Array, Array | None]:
        """Every norm's mean and spread before and after (L, N, 4, T), gains and shifts (L, N, C)."""
        names = ("norm1", "norm2") if self.c["feed_forward"] else ("norm1",)
        rows, gains, shifts = [], [], []
        for layer, here in enumerate(seen["layers"]):
            for name in names:
                x, full = here[f"into {name}"], f"blocks.{layer}.{name}"
                y = self.norm(full, x)
                rows.append([x.mean(-1), x.std(-1), y.mean(-1), y.std(-1)])
                gains.append(self.w[f"{full}.weight"])
                shifts.append(self.w.get(f"{full}.bias"))
        shape = (self.L, len(names))
        shift = None if shifts[0] is None else np.array(shifts).reshape(*shape, -1)
        return np.array(rows).reshape(*shape, 4, -1), np.array(gains).reshape(*shape, -1), shift

    def out_table(self, layer: int, head: int) -> Array:
        """W_O of one head, (D, C)."""
        return self.w[f"blocks.{layer}.attn.project.weight"].T[head * self.D : (head + 1) * self.D]

    def is_off(self, layer: int, head: int) -> bool:
        """Whether this head is switched off."""
        return "head" in self.on and (layer, head) == self.off_head

    def by_values(self, seen: Seen, layer: int, head: int, row: int) -> Array:
        """The pattern's row times the length of what each token hands over, (T,), summing to 1."""
        here = seen["layers"][layer]
        length = np.linalg.norm(here["v"][head] @ self.out_table(layer, head), axis=-1)
        carried = here["pattern"][head, row] * length
        return carried * 0 if self.is_off(layer, head) else carried / (carried.sum() or 1.0)

    def rollout(self, seen: Seen, layer: int) -> Array:
        """(T, T) after a layer."""
        left = np.eye(len(seen["logits"]))
        for here in seen["layers"][: layer + 1]:
            mean = here["pattern"].mean(0)
            left = 0.5 * (mean + np.eye(len(mean))) @ left if self.c["residual"] else mean @ left
        return left

    def to_logit(self, seen: Seen, row: int) -> list[Array]:
        """For each layer the direction (C,) that attention's output must have to lift the predicted logit."""
        table = {"tied": "token_embedding", "untied": "unembed"}.get(self.c["head"])
        every = np.eye(self.C) if table is None else self.w[f"{table}.weight"]
        way = every[int(seen["logits"][row].argmax())] - every.mean(0)

        def back(name: str, x: Array, way: Array) -> Array:
            y = way * self.w[f"{name}.weight"] / np.sqrt(x.var() + 1e-5)
            return y - y.mean()

        if self.final:
            way = back("norm_final", seen["stream"][row], way)
        found: list[Array] = []
        for layer in reversed(range(self.L)):
            here, b = seen["layers"][layer], f"blocks.{layer}"
            if self.c["feed_forward"]:
                way = back(f"{b}.norm2", here["into norm2"][row], way) if self.c["norm"] == "post" else way
                way = way if self.c["residual"] else way * 0
            way = back(f"{b}.norm1", here["into norm1"][row], way) if self.c["norm"] == "post" else way
            found.insert(0, way)
            way = way if self.c["residual"] else way * 0
        return found

    def effects(self, seen: Seen, row: int) -> Array:
        """Every head's direct effect on the predicted logit, (L, H)."""
        ways = self.to_logit(seen, row)
        found = [
            [here["z"][head, row] @ self.out_table(layer, head) @ ways[layer] for head in range(self.H)]
            for layer, here in enumerate(seen["layers"])
        ]
        return np.array(found)

    def effect_by_token(self, seen: Seen, layer: int, head: int, row: int) -> Array:
        """One head's direct effect by the tokens that it took it from, (T,)."""
        here, way = seen["layers"][layer], self.to_logit(seen, row)[layer]
        effect = here["pattern"][head, row] * (here["v"][head] @ self.out_table(layer, head) @ way)
        return effect * (not self.is_off(layer, head))

    def loss(self, seen: Seen, ids: list[int]) -> float:
        """Mean surprise of tokens 2..T, nats."""
        p = softmax(seen["logits"][:-1])
        return float(-np.log(p[np.arange(len(ids) - 1), ids[1:]]).mean())


def knobs(logits: Array, temperature: float, top_k: int | None, top_p: float, greedy: bool) -> Array:
    """Probabilities (V,): divide by the temperature, keep the k largest, keep until p is reached, renormalise."""
    if greedy:
        return np.eye(len(logits))[int(logits.argmax())]
    order = np.argsort(-logits, kind="stable")
    keep = order[: top_k or len(logits)]
    p = softmax(logits[keep] / temperature)
    count = int(np.searchsorted(np.cumsum(p), top_p)) + 1 if top_p < 1 else len(p)
    found = np.zeros(len(logits))
    found[keep[:count]] = p[:count] / p[:count].sum()
    return found
