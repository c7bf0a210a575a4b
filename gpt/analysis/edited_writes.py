"""What edits put into the residual stream, as writes of their own: so that a stream and a logit stay the sums they are.

Found from the trace alone: what flowed on at a site, less what flows into it. Sites inside a head or an MLP need none:
what the part then writes is what it wrote.
"""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

from gpt.analysis.lens import streams
from gpt.analysis.stages import block_of
from gpt.model import GPT
from gpt.trace import Trace

EMBEDDING, ATTENTION, INSIDE, MLP, BEHIND = "edit", "edit of attention", "edit inside", "edit of MLP", "edit behind"
STREAM = (INSIDE, BEHIND)  # of the stream itself: before a layer's MLP, and behind it up to the next layer
SMALL = 1e-5  # of the largest number: rounding

Part = tuple[str, int, int, Tensor]  # kind, layer, head, vector (C,)


def with_edits(model: GPT, trace: Trace, ids: Sequence[int], position: int, parts: Sequence[Part]) -> list[Part]:
    """The parts of `writes.vectors` at a position, and what edits did, behind what they changed.

    Behind a post-norm, and without residual connections, a change of the stream itself is no vector that was added:
    there it is left out, and remains.
    """
    config, stream = model.config, streams(model, trace, ids)[:, position].double()  # (S, C)
    embedded = model.token_embedding.weight[ids[position]].detach().double()  # (C,)
    kind, layer, head, token = parts[0]
    found, changed = list[Part](), token - embedded  # (C,)
    found.append((kind, layer, head, embedded))
    found += [one for one in parts[1:] if one[1] < 0]
    add(found, EMBEDDING, -1, changed, token)
    for layer in range(config.n_layer):
        own = [one for one in parts if one[1] == layer]
        attention = [one for one in own if one[0] in ("head", "bias")]
        wrote = trace.attn_out[layer, position].double()  # (C,)
        found += attention
        add(found, ATTENTION, layer, wrote - sum_of(attention), wrote)
        adds = config.residual and config.norm != "post"
        middle = trace.resid_mid[layer, position].double()  # (C,)
        if adds:
            add(found, INSIDE, layer, middle - stream[layer] - wrote, middle)
        rest = [
            (kind, layer, head, mlp_wrote(model, trace, layer, position, kind, x))
            for kind, _, head, x in own
            if kind in ("MLP", "MLP bias")
        ]
        found += rest
        thought = trace.mlp_out[layer, position].double() if rest else None  # (C,)
        if thought is not None:
            add(found, MLP, layer, thought - sum_of(rest), thought)
        if adds:
            add(
                found,
                BEHIND,
                layer,
                stream[layer + 1] - middle - (0.0 if thought is None else thought),
                stream[layer + 1],
            )
    return found


def add(found: list[Part], kind: str, layer: int, vector: Tensor, beside: Tensor) -> None:
    """One edit's vector (C,), if it is more than rounding of the numbers (C,) that it was found from."""
    if float(vector.abs().max()) > SMALL * max(1.0, float(beside.abs().max())):
        found.append((kind, layer, -1, vector))


def mlp_wrote(model: GPT, trace: Trace, layer: int, position: int, kind: str, vector: Tensor) -> Tensor:
    """What an MLP's neurons write, (C,), whatever became of it; its bias is as it was."""
    if kind != "MLP":
        return vector
    return (
        block_of(model, layer).mlp.project.weight.detach().double() @ trace.mlp_post[layer, position].double()
    )  # (C,)


def sum_of(parts: Sequence[Part]) -> Tensor | float:
    """What parts write together, (C,); nothing without any."""
    return sum((vector for *_, vector in parts), 0.0)


def code_of(kind: str, layer: int, position: int) -> str:
    """Such a vector (C,) in PyTorch, from `model`, its trace `seen` and `ids`."""
    if kind == EMBEDDING:
        return f"seen.resid_pre[0, {position}] - model.embed(torch.tensor([ids]))[0, {position}]"
    at = f"[{layer}, {position}]"
    if kind == ATTENTION:
        return f"seen.attn_out{at} - model.blocks[{layer}].attn.project(seen.z[{layer}, :, {position}].flatten())"
    if kind == INSIDE:
        return f"seen.resid_mid{at} - seen.resid_pre{at} - seen.attn_out{at}"
    if kind == MLP:
        return f"seen.mlp_out{at} - model.blocks[{layer}].mlp.project(seen.mlp_post{at})"
    after = f"torch.cat([seen.resid_pre, seen.resid_post[-1:]])[{layer + 1}, {position}]"
    return f"{after} - seen.resid_mid{at} - (seen.mlp_out{at} if len(seen.mlp_out) else 0)"
