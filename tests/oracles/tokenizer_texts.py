"""Texts that a tokenizer must read exactly as the reference does."""

EVERYDAY = [
    "", "a", "I", "Hello", "Hello!", "Hello, world!", "The cat sat on the mat.", "the cat sat on the mat",
    "THE CAT SAT ON THE MAT.", "The capital of France is Paris.", "My favourite animal is the hippopotamus.",
    "I don't know, it's hers; they'll've gone.", "She said: \"I can't!\"", "He's 42 years old.", "It costs $3.50, or 3,50 €.",
    "Call 555-0199 at 7:30 p.m.", "1234567890 0 00 007 3.14159 1e-5 -12", "50% of 2/3 = 1/3", "e-mail: tom@example.org",
    "https://example.org/a?b=c&d=%20#e", "x = (a + b) * [c - d] / {e ^ f};", "snake_case camelCase PascalCase kebab-case",
    "translate English to French: The weather is nice today.", "antidisestablishmentarianism",
    "Supercalifragilisticexpialidocious", "state-of-the-art", "rock 'n' roll", "...", "Well... maybe?!", "?!?!", "--", "'", "\"",
    "Mr. and Mrs. O'Neil-Smith", "I'm you're he's we've they'd she'll don't", "I'M YOU'RE HE'S", "'s 't 're 've 'm 'll 'd",
    "What time is it?", "No.", "ok", "OK", "Ok.", "Tom and Mary are friends.", "Where do you live?",
]
FRENCH = [
    "Ça va ?", "Je ne sais pas.", "L'été, c'était déjà là.", "Où est-ce qu'il habite ?", "Un œuf, des œufs ; un cœur.",
    "Noël à l'hôtel, naïve Zoë", "« Bonjour », dit-elle.", "«\u00a0Bonjour\u00a0!\u00a0»", "Qu'est-ce que c'est\u202f?",
    "aujourd'hui", "J’aime l’école.", "ÉCOLE", "Il a mangé vingt-et-un gâteaux.", "Elle s'appelle Chloé.", "Y a-t-il du thé ?",
    "Prenez garde à la façade.", "L'AÉROPORT", "bientôt août maître",
]
COMPOSITION = [
    "café", "cafe\u0301", "CAFÉ", "CAFE\u0301", "naïve", "nai\u0308ve", "Å", "A\u030a", "\u212b", "ﬁne oﬃce", "ﬀ", "①②③", "½ ¼",
    "ｆｕｌｌ　ｗｉｄｔｈ", "Ⅳ", "K \u212a", "ß ẞ", "İstanbul", "ıI", "Σίσυφος ΟΔΟΣ", "e\u0301\u0302\u0303", "\u0301", "a\u0301\u0301b",
    "ǅ ǆ", "ñ ñ", "o\u0308\u0304", "한국어", "\u1112\u1161\u11ab", "が", "か\u3099", "x² H₂O", "™ ® ©", "ª º", "№ 5", "ĳ", "…", "‥",
]
EMOJI = [
    "😀", "I ❤ you", "I ❤️ you", "👍🏽", "👩‍👧", "👨‍👩‍👧‍👦 family", "🏳️‍🌈", "🇫🇷", "🇳🇴🇫🇷", "1️⃣", "a😀b", "😀😀😀", "good 🙂.", "☕", "🧑🏿‍🚀",
    "\u200d", "x\ufe0f", "🤷‍♀️", "✓ ✗", "→ ← ↔", "♥♦♣♠", "🂡",
]
SCRIPTS = [
    "中文", "我爱你。", "日本語のテスト", "東京タワー", "カタカナ ひらがな", "안녕하세요", "Привет, мир!", "Γειά σου Κόσμε", "שלום עולם", "שָׁלוֹם",
    "مرحبا بالعالم", "اَلسَّلَامُ", "English and עברית mixed", "\u202bRTL\u202c", "हिन्दी", "नमस्ते", "ภาษาไทย", "สวัสดี", "Tiếng Việt",
    "Ελληνικά", "ქართული", "አማርኛ", "blåbærsyltetøy", "ÆØÅ æøå", "Ħ ħ Ł ł Ø ø Đ đ", "𝒜𝓑𝕔", "𠜎𠜱", "ﷺ", "中a文b", "a中", "《中文》", "¡Hola! ¿Qué?",
]
SPACES = [
    " ", "  ", "   ", " a", "a ", " a ", "  a  b  ", "a  b", "a   b", "a\tb", "a\nb", "a\r\nb", "\n", "\n\n", "\t", " \t \n ", "a\n\nb",
    "a \n b", "\na", "a\n", "a\u00a0b", "\u00a0", "a\u2003b", "a\u3000b", "a\u200bb", "\u200b", "a\u2028b", "a\u2029b", "a\u0085b",
    "a\u1680b", "\ufeffa", "a\ufeff", "a\u00adb", "a\u2060b", "a\u180eb", "Hello   world  !", " , . ", "tab\t\ttab", "x \u00a0 y",
]
CONTROL = [
    "\x00", "a\x00b", "\x01\x02", "a\x07b", "\x1b[0m", "\x7f", "a\x7fb", "\x80\x9f", "\u200e\u200f", "a\u200eb", "\ufffd", "a\ufffdb",
    "\ufffe", "\uffff", "\ue000", "\U000f0000", "\U0010ffff", "\u061c", "\u2066x\u2069", "\x0b", "\x0c", "a\x0bb", "\u0378",
]
SPECIAL = [
    "[MASK]", "The [MASK] is blue.", "The[MASK]is blue", "the [mask] is", "[MASK][MASK]", "[MASK] [MASK].", "[CLS] a [SEP]", "[PAD]",
    "[UNK]", "[ MASK ]", "[MASK", "a[SEP]b", "[MASK]s", "un[MASK]able", " [MASK] ", "  [MASK]  x", "é[MASK]é",
    "<extra_id_0>", "The <extra_id_0> is blue.", "The<extra_id_0>is", "<extra_id_0> and <extra_id_1>", "<extra_id_0><extra_id_1>",
    "<extra_id_31>", "<extra_id_32>", "<extra_id_99>", "<extra_id_0", "<extra_id_0>.", "a <extra_id_0>, b", "  <extra_id_0>  ",
    "</s>", "a</s>b", "<pad>", "<unk>", "a <unk> b", "<s>", "é<extra_id_0>é",
    "<|endoftext|>", "a<|endoftext|>b", "a <|endoftext|> b", "<|endoftext|><|endoftext|>", "<|endoftext|", "<|ENDOFTEXT|>",
    "Hello.<|endoftext|>Bonjour.", " <|endoftext|>", "é<|endoftext|>é", "▁", "a▁b", "▁▁a", "Ġ", "aĠb", "##ing", "a ##b", "Ċ",
]
LONG = [
    "a" * 99, "a" * 100, "a" * 101, "x" * 300, "ab" * 200, "é" * 101, "é" * 60, "antidis" * 20, "中" * 40, "😀" * 20, "1" * 60, "." * 50,
    "-" * 40, " " * 50, "ha" * 51, "word " * 60, "Qwertyuiopasdfghjklzxcvbnm " * 3, "e\u0301" * 40, "\u0301" * 30,
]


def all_texts(held_out: list[tuple[str, str]]) -> list[str]:
    """Every text once: the lists above and held-out sentences of both languages."""
    sentences = [side for pair in held_out[::55] for side in pair]
    joined = [f"{a} {b}" for (a, b) in held_out[30::700]]
    lists = EVERYDAY, FRENCH, COMPOSITION, EMOJI, SCRIPTS, SPACES, CONTROL, SPECIAL, LONG, sentences, joined
    return list(dict.fromkeys(text for texts in lists for text in texts))
