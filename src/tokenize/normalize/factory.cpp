#include <array>
#include <string_view>
#include <vector>

#include "tokenize/normalize/normalizer.hpp"

namespace trilens::tokenize {
namespace {

class Sequence final : public Normalizer {
 public:
  explicit Sequence(std::vector<NormalizerPtr> parts) : parts_(std::move(parts)) {}
  void normalize(AlignedText& text) const override {
    for (const NormalizerPtr& part : parts_) part->normalize(text);
  }

 private:
  std::vector<NormalizerPtr> parts_;
};

Result<NormalizerPtr> make_sequence(const Section& section, int depth) {
  if (depth >= kDeepestNesting) return section.malformed("nests too deeply");
  Fields fields(section);
  const std::vector<Section> sections = fields.array("normalizers");
  if (!fields.ok()) return fields.failure();
  std::vector<NormalizerPtr> parts;
  for (const Section& part : sections) {
    auto made = make_normalizer(part, depth + 1);
    if (!made) return made;
    parts.push_back(std::move(*made));
  }
  return std::make_unique<Sequence>(std::move(parts));
}

struct Known {
  std::string_view type;
  Result<NormalizerPtr> (*make)(const Section&);
};

constexpr std::array kKnown{
    Known{"BertNormalizer", make_bert_normalizer},
    Known{"ByteLevel", make_byte_level_normalizer},
    Known{"Lowercase", make_lowercase},
    Known{"NFC", make_normal_form},
    Known{"NFD", make_normal_form},
    Known{"NFKC", make_normal_form},
    Known{"NFKD", make_normal_form},
    Known{"Nmt", make_nmt},
    Known{"Precompiled", make_precompiled},
    Known{"Prepend", make_prepend},
    Known{"Replace", make_replace},
    Known{"Strip", make_strip},
    Known{"StripAccents", make_strip_accents},
};

}  // namespace

Result<NormalizerPtr> make_normalizer(const Section& section, int depth) {
  const std::string type = section.type();
  if (type == "Sequence") return make_sequence(section, depth);
  for (const Known& known : kKnown) {
    if (known.type == type) return known.make(section);
  }
  if (type.empty()) return section.malformed("has no \"type\"");
  return section.unsupported("the normalizer \"" + type + "\"");
}

}  // namespace trilens::tokenize
