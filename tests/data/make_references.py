"""Make the small independent references beside this file: numbers of other people's code, with which ours must agree.

    python tests/data/make_references.py            # everything but GPT-2's two rows of logits
    python tests/data/make_references.py --check    # writes nothing: are the files here what the script makes?
    python tests/data/make_references.py --logits PROMPT_0.json.gz PROMPT_1.json.gz

It imports nothing of `gpt`. All is computed in double precision and written in single precision, so that the digits do
not hang on the machine. `--logits` takes two files with the 50,257 real `logits` of GPT-2 small after a prompt.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional as F
from transformers.models.gpt2.configuration_gpt2 import GPT2Config
from transformers.models.gpt2.modeling_gpt2 import GPT2LMHeadModel

HERE = Path(__file__).parent
GPT2, POST_NORM, LOGITS = HERE / "tiny_gpt2", HERE / "post_norm.safetensors", HERE / "gpt2_logits.json"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
ALPHABET = LETTERS + ":\n"  # a token's id is its place in here
SHAPE: dict[str, Any] = {"vocab_size": len(ALPHABET), "n_positions": 32, "n_embd": 24, "n_layer": 3, "n_head": 4}
TOKENS: dict[str, Any] = {"bos_token_id": 0, "eos_token_id": 0}  # the library wants these inside the vocabulary
PROMPTS = ("quip:quip\nhello:hello\nzeb", "ax:ax\nbanana:banana")
KEPT = 1_024  # of GPT-2's 50,257 logits, the largest are kept one by one


# ---- a GPT-2 of the library `transformers`, trained to say a word again


def text(rows: int, T: int = 28) -> Tensor:
    """Lines "fdacb:fdacb" of two to six random letters, as ids (rows, T): each row begins with a line."""
    rng = np.random.default_rng(0)
    ids = []
    for _ in range(rows):
        row = ""
        while len(row) < T:
            word = "".join(rng.choice(list(LETTERS), rng.integers(2, 7)))
            row += f"{word}:{word}\n"
        ids.append([ALPHABET.index(char) for char in row[:T]])
    return torch.tensor(ids)  # (rows, T)


def train(steps: int = 1200, batch: int = 64) -> GPT2LMHeadModel:
    """The library's own model, from weights of our own generator, by AdamW with a rate that falls to zero.

    Smoothed labels, a strong decay and a price for large queries and keys keep all numbers so small that single
    precision holds them to 1e-5.
    """
    config = GPT2Config(**SHAPE | TOKENS | {"tie_word_embeddings": False, "attn_implementation": "eager"})
    config.resid_pdrop = config.embd_pdrop = config.attn_pdrop = 0.0
    model = GPT2LMHeadModel(config).double()
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.dim() > 1:
                weight.normal_(0.0, 0.3 if "wte" in name or "wpe" in name else 0.08, generator=generator)
            else:
                weight.fill_(1.0 if "ln_" in name and name.endswith("weight") else 0.0)
    matrices = {name: weight for name, weight in model.named_parameters() if ".c_" in name and weight.dim() > 1}
    rest = [weight for name, weight in model.named_parameters() if name not in matrices]
    groups = [{"params": [*matrices.values()], "weight_decay": 1.0}, {"params": rest, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups)
    made: list[Tensor] = []  # each layer's q, k and v, (B, T, 3C)
    blocks: Any = model.transformer.h
    for block in blocks:
        block.attn.c_attn.register_forward_hook(lambda _, taken, given: made.append(given))
    rows = text(steps * batch)
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = 4e-3 * min(1.0, (step + 1) / 50) * (1 - step / steps)
        ids = rows[step * batch : (step + 1) * batch]  # (B, T)
        logits = model(ids[:, :-1]).logits  # (B, T - 1, V)
        loss = F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten(), label_smoothing=0.1)
        loss = loss + 0.01 * sum(x[..., : 2 * SHAPE["n_embd"]].pow(4).mean() for x in made)
        made.clear()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % 100 == 0 or step == steps - 1:
            print(f"step {step + 1:4}   loss {loss.item():.4f}")
    return model.float().eval()


def save(model: GPT2LMHeadModel) -> None:
    """As the library's folders were: config.json, and the weights with the causal masks that older files hold too."""
    GPT2.mkdir(exist_ok=True)
    fields = {**SHAPE, "model_type": "gpt2", "activation_function": "gelu_new", "tie_word_embeddings": False}
    (GPT2 / "config.json").write_text(json.dumps(fields, indent=1) + "\n", encoding="utf-8", newline="\n")
    mask = torch.ones(1, 1, SHAPE["n_positions"], SHAPE["n_positions"], dtype=torch.uint8).tril()  # (1, 1, T, T)
    tensors = {name: weight.detach().clone() for name, weight in model.state_dict().items()}
    tensors |= {f"transformer.h.{layer}.attn.bias": mask.clone() for layer in range(SHAPE["n_layer"])}
    save_file(tensors, GPT2 / "model.safetensors", {"format": "pt"})


def reread() -> GPT2LMHeadModel:
    """The library's model with the weights that are written here, in double precision."""
    fields = json.loads((GPT2 / "config.json").read_text(encoding="utf-8"))
    model = GPT2LMHeadModel(GPT2Config(**fields | TOKENS | {"attn_implementation": "eager"}))
    weights = load_file(GPT2 / "model.safetensors")
    model.load_state_dict({name: w for name, w in weights.items() if not name.endswith(".attn.bias")})
    return model.double().eval()


def inside(model: GPT2LMHeadModel, prompt: str) -> dict[str, Tensor]:
    """Every number between ids and logits: what each module of the library took in and gave out, and its attentions."""
    seen: dict[str, Tensor] = {}

    def keep(name: str, module: nn.Module) -> None:
        def hook(_: nn.Module, taken: tuple[Tensor, ...], given: Any) -> None:
            seen[f"{name} in"] = taken[0][0]  # (T, ...)
            seen[f"{name} out"] = (given[0] if isinstance(given, tuple) else given)[0]  # (T, ...)

        module.register_forward_hook(hook)

    for name, module in model.named_modules():
        if name:
            keep(name.removeprefix("transformer."), module)
    ids = torch.tensor([ALPHABET.index(char) for char in prompt])  # (T,)
    with torch.no_grad():
        out = model(ids[None], output_attentions=True, output_hidden_states=True)
    T, L, H, C = len(ids), SHAPE["n_layer"], SHAPE["n_head"], SHAPE["n_embd"]

    def over_layers(name: str) -> Tensor:
        return torch.stack([seen[f"h.{layer}.{name}"] for layer in range(L)])  # (L, T, ...)

    def heads(x: Tensor) -> Tensor:
        return x.view(L, T, H, C // H).transpose(1, 2)  # (L, H, T, D)

    q, k, v = (heads(part) for part in over_layers("attn.c_attn out").chunk(3, dim=-1))
    found = {
        "ids": ids,
        "tokens": seen["wte out"],
        "positions": seen["wpe out"],
        "resid_pre": torch.stack([state[0] for state in out.hidden_states[:-1]]),  # (L, T, C)
        "norm1": over_layers("ln_1 out"),
        "q": q,
        "k": k,
        "v": v,
        "scores": q @ k.transpose(-2, -1) / (C // H) ** 0.5,  # (L, H, T, T), before the mask
        "pattern": torch.stack([weights[0] for weights in out.attentions]),  # (L, H, T, T)
        "z": heads(over_layers("attn.c_proj in")),
        "attn_out": over_layers("attn.c_proj out"),
        "resid_mid": over_layers("ln_2 in"),
        "norm2": over_layers("ln_2 out"),
        "mlp_pre": over_layers("mlp.c_fc out"),
        "mlp_post": over_layers("mlp.act out"),
        "mlp_out": over_layers("mlp out"),
        "resid_post": torch.stack([seen[f"h.{layer} out"].view(T, C) for layer in range(L)]),  # (L, T, C)
        "norm_final": out.hidden_states[-1][0],  # (T, C)
        "logits": out.logits[0],  # (T, V)
    }
    assert torch.equal(found["norm_final"], seen["ln_f out"])
    return {name: (x if x.dtype == torch.int64 else x.float()).contiguous() for name, x in found.items()}


# ---- a layer of torch's own, as in the Transformer of 2017


def post_norm() -> dict[str, Tensor]:
    """`nn.TransformerEncoderLayer`, norms after each part, ReLU, causal mask: weights, input, attention, output."""
    T, C, H = 10, 16, 4
    layer = nn.TransformerEncoderLayer(C, H, 4 * C, dropout=0.0, activation="relu", batch_first=True, norm_first=False)
    layer = layer.double().eval()
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for name, weight in layer.named_parameters():  # biases and gains too, so that none can be mixed up
            weight.normal_(1.0 if "norm" in name and name.endswith("weight") else 0.0, 0.35, generator=generator)
            weight.copy_(weight.float())  # what is written is what was computed with
    x = torch.randn(1, T, C, generator=generator).double()  # (1, T, C)
    hidden = torch.ones(T, T).triu(1).bool()  # (T, T)
    with torch.no_grad():
        mixed, pattern = layer.self_attn(x, x, x, attn_mask=hidden, average_attn_weights=False)
        out = layer(x, src_mask=hidden)  # (1, T, C)
    found = {"input": x[0], "pattern": pattern[0], "attn_out": mixed[0], "output": out[0]}
    found |= {f"weight.{name}": weight for name, weight in layer.state_dict().items()}
    return {name: tensor.float().contiguous() for name, tensor in found.items()}


# ---- two real rows of logits, as figures


def figures(file: Path) -> dict[str, Any]:
    """The largest logits of one row of 50,257, and what all others weigh together: enough for a top-p of 0.9."""
    given = json.loads(gzip.decompress(file.read_bytes()))
    logits = np.sort(np.array(given["logits"], dtype=np.float64))[::-1]  # (V,), the largest first
    rest = logits[KEPT:]
    largest = [float(f"{x:.4f}") for x in logits[:KEPT]]
    each = float(np.log(np.exp(rest - rest[0]).mean()) + rest[0])
    return {"prompt": given["prompt"], "vocabulary": len(logits), "largest": largest, "each of the others": each}


def equal(ours: dict[str, Tensor], file: Path) -> bool:
    """Whether a file holds these tensors, but for the last digit of single precision."""
    theirs = load_file(file)
    same = ours.keys() == theirs.keys()
    return same and all(torch.allclose(ours[name], theirs[name], rtol=0.0, atol=2e-6) for name in ours)


def main() -> int:
    """Write the references, or check those that are here."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the files here and write nothing")
    parser.add_argument("--logits", nargs=2, type=Path, metavar="FILE", help="write gpt2_logits.json from these")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    if asked.logits:
        rows = [figures(file) for file in asked.logits]
        LOGITS.write_text(json.dumps(rows, separators=(",", ":")) + "\n", encoding="utf-8", newline="\n")
        return 0
    if not asked.check:
        save(train())
        save_file(post_norm(), POST_NORM)
    model = reread()
    wrong = [] if equal(post_norm(), POST_NORM) else [POST_NORM.name]
    for number, prompt in enumerate(PROMPTS):
        file = GPT2 / f"prompt{number}.safetensors"
        found = inside(model, prompt)
        if not asked.check:
            save_file(found, file)
        wrong += [] if equal(found, file) else [file.name]
    print("as the script makes them" if not wrong else f"not what the script makes: {', '.join(wrong)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
