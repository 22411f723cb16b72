#include <array>
#include <string_view>
#include <vector>

#include "tokenize/pretokenize/pretokenizer.hpp"

namespace trilens::tokenize {
namespace {

class Sequence final : public PreTokenizer {
 public:
  explicit Sequence(std::vector<PreTokenizerPtr> parts) : parts_(std::move(parts)) {}
  void pre_tokenize(Pieces& pieces) const override {
    for (const PreTokenizerPtr& part : parts_) part->pre_tokenize(pieces);
  }

 private:
  std::vector<PreTokenizerPtr> parts_;
};

Result<PreTokenizerPtr> make_sequence(const Section& section, int depth) {
  if (depth >= kDeepestNesting) return section.malformed("nests too deeply");
  Fields fields(section);
  const std::vector<Section> sections = fields.array("pretokenizers");
  if (!fields.ok()) return fields.failure();
  std::vector<PreTokenizerPtr> parts;
  for (const Section& part : sections) {
    auto made = make_pretokenizer(part, depth + 1);
    if (!made) return made;
    parts.push_back(std::move(*made));
  }
  return std::make_unique<Sequence>(std::move(parts));
}

struct Known {
  std::string_view type;
  Result<PreTokenizerPtr> (*make)(const Section&);
};

constexpr std::array kKnown{
    Known{"BertPreTokenizer", make_bert_pretokenizer},
    Known{"ByteLevel", make_byte_level_pretokenizer},
    Known{"CharDelimiterSplit", make_delimiter},
    Known{"Digits", make_digits},
    Known{"Metaspace", make_metaspace},
    Known{"Punctuation", make_punctuation},
    Known{"Split", make_split},
    Known{"UnicodeScripts", make_unicode_scripts},
    Known{"Whitespace", make_whitespace},
    Known{"WhitespaceSplit", make_whitespace_split},
};

}  // namespace

Result<PreTokenizerPtr> make_pretokenizer(const Section& section, int depth) {
  const std::string type = section.type();
  if (type == "Sequence") return make_sequence(section, depth);
  for (const Known& known : kKnown) {
    if (known.type == type) return known.make(section);
  }
  if (type.empty()) return section.malformed("has no \"type\"");
  return section.unsupported("the pre-tokenizer \"" + type + "\"");
}

}  // namespace trilens::tokenize
