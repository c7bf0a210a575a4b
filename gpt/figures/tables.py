"""The numbers of the pictures as tables: their text alternative, and what the CSV files hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from gpt.figures.glyphs import named
from gpt.numerals import percent


def places(tokens: Sequence[str]) -> list[str]:
    """One name for each place: its number first, so that equal tokens stay apart."""
    return [f"{i + 1} {named(token)}" for i, token in enumerate(tokens)]


def attention(weights: np.ndarray, tokens: Sequence[str]) -> pd.DataFrame:
    """Weights (T, T): one row a token that looks, one column a token that is looked at."""
    names = places(tokens)
    return pd.DataFrame(weights, index=pd.Index(names, name="looks"), columns=names)


def looks(weights: np.ndarray, tokens: Sequence[str], most: int = 3, least: float = 0.05) -> pd.DataFrame:
    """Weights (T, T) in words, one row a token that looks: "42 % to 3 h, 31 % to 4 t", shares from `least` on."""
    names, sentences = places(tokens), []
    for row in weights:
        order = [int(k) for k in np.argsort(-row, kind="stable")[:most] if row[k] >= least]
        sentences.append(", ".join(f"{percent(float(row[k]))} to {names[k]}" for k in order) or "a little to many")
    return pd.DataFrame({"token": names, "looks at": sentences})


def stage(values: np.ndarray, tokens: Sequence[str]) -> pd.DataFrame:
    """One stage of a head: (T, T), token by token, or (T, D), whose columns are numbered from 1."""
    names = places(tokens)
    columns = names if values.shape[1] == len(names) else numbered(values.shape[1])
    return pd.DataFrame(values, index=pd.Index(names, name="token"), columns=columns)


def numbered(count: int) -> list[str]:
    """Names of the numbers of a vector, from 1 as in the pictures."""
    return [str(d + 1) for d in range(count)]


def candidates(vocabulary: Sequence[str], stages: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """Every token (V rows) by its id and its way from logit to probability, likeliest first."""
    table = pd.DataFrame({"id": range(len(vocabulary)), "token": [named(token) for token in vocabulary], **stages})
    return table.sort_values("logits", ascending=False, kind="stable").reset_index(drop=True)


def norms(stats: np.ndarray, names: Sequence[str], tokens: Sequence[str]) -> pd.DataFrame:
    """One block's norms (N, 4, T): mean and spread of each token before and after."""
    kinds = ("mean before", "spread before", "mean after", "spread after")
    columns = {f"{name}: {kind}": stats[n, k] for n, name in enumerate(names) for k, kind in enumerate(kinds)}
    return pd.DataFrame(columns, index=pd.Index(places(tokens), name="token"))


def vectors(parts: Mapping[str, np.ndarray], tokens: Sequence[str]) -> pd.DataFrame:
    """Vectors (T, C) under each other, one row a part and token; the numbers of a vector count from 1."""
    index = pd.Index(places(tokens), name="token")
    frames = [pd.DataFrame(values, index=index, columns=numbered(values.shape[1])) for values in parts.values()]
    return pd.concat(frames, keys=list(parts), names=["part"])


def csv(table: pd.DataFrame) -> bytes:
    """The table as CSV. Text that a spreadsheet would take for a formula gets an apostrophe in front."""

    def safe(value: object) -> object:
        return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" else value

    flat = table.reset_index()
    flat.columns = [safe(str(name)) for name in flat.columns]
    return flat.map(safe).to_csv(index=False).encode()
