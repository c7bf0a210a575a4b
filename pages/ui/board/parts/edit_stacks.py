"""Stacks of edits that are ready to be taken: some for any model, some whose effect on a bundled one was measured.

What a title claims holds over many prompts, and a test measures it again.
"""

from __future__ import annotations

from gpt.analysis.edit_lines import MOST_LINES
from pages.ui.board.edited import off_parts
from pages.ui.state.reading import Reading

Stack = tuple[str, str, str]  # title, the stack in the words of a link, the other prompt

MEASURED: dict[str, tuple[Stack, ...]] = {
    "shakespeare": (
        ("Head 1.6 says nothing: of all heads it is missed most", "head.1.6.zero", ""),
        ("Towards the line's end: 8 × the vector of ↵ into layer 3", "add.resid_pre.3.all.8.0.token.0", ""),
        ("Away from the line's end: the same, −8 ×", "add.resid_pre.3.all.-8.0.token.0", ""),
    ),
    "mini": (("MLP 1 writes nothing: of all parts it is missed most", "mlp.1.zero", ""),),
    "shakespeare-bpe": (("MLP 1 writes nothing: of all parts it is missed most", "mlp.1.zero", ""),),
    "copy": (
        ("Head 1.2 says nothing: it copies no more", "head.1.2.zero", ""),
        ("What head 2.1 hands on for another word: it copies that word", "patch.z.2.1.all", "bdfhace|bdf"),
        ("Where head 2.1 looks on another word: it copies this one still", "patch.pattern.2.1.all", "bdfhace|bdf"),
    ),
    "sort": (("MLP 2 writes nothing: it sorts no more", "mlp.2.zero", ""),),
}


def ready(seen: Reading) -> list[Stack]:
    """Those that this model can make."""
    config = seen.checkpoint.config
    found = list(MEASURED.get(seen.inputs.model, ()))
    layers = range(1, config.n_layer + 1)
    if 0 < config.n_layer <= MOST_LINES:
        half = "~".join(f"scale.attn_out.{layer}.all.0.5" for layer in layers)
        found.append(("All attention at half strength", half, ""))
        if config.feed_forward:
            found.append(("No MLP says anything", "~".join(f"mlp.{layer}.zero" for layer in layers), ""))
    return found + [(f"No {what.removeprefix('the ')}", f"off.{part}", "") for part, what in off_parts(config)]
