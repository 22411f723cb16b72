"""The models as functions of plain tensors, ready to be traced.

The Hugging Face modules run unchanged. Only their mask building is left out (it does not trace to plain
operators): each function here builds the additive mask [batch, 1, query, key] from the lengths, and hands it
over ready made.
"""

import torch
from torch import Tensor, nn
from transformers import DynamicCache, EncoderDecoderCache, PreTrainedModel

LOWEST = torch.finfo(torch.float32).min


class GivenPast(DynamicCache):
    """A cache that starts from given tensors [batch, head, past, size], one (key, value) for each layer, or
    from none."""

    def __init__(self, past: list[tuple[Tensor, Tensor]] | None = None):
        super().__init__()
        self.keys_values = dict(enumerate(past or []))
        self.past = past

    def update(self, key: Tensor, value: Tensor, layer: int, *_, **__) -> tuple[Tensor, Tensor]:
        """Append and return the whole."""
        if layer in self.keys_values:
            before = self.keys_values[layer]
            key, value = torch.cat([before[0], key], dim=2), torch.cat([before[1], value], dim=2)
        self.keys_values[layer] = (key, value)
        return key, value

    def get_seq_length(self, layer: int = 0):
        """Length before this pass."""
        return self.past[layer][0].shape[2] if self.past else 0

    @property
    def layers(self):
        """What cross-attention reads when its keys are already there."""
        return (
            [_Layer(*self.keys_values[i]) for i in sorted(self.keys_values)]
            if hasattr(self, "keys_values")
            else []
        )

    @layers.setter
    def layers(self, _):
        """The base class sets an empty list."""


class _Layer:
    def __init__(self, keys: Tensor, values: Tensor):
        self.keys, self.values = keys, values


def padding_mask(attention_mask: Tensor) -> Tensor:
    """1 where a key may be seen -> 0, else the lowest number; [batch, 1, 1, key] f32."""
    return (1.0 - attention_mask[:, None, None, :].to(torch.float32)) * LOWEST


def causal_mask(queries: int, keys: int, past: int, device) -> Tensor:
    """1 where key <= query, counted from the start of the past; [query, key] f32."""
    query = torch.arange(queries, device=device)[:, None] + past
    return (torch.arange(keys, device=device)[None, :] <= query).to(torch.float32)


def pairs(flat: tuple[Tensor, ...]) -> list[tuple[Tensor, Tensor]]:
    """key, value, key, value … -> (key, value) …"""
    return list(zip(flat[::2], flat[1::2], strict=True))


class BertGraph(nn.Module):
    """input_ids, attention_mask, token_type_ids [B,S] -> logits [B,S,V]."""

    def __init__(self, model: PreTrainedModel):
        super().__init__()
        self.model = model

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        """One pass."""
        return self.model(
            input_ids=input_ids, attention_mask=padding_mask(attention_mask), token_type_ids=token_type_ids
        ).logits


class Gpt2Graph(nn.Module):
    """input_ids, position_ids [B,S], attention_mask [B,P+S], past [B,H,P,D] -> logits [B,S,V], present
    [B,H,P+S,D]."""

    def __init__(self, model: PreTrainedModel):
        super().__init__()
        self.model = model

    def forward(self, input_ids: Tensor, attention_mask: Tensor, position_ids: Tensor, *past: Tensor):
        """One pass; the past may have length 0."""
        cache = GivenPast(pairs(past))
        queries, before = input_ids.shape[1], past[0].shape[2]
        seen = causal_mask(queries, before + queries, before, input_ids.device)
        seen = seen[None, None] * attention_mask[:, None, None, :].to(torch.float32)
        logits = self.model(
            input_ids=input_ids,
            attention_mask=(1.0 - seen) * LOWEST,
            position_ids=position_ids,
            past_key_values=cache,
            use_cache=True,
        ).logits
        return logits, *(tensor for i in sorted(cache.keys_values) for tensor in cache.keys_values[i])


class T5EncoderGraph(nn.Module):
    """input_ids, attention_mask [B,E] -> last_hidden_state [B,E,d_model]."""

    def __init__(self, model: PreTrainedModel):
        super().__init__()
        self.encoder = model.encoder

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """One pass."""
        return self.encoder(
            input_ids=input_ids, attention_mask=padding_mask(attention_mask)
        ).last_hidden_state


class T5DecoderGraph(nn.Module):
    """encoder_attention_mask [B,E], input_ids [B,T], encoder_hidden_states [B,E,d] (and past: per layer
    decoder key and value [B,H,P,D], encoder key and value [B,H,E,D]) -> logits [B,T,V] and present: per layer
    the decoder's key and value, and, in the first pass only, the encoder's."""

    def __init__(self, model: PreTrainedModel):
        super().__init__()
        self.decoder, self.lm_head, self.scale = model.decoder, model.lm_head, model.model_dim**-0.5

    def forward(
        self, encoder_attention_mask: Tensor, input_ids: Tensor, encoder_hidden_states: Tensor, *past: Tensor
    ):
        """One pass: the first without a past, the later ones with it."""
        own, cross = GivenPast(), GivenPast()
        if past:
            both = pairs(past)
            own, cross = GivenPast(both[::2]), GivenPast(both[1::2])
        cache = EncoderDecoderCache(own, cross)
        cache.is_updated = dict.fromkeys(range(len(self.decoder.block)), bool(past))
        queries, before = input_ids.shape[1], past[0].shape[2] if past else 0
        mask = (1.0 - causal_mask(queries, before + queries, before, input_ids.device)[None, None]) * LOWEST
        hidden = self.decoder(
            input_ids=input_ids,
            attention_mask=mask,
            encoder_hidden_states=encoder_hidden_states,
            encoder_attention_mask=padding_mask(encoder_attention_mask),
            past_key_values=cache,
            use_cache=True,
        ).last_hidden_state
        logits = self.lm_head(hidden * self.scale)
        present = []
        for i in range(len(self.decoder.block)):
            present += [*own.keys_values[i]] + ([] if past else [*cross.keys_values[i]])
        return logits, *present
