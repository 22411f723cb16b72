"""The three models' training passes, written out: the mathematics of Hugging Face's modules in fewer, larger
steps.

Tokens of a batch lie in flat rows, [tokens, width], their number rounded up to a multiple of 32; only
attention sees sequences. Products are bf16; norms and softmax are f32, as are the sums of GPT-2's and T5's
residual streams.
`python -m trio.engine` compares values and gradients with transformers.
"""

import math

import torch
from torch.nn import functional

from .functions import (
    ACTIVATIONS,
    Activation,
    AddNorm,
    Attention,
    Embed,
    FeedForward,
    Linear,
    Norm,
    VocabularyLoss,
)
from .leaves import Weights

Batch = dict[str, torch.Tensor]
ROWS = 32


def flat_ids(ids: torch.Tensor) -> torch.Tensor:
    """Ids [batch, length] as one row, with zeros up to a multiple of 32."""
    flat = ids.reshape(-1)
    return functional.pad(flat, (0, -flat.numel() % ROWS))


def t5_buckets(length: int, both_ways: bool, buckets: int, farthest: int) -> torch.Tensor:
    """T5's bucket of every distance, [queries, keys]."""
    distance = torch.arange(length)[None, :] - torch.arange(length)[:, None]
    start = torch.zeros_like(distance)
    if both_ways:
        buckets //= 2
        start += (distance > 0).long() * buckets
        distance = distance.abs()
    else:
        distance = -distance.clamp(max=0)
    exact = buckets // 2
    share = torch.log(distance.float() / exact) / math.log(farthest / exact)
    far = exact + (share * (buckets - exact)).long()
    return start + torch.where(distance < exact, distance, far.clamp(max=buckets - 1))


class Engine:
    """One family's passes over its leaves."""

    def __init__(self, family: str, model, weights: Weights):
        self.family, self.config, self.leaf = family, model.config, weights.leaf
        self.anchor = torch.zeros(1, requires_grad=True)
        self.buckets: dict[tuple[str, int], torch.Tensor] = {}
        self.distances: list[tuple[str, int, torch.Tensor]] = []

    def part(self, prefix: str, names: str) -> list:
        """Leaves of a layer; None where a name is a dash."""
        return [None if name == "-" else self.leaf[f"{prefix}.{name}"] for name in names.split()]

    def embedded(self, ids: torch.Tensor, positions: bool = True) -> torch.Tensor:
        """The embeddings, [tokens, width] f32."""
        places = self.leaf["positions"] if positions else None
        return Embed.apply(self.anchor, self.leaf["words"], places, flat_ids(ids), ids.shape[1])

    def typed(self, x: torch.Tensor, types: torch.Tensor | None) -> torch.Tensor:
        """BERT's segments join its embeddings; None: all are the first."""
        leaf = self.leaf["types"]
        flat = None if types is None else flat_ids(types)
        if x.requires_grad:

            def learn(g: torch.Tensor) -> None:
                if flat is None:
                    leaf.gradient[0] += g.sum(0)
                else:
                    leaf.gradient.index_add_(0, flat, g)

            x.register_hook(learn)
        return x + (leaf.full[0] if flat is None else leaf.full[flat])

    def bert(self, ids: torch.Tensor, lengths: torch.Tensor | None, types=None) -> torch.Tensor:
        """Last hidden states."""
        batch, length = ids.shape
        heads = self.config.num_attention_heads
        sizes = (batch, length, length, heads, self.config.hidden_size // heads)
        scale = sizes[-1] ** -0.5
        x = self.typed(self.embedded(ids), types)
        x = Norm.apply(x, None, self.leaf["norm.g"], self.leaf["norm.b"], 1e-12)
        for i in range(self.config.num_hidden_layers):
            qkv = Linear.apply(x, *self.part(str(i), "qkv.w qkv.b"))
            mixed = Attention.apply(qkv, None, sizes, scale, False, lengths, None, None)
            y = Linear.apply(mixed, *self.part(str(i), "o.w o.b"))
            x = Norm.apply(x, y, *self.part(str(i), "n1.g n1.b"), 1e-12)
            y = FeedForward.apply(x, *self.part(str(i), "up.w up.b down.w down.b"), ACTIVATIONS["gelu"])
            x = Norm.apply(x, y, *self.part(str(i), "n2.g n2.b"), 1e-12)
        return x

    def gpt2(self, ids: torch.Tensor) -> torch.Tensor:
        """Normed last hidden states. Padding stands at the end, where nothing real looks at it."""
        batch, length = ids.shape
        heads = self.config.n_head
        sizes = (batch, length, length, heads, self.config.n_embd // heads)
        x, y = self.embedded(ids), None
        for i in range(self.config.n_layer):
            x, h = AddNorm.apply(x, y, *self.part(str(i), "n1.g n1.b"), 1e-5)
            qkv = Linear.apply(h, *self.part(str(i), "qkv.w qkv.b"))
            mixed = Attention.apply(qkv, None, sizes, sizes[-1] ** -0.5, True, None, None, None)
            y = Linear.apply(mixed, *self.part(str(i), "o.w o.b"))
            x, h = AddNorm.apply(x, y, *self.part(str(i), "n2.g n2.b"), 1e-5)
            y = FeedForward.apply(h, *self.part(str(i), "up.w up.b down.w down.b"), ACTIVATIONS["gelu_new"])
        return AddNorm.apply(x, y, self.leaf["norm.g"], self.leaf["norm.b"], 1e-5)[1]

    def distance(self, stack: str, length: int) -> tuple[torch.Tensor, torch.Tensor]:
        """The position bias [heads, length, length] of a stack, and room for its gradient."""
        if (stack, length) not in self.buckets:
            settings = self.config.relative_attention_num_buckets, self.config.relative_attention_max_distance
            self.buckets[stack, length] = t5_buckets(length, stack == "encoder", *settings)
        buckets = self.buckets[stack, length]
        bias = self.leaf[f"{stack}.distance"].full[buckets].permute(2, 0, 1).contiguous()
        gradient = torch.zeros_like(bias)
        if torch.is_grad_enabled():
            self.distances.append((stack, length, gradient))
        return bias, gradient

    def t5_stack(self, stack: str, ids: torch.Tensor, lengths, memory=None, memory_length=0) -> torch.Tensor:
        """Normed last hidden states of one of T5's stacks."""
        batch, length = ids.shape
        heads, width = self.config.num_heads, self.config.d_kv
        sizes, decoder = (batch, length, length, heads, width), memory is not None
        x, y = self.embedded(ids, positions=False), None
        bias, bias_gradient = self.distance(stack, length)
        for i in range(self.config.num_layers):
            at = f"{stack}.{i}"
            x, h = AddNorm.apply(x, y, self.leaf[at + ".self.n"], None, 1e-6)
            qkv = Linear.apply(h, self.leaf[at + ".self.qkv"], None)
            seen = None if decoder else lengths
            mixed = Attention.apply(qkv, None, sizes, 1.0, decoder, seen, bias, bias_gradient)
            y = Linear.apply(mixed, self.leaf[at + ".self.o"], None)
            if decoder:
                x, h = AddNorm.apply(x, y, self.leaf[at + ".cross.n"], None, 1e-6)
                q = Linear.apply(h, self.leaf[at + ".cross.q"], None)
                kv = Linear.apply(memory, self.leaf[at + ".cross.kv"], None)
                across = (batch, length, memory_length, heads, width)
                mixed = Attention.apply(q, kv, across, 1.0, False, lengths, None, None)
                y = Linear.apply(mixed, self.leaf[at + ".cross.o"], None)
            x, h = AddNorm.apply(x, y, self.leaf[at + ".mlp.n"], None, 1e-6)
            y = FeedForward.apply(h, *self.part(at, "up - down -"), ACTIVATIONS["relu"])
        return AddNorm.apply(x, y, self.leaf[f"{stack}.norm"], None, 1e-6)[1]

    def hidden(self, batch: Batch) -> torch.Tensor:
        """Last hidden states of a batch (`ids`, `lengths` or None, T5: `started`), [tokens, width] bf16."""
        if self.family == "bert":
            return self.bert(batch["ids"], batch["lengths"], batch.get("types"))
        if self.family == "gpt2":
            return self.gpt2(batch["ids"])
        memory = self.t5_stack("encoder", batch["ids"], batch["lengths"])
        return self.t5_stack("decoder", batch["started"], batch["lengths"], memory, batch["ids"].shape[1])

    def loss(self, hidden: torch.Tensor, batch: Batch, share: float) -> tuple[torch.Tensor, torch.Tensor]:
        """The summed cross-entropy of what is asked (`places`, `labels`) times `share`, and each one."""
        places, labels = batch["places"], batch["labels"]
        known = places.numel()
        places = functional.pad(places, (0, -known % ROWS))
        labels = functional.pad(labels, (0, -known % ROWS), value=-1)
        h = hidden.index_select(0, places)
        if self.family == "bert":
            h = Activation.apply(Linear.apply(h, *self.part("head", "w b")), ACTIVATIONS["gelu"])
            h = Norm.apply(h, None, *self.part("head", "n.g n.b"), 1e-12)
        factor = self.config.d_model**-0.5 if self.family == "t5" else 1.0
        bias = self.leaf.get("bias")
        total, losses = VocabularyLoss.apply(h, self.leaf["words"], bias, labels, share, factor)
        return total, losses[:known]

    def finish(self) -> None:
        """After the backward passes: the gradients of T5's position biases join the others."""
        for stack, length, gradient in self.distances:
            buckets = self.buckets[stack, length].reshape(-1)
            rows = gradient.permute(1, 2, 0).reshape(len(buckets), -1)
            self.leaf[f"{stack}.distance"].gradient.index_add_(0, buckets, rows)
        self.distances.clear()


def check(family: str) -> None:
    """Losses and gradients against the Hugging Face module in f32."""
    from . import models

    torch.manual_seed(1)
    model = models.fresh(family)
    for parameter in model.parameters():
        parameter.data += 0.02 * parameter.std(correction=0) * torch.randn_like(parameter)
        parameter.data += 0.01 * (parameter.ndim == 1)
    weights = Weights(family, model)
    engine = Engine(family, model, weights)
    ids, lengths = torch.randint(5, 6000, (9, 21)), torch.tensor([21, 20, 13, 5, 21, 1, 8, 21, 17])
    real = torch.arange(21)[None, :] < lengths[:, None]
    ids = ids * real
    types = torch.randint(0, 2, (9, 21)) if family == "bert" else None
    batch = {"ids": ids, "lengths": lengths, "types": types}
    labels = torch.randint(5, 6000, (9, 21)).masked_fill(~real, -100)
    if family == "t5":
        labels = torch.randint(5, 6000, (9, 35)).masked_fill(torch.rand(9, 35) < 0.3, -100)
        batch["started"] = model._shift_right(labels)
        reference = model(input_ids=ids, attention_mask=real.long(), labels=labels).loss
    else:
        logits = model(input_ids=ids, attention_mask=real.long(), token_type_ids=types).logits
        reference = functional.cross_entropy(logits.flatten(0, 1), labels.flatten())
    places = (labels.reshape(-1) >= 0).nonzero()[:, 0]
    batch |= {"places": places, "labels": labels.reshape(-1)[places]}
    reference.backward()
    expected = weights.gradient.clone()
    weights.gradient.zero_()
    total, _ = engine.loss(engine.hidden(batch), batch, 1 / places.numel())
    total.backward()
    engine.finish()
    worst = 0.0
    for leaf in weights.leaf.values():
        start = leaf.gradient.storage_offset()
        wanted = expected[start : start + leaf.gradient.numel()].view_as(leaf.gradient)
        error = ((leaf.gradient - wanted).norm() / (wanted.norm() + 1e-7)).item()
        worst = max(worst, error)
    losses = f"loss {total.item():.5f}, transformers {reference.item():.5f}"
    print(f"{family}: {losses}, gradients within {worst:.4f}")
    # Where a value is nearly 0, bf16 may put it on the other side of T5's ReLU.
    assert abs(total.item() - reference.item()) < 1e-3 and worst < (0.08 if family == "t5" else 0.02)


if __name__ == "__main__":
    for each in ("bert", "gpt2", "t5"):
        check(each)
