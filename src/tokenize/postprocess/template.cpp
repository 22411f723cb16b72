// TemplateProcessing: the text's tokens and special tokens in a given order. BertProcessing and RobertaProcessing are
// older names for [CLS] text [SEP] and <s> text </s>; the latter trims offsets as well.
#include <nlohmann/json.hpp>
#include <optional>

#include "tokenize/postprocess/postprocessor.hpp"
#include "tokenize/work.hpp"

namespace trilens::tokenize {
namespace {

struct Slot {
  std::optional<Token> special;  // nullopt: here comes the text
  std::int32_t type_id = 0;
};

class Template final : public PostProcessor {
 public:
  struct Trimming {
    bool trims = false;
    bool add_prefix_space = false;
  };

  Template(std::vector<Slot> slots, Trimming trimming) : slots_(std::move(slots)), trimming_(trimming) {}

  void process(std::vector<DraftToken>& tokens, const PostProcessContext& context) const override {
    if (trimming_.trims) trim_offsets(tokens, context.input, trimming_.add_prefix_space);
    std::vector<DraftToken> out;
    out.reserve(tokens.size() + slots_.size());
    work::step(tokens.size() + slots_.size());
    for (const Slot& slot : slots_) {
      if (!slot.special) {
        for (const DraftToken& token : tokens) {
          out.push_back(token);
          out.back().token.type_id = slot.type_id;
        }
      } else if (context.add_special_tokens) {
        out.push_back({*slot.special, {}});
        out.back().token.type_id = slot.type_id;
      }
    }
    tokens = std::move(out);
  }

 private:
  std::vector<Slot> slots_;
  Trimming trimming_;
};

// ["[CLS]", 101]
Result<Token> read_pair(const Section& section, std::string_view key, const TokenText& text) {
  const auto pair = section.find(key);
  const std::vector<Section> both = pair ? pair->elements() : std::vector<Section>();
  if (both.size() != 2) return section.malformed("lacks \"" + std::string(key) + "\", a token and its id");
  return special_token(both[1], text);
}

Result<PostProcessorPtr> make_around(const Section& section, const TokenText& text, Template::Trimming trimming) {
  auto first = read_pair(section, "cls", text);
  if (!first) return std::unexpected(first.error());
  auto last = read_pair(section, "sep", text);
  if (!last) return std::unexpected(last.error());
  return std::make_unique<Template>(std::vector<Slot>{{*first, 0}, {std::nullopt, 0}, {*last, 0}}, trimming);
}

// {"SpecialToken": {"id": "[CLS]", "type_id": 0}} or {"Sequence": {"id": "A", "type_id": 0}}
Result<std::vector<Slot>> read_slot(const Section& piece, const std::optional<Section>& specials, const TokenText& text) {
  const auto sequence = piece.find("Sequence");
  const auto special = piece.find("SpecialToken");
  if (!sequence && !special) return piece.malformed("must be a \"Sequence\" or a \"SpecialToken\"");
  Fields fields(sequence ? *sequence : *special);
  const std::string id = fields.string("id");
  const auto type_id = static_cast<std::int32_t>(fields.integer("type_id", 0, 255));
  if (!fields.ok()) return fields.failure();
  if (sequence) {
    if (id != "A") return piece.malformed("names the sequence \"" + id + "\" where there is only one, \"A\"");
    return std::vector<Slot>{{std::nullopt, type_id}};
  }
  const auto named = specials ? specials->find(id) : std::nullopt;
  const auto ids = named ? named->find("ids") : std::nullopt;
  if (!ids || !ids->value().is_array()) return piece.malformed("names \"" + id + "\", which special_tokens does not explain");
  std::vector<Slot> out;
  for (const Section& number : ids->elements()) {
    auto token = special_token(number, text);
    if (!token) return std::unexpected(token.error());
    out.push_back({*token, type_id});
  }
  return out;
}

}  // namespace

Result<PostProcessorPtr> make_template_processing(const Section& section, const TokenText& text) {
  Fields fields(section);
  const std::vector<Section> pieces = fields.array("single");
  if (!fields.ok()) return fields.failure();
  std::vector<Slot> slots;
  for (const Section& piece : pieces) {
    auto read = read_slot(piece, section.find("special_tokens"), text);
    if (!read) return std::unexpected(read.error());
    slots.insert(slots.end(), read->begin(), read->end());
  }
  return std::make_unique<Template>(std::move(slots), Template::Trimming{});
}

Result<PostProcessorPtr> make_bert_processing(const Section& section, const TokenText& text) { return make_around(section, text, {}); }

Result<PostProcessorPtr> make_roberta_processing(const Section& section, const TokenText& text) {
  Fields fields(section);
  Template::Trimming trimming;
  trimming.trims = fields.boolean("trim_offsets");
  trimming.add_prefix_space = fields.boolean("add_prefix_space");
  if (!fields.ok()) return fields.failure();
  return make_around(section, text, trimming);
}

}  // namespace trilens::tokenize
