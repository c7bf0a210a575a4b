"""One weight's step as a sum that one can follow: old -> gradient -> moments -> new, in Python's own arithmetic."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from gpt.lessons.training_step.rules import BETA1, BETA2, EPS, ITERATIONS, MOMENTUM, Rule, Step
from gpt.lessons.training_step.setting import OPTIMIZERS, Followed

FORMULAS = {
    "sgd": "new = old - rate × g",
    "undecayed": "new = old - rate × m̂ / (√v̂ + ε)",
    "adam": "new = old - rate × m̂ / (√v̂ + ε), where m and v are of g + λ × old",
    "adamw": "new = old - rate × λ × old - rate × m̂ / (√v̂ + ε)",
    "muon": "new = old - rate × λ × old - rate × √max(1, R/S) × O, O the momentum made orthogonal",
}


Lines = list[tuple[str, str, float]]  # what it is, how it comes about, and the number


def short(x: float) -> str:
    """A number as an operand: four digits."""
    return f"{x:.4g}"


@dataclass(frozen=True)
class Worked:
    """The sum behind one new weight."""

    formula: str
    lines: Lines
    text: str  # the last sum in one line
    shown: float  # the weight that the film has
    recomputed: float
    code: str

    @property
    def difference(self) -> float:
        """Between the two, absolute."""
        return abs(self.shown - self.recomputed)


def worked(
    steps: tuple[Mapping[str, Step], ...], taken: int, weight: Followed, chosen: tuple[str, float, int]
) -> Worked:
    """The step number `taken` (from 1) of one weight; `chosen` are the film's optimizer, rate and seed."""
    step = steps[taken - 1][weight.name]
    at = weight.index
    before = {name: x[at].item() for name, x in steps[taken - 2][weight.name].stages.items()} if taken > 1 else {}
    rule, old, g = step.rule, step.old[at].item(), step.gradient[at].item()
    make = {"sgd": sgd, "adam": adam, "adamw": adam, "muon": muon}[rule.name]
    lines = [("old", f"the weight after step {taken - 1}" if taken > 1 else "as the seed drew it", old)]
    lines += [("gradient g", "d loss / d weight", g), *make(rule, old, g, before, step, at)]
    summed = [value for label, _, value in lines if label in ("old", "decay", "move")]
    new = math.fsum(summed)
    formula = FORMULAS[rule.name if rule.decay or rule.name == "sgd" else "undecayed"]
    signs = "".join(f" {'-' if x < 0 else '+'} {short(abs(x))}" for x in summed[1:])
    text = f"new = {short(summed[0])}{signs} = {short(new)}"
    return Worked(formula, lines, text, step.new[at].item(), new, pytorch(rule, taken, weight, chosen))


def sgd(rule: Rule, old: float, g: float, before: Mapping[str, float], step: Step, at: tuple[int, ...]) -> Lines:
    """The gradient times the rate."""
    return [("move", f"-{rule.rate:g} × {short(g)}", -rule.rate * g)]


def adam(rule: Rule, old: float, g: float, before: Mapping[str, float], step: Step, at: tuple[int, ...]) -> Lines:
    """Both moments, made good for having begun at 0, and what they move."""
    lines, used, t = Lines(), g, step.count
    if rule.name == "adam" and rule.decay:
        used = g + rule.decay * old
        lines.append(("g with decay", f"{short(g)} + {rule.decay:g} × {short(old)}", used))
    m0, v0 = before.get("m", 0.0), before.get("v", 0.0)
    m = BETA1 * m0 + (1.0 - BETA1) * used
    v = BETA2 * v0 + (1.0 - BETA2) * used * used
    m_hat, v_hat = m / (1.0 - BETA1**t), v / (1.0 - BETA2**t)
    move = -rule.rate * m_hat / (math.sqrt(v_hat) + EPS)
    lines += [
        ("m", f"{BETA1:g} × {short(m0)} + {1 - BETA1:.1g} × {short(used)}", m),
        ("v", f"{BETA2:g} × {short(v0)} + {1 - BETA2:.1g} × ({short(used)})²", v),
        ("m̂", f"{short(m)} / (1 - {BETA1:g}^{t})", m_hat),
        ("v̂", f"{short(v)} / (1 - {BETA2:g}^{t})", v_hat),
    ]
    if rule.name == "adamw" and rule.decay:
        lines.append(decay(rule, old))
    return [*lines, ("move", f"-{rule.rate:g} × {short(m_hat)} / (√{short(v_hat)} + {EPS:g})", move)]


def muon(rule: Rule, old: float, g: float, before: Mapping[str, float], step: Step, at: tuple[int, ...]) -> Lines:
    """The momentum is a weight's own; what it becomes comes from the whole matrix."""
    mean = MOMENTUM * before.get("momentum", 0.0) + (1.0 - MOMENTUM) * g
    ahead = MOMENTUM * mean + (1.0 - MOMENTUM) * g
    even = step.stages["even"][at].item()
    R, S = step.old.shape
    tall = math.sqrt(max(1.0, R / S))
    rest = f"{1 - MOMENTUM:.2g} × {short(g)}"
    return [
        ("momentum", f"{MOMENTUM:g} × {short(before.get('momentum', 0.0))} + {rest}", mean),
        ("ahead", f"{MOMENTUM:g} × {short(mean)} + {rest}", ahead),
        ("O", f"of all {R} × {S} after {ITERATIONS} iterations", even),
        decay(rule, old),
        ("move", f"-{rule.rate:g} × {short(tall)} × {short(even)}", -rule.rate * tall * even),
    ]


def decay(rule: Rule, old: float) -> tuple[str, str, float]:
    """What is taken off the weight itself."""
    return "decay", f"-{rule.rate:g} × {rule.decay:g} × {short(old)}", -rule.rate * rule.decay * old


def pytorch(rule: Rule, taken: int, weight: Followed, chosen: tuple[str, float, int]) -> str:
    """Lines that print the same number, made by an optimizer of torch, or by the project's Muon."""
    made = {
        "sgd": f"torch.optim.SGD([w], lr={rule.rate:g})",
        "muon": f"Muon([w], {rule.rate:g}, {MOMENTUM:g}, {ITERATIONS}, {rule.decay:g}, torch.float64)",
    }.get(
        rule.name,
        f"torch.optim.{OPTIMIZERS.get(rule.name)}([w], lr={rule.rate:g}, betas=({BETA1:g}, {BETA2:g}), eps={EPS:g}, "
        f"weight_decay={rule.decay:g})",
    )
    optimizer, rate, seed = chosen
    lines = [
        "import torch",
        "from gpt.lessons.training_step.film import play",
        *(["from gpt.train.muon import Muon"] if rule.name == "muon" else []),
        f'film = play("{optimizer}", {rate:g}, {seed})',
        f'w = torch.nn.Parameter(film.steps[0]["{weight.name}"].old.clone())',
        f"optimizer = {made}",
        f"for step in film.steps[:{taken}]:",
        f'    w.grad = step["{weight.name}"].gradient.clone()',
        "    optimizer.step()",
        f"print(w[{', '.join(map(str, weight.index))}].item())",
    ]
    return "\n".join(lines)
