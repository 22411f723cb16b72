// Nmt: the white space and control characters that SentencePiece's nmt_* rules clean away.
#include "tokenize/normalize/normalizer.hpp"

namespace trilens::tokenize {
namespace {

bool is_dropped(char32_t c) { return (c >= 0x01 && c <= 0x08) || c == 0x0B || (c >= 0x0E && c <= 0x1F) || c == 0x7F || c == 0x8F || c == 0x9F; }

bool is_spaced(char32_t c) {
  return c == 0x09 || c == 0x0A || c == 0x0C || c == 0x0D || c == 0x1680 || (c >= 0x200B && c <= 0x200F) || c == 0x2028 || c == 0x2029 ||
         c == 0x2581 || c == 0xFEFF || c == 0xFFFD;
}

class Nmt final : public Normalizer {
 public:
  void normalize(AlignedText& text) const override {
    text.filter([](char32_t c) { return !is_dropped(c); });
    for (char32_t& c : text.chars) {
      if (is_spaced(c)) c = U' ';
    }
  }
};

}  // namespace

Result<NormalizerPtr> make_nmt(const Section&) { return std::make_unique<Nmt>(); }

}  // namespace trilens::tokenize
