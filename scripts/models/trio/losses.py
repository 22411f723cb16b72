"""What engine.py leaves to PyTorch: finding a sentence's translation, and everything on a GPU or where native/
cannot run."""

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
        real = torch.arange(length, device=states.device) < batch["lengths"][:, None]
        states = states * real[:, :, None]
    means = functional.normalize(states.sum(1), dim=-1)  # the sum points where the mean does
    first, second = means[: batch["pairs"]], means[batch["pairs"] :]
    alike = first @ second.t() / temperature
    right = torch.arange(len(alike), device=alike.device)
    return (functional.cross_entropy(alike, right) + functional.cross_entropy(alike.t(), right)) / 2


def hidden_states(family: str, model: PreTrainedModel, batch: Batch) -> torch.Tensor:
    """The final hidden states by the Hugging Face module, flat: [rows * length, width]; T5's decoder's."""
    ids, lengths = batch["ids"], batch["lengths"]
    mask = None
    if lengths is not None:
        mask = (torch.arange(ids.shape[1], device=ids.device) < lengths[:, None]).long()
    if family == "bert":
        made = model.bert(input_ids=ids, attention_mask=mask, token_type_ids=batch.get("types"))
    elif family == "gpt2":
        made = model.transformer(input_ids=ids, use_cache=False)
    else:
        memory = model.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        made = model.decoder(
            input_ids=batch["started"],
            encoder_hidden_states=memory,
            encoder_attention_mask=mask,
            use_cache=False,
        )
    return made.last_hidden_state.flatten(0, 1)


def each(family: str, model: PreTrainedModel, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
    """Each asked token's cross-entropy by the Hugging Face module, in bf16 products, and the hidden states."""
    with torch.autocast(batch["ids"].device.type, torch.bfloat16):
        hidden = hidden_states(family, model, batch)
        asked = hidden[batch["places"]]
        if family == "bert":
            logits = model.cls(asked)
        else:
            logits = model.lm_head(asked if family == "gpt2" else asked * model.model_dim**-0.5)
    return functional.cross_entropy(logits.float(), batch["labels"], reduction="none"), hidden


def moved(batch: Batch, device: str) -> Batch:
    """The batch's tensors on a device."""
    return {name: value.to(device) if torch.is_tensor(value) else value for name, value in batch.items()}
