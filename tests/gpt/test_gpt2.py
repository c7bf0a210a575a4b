"""Our GPT-2 against an independent one: the `transformers` library's, with random weights, saved and read back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from gpt import gpt2
from gpt.storage.safetensors_header import ModelFileError
from gpt.trace import trace

SHAPE: dict[str, Any] = {"vocab_size": 31, "n_positions": 12, "n_embd": 24, "n_layer": 3, "n_head": 4}
TOKENS: dict[str, Any] = {"bos_token_id": 0, "eos_token_id": 0}  # the library wants these inside the vocabulary
IDS = torch.tensor([3, 30, 0, 7, 7, 19, 2, 11, 28, 5, 1, 9])  # (T,)
CLOSE: dict[str, Any] = {"rtol": 0.0, "atol": 1e-5}


def theirs(**choices: Any) -> Any:
    """A small GPT-2 of the library's; every number random, biases and gains too, so that none can be mixed up."""
    # here, where they are needed: the library takes seconds to load, and every worker of the suite reads this file
    from transformers.models.gpt2.configuration_gpt2 import GPT2Config
    from transformers.models.gpt2.modeling_gpt2 import GPT2LMHeadModel

    model = GPT2LMHeadModel(GPT2Config(**{**SHAPE, **TOKENS, **choices, "attn_implementation": "eager"})).eval()
    generator = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            gain = 1.0 if "ln_" in name and name.endswith("weight") else 0.0
            weight.normal_(gain, 0.2, generator=generator)
    return model


def run(model: Any) -> tuple[Tensor, Tensor, Tensor]:
    """Their logits (T, V), attentions (L, H, T, T), and what each block gets (L, T, C)."""
    with torch.no_grad():
        out = model(IDS[None], output_attentions=True, output_hidden_states=True)
    return out.logits[0], torch.cat(out.attentions), torch.cat(out.hidden_states[:-1])


@pytest.fixture(scope="module")
def reference() -> Any:
    return theirs()


@pytest.fixture
def folder(reference: Any, tmp_path: Path) -> Path:
    reference.save_pretrained(tmp_path)
    return tmp_path


def change_tensors(folder: Path, change: Callable[[dict[str, Tensor]], object]) -> None:
    """Let `change` work on the tensors of the saved file."""
    tensors = load_file(folder / "model.safetensors")
    change(tensors)
    save_file(tensors, folder / "model.safetensors")


def change_config(folder: Path, **values: Any) -> None:
    """Set fields of the saved config; ... removes one."""
    path = folder / "config.json"
    config = json.loads(path.read_text(encoding="utf-8")) | values
    path.write_text(json.dumps({key: value for key, value in config.items() if value is not ...}), encoding="utf-8")


def agree(model: Any, folder: Path) -> None:
    """Ours, read from the folder, computes what theirs does at every place that both can show."""
    logits, attentions, streams = run(model)
    ours = gpt2.load(folder)
    seen = trace(ours, IDS)
    torch.testing.assert_close(seen.logits, logits, **CLOSE)
    torch.testing.assert_close(seen.pattern, attentions, **CLOSE)
    torch.testing.assert_close(seen.resid_pre, streams, **CLOSE)
    with torch.no_grad():
        torch.testing.assert_close(ours(IDS[None])[0], logits, **CLOSE)


def test_logits_attentions_and_streams_are_theirs(reference: Any, folder: Path) -> None:
    agree(reference, folder)


@pytest.mark.parametrize("activation", ["gelu", "relu", "gelu_pytorch_tanh"])
def test_other_activations(activation: str, tmp_path: Path) -> None:
    model = theirs(activation_function=activation)
    model.save_pretrained(tmp_path)
    agree(model, tmp_path)


def test_untied_head(tmp_path: Path) -> None:
    model = theirs(tie_word_embeddings=False)
    model.save_pretrained(tmp_path)
    assert gpt2.load(tmp_path).config.head == "untied"
    agree(model, tmp_path)


def test_the_model_without_its_head_has_no_prefix(reference: Any, tmp_path: Path) -> None:
    reference.transformer.save_pretrained(tmp_path)
    assert "wte.weight" in load_file(tmp_path / "model.safetensors")
    agree(reference, tmp_path)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_files_become_fp32(dtype: torch.dtype, tmp_path: Path) -> None:
    model = theirs().to(dtype)
    model.save_pretrained(tmp_path)
    agree(model.float(), tmp_path)


@pytest.mark.parametrize("dtype", [torch.float32, torch.uint8, torch.bool])  # the library's versions differ
def test_old_files_with_mask_buffers_and_n_ctx(dtype: torch.dtype, reference: Any, folder: Path) -> None:
    def add_masks(tensors: dict[str, Tensor]) -> None:
        for layer in range(SHAPE["n_layer"]):
            tensors[f"transformer.h.{layer}.attn.bias"] = torch.ones(1, 1, 12, 12).tril().to(dtype)
            tensors[f"transformer.h.{layer}.attn.masked_bias"] = torch.tensor(-1e4)
        tensors["lm_head.weight"] = tensors["transformer.wte.weight"].clone()

    change_tensors(folder, add_masks)
    change_config(folder, n_positions=..., n_ctx=12)
    agree(reference, folder)


def test_the_result_is_frozen_evaluating_fp32_and_its_own(folder: Path) -> None:
    model = gpt2.load(str(folder))
    before = model(IDS[None])
    (folder / "model.safetensors").write_bytes(b"gone")
    assert not model.training
    assert {weight.requires_grad for weight in model.parameters()} == {False}
    assert {weight.dtype for weight in model.parameters()} == {torch.float32}
    assert model.unembed.weight is model.token_embedding.weight
    assert all(weight.is_contiguous() for weight in model.parameters())
    assert torch.equal(model(IDS[None]), before)


def refused(folder: Path, *words: str) -> None:
    """Loading raises one sentence that holds these words."""
    with pytest.raises(ModelFileError) as error:
        gpt2.load(folder)
    sentence = str(error.value)
    assert "\n" not in sentence and len(sentence) < 300 and sentence.endswith(".")
    for word in words:
        assert word in sentence


def test_a_missing_tensor_is_refused(folder: Path) -> None:
    change_tensors(folder, lambda tensors: tensors.pop("transformer.h.1.mlp.c_fc.bias"))
    refused(folder, "lacks", "transformer.h.1.mlp.c_fc.bias")


def test_an_extra_tensor_is_refused(folder: Path) -> None:
    change_tensors(folder, lambda tensors: tensors.update({"transformer.h.3.ln_1.bias": torch.zeros(24)}))
    refused(folder, "also holds", "transformer.h.3.ln_1.bias")


def test_two_spellings_of_one_tensor_are_refused(folder: Path) -> None:
    change_tensors(folder, lambda tensors: tensors.update({"ln_f.bias": torch.zeros(24)}))
    refused(folder, "also holds", "'ln_f.bias'")


@pytest.mark.parametrize(
    "name", ["wte.weight", "wpe.weight", "h.0.attn.c_attn.weight", "h.2.mlp.c_proj.weight", "h.1.attn.c_attn.bias"]
)
def test_a_wrong_shape_is_refused(name: str, folder: Path) -> None:
    name = "transformer." + name

    def cut(tensors: dict[str, Tensor]) -> None:
        tensors[name] = tensors[name][:-1].clone()

    change_tensors(folder, cut)
    refused(folder, name, "expected")


def test_a_weight_that_lies_the_wrong_way_is_refused(folder: Path) -> None:
    def turn(tensors: dict[str, Tensor]) -> None:
        name = "transformer.h.0.mlp.c_fc.weight"
        tensors[name] = tensors[name].t().contiguous()

    change_tensors(folder, turn)
    refused(folder, "c_fc.weight", "[96, 24]", "[24, 96]")


def test_a_tensor_of_whole_numbers_is_refused(folder: Path) -> None:
    change_tensors(
        folder, lambda tensors: tensors.update({"transformer.ln_f.bias": torch.zeros(24, dtype=torch.int64)})
    )
    refused(folder, "transformer.ln_f.bias", "I64")


def test_a_tied_head_that_differs_is_refused(folder: Path) -> None:
    change_tensors(folder, lambda tensors: tensors.update({"lm_head.weight": torch.zeros(31, 24)}))
    refused(folder, "lm_head.weight", "differ")


def test_an_untied_model_without_its_head_is_refused(folder: Path) -> None:
    change_config(folder, tie_word_embeddings=False)
    refused(folder, "lacks", "lm_head.weight")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("activation_function", "silu"),
        ("activation_function", ["gelu_new"]),
        ("layer_norm_epsilon", 1e-6),
        ("scale_attn_weights", False),
        ("scale_attn_by_inverse_layer_idx", True),
        ("add_cross_attention", True),
        ("model_type", "gpt_neo"),
        ("tie_word_embeddings", "yes"),
        ("n_inner", 25),
        ("n_layer", ...),
        ("n_layer", 2.5),
        ("n_positions", ...),
        ("n_embd", 10**9),
        ("n_head", 5),
        ("vocab_size", None),
    ],
)
def test_a_config_that_we_would_compute_wrongly_is_refused(field: str, value: Any, folder: Path) -> None:
    change_config(folder, **{field: value})
    refused(folder, "n_embd" if field == "n_head" else field)


def test_a_long_context_is_read(tmp_path: Path) -> None:
    """The mask is made where it is needed and kept nowhere, so that a context of 8,192 costs its table alone."""
    model = theirs(n_positions=8_192, n_layer=2)
    model.save_pretrained(tmp_path)
    assert gpt2.load(tmp_path).config.block_size == 8_192
    agree(model, tmp_path)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), 1e12])
def test_weights_that_are_no_numbers_or_far_too_large_are_refused(number: float, folder: Path) -> None:
    change_tensors(folder, lambda tensors: tensors["transformer.h.1.mlp.c_fc.bias"].fill_(number))
    refused(folder, "transformer.h.1.mlp.c_fc.bias", "within ±10,000")


def test_a_model_without_blocks_is_refused(folder: Path) -> None:
    change_config(folder, n_layer=0)
    refused(folder, "blocks")


@pytest.mark.parametrize("text", ["", "[1]", "{", "[" * 100_000, '{"n_layer": ' + "9" * 5_000 + "}", "\ufeff\ud800"])
def test_a_config_that_is_not_one_is_refused(text: str, folder: Path) -> None:
    (folder / "config.json").write_text(text, encoding="utf-8", errors="surrogatepass")
    refused(folder, "config.json")


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_a_missing_file_is_refused(name: str, folder: Path) -> None:
    (folder / name).unlink()
    refused(folder, f"has no {name}")


def test_pickled_weights_are_never_read(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    refused(folder, "has no model.safetensors")


@pytest.mark.parametrize("keep", [0, 7, 100, 5_000])
def test_a_file_cut_short_is_refused(keep: int, folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:keep])
    refused(folder)
