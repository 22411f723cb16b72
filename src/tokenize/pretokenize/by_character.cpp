// The pre-tokenizers that look at one character at a time: BertPreTokenizer, WhitespaceSplit, Punctuation, Digits,
// CharDelimiterSplit; and Whitespace, which looks at runs (\w+|[^\w\s]+).
#include "tokenize/pretokenize/pretokenizer.hpp"
#include "tokenize/unicode.hpp"

namespace trilens::tokenize {
namespace {

void split_where(Pieces& pieces, SplitBehavior behavior, bool (*predicate)(char32_t)) {
  pieces.split(behavior, [predicate](std::u32string_view text) { return matches_where(text, predicate); });
}

class BertPreTokenizer final : public PreTokenizer {
 public:
  void pre_tokenize(Pieces& pieces) const override {
    split_where(pieces, SplitBehavior::removed, unicode::is_whitespace);
    split_where(pieces, SplitBehavior::isolated, unicode::is_punctuation);
  }
};

class SplitWhere final : public PreTokenizer {
 public:
  SplitWhere(SplitBehavior behavior, bool (*predicate)(char32_t)) : behavior_(behavior), predicate_(predicate) {}
  void pre_tokenize(Pieces& pieces) const override { split_where(pieces, behavior_, predicate_); }

 private:
  SplitBehavior behavior_;
  bool (*predicate_)(char32_t);
};

class DelimiterSplit final : public PreTokenizer {
 public:
  explicit DelimiterSplit(char32_t delimiter) : delimiter_(delimiter) {}
  void pre_tokenize(Pieces& pieces) const override {
    pieces.split(SplitBehavior::removed,
                 [this](std::u32string_view text) { return matches_where(text, [this](char32_t c) { return c == delimiter_; }); });
  }

 private:
  char32_t delimiter_;
};

enum class Kind { word, space, other };

Kind kind_of(char32_t c) {
  if (unicode::is_word(c)) return Kind::word;
  return unicode::is_whitespace(c) ? Kind::space : Kind::other;
}

class Whitespace final : public PreTokenizer {
 public:
  void pre_tokenize(Pieces& pieces) const override {
    pieces.split(SplitBehavior::removed, [](std::u32string_view text) {
      std::vector<Match> runs;
      for (std::size_t begin = 0; begin < text.size();) {
        const Kind kind = kind_of(text[begin]);
        std::size_t end = begin + 1;
        while (end < text.size() && kind_of(text[end]) == kind) ++end;
        runs.push_back({begin, end, kind == Kind::space});
        begin = end;
      }
      return runs;
    });
  }
};

}  // namespace

std::optional<SplitBehavior> split_behavior_from_name(std::string_view name) {
  if (name == "Removed") return SplitBehavior::removed;
  if (name == "Isolated") return SplitBehavior::isolated;
  if (name == "MergedWithPrevious") return SplitBehavior::merged_with_previous;
  if (name == "MergedWithNext") return SplitBehavior::merged_with_next;
  if (name == "Contiguous") return SplitBehavior::contiguous;
  return std::nullopt;
}

Result<PreTokenizerPtr> make_bert_pretokenizer(const Section&) { return std::make_unique<BertPreTokenizer>(); }

Result<PreTokenizerPtr> make_whitespace_split(const Section&) { return std::make_unique<SplitWhere>(SplitBehavior::removed, unicode::is_whitespace); }

Result<PreTokenizerPtr> make_whitespace(const Section&) { return std::make_unique<Whitespace>(); }

Result<PreTokenizerPtr> make_punctuation(const Section& section) {
  Fields fields(section);
  const std::string name = fields.string("behavior", "Isolated");
  if (!fields.ok()) return fields.failure();
  const auto behavior = split_behavior_from_name(name);
  if (!behavior) return section.unsupported("the split behavior \"" + name + "\"");
  return std::make_unique<SplitWhere>(*behavior, unicode::is_punctuation);
}

Result<PreTokenizerPtr> make_digits(const Section& section) {
  Fields fields(section);
  const bool individual = fields.boolean("individual_digits");
  if (!fields.ok()) return fields.failure();
  return std::make_unique<SplitWhere>(individual ? SplitBehavior::isolated : SplitBehavior::contiguous, unicode::is_numeric);
}

Result<PreTokenizerPtr> make_delimiter(const Section& section) {
  Fields fields(section);
  const char32_t delimiter = fields.character("delimiter");
  if (!fields.ok()) return fields.failure();
  return std::make_unique<DelimiterSplit>(delimiter);
}

}  // namespace trilens::tokenize
