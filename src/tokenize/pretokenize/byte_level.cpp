#include "tokenize/byte_level_text.hpp"
#include "tokenize/pattern.hpp"
#include "tokenize/pretokenize/pretokenizer.hpp"

namespace trilens::tokenize {
namespace {

struct ByteLevelOptions {
  bool add_prefix_space = true;
  bool use_regex = true;
};

class ByteLevel final : public PreTokenizer {
 public:
  explicit ByteLevel(const ByteLevelOptions& options) : options_(options) {}

  void pre_tokenize(Pieces& pieces) const override {
    if (options_.add_prefix_space) {
      pieces.rewrite([&pieces](AlignedText& out, const Piece& piece) {
        if (pieces.text.chars[piece.begin] != U' ') out.push(U' ', pieces.text.source[piece.begin]);
        out.append(pieces.text, piece.begin, piece.end);
      });
    }
    if (options_.use_regex) pieces.split(SplitBehavior::isolated, gpt2_words);
    pieces.rewrite([&pieces](AlignedText& out, const Piece& piece) { append_byte_level(out, pieces.text, piece.begin, piece.end); });
  }

 private:
  ByteLevelOptions options_;
};

}  // namespace

Result<PreTokenizerPtr> make_byte_level_pretokenizer(const Section& section) {
  Fields fields(section);
  ByteLevelOptions options;
  options.add_prefix_space = fields.boolean("add_prefix_space");
  options.use_regex = fields.boolean("use_regex", true);
  if (!fields.ok()) return fields.failure();
  return std::make_unique<ByteLevel>(options);
}

}  // namespace trilens::tokenize
