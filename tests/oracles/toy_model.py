"""A language model that is a table: the logits depend on the last two tokens and nothing else.

transformers' own `generate` runs on it, so a search can be compared without any runtime.
"""

import torch
from transformers import GenerationMixin, PretrainedConfig, PreTrainedModel
from transformers.modeling_outputs import CausalLMOutput

VOCABULARY, PAD, END = 12, 0, 1


class ToyConfig(PretrainedConfig):
    """Configuration of the table model."""

    model_type = "trilens-toy"

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.vocab_size, self.pad_token_id, self.eos_token_id = VOCABULARY, PAD, END


class ToyModel(PreTrainedModel, GenerationMixin):
    """logits[position] = table[token before (or pad), token]."""

    config_class = ToyConfig

    def __init__(self, table: torch.Tensor):
        super().__init__(ToyConfig())
        self.table = torch.nn.Parameter(table, requires_grad=False)  # [before, last, next]

    def forward(self, input_ids: torch.Tensor, **_):
        """Logits for every position, [batch, sequence, vocabulary]."""
        before = torch.cat([torch.full_like(input_ids[:, :1], PAD), input_ids[:, :-1]], dim=1)
        return CausalLMOutput(logits=self.table[before, input_ids])

    def prepare_inputs_for_generation(self, input_ids, **_):
        """No cache: the whole sequence each time."""
        return {"input_ids": input_ids}


def tables() -> dict[str, torch.Tensor]:
    """Named tables [before, last, next] f32, rounded so that their JSON is exact enough to rebuild them."""
    generator = torch.Generator().manual_seed(7)
    shape = (VOCABULARY,) * 3
    flat = torch.randn(shape, generator=generator)
    peaked = 3 * torch.randn(shape, generator=generator)
    ends_soon = 1.5 * torch.randn(shape, generator=generator)
    ends_soon[..., END] += 1.5
    never_ends = 2 * torch.randn(shape, generator=generator)
    never_ends[..., END] -= 30
    repeats = torch.randn(shape, generator=generator)
    repeats += 2.5 * torch.eye(VOCABULARY)[None] + 1.5 * torch.eye(VOCABULARY)[:, None, :]
    named = {
        "flat": flat,
        "peaked": peaked,
        "ends_soon": ends_soon,
        "never_ends": never_ends,
        "repeats": repeats,
    }
    return {name: (table * 1000).round() / 1000 for name, table in named.items()}
