"""The weights of a model in the layout that training wants: one flat f32 buffer, and a flat bf16 copy to
compute with.

A leaf is what one product uses: the three projections of an attention together, always [outputs, inputs].
The parameters of the Hugging Face module become views into the f32 buffer (their gradients too), so its
state dict is always the trained one.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import nn

from .functions import Leaf

# How large (root mean square) the entries of a query's and a key's matrix may become. Muon makes them grow at a
# constant pace, and scores with their product: soon an attention looks at one place only, where nothing is left to
# learn from (seen without the limit: entropy 0 in three of BERT's four layers, in one of T5's).
SHARP = 0.06
FREE = math.inf


@dataclass
class Place:
    """One tensor to compute with: parts of the module's state, stacked along the first axis. Each part has
    its scale of the learning rate, and the limit of its entries' root mean square."""

    name: str
    parts: list[str]
    kind: str  # matrix, embedding or vector
    transposed: bool = False
    scales: tuple[float, ...] = ()
    limits: tuple[float, ...] = ()


def bert_leaves(layers: int) -> Iterator[Place]:
    """BERT: query, key and value together."""
    start = "bert.embeddings."
    yield Place("words", [start + "word_embeddings.weight"], "embedding")
    yield Place("positions", [start + "position_embeddings.weight"], "embedding")
    yield Place("types", [start + "token_type_embeddings.weight"], "embedding")
    yield Place("norm.g", [start + "LayerNorm.weight"], "vector")
    yield Place("norm.b", [start + "LayerNorm.bias"], "vector")
    for i in range(layers):
        layer = f"bert.encoder.layer.{i}."
        three = [layer + f"attention.self.{name}" for name in ("query", "key", "value")]
        yield Place(f"{i}.qkv.w", [name + ".weight" for name in three], "matrix", limits=(SHARP, SHARP, FREE))
        yield Place(f"{i}.qkv.b", [name + ".bias" for name in three], "vector")
        names = (("o", "attention.output.dense"), ("up", "intermediate.dense"), ("down", "output.dense"))
        for short, name in names:
            yield Place(f"{i}.{short}.w", [layer + name + ".weight"], "matrix")
            yield Place(f"{i}.{short}.b", [layer + name + ".bias"], "vector")
        for short, name in (("n1", "attention.output.LayerNorm"), ("n2", "output.LayerNorm")):
            yield Place(f"{i}.{short}.g", [layer + name + ".weight"], "vector")
            yield Place(f"{i}.{short}.b", [layer + name + ".bias"], "vector")
    head = "cls.predictions."
    yield Place("head.w", [head + "transform.dense.weight"], "matrix")
    yield Place("head.b", [head + "transform.dense.bias"], "vector")
    yield Place("head.n.g", [head + "transform.LayerNorm.weight"], "vector")
    yield Place("head.n.b", [head + "transform.LayerNorm.bias"], "vector")
    yield Place("bias", [head + "bias"], "vector")


def gpt2_leaves(layers: int) -> Iterator[Place]:
    """GPT-2: its matrices are stored [inputs, outputs]."""
    yield Place("words", ["transformer.wte.weight"], "embedding")
    yield Place("positions", ["transformer.wpe.weight"], "embedding")
    for i in range(layers):
        layer = f"transformer.h.{i}."
        for short, name in (("n1", "ln_1"), ("n2", "ln_2")):
            yield Place(f"{i}.{short}.g", [layer + name + ".weight"], "vector")
            yield Place(f"{i}.{short}.b", [layer + name + ".bias"], "vector")
        names = (("qkv", "attn.c_attn"), ("o", "attn.c_proj"), ("up", "mlp.c_fc"), ("down", "mlp.c_proj"))
        for short, name in names:
            limits = (SHARP, SHARP, FREE) if short == "qkv" else ()
            yield Place(
                f"{i}.{short}.w", [layer + name + ".weight"], "matrix", transposed=True, limits=limits
            )
            yield Place(f"{i}.{short}.b", [layer + name + ".bias"], "vector")
    yield Place("norm.g", ["transformer.ln_f.weight"], "vector")
    yield Place("norm.b", ["transformer.ln_f.bias"], "vector")


def t5_leaves(layers: int, head_width: int) -> Iterator[Place]:
    """T5: no biases. Queries are smaller by sqrt(head width), as nothing divides their products, and
    embeddings are of size one: both learn in proportion to their size."""
    small = head_width**-0.5
    yield Place("words", ["shared.weight"], "embedding", scales=(5.0,))
    for stack in ("encoder", "decoder"):
        for i in range(layers):
            block = f"{stack}.block.{i}.layer."
            attentions = [("self", "0.SelfAttention.")]
            if stack == "decoder":
                attentions.append(("cross", "1.EncDecAttention."))
            for n, (short, name) in enumerate(attentions):
                yield Place(f"{stack}.{i}.{short}.n", [block + f"{n}.layer_norm.weight"], "vector")
                q, k, v = (block + name + f"{letter}.weight" for letter in "qkv")
                if short == "self":
                    scales, limits = (small, 1.0, 1.0), (small * SHARP, SHARP, FREE)
                    yield Place(f"{stack}.{i}.self.qkv", [q, k, v], "matrix", scales=scales, limits=limits)
                else:
                    cross = f"{stack}.{i}.cross."
                    yield Place(cross + "q", [q], "matrix", scales=(small,), limits=(small * SHARP,))
                    yield Place(cross + "kv", [k, v], "matrix", limits=(SHARP, FREE))
                yield Place(f"{stack}.{i}.{short}.o", [block + name + "o.weight"], "matrix")
            n = len(attentions)
            yield Place(f"{stack}.{i}.mlp.n", [block + f"{n}.layer_norm.weight"], "vector")
            yield Place(f"{stack}.{i}.up", [block + f"{n}.DenseReluDense.wi.weight"], "matrix")
            yield Place(f"{stack}.{i}.down", [block + f"{n}.DenseReluDense.wo.weight"], "matrix")
        bias = f"{stack}.block.0.layer.0.SelfAttention.relative_attention_bias.weight"
        yield Place(f"{stack}.distance", [bias], "vector")
        yield Place(f"{stack}.norm", [f"{stack}.final_layer_norm.weight"], "vector")


def places_of(family: str, model: nn.Module) -> list[Place]:
    """All places of a model."""
    config = model.config
    if family == "bert":
        return list(bert_leaves(config.num_hidden_layers))
    if family == "gpt2":
        return list(gpt2_leaves(config.n_layer))
    return list(t5_leaves(config.num_layers, config.d_kv))


@dataclass
class Group:
    """Matrices of one shape, which the optimiser takes together: [count, rows, columns] of the flat
    buffers."""

    start: int
    shape: tuple[int, int, int]
    scales: list[float]
    limits: list[float]

    def of(self, flat: torch.Tensor) -> torch.Tensor:
        """The group's part of a flat buffer."""
        count, rows, columns = self.shape
        return flat[self.start : self.start + count * rows * columns].view(self.shape)


class Weights:
    """A model's weights: `flat` (f32, trained), `low` (bf16, computed with), `gradient` (f32), and the leaves
    as views into them. Matrices come first, grouped by shape; then embeddings and vectors, from `rest` on."""

    def __init__(self, family: str, model: nn.Module):
        state = dict(model.named_parameters())
        places = places_of(family, model)
        named = {name for place in places for name in place.parts}
        assert named == set(state), named ^ set(state)
        count, device = sum(parameter.numel() for parameter in state.values()), model.device
        self.flat = torch.zeros(count, device=device)
        self.gradient = torch.zeros_like(self.flat)
        self.low = torch.zeros_like(self.flat, dtype=torch.bfloat16)
        self.leaf: dict[str, Leaf] = {}
        self.groups: list[Group] = []
        self.rest_parts: list[tuple[int, int, Place]] = []
        matrices = [place for place in places if place.kind == "matrix"]
        matrices.sort(key=lambda place: self._matrix(place, state))
        others = [place for place in places if place.kind != "matrix"]
        end = 0
        for place in matrices + others:
            start, end = end, self._adopt(place, state, end)
            if place.kind == "matrix":
                self._group(start, end, self._matrix(place, state), place)
            else:
                self.rest_parts.append((start, end, place))
        self.rest = self.rest_parts[0][0]
        self.refresh()

    @staticmethod
    def _tensor(place: Place, name: str, state: dict[str, nn.Parameter]) -> torch.Tensor:
        """A part as [outputs, inputs]."""
        return state[name].data.t() if place.transposed else state[name].data

    def _matrix(self, place: Place, state: dict[str, nn.Parameter]) -> tuple[int, int]:
        """GPT-2's three projections are one tensor, but three matrices to the optimiser."""
        rows, columns = self._tensor(place, place.parts[0], state).shape
        return (rows // 3 if place.transposed and place.name.endswith("qkv.w") else rows), columns

    def _adopt(self, place: Place, state: dict[str, nn.Parameter], start: int) -> int:
        """Move a place's parts into the flat buffer, the module's parameters becoming views; returns its
        end."""
        end, rows = start, 0
        for name in place.parts:
            part = self._tensor(place, name, state)
            view = self.flat[end : end + part.numel()].view(part.shape)
            view.copy_(part)
            state[name].data = view.t() if place.transposed else view
            gradient = self.gradient[end : end + part.numel()].view(part.shape)
            state[name].grad = gradient.t() if place.transposed else gradient
            end, rows = end + part.numel(), rows + part.shape[0]
        shape = (rows, *part.shape[1:])
        flats = self.flat, self.low, self.gradient
        self.leaf[place.name] = Leaf(*(flat[start:end].view(shape) for flat in flats))
        return end

    def _group(self, start: int, end: int, shape: tuple[int, int], place: Place) -> None:
        """Add the matrices of a place to the group of their shape."""
        count = (end - start) // (shape[0] * shape[1])
        if not self.groups or self.groups[-1].shape[1:] != shape:
            self.groups.append(Group(start, (0, *shape), [], []))
        last = self.groups[-1]
        last.shape = (last.shape[0] + count, *shape)
        last.scales += place.scales or (1.0,) * count
        last.limits += place.limits or (FREE,) * count

    @torch.no_grad()
    def refresh(self) -> None:
        """After a step: compute with the new weights."""
        self.low.copy_(self.flat)
