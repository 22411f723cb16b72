"""From the data to what each family learns from: the tasks in their mixture, endlessly."""

from collections.abc import Iterator

from tokenizers import Tokenizer

from . import mixture
from .bert_tasks import Bert
from .corpus import Corpus
from .example import IGNORED, Draw, Example, tokens
from .gpt2_tasks import Gpt2
from .t5_tasks import INTO_FRENCH, T5
from .text import Everyday, World

# In training, this share of examples has as much taken out as anyone will ask for: each then teaches more.
# The held-out examples have none of them.
DENSE_SHARE = {"bert": 0.9, "gpt2": 0.0, "t5": 0.5}
PREFIX = INTO_FRENCH
FAMILIES = {"bert": Bert, "gpt2": Gpt2, "t5": T5}
# What an example that could not be made counts for, so that a task without data does not stop the others.
NOTHING = 25
__all__ = ["DENSE_SHARE", "IGNORED", "PREFIX", "Draw", "Example", "examples", "tokens"]


def examples(family: str, corpus: Corpus, tokenizer: Tokenizer, draw: Draw) -> Iterator[Example]:
    """Endless examples of a family from what the corpus has for training. Next comes the task that is
    furthest behind its share of the tokens."""
    sources: dict[str, Everyday | World] = {}
    if corpus.training:
        sources["everyday"] = Everyday(corpus.training, draw.rng)
    if corpus.documents:
        sources["world"] = World(corpus.documents, draw.rng)
    maker = FAMILIES[family](tokenizer, draw)
    shares = mixture.shares(family, list(sources))
    used = dict.fromkeys(shares, 0.0)
    while True:
        part, task = chosen = min(used, key=used.get)
        example = getattr(maker, task)(sources[part])
        used[chosen] += (tokens(family, example) if example else NOTHING) / shares[chosen]
        if example:
            example["kind"] = f"{part}.{task}"
            yield example
