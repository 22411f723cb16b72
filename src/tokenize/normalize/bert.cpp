#include <algorithm>

#include "tokenize/normalize/normalizer.hpp"
#include "tokenize/unicode.hpp"

namespace trilens::tokenize {
namespace {

struct BertOptions {
  bool clean_text = true;
  bool handle_chinese_chars = true;
  bool strip_accents = true;
  bool lowercase = true;
};

class BertNormalizer final : public Normalizer {
 public:
  explicit BertNormalizer(const BertOptions& options) : options_(options) {}

  void normalize(AlignedText& text) const override {
    if (options_.clean_text) clean(text);
    if (options_.handle_chinese_chars) separate_chinese(text);
    if (options_.strip_accents) {
      decompose(text, false);
      text.filter([](char32_t c) { return !unicode::is_nonspacing_mark(c); });
    }
    if (options_.lowercase) lowercase(text);
  }

 private:
  static void clean(AlignedText& text) {
    text.filter([](char32_t c) { return c != 0 && c != 0xFFFD && !unicode::is_control(c); });
    for (char32_t& c : text.chars) {
      if (unicode::is_whitespace(c)) c = U' ';
    }
  }

  static void separate_chinese(AlignedText& text) {
    if (text.chars.end() == std::find_if(text.chars.begin(), text.chars.end(), unicode::is_chinese)) return;
    AlignedText out;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const bool chinese = unicode::is_chinese(text.chars[i]);
      if (chinese) out.push(U' ', text.source[i]);
      out.push(text.chars[i], text.source[i]);
      if (chinese) out.push(U' ', text.source[i]);
    }
    text = std::move(out);
  }

  BertOptions options_;
};

}  // namespace

Result<NormalizerPtr> make_bert_normalizer(const Section& section) {
  Fields fields(section);
  BertOptions options;
  options.clean_text = fields.boolean("clean_text");
  options.handle_chinese_chars = fields.boolean("handle_chinese_chars");
  options.lowercase = fields.boolean("lowercase");
  options.strip_accents = fields.optional_boolean("strip_accents").value_or(options.lowercase);  // null: as lowercase says
  if (!fields.ok()) return fields.failure();
  return std::make_unique<BertNormalizer>(options);
}

}  // namespace trilens::tokenize
