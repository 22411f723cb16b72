"""Sentences for the model fixtures. The first of each list are short: their attentions are kept in full."""

SENTENCES = [
    "The cat is black.", "I don't know.", "Where do you live?", "Tom", "She reads a book every evening before she goes to bed.",
    "My brother bought a new car last week, but he can't drive.", "Je ne sais pas où elle habite.", "It's raining.",
    "The children were playing in the garden when their mother called them.", "What time is it?",
    "He said that he would come, and he came", "Ça va ?",
]
MASKED = [
    "The sky is [MASK].", "I [MASK] to go home.", "She drinks a cup of [MASK] every morning.", "[MASK] is my best friend.",
    "The [MASK] is barking.", "He can [MASK] English very [MASK].", "Where [MASK] you live?", "Je ne [MASK] pas.",
    "Tom wants to buy a new [MASK]", "We went to the [MASK] to swim.", "My father [MASK] a doctor.", "It is very [MASK] today.",
]
BLANKS = [
    "The sky is <extra_id_0>.", "I <extra_id_0> to go home.", "She drinks a cup of <extra_id_0> every morning.",
    "<extra_id_0> is my best friend.", "The <extra_id_0> is barking.", "He can <extra_id_0> English very <extra_id_1>.",
    "Where <extra_id_0> live?", "Je ne <extra_id_0> pas.", "Tom wants to buy a new <extra_id_0>", "It is very <extra_id_0> today.",
]
PROMPTS = [
    "I", "The", "She wants to go to", "Where do you", "The weather is", "If I were you, I", "My brother", "He said that he",
    "Do you want to", "Je ne", "Tom and Mary", "<|endoftext|>",
]
TRANSLATED = [
    "I like your house.", "Where do you live?", "She reads a book.", "I don't know.", "The weather is nice today.",
    "My brother bought a new car.", "Can you help me?", "Tom is my best friend.", "We went to the park yesterday.",
    "I would like a cup of tea", "He doesn't want to go to school.", "What time is it?",
]
