#include <array>
#include <string_view>

#include "tokenize/decode/decoder.hpp"

namespace trilens::tokenize {
namespace {

class Sequence final : public Decoder {
 public:
  explicit Sequence(std::vector<DecoderPtr> parts) : parts_(std::move(parts)) {}
  void decode(std::vector<std::string>& tokens) const override {
    for (const DecoderPtr& part : parts_) part->decode(tokens);
  }

 private:
  std::vector<DecoderPtr> parts_;
};

Result<DecoderPtr> make_sequence(const Section& section, int depth) {
  if (depth >= kDeepestNesting) return section.malformed("nests too deeply");
  Fields fields(section);
  const std::vector<Section> sections = fields.array("decoders");
  if (!fields.ok()) return fields.failure();
  std::vector<DecoderPtr> parts;
  for (const Section& part : sections) {
    auto made = make_decoder(part, depth + 1);
    if (!made) return made;
    parts.push_back(std::move(*made));
  }
  return std::make_unique<Sequence>(std::move(parts));
}

struct Known {
  std::string_view type;
  Result<DecoderPtr> (*make)(const Section&);
};

constexpr std::array kKnown{
    Known{"BPEDecoder", make_bpe_decoder},
    Known{"ByteFallback", make_byte_fallback},
    Known{"ByteLevel", make_byte_level_decoder},
    Known{"CTC", make_ctc},
    Known{"Fuse", make_fuse},
    Known{"Metaspace", make_metaspace_decoder},
    Known{"Replace", make_replace_decoder},
    Known{"Strip", make_strip_decoder},
    Known{"WordPiece", make_word_piece_decoder},
};

}  // namespace

Result<DecoderPtr> make_decoder(const Section& section, int depth) {
  const std::string type = section.type();
  if (type == "Sequence") return make_sequence(section, depth);
  for (const Known& known : kKnown) {
    if (known.type == type) return known.make(section);
  }
  if (type.empty()) return section.malformed("has no \"type\"");
  return section.unsupported("the decoder \"" + type + "\"");
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  std::size_t at = what.empty() ? std::string::npos : text.find(what);
  if (at == std::string::npos) return;
  std::string out;
  std::size_t rest = 0;
  for (; at != std::string::npos; at = text.find(what, rest)) {
    out.append(text, rest, at - rest).append(with);
    rest = at + what.size();
  }
  text = out.append(text, rest);
}

}  // namespace trilens::tokenize
