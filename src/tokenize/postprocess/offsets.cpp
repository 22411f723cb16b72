// ByteLevel as a post-processor: only offsets change.
#include <algorithm>

#include "base/utf8.hpp"
#include "tokenize/byte_alphabet.hpp"
#include "tokenize/postprocess/postprocessor.hpp"
#include "tokenize/unicode.hpp"
#include "tokenize/work.hpp"

namespace trilens::tokenize {
namespace {

struct Blanks {
  std::size_t leading = 0;
  std::size_t trailing = 0;
};

bool is_blank(char32_t c) { return c == char_from_byte(' ') || unicode::is_whitespace(c); }

Blanks blanks_of(std::u32string_view text) {
  const auto first = std::ranges::find_if_not(text, is_blank);
  const auto last = std::find_if_not(text.rbegin(), text.rend(), is_blank);
  return {static_cast<std::size_t>(first - text.begin()), static_cast<std::size_t>(last - text.rbegin())};
}

// Byte offsets of the characters of [begin, end), and `end` itself.
std::vector<std::size_t> character_starts(std::string_view input, std::size_t begin, std::size_t end) {
  std::vector<std::size_t> out;
  for (utf8::Reader reader(input.substr(begin, end - begin)); !reader.done();) out.push_back(begin + reader.next().begin);
  out.push_back(end);
  return out;
}

void trim(DraftToken& draft, std::string_view input, bool keep_one_leading) {
  Token& token = draft.token;
  work::step(draft.literal.size() + token.text.size());
  Blanks blanks = blanks_of(draft.literal.empty() ? std::u32string_view(utf8::decode(token.text)) : draft.literal);
  if (blanks.leading == 0 && blanks.trailing == 0) return;
  if (keep_one_leading && blanks.leading == 1) blanks.leading = 0;
  // The reference counts characters here, whatever the token is made of.
  const std::vector<std::size_t> starts = character_starts(input, token.begin, token.end);
  const std::size_t characters = starts.size() - 1;
  work::step(characters);
  const std::size_t first = std::min(blanks.leading, characters);
  const std::size_t last = characters > blanks.trailing ? std::max(characters - blanks.trailing, first) : first;
  token.begin = starts[first];
  if (blanks.trailing > 0) token.end = starts[last];
}

class ByteLevel final : public PostProcessor {
 public:
  ByteLevel(bool trims, bool add_prefix_space) : trims_(trims), add_prefix_space_(add_prefix_space) {}
  void process(std::vector<DraftToken>& tokens, const PostProcessContext& context) const override {
    if (trims_) trim_offsets(tokens, context.input, add_prefix_space_);
  }

 private:
  bool trims_;
  bool add_prefix_space_;
};

}  // namespace

void trim_offsets(std::vector<DraftToken>& tokens, std::string_view input, bool add_prefix_space) {
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const bool first = i == 0 || tokens[i].token.begin == 0;
    trim(tokens[i], input, first && add_prefix_space);
  }
}

Result<PostProcessorPtr> make_byte_level_postprocessor(const Section& section, const TokenText&) {
  Fields fields(section);
  const bool trims = fields.boolean("trim_offsets");
  const bool add_prefix_space = fields.boolean("add_prefix_space");
  if (!fields.ok()) return fields.failure();
  return std::make_unique<ByteLevel>(trims, add_prefix_space);
}

}  // namespace trilens::tokenize
