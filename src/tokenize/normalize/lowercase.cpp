#include "tokenize/normalize/normalizer.hpp"
#include "tokenize/unicode.hpp"

namespace trilens::tokenize {
namespace {

class Lowercase final : public Normalizer {
 public:
  void normalize(AlignedText& text) const override { lowercase(text); }
};

}  // namespace

void lowercase(AlignedText& text) {
  AlignedText out;
  out.chars.reserve(text.size());
  out.source.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const unicode::Expansion lower = unicode::lowercase(text.chars[i]);
    for (const char32_t c : lower.view()) out.push(c, text.source[i]);
  }
  text = std::move(out);
}

Result<NormalizerPtr> make_lowercase(const Section&) { return std::make_unique<Lowercase>(); }

}  // namespace trilens::tokenize
