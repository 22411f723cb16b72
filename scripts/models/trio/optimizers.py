"""Muon for the matrices inside the layers, Adam for embeddings, norms and biases."""

import torch

from .leaves import Group, Weights

MOMENTUM, DECAY = 0.95, 0.1
BETAS, EPSILON = (0.9, 0.98), 1e-9
COEFFICIENTS = ((4.0848, -6.8946, 2.9270), (3.9505, -6.3029, 2.6377), (3.7418, -5.5913, 2.3037),
                (2.8769, -3.1427, 1.2046), (2.8366, -3.0525, 1.2012))  # fmt: skip


def orthogonal(matrices: torch.Tensor) -> torch.Tensor:
    """The nearest (semi-)orthogonal matrices of [count, rows, columns], roughly, by Newton and Schulz's
    iteration in bf16 (the coefficients are those of Polar Express)."""
    tall = matrices.shape[1] > matrices.shape[2]
    x = (matrices.transpose(1, 2) if tall else matrices).bfloat16().contiguous()
    x = x / (x.flatten(1).float().norm(dim=1)[:, None, None] * 1.01 + 1e-7).bfloat16()
    for a, b, c in COEFFICIENTS:
        square = x @ x.transpose(1, 2)
        x = torch.baddbmm(x, torch.baddbmm(square, square, square, beta=b, alpha=c), x, beta=a)
    return x.transpose(1, 2) if tall else x


class Optimizer:
    """One step for all weights. Learning rates are given as the size (root mean square) of a change: Muon's
    changes all have it, Adam's have about it. A leaf's own scale multiplies both."""

    def __init__(self, weights: Weights, muon: bool = True):
        self.weights, self.muon = weights, muon
        self.momentum = torch.zeros(weights.rest if muon else 0, device=weights.flat.device)
        groups = []
        for start, end, place in weights.rest_parts:
            groups.append(self._adam(start, end, place.scales[0] if place.scales else 1.0, 0.0))
        if not muon:
            for group in weights.groups:
                count = group.of(weights.flat)[0].numel()
                for i, scale in enumerate(group.scales):
                    first = group.start + i * count
                    groups.append(self._adam(first, first + count, scale, DECAY))
        self.adam = torch.optim.AdamW(groups, lr=1.0, betas=BETAS, eps=EPSILON, fused=True)
        device = weights.flat.device
        self.scales = [torch.tensor(g.scales, device=device)[:, None, None] for g in weights.groups]
        self.limits = [torch.tensor(g.limits, device=device)[:, None, None] for g in weights.groups]

    def _adam(self, start: int, end: int, scale: float, decay: float) -> dict:
        """A part of the flat buffer as Adam's parameter."""
        parameter = torch.nn.Parameter(self.weights.flat[start:end])
        parameter.grad = self.weights.gradient[start:end]
        matrix = start < self.weights.rest
        return {"params": [parameter], "scale": scale, "weight_decay": decay, "matrix": matrix}

    def _muon(self, group: Group, scale: torch.Tensor, limit: torch.Tensor, rate: float) -> None:
        """Muon with Nesterov's momentum; decoupled decay; then within the limit."""
        gradient, weight = group.of(self.weights.gradient), group.of(self.weights.flat)
        momentum = group.of(self.momentum)
        momentum.lerp_(gradient, 1 - MOMENTUM)
        change = orthogonal(gradient.lerp_(momentum, MOMENTUM)).float()
        size = max(group.shape[1:]) ** 0.5
        weight.mul_(1 - rate * DECAY).sub_(change * (scale * (rate * size)))
        weight.mul_((limit / weight.square().mean((1, 2), keepdim=True).sqrt()).clamp_(max=1.0))

    @torch.no_grad()
    def step(self, matrices: float, rest: float, clip: float = 1.0) -> float:
        """Change the weights, and clear the gradients; returns the gradients' norm."""
        gradient = self.weights.gradient
        norm = gradient.norm().item()
        if norm > clip:
            gradient.mul_(clip / norm)
        for group in self.adam.param_groups:
            group["lr"] = group["scale"] * (matrices if group["matrix"] else rest)
        self.adam.step()
        if self.muon:
            for group, scale, limit in zip(self.weights.groups, self.scales, self.limits, strict=True):
                self._muon(group, scale, limit, matrices)
        gradient.zero_()
        self.weights.refresh()
        return norm

    def state_dict(self) -> dict:
        """For a checkpoint."""
        return {"momentum": self.momentum, "adam": self.adam.state_dict()}

    def load_state_dict(self, state: dict) -> None:
        """From a checkpoint."""
        self.momentum.copy_(state["momentum"])
        self.adam.load_state_dict(state["adam"])
