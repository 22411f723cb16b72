"""Each family's loss, computing the vocabulary only where something is asked."""

import torch
from torch.nn import functional
from transformers import PreTrainedModel

from .batches import Batch
from .objectives import IGNORED


def asked_logits(family: str, model: PreTrainedModel, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits [asked, vocabulary] and their labels [asked]."""
    labels = batch["labels"]
    asked = labels != IGNORED
    if family == "bert":
        hidden = model.bert(
            input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]
        ).last_hidden_state
        logits = model.cls(hidden[asked])
    elif family == "gpt2":
        hidden = model.transformer(input_ids=batch["input_ids"], use_cache=False).last_hidden_state
        logits = model.lm_head(hidden[asked])
    else:
        memory = model.encoder(
            input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]
        ).last_hidden_state
        started = model._shift_right(labels)
        hidden = model.decoder(
            input_ids=started,
            encoder_hidden_states=memory,
            encoder_attention_mask=batch["attention_mask"],
            use_cache=False,
        ).last_hidden_state
        logits = model.lm_head(hidden[asked] * model.model_dim**-0.5)
    return logits, labels[asked]


def loss(family: str, model: PreTrainedModel, batch: Batch) -> torch.Tensor:
    """Mean cross-entropy over what is asked."""
    logits, labels = asked_logits(family, model, batch)
    return functional.cross_entropy(logits.float(), labels)
