// Replace: every occurrence of a pattern becomes a fixed text. Prepend: a fixed text before what is not empty.
#include "base/utf8.hpp"
#include "tokenize/normalize/normalizer.hpp"
#include "tokenize/pattern.hpp"

namespace trilens::tokenize {
namespace {

class Replace final : public Normalizer {
 public:
  Replace(Pattern pattern, std::u32string content) : pattern_(std::move(pattern)), content_(std::move(content)) {}
  void normalize(AlignedText& text) const override {
    const std::vector<Match> matches = pattern_.matches(text.chars);
    AlignedText out;
    out.chars.reserve(text.size());
    out.source.reserve(text.size());
    for (const Match& m : matches) {
      if (!m.hit) {
        out.append(text, m.begin, m.end);
        continue;
      }
      for (const char32_t c : content_) out.push(c, text.source[m.end - 1]);  // as the reference: the last one replaced
    }
    text = std::move(out);
  }

 private:
  Pattern pattern_;
  std::u32string content_;
};

class Prepend final : public Normalizer {
 public:
  explicit Prepend(std::u32string text) : text_(std::move(text)) {}
  void normalize(AlignedText& text) const override { text.prepend(text_); }

 private:
  std::u32string text_;
};

}  // namespace

Result<NormalizerPtr> make_replace(const Section& section) {
  Fields fields(section);
  const std::string content = fields.string("content");
  if (!fields.ok()) return fields.failure();
  const auto where = section.find("pattern");
  if (!where) return section.malformed("lacks \"pattern\"");
  auto pattern = Pattern::from_json(*where);
  if (!pattern) return std::unexpected(pattern.error());
  return std::make_unique<Replace>(std::move(*pattern), utf8::decode(content));
}

Result<NormalizerPtr> make_prepend(const Section& section) {
  Fields fields(section);
  const std::string text = fields.string("prepend");
  if (!fields.ok()) return fields.failure();
  return std::make_unique<Prepend>(utf8::decode(text));
}

}  // namespace trilens::tokenize
