"""Fixtures for the tokenizers: what transformers' own tokenizers make of varied texts.

Offsets are the reference's, which counts characters, converted to UTF-8 bytes: a token that is a part of a
character has the whole character's offsets. special_tokens_mask marks what the post-processor added, not
special tokens written in the text.

Usage: python tokenizers_oracle.py  (writes tests/fixtures/tokenizers/<id>.json)
"""

import tokenizer_texts
from common import FIXTURES, versions, write
from transformers import AutoTokenizer
from trio import corpus, paths


def byte_offsets(text: str, offsets: list[tuple[int, int]]) -> list[list[int]]:
    """Character offsets as UTF-8 byte offsets."""
    starts = [0]
    for char in text:
        starts.append(starts[-1] + len(char.encode("utf-8")))
    return [[starts[first], starts[last]] for first, last in offsets]


def case(tokenizer, text: str) -> dict:
    """Everything the reference says about one text."""
    encoding = tokenizer(text, return_offsets_mapping=True, return_special_tokens_mask=True)
    ids = encoding["input_ids"]
    without = tokenizer(text, add_special_tokens=False)["input_ids"]
    row = {
        "text": text,
        "ids": ids,
        "tokens": tokenizer.convert_ids_to_tokens(ids),
        "offsets": byte_offsets(text, encoding["offset_mapping"]),
        "special_tokens_mask": encoding["special_tokens_mask"],
        "decoded": tokenizer.decode(ids, skip_special_tokens=False, clean_up_tokenization_spaces=False),
        "decoded_skip_special": tokenizer.decode(
            ids, skip_special_tokens=True, clean_up_tokenization_spaces=False
        ),
    }
    count = len(ids) - len(without)
    assert count == sum(encoding["special_tokens_mask"])
    return row


def main() -> None:
    """Write one fixture for each family."""
    texts = tokenizer_texts.all_texts(corpus.read().held_out)
    for family in paths.FAMILIES:
        tokenizer = AutoTokenizer.from_pretrained(paths.assets(family))
        head = {
            "about": "Written by tests/oracles/tokenizers_oracle.py; offsets are UTF-8 bytes",
            "model": f"trilens-{family}",
            "versions": versions(),
            "vocabulary": len(tokenizer),
        }
        rows = [case(tokenizer, text) for text in texts]
        write(FIXTURES / "tokenizers" / f"trilens-{family}.json", head, {"cases": rows})


if __name__ == "__main__":
    main()
