// Metaspace: spaces become a visible character ('▁'), one is put before the text, and the text is cut before each.
#include "tokenize/pretokenize/pretokenizer.hpp"

namespace trilens::tokenize {
namespace {

enum class PrependScheme { always, first, never };

class Metaspace final : public PreTokenizer {
 public:
  Metaspace(char32_t replacement, PrependScheme scheme, bool split) : replacement_(replacement), scheme_(scheme), split_(split) {}

  void pre_tokenize(Pieces& pieces) const override {
    pieces.rewrite([&](AlignedText& out, const Piece& piece) {
      const Span first = pieces.text.source[piece.begin];
      const char32_t c = pieces.text.chars[piece.begin];
      if (prepends_at(first) && c != U' ' && c != replacement_) out.push(replacement_, first);
      for (std::size_t i = piece.begin; i < piece.end; ++i) {
        out.push(pieces.text.chars[i] == U' ' ? replacement_ : pieces.text.chars[i], pieces.text.source[i]);
      }
    });
    if (!split_) return;
    pieces.split(SplitBehavior::merged_with_next,
                 [this](std::u32string_view text) { return matches_where(text, [this](char32_t c) { return c == replacement_; }); });
  }

 private:
  [[nodiscard]] bool prepends_at(const Span& first) const {
    return scheme_ == PrependScheme::always || (scheme_ == PrependScheme::first && first.begin == 0);
  }

  char32_t replacement_;
  PrependScheme scheme_;
  bool split_;
};

std::optional<PrependScheme> scheme_from_name(std::string_view name) {
  if (name == "always") return PrependScheme::always;
  if (name == "first") return PrependScheme::first;
  if (name == "never") return PrependScheme::never;
  return std::nullopt;
}

}  // namespace

Result<PreTokenizerPtr> make_metaspace(const Section& section) {
  Fields fields(section);
  const char32_t replacement = fields.character("replacement");
  // Older files have add_prefix_space instead of prepend_scheme.
  const bool add_prefix_space = fields.boolean("add_prefix_space", true);
  const std::string name = fields.string("prepend_scheme", add_prefix_space ? "always" : "never");
  const bool split = fields.boolean("split", true);
  if (!fields.ok()) return fields.failure();
  const auto scheme = scheme_from_name(name);
  if (!scheme) return section.unsupported("the prepend scheme \"" + name + "\"");
  if (!add_prefix_space && *scheme != PrependScheme::never) {
    return section.malformed("has an add_prefix_space that contradicts its prepend_scheme");
  }
  return std::make_unique<Metaspace>(replacement, *scheme, split);
}

}  // namespace trilens::tokenize
