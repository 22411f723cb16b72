"""What engine.py leaves to PyTorch: finding a sentence's translation, and everything where native/ cannot
run."""

import torch
from torch.nn import functional
from transformers import PreTrainedModel

from .batches import Batch


def together(hidden: torch.Tensor, batch: Batch, temperature: float) -> torch.Tensor:
    """How badly translations find each other by the mean of their last hidden states, among the sentences of
    a batch: InfoNCE, both ways."""
    rows, length = batch["ids"].shape
    states = hidden[: rows * length].view(rows, length, -1).float()
    if batch["lengths"] is not None:
        states = states * (torch.arange(length) < batch["lengths"][:, None])[:, :, None]
    means = functional.normalize(states.sum(1), dim=-1)  # the sum points where the mean does
    first, second = means[: batch["pairs"]], means[batch["pairs"] :]
    alike = first @ second.t() / temperature
    right = torch.arange(len(alike))
    return (functional.cross_entropy(alike, right) + functional.cross_entropy(alike.t(), right)) / 2


def each(family: str, model: PreTrainedModel, batch: Batch) -> torch.Tensor:
    """Each asked token's cross-entropy by the Hugging Face module, in bf16 products."""
    ids, lengths = batch["ids"], batch["lengths"]
    mask = None if lengths is None else (torch.arange(ids.shape[1]) < lengths[:, None]).long()
    with torch.autocast("cpu", torch.bfloat16):
        if family == "bert":
            hidden = model.bert(
                input_ids=ids, attention_mask=mask, token_type_ids=batch.get("types")
            ).last_hidden_state
            logits = model.cls(hidden.flatten(0, 1)[batch["places"]])
        elif family == "gpt2":
            hidden = model.transformer(input_ids=ids, use_cache=False).last_hidden_state
            logits = model.lm_head(hidden.flatten(0, 1)[batch["places"]])
        else:
            memory = model.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
            hidden = model.decoder(
                input_ids=batch["started"],
                encoder_hidden_states=memory,
                encoder_attention_mask=mask,
                use_cache=False,
            ).last_hidden_state
            logits = model.lm_head(hidden.flatten(0, 1)[batch["places"]] * model.model_dim**-0.5)
    return functional.cross_entropy(logits.float(), batch["labels"], reduction="none")


def learn(family: str, model: PreTrainedModel, batch: Batch, share: float) -> torch.Tensor:
    """Forward and backward without the kernels (and without finding translations)."""
    losses = each(family, model, batch)
    (losses.sum() * share).backward()
    return losses.detach()
