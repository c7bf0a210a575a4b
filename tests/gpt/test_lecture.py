"""The numbers that the lecture "Let's build GPT" prints, to every digit, out of our own parts (A. Karpathy, 2023).

The lecture seeds torch itself with 1337; here each number comes from a generator of its own with that seed, which
draws the same.
"""

from __future__ import annotations

import math
import string

import pytest
import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F

from gpt import corpora
from gpt.config import GPTConfig
from gpt.model import GPT, CausalSelfAttention
from gpt.tap import Recorder
from gpt.tokenizers import CharTokenizer

ALPHABET = CharTokenizer(tuple("\n !$&',-.3:;?" + string.ascii_uppercase + string.ascii_lowercase))
# Nine characters a row: the first eight are read, the last eight are to be foretold.
BATCH = ("Let's hea", "for that ", "nt that h", "MEO:\nI pa")

MEAN_OF_THE_PAST = [
    [0.1808, -0.0700],
    [-0.0894, -0.4926],
    [0.1490, -0.3199],
    [0.3504, -0.2238],
    [0.3525, 0.0545],
    [0.0688, -0.0396],
    [0.0927, -0.0682],
    [-0.0341, 0.1332],
]
ONE_HEAD = [
    [1.0],
    [0.1574, 0.8426],
    [0.2088, 0.1646, 0.6266],
    [0.5792, 0.1187, 0.1889, 0.1131],
    [0.0294, 0.1052, 0.0469, 0.0276, 0.7909],
    [0.0176, 0.2689, 0.0215, 0.0089, 0.6812, 0.0019],
    [0.1691, 0.4066, 0.0438, 0.0416, 0.1048, 0.2012, 0.0329],
    [0.0210, 0.0843, 0.0555, 0.2297, 0.0573, 0.0709, 0.2423, 0.2391],
]
BIGRAM_WRITES = (  # the new line that it starts from, and 100 characters
    "\nSKIcLT;AcELMoTbvZv C?nq-QE33:CJqkOKH-q;:la!oiywkHjgChzbQ?u!3bLIgwevmyFJGUGp\nwnYWmnxKWWev-tDqXErVKLgJ"
)


def seeded() -> Generator:
    return torch.Generator().manual_seed(1337)


def printed(rows: Tensor) -> list[list[float]]:
    """Rows of numbers with the four digits that torch prints."""
    return [[round(number, 4) for number in row] for row in rows.tolist()]


def attention(config: GPTConfig) -> CausalSelfAttention:
    return CausalSelfAttention(config).eval().requires_grad_(False)


# ---- the alphabet and the batch


def test_the_alphabet_has_65_symbols_in_the_lecture_s_order() -> None:
    assert ALPHABET.vocab_size == 65
    assert ALPHABET.encode("hii there") == [46, 47, 47, 1, 58, 46, 43, 56, 43]
    assert ALPHABET.decode([46, 47, 47, 1, 58, 46, 43, 56, 43]) == "hii there"
    assert ALPHABET.encode(BATCH[0][:8]) == [24, 43, 58, 5, 57, 1, 46, 43]


def test_the_text_has_that_alphabet_and_the_seed_draws_that_batch() -> None:
    text = corpora.load("shakespeare").text
    assert CharTokenizer.from_text(text) == ALPHABET
    train = text[: int(0.9 * len(text))]
    assert len(train) == 1_003_854
    starts = torch.randint(len(train) - 8, (4,), generator=seeded()).tolist()
    assert tuple(train[start : start + 9] for start in starts) == BATCH


# ---- the bigram


def bigram(generator: Generator) -> GPT:
    """A model whose stream is the logits: a row of the token table, nothing else."""
    config = GPTConfig(vocab_size=65, block_size=8, n_layer=0, n_head=1, n_embd=65, position="none", head="none")
    return GPT(config, generator, std=1.0).eval().requires_grad_(False)


def test_the_fresh_bigram_s_loss() -> None:
    model = bigram(seeded())
    rows = torch.tensor([ALPHABET.encode(row) for row in BATCH])  # (B, T + 1)
    logits = model(rows[:, :-1])  # (B, T, V)
    loss = F.cross_entropy(logits.flatten(0, 1), rows[:, 1:].flatten())
    assert round(loss.item(), 4) == 4.8786
    assert round(math.log(65), 3) == 4.174  # what a uniform guess costs: a fresh table is worse


def test_the_bigram_is_the_lecture_s_table() -> None:
    table = nn.Embedding(65, 65)
    with torch.no_grad():
        table.weight.normal_(generator=seeded())
    model = bigram(seeded())
    assert [name for name, _ in model.named_parameters()] == ["token_embedding.weight"]
    assert torch.equal(model.token_embedding.weight, table.weight)
    assert torch.equal(model(torch.arange(8)[None]), table(torch.arange(8)[None]))


def test_the_bigram_writes_the_lecture_s_hundred_characters() -> None:
    generator = seeded()
    model = bigram(generator)
    ids = [0]  # a new line, from which the lecture starts
    for _ in range(100):
        logits = model(torch.tensor([ids[-8:]]))[0, -1]  # (V,)
        probabilities = F.softmax(logits, dim=-1)  # (V,)
        ids.append(int(torch.multinomial(probabilities, 1, generator=generator)))
    assert ALPHABET.decode(ids) == BIGRAM_WRITES


# ---- the mean of the past, in the lecture's three ways and in ours


@pytest.fixture(scope="module")
def x() -> Tensor:
    return torch.randn(4, 8, 2, generator=seeded())  # (B, T, C)


def test_mean_of_the_past_by_two_loops(x: Tensor) -> None:
    mean = torch.stack([torch.stack([row[: t + 1].mean(0) for t in range(8)]) for row in x])  # (B, T, C)
    assert printed(mean[0]) == MEAN_OF_THE_PAST


def test_mean_of_the_past_by_one_matrix(x: Tensor) -> None:
    weights = torch.ones(8, 8).tril() / torch.arange(1, 9)[:, None]  # (T, T)
    assert printed((weights @ x)[0]) == MEAN_OF_THE_PAST


def test_mean_of_the_past_by_a_softmax_of_masked_zeros(x: Tensor) -> None:
    future = torch.ones(8, 8).triu(1).bool()  # (T, T)
    weights = F.softmax(torch.zeros(8, 8).masked_fill(future, -math.inf), dim=-1)  # (T, T)
    assert printed((weights @ x)[0]) == MEAN_OF_THE_PAST


def test_mean_of_the_past_by_uniform_attention(x: Tensor) -> None:
    """With values handed over as they are, a head that looks at all the past alike is that mean."""
    attn = attention(GPTConfig(n_embd=2, n_head=1, block_size=8, uniform_attention=True))
    attn.value.weight.copy_(torch.eye(2))
    attn.project.weight.copy_(torch.eye(2))
    recorder = Recorder()
    assert printed(attn(x, recorder)[0]) == MEAN_OF_THE_PAST
    pattern = recorder.seen["pattern"][0]  # (B, H, T, T)
    weights = torch.ones(8, 8).tril() / torch.arange(1, 9)[:, None]  # (T, T)
    torch.testing.assert_close(pattern, weights.expand(4, 1, 8, 8), rtol=0.0, atol=1e-7)
    assert printed(attn(x)[0]) == MEAN_OF_THE_PAST  # untapped: perhaps another kernel, the same mean
    with torch.no_grad():
        assert printed(attn(x)[0]) == MEAN_OF_THE_PAST


# ---- one head of self-attention, not scaled


def test_one_head_s_weights() -> None:
    """The lecture's head has 16 numbers in a width of 32: head 0 of our two."""
    generator = seeded()
    x = torch.randn(4, 8, 32, generator=generator)  # (B, T, C)
    attn = attention(GPTConfig(n_embd=32, n_head=2, block_size=8, attention_scale=False))
    for linear in (attn.key, attn.query, attn.value):  # the order in which the lecture makes them
        head = torch.empty(16, 32)  # (D, C)
        nn.init.kaiming_uniform_(head, a=math.sqrt(5), generator=generator)  # what nn.Linear begins with
        linear.weight[:16] = head  # (D, C)
    recorder = Recorder()
    attn(x, recorder)
    wei = recorder.seen["pattern"][0][0, 0]  # (T, T), of the first text in the batch and head 0
    assert [row[: t + 1] for t, row in enumerate(printed(wei))] == ONE_HEAD
    assert not wei.triu(1).any()
