#!/usr/bin/env python3
"""What the reference tokenizer says about every codepoint, and where utf8proc says otherwise.

Writes tests/fixtures/tokenizers/unicode.json (the reference's answers, checked by tests/tokenize) and
src/tokenize/unicode_differences.inc (the codepoints at which src/tokenize/unicode.cpp must contradict utf8proc).

Run again when utf8proc or the reference moves on:
    cc -shared -fPIC -O2 -o /tmp/libutf8proc.so path/to/utf8proc/utf8proc.c
    python tests/oracles/unicode.py /tmp/libutf8proc.so      (needs: pip install tokenizers)
"""

import ctypes
import json
import pathlib
import sys

import tokenizers
from tokenizers import Regex, normalizers, pre_tokenizers

ROOT = pathlib.Path(__file__).resolve().parents[2]
CODEPOINTS = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]
CATEGORIES = ["Cn", "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co"]


def split_off(pre_tokenizer):
    """Does the pre-tokenizer separate c from the letter before it?"""
    return lambda c: len(pre_tokenizer.pre_tokenize_str("x" + chr(c))) == 2


def dropped(pre_tokenizer):
    return lambda c: [text for text, _ in pre_tokenizer.pre_tokenize_str("x" + chr(c))] == ["x"]


def by_regex(pattern, before="-"):
    """Does the pattern take c, and so separate it from a character that it does not take?"""
    splitter = pre_tokenizers.Split(Regex(pattern), "isolated")
    return lambda c: len(splitter.pre_tokenize_str(before + chr(c))) == 2 if c != ord(before) else False


def bert(**on):
    options = {"clean_text": False, "handle_chinese_chars": False, "strip_accents": False, "lowercase": False}
    return normalizers.BertNormalizer(**(options | on))


def reorders(*texts):
    """Does c change places with one of the marks (classes 1 and 230) beside it?"""
    nfd = normalizers.NFD()
    return lambda c: any(nfd.normalize_str(t := text.replace("c", chr(c))) != "".join(map(nfd.normalize_str, t)) for text in texts)


def reference_predicates():
    clean, accents, marks = bert(clean_text=True), bert(strip_accents=True), normalizers.StripAccents()
    words = pre_tokenizers.Whitespace()
    return {
        "whitespace": dropped(pre_tokenizers.WhitespaceSplit()),
        "letter": by_regex(r"\p{L}"),
        "number": by_regex(r"\p{N}"),
        "decimal": by_regex(r"\d"),
        "numeric": split_off(pre_tokenizers.Digits(individual_digits=True)),
        "word": lambda c: [t for t, _ in words.pre_tokenize_str("x" + chr(c))] == ["x" + chr(c)],
        "punctuation": split_off(pre_tokenizers.Punctuation()),
        "upper_letter": by_regex(r"\p{Lu}"),
        "lower_letter": by_regex(r"\p{Ll}"),
        "title_letter": by_regex(r"\p{Lt}"),
        "modifier": by_regex(r"\p{Lm}"),
        "other_letter": by_regex(r"\p{Lo}"),
        "symbol": by_regex(r"\p{S}", "a"),
        "regex_mark": by_regex(r"\p{M}"),
        "regex_punctuation": by_regex(r"\p{P}", "a"),
        "regex_word": by_regex(r"\w"),
        "regex_space": by_regex(r"\s"),
        "mark": lambda c: marks.normalize_str(chr(c)) == "",
        "nonspacing_mark": lambda c: accents.normalize_str(chr(c)) == "",
        "control": lambda c: c != 0xFFFD and clean.normalize_str(chr(c)) == "",
        "reordered": reorders("ac\u0334", "a\u0301c"),
    }


def fnv1a(parts):
    """64-bit FNV-1a over UTF-8, a zero byte after each part."""
    h = 0xCBF29CE484222325
    for part in parts:
        for byte in part.encode() + b"\0":
            h = ((h ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return f"{h:016x}"


def ranges(codepoints):
    out = []
    for c in codepoints:
        if out and out[-1][1] == c - 1:
            out[-1][1] = c
        else:
            out.append([c, c])
    return out


class Utf8proc:
    def __init__(self, path):
        self.lib = ctypes.CDLL(path)
        self.lib.utf8proc_decompose_char.argtypes = [ctypes.c_int32, ctypes.c_void_p, ctypes.c_ssize_t, ctypes.c_int, ctypes.c_void_p]
        self.lib.utf8proc_version.restype = ctypes.c_char_p
        self.lib.utf8proc_get_property.restype = ctypes.POINTER(ctypes.c_int16)

    def category(self, c):
        return CATEGORIES[self.lib.utf8proc_category(c)]

    def combining_class(self, c):
        return self.lib.utf8proc_get_property(c)[1]  # utf8proc_property_t: int16 category, int16 combining_class, ...

    def decompose(self, c, compatible):
        buffer, last = (ctypes.c_int32 * 32)(), ctypes.c_int(0)
        options = (1 << 4) | ((1 << 2) if compatible else 0)  # UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT
        n = self.lib.utf8proc_decompose_char(c, buffer, 32, options, ctypes.byref(last))
        return "".join(map(chr, buffer[:n]))


def main():
    utf8proc = Utf8proc(sys.argv[1])
    answers = {name: {c for c in CODEPOINTS if ask(c)} for name, ask in reference_predicates().items()}
    category = {c: utf8proc.category(c) for c in CODEPOINTS}

    assert answers["regex_space"] == answers["whitespace"]

    def differing(name, ours):
        return [c for c in CODEPOINTS if c >= 0x80 and (c in answers[name]) != ours(category[c])]

    nfd, nfkd = normalizers.NFD(), normalizers.NFKD()
    undecomposed = [c for c in CODEPOINTS if nfd.normalize_str(chr(c)) != utf8proc.decompose(c, False)]
    undecomposed_compatible = [c for c in CODEPOINTS if nfkd.normalize_str(chr(c)) != utf8proc.decompose(c, True)]
    assert all(nfd.normalize_str(chr(c)) == chr(c) for c in undecomposed)
    assert all(nfkd.normalize_str(chr(c)) == chr(c) for c in undecomposed_compatible)
    tables = {
        "Letter": differing("letter", lambda k: k[0] == "L"),
        "Number": differing("number", lambda k: k[0] == "N"),
        "Numeric": differing("numeric", lambda k: k[0] == "N"),
        "Decimal": differing("decimal", lambda k: k == "Nd"),
        "Word": differing("word", lambda k: k[0] in "LM" or k in ("Nd", "Nl", "Pc")),
        "Punctuation": differing("punctuation", lambda k: k[0] == "P"),
        "UpperLetter": differing("upper_letter", lambda k: k == "Lu"),
        "LowerLetter": differing("lower_letter", lambda k: k == "Ll"),
        "TitleLetter": differing("title_letter", lambda k: k == "Lt"),
        "Modifier": differing("modifier", lambda k: k == "Lm"),
        "OtherLetter": differing("other_letter", lambda k: k == "Lo"),
        "Symbol": differing("symbol", lambda k: k[0] == "S"),
        "RegexMark": differing("regex_mark", lambda k: k[0] == "M"),
        "RegexPunctuation": differing("regex_punctuation", lambda k: k[0] == "P"),
        "RegexWord": sorted(answers["regex_word"] ^ answers["word"]),
        "Mark": differing("mark", lambda k: k[0] == "M"),
        "NonspacingMark": differing("nonspacing_mark", lambda k: k == "Mn"),
        "Control": differing("control", lambda k: k in ("Cc", "Cf", "Co")),
        "Undecomposed": undecomposed,
        "UndecomposedCompatible": undecomposed_compatible,
        "CombiningClassZero": [
            c for c in CODEPOINTS if utf8proc.combining_class(c) and c not in answers["reordered"] and utf8proc.decompose(c, False) == chr(c)
        ],
    }
    # An empty C++ array is not allowed; U+D800 is never asked for.
    lines = [
        "// Written by tests/oracles/unicode.py: do not edit.",
        f"// Where the reference (tokenizers {tokenizers.__version__}) and utf8proc {utf8proc.lib.utf8proc_version().decode()} disagree.",
    ]
    for name, codepoints in tables.items():
        lines.append(f"constexpr Range k{name}[] = {{")
        row = "   "
        for first, last in ranges(codepoints) or [[0xD800, 0xD800]]:
            item = f" {{0x{first:X}, 0x{last:X}}},"
            if len(row) + len(item) > 130:
                lines.append(row)
                row = "   "
            row += item
        lines += [row, "};"]
    (ROOT / "src/tokenize/unicode_differences.inc").write_text("\n".join(lines) + "\n")

    forms = {
        "lowercase": normalizers.Lowercase(),
        "nfd": nfd,
        "nfkd": nfkd,
        "nfc": normalizers.NFC(),
        "nfkc": normalizers.NFKC(),
    }
    fixture = {
        "reference": f"tokenizers {tokenizers.__version__}",
        "predicates": {name: ranges(sorted(found)) for name, found in answers.items()},
        "hashes": {name: fnv1a(form.normalize_str(chr(c)) for c in CODEPOINTS) for name, form in forms.items()},
    }
    target = ROOT / "tests/fixtures/tokenizers/unicode.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
    print({name: len(ranges(found)) for name, found in tables.items()})


if __name__ == "__main__":
    main()
