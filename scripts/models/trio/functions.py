"""The operations of engine.py with their gradients, from native/. Products with weights are PyTorch's
(oneDNN).

Gradients of weights are added to the leaves' f32 gradients on the way; autograd only carries activations.
Tokens are flat rows; their number is a multiple of 32, and rows that belong to no sequence have no gradient.
"""

import ctypes
from dataclasses import dataclass

import torch
from torch.autograd import Function
from torch.nn import functional

from .kernels import Shape, at, library

ACTIVATIONS = {"gelu": 0, "gelu_new": 1, "relu": 2}


@dataclass
class Leaf:
    """A weight: f32 as trained, bf16 to compute with (matrices), and its f32 gradient."""

    full: torch.Tensor
    low: torch.Tensor
    gradient: torch.Tensor


def add_weight_gradient(weight: Leaf, bias: Leaf | None, g: torch.Tensor, x: torch.Tensor) -> None:
    """weight.gradient += g^T x; bias.gradient += the sum of g."""
    sums = at(bias.gradient) if bias else None
    library().weight_gradient(at(weight.gradient), sums, at(g), at(x), *g.shape, x.shape[1])


def linear(x: torch.Tensor, weight: Leaf, bias: Leaf | None) -> torch.Tensor:
    """x w^T + b: oneDNN adds the bias on the way, which PyTorch's own operator does by a copy before."""
    if bias is None:
        return functional.linear(x, weight.low)
    return torch.ops.mkldnn._linear_pointwise(x, weight.low, bias.low, "none", [], "")


class Linear(Function):
    """x w^T + b in bf16."""

    @staticmethod
    def forward(ctx, x, weight, bias):
        ctx.save_for_backward(x)
        ctx.weight, ctx.bias = weight, bias
        return linear(x, weight, bias)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        g = g.contiguous()
        add_weight_gradient(ctx.weight, ctx.bias, g, x)
        return g @ ctx.weight.low, None, None


class FeedForward(Function):
    """Linear, activation, linear."""

    @staticmethod
    def forward(ctx, x, w1, b1, w2, b2, kind):
        slope = linear(x, w1, b1)
        active = torch.empty_like(slope)
        library().activation(at(slope), at(active), slope.numel(), kind)
        ctx.save_for_backward(x, slope, active)
        ctx.weights = w1, b1, w2, b2
        return linear(active, w2, b2)

    @staticmethod
    def backward(ctx, g):
        x, slope, active = ctx.saved_tensors
        w1, b1, w2, b2 = ctx.weights
        g = g.contiguous()
        add_weight_gradient(w2, b2, g, active)
        d = g @ w2.low
        library().activation_backward(at(d), at(slope), d.numel())
        add_weight_gradient(w1, b1, d, x)
        return d @ w1.low, None, None, None, None, None


class Activation(Function):
    """An activation alone."""

    @staticmethod
    def forward(ctx, x, kind):
        slope, out = x.clone(), torch.empty_like(x)
        library().activation(at(slope), at(out), x.numel(), kind)
        ctx.save_for_backward(slope)
        return out

    @staticmethod
    def backward(ctx, g):
        (slope,) = ctx.saved_tensors
        d = g.contiguous().clone()
        library().activation_backward(at(d), at(slope), d.numel())
        return d, None


class AddNorm(Function):
    """(x + y, norm of it): x f32, y bf16 or None. Without a shift it is T5's norm."""

    @staticmethod
    def forward(ctx, x, y, gain, shift, epsilon):
        total = torch.empty_like(x) if y is not None else None
        h, unit = (torch.empty(x.shape, dtype=torch.bfloat16) for _ in range(2))
        rates = torch.empty(x.shape[0])
        library().norm_forward_f32(
            at(x), at(y), at(gain.full), at(shift.full) if shift else None,
            at(total), at(h), at(unit), at(rates), *x.shape, epsilon,
        )  # fmt: skip
        ctx.save_for_backward(unit, rates)
        ctx.gain, ctx.shift, ctx.two = gain, shift, y is not None
        ctx.set_materialize_grads(False)
        return (total if y is not None else x.view_as(x)), h

    @staticmethod
    def backward(ctx, dtotal, dh):
        unit, rates = ctx.saved_tensors
        dx, dy = torch.empty(unit.shape), torch.empty_like(unit)
        dh = dh.contiguous()
        library().norm_backward(
            at(dh), at(dtotal), at(unit), at(rates), at(ctx.gain.full), at(ctx.gain.gradient),
            at(ctx.shift.gradient) if ctx.shift else None, at(dx), at(dy), *unit.shape,
        )  # fmt: skip
        return dx, dy if ctx.two else None, None, None, None


class Norm(Function):
    """BERT's: the norm of x + y, bf16 in and out; y may be None, and x f32 then (the embeddings)."""

    @staticmethod
    def forward(ctx, x, y, gain, shift, epsilon):
        h, unit = (torch.empty(x.shape, dtype=torch.bfloat16) for _ in range(2))
        rates = torch.empty(x.shape[0])
        ctx.full = x.dtype == torch.float32
        run = library().norm_forward_f32 if ctx.full else library().norm_forward_bf16
        run(
            at(x), at(y), at(gain.full), at(shift.full), None, at(h), at(unit), at(rates), *x.shape, epsilon
        )  # fmt: skip
        ctx.save_for_backward(unit, rates)
        ctx.gain, ctx.shift, ctx.two = gain, shift, y is not None
        return h

    @staticmethod
    def backward(ctx, dh):
        unit, rates = ctx.saved_tensors
        dx = torch.empty(unit.shape) if ctx.full else None
        dy, dh = torch.empty_like(unit), dh.contiguous()
        library().norm_backward(
            at(dh), None, at(unit), at(rates), at(ctx.gain.full),
            at(ctx.gain.gradient), at(ctx.shift.gradient), at(dx), at(dy), *unit.shape,
        )  # fmt: skip
        return dx if ctx.full else dy, dy if ctx.two else None, None, None, None


class Embed(Function):
    """Embeddings of words and places, f32. `anchor` is any tensor that wants a gradient."""

    @staticmethod
    def forward(ctx, anchor, words, positions, ids, length):
        width = words.full.shape[1]
        out = torch.empty(ids.numel(), width)
        places = at(positions.full) if positions else None
        library().embed(at(words.full), places, at(ids), at(out), ids.numel(), length, width)
        ctx.save_for_backward(ids)
        ctx.words, ctx.positions, ctx.length = words, positions, length
        return out

    @staticmethod
    def backward(ctx, d):
        (ids,) = ctx.saved_tensors
        d = d.contiguous()
        places = at(ctx.positions.gradient) if ctx.positions else None
        library().embed_gradient(
            at(ctx.words.gradient), places, at(ids), at(d), ids.numel(), ctx.length, d.shape[1]
        )  # fmt: skip
        return None, None, None, None, None


class Attention(Function):
    """Softmax attention. q lies in `source` at column 0; keys and values lie after it there, or alone in
    `memory`. `bias` is [heads, queries, keys] f32; `bias_gradient` takes its gradient."""

    @staticmethod
    def forward(ctx, source, memory, sizes, scale, causal, lengths, bias, bias_gradient):
        batch, queries, keys, heads, width = sizes
        inner = heads * width
        other = source if memory is None else memory
        start = inner if memory is None else 0
        shape = Shape(
            batch, heads, queries, keys, width, int(causal),
            source.shape[1], other.shape[1], other.shape[1], inner, scale,
        )  # fmt: skip
        out = torch.empty(source.shape[0], inner, dtype=torch.bfloat16)
        out[batch * queries :] = 0
        logsums = torch.empty(batch, heads, queries)
        library().attention_forward(
            ctypes.addressof(shape), at(source), at(other, start), at(other, start + inner),
            at(bias), at(lengths), at(out), at(logsums),
        )  # fmt: skip
        ctx.save_for_backward(source, memory, out, logsums, lengths, bias)
        ctx.shape, ctx.start, ctx.bias_gradient, ctx.sizes = shape, start, bias_gradient, sizes
        return out

    @staticmethod
    def backward(ctx, d):
        source, memory, out, logsums, lengths, bias = ctx.saved_tensors
        batch, queries, keys, heads, width = ctx.sizes
        other = source if memory is None else memory
        start, inner, d = ctx.start, heads * width, d.contiguous()
        dsource = torch.empty_like(source)
        dsource[batch * queries :] = 0
        dother = dsource
        if memory is not None:
            dother = torch.empty_like(memory)
            dother[batch * keys :] = 0
        library().attention_backward(
            ctypes.addressof(ctx.shape), at(source), at(other, start), at(other, start + inner),
            at(bias), at(lengths), at(out), at(logsums), at(d),
            at(dsource), at(dother, start), at(dother, start + inner), at(ctx.bias_gradient),
        )  # fmt: skip
        return dsource, dother if memory is not None else None, None, None, None, None, None, None


class VocabularyLoss(Function):
    """The summed cross-entropy times `share`, and each one; label -1: nothing is asked. Logits exist for a
    few rows at a time only; gradients are made on the way forward."""

    CHUNK = 512

    @staticmethod
    def forward(ctx, h, words, bias, labels, share, factor):
        losses, dh = torch.empty(h.shape[0]), torch.empty_like(h)
        if factor != 1.0:
            h = h * factor
        for first in range(0, h.shape[0], VocabularyLoss.CHUNK):
            rows = slice(first, first + VocabularyLoss.CHUNK)
            logits = linear(h[rows], words, bias)
            library().cross_entropy(
                at(logits), at(labels, first), at(losses, first), *logits.shape, share
            )  # fmt: skip
            if share:
                torch.mm(logits, words.low, out=dh[rows])
                add_weight_gradient(words, bias, logits, h[rows])
        ctx.save_for_backward(dh if factor == 1.0 else dh * factor)
        ctx.mark_non_differentiable(losses)
        return losses.sum() * share, losses

    @staticmethod
    def backward(ctx, upstream, _):
        """Upstream is one: the loss is summed as it is."""
        return ctx.saved_tensors[0], None, None, None, None, None
