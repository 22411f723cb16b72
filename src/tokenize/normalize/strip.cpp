// Strip: white space at the ends. StripAccents: combining marks anywhere (it decomposes nothing by itself).
#include <algorithm>

#include "tokenize/normalize/normalizer.hpp"
#include "tokenize/unicode.hpp"

namespace trilens::tokenize {
namespace {

class Strip final : public Normalizer {
 public:
  Strip(bool left, bool right) : left_(left), right_(right) {}
  void normalize(AlignedText& text) const override {
    std::size_t begin = 0;
    std::size_t end = text.size();
    if (left_) {
      while (begin < end && unicode::is_whitespace(text.chars[begin])) ++begin;
    }
    if (right_) {
      while (end > begin && unicode::is_whitespace(text.chars[end - 1])) --end;
    }
    if (begin > 0 || end < text.size()) text = text.slice(begin, end);
  }

 private:
  bool left_;
  bool right_;
};

class StripAccents final : public Normalizer {
 public:
  void normalize(AlignedText& text) const override {
    text.filter([](char32_t c) { return !unicode::is_mark(c); });
  }
};

}  // namespace

Result<NormalizerPtr> make_strip(const Section& section) {
  Fields fields(section);
  const bool left = fields.boolean("strip_left");
  const bool right = fields.boolean("strip_right");
  if (!fields.ok()) return fields.failure();
  return std::make_unique<Strip>(left, right);
}

Result<NormalizerPtr> make_strip_accents(const Section&) { return std::make_unique<StripAccents>(); }

}  // namespace trilens::tokenize
