#include "tokenize/byte_level_text.hpp"
#include "tokenize/normalize/normalizer.hpp"

namespace trilens::tokenize {
namespace {

class ByteLevel final : public Normalizer {
 public:
  void normalize(AlignedText& text) const override {
    AlignedText out;
    append_byte_level(out, text, 0, text.size());
    text = std::move(out);
  }
};

}  // namespace

Result<NormalizerPtr> make_byte_level_normalizer(const Section&) { return std::make_unique<ByteLevel>(); }

}  // namespace trilens::tokenize
