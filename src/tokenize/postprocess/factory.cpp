#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

#include "tokenize/postprocess/postprocessor.hpp"

namespace trilens::tokenize {
namespace {

class Sequence final : public PostProcessor {
 public:
  explicit Sequence(std::vector<PostProcessorPtr> parts) : parts_(std::move(parts)) {}
  void process(std::vector<DraftToken>& tokens, const PostProcessContext& context) const override {
    for (const PostProcessorPtr& part : parts_) part->process(tokens, context);
  }

 private:
  std::vector<PostProcessorPtr> parts_;
};

Result<PostProcessorPtr> make_sequence(const Section& section, const TokenText& text, int depth) {
  if (depth >= kDeepestNesting) return section.malformed("nests too deeply");
  Fields fields(section);
  const std::vector<Section> sections = fields.array("processors");
  if (!fields.ok()) return fields.failure();
  std::vector<PostProcessorPtr> parts;
  for (const Section& part : sections) {
    auto made = make_postprocessor(part, text, depth + 1);
    if (!made) return made;
    parts.push_back(std::move(*made));
  }
  return std::make_unique<Sequence>(std::move(parts));
}

struct Known {
  std::string_view type;
  Result<PostProcessorPtr> (*make)(const Section&, const TokenText&);
};

constexpr std::array kKnown{
    Known{"BertProcessing", make_bert_processing},
    Known{"ByteLevel", make_byte_level_postprocessor},
    Known{"RobertaProcessing", make_roberta_processing},
    Known{"TemplateProcessing", make_template_processing},
};

}  // namespace

Result<PostProcessorPtr> make_postprocessor(const Section& section, const TokenText& text, int depth) {
  const std::string type = section.type();
  if (type == "Sequence") return make_sequence(section, text, depth);
  for (const Known& known : kKnown) {
    if (known.type == type) return known.make(section, text);
  }
  if (type.empty()) return section.malformed("has no \"type\"");
  return section.unsupported("the post-processor \"" + type + "\"");
}

Result<Token> special_token(const Section& id, const TokenText& text) {
  const nlohmann::json& value = id.value();
  if (!value.is_number_unsigned() || value.get<std::uint64_t>() >= static_cast<std::uint64_t>(kIdLimit)) {
    return id.malformed("must be the id of a token");
  }
  const auto number = static_cast<std::int32_t>(value.get<std::uint64_t>());
  const auto known = text(number);
  if (!known) return id.malformed("is " + std::to_string(number) + ", which is the id of no token");
  return Token{.id = number, .text = *known, .special = true};
}

}  // namespace trilens::tokenize
