// The decoders that put words together again: WordPiece, BPEDecoder, CTC.
#include <algorithm>
#include <utility>

#include "tokenize/decode/decoder.hpp"

namespace trilens::tokenize {
namespace {

class WordPiece final : public Decoder {
 public:
  WordPiece(std::string prefix, bool cleanup) : prefix_(std::move(prefix)), cleanup_(cleanup) {}
  void decode(std::vector<std::string>& tokens) const override {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      std::string& token = tokens[i];
      if (i > 0) {
        if (token.starts_with(prefix_)) {
          token.erase(0, prefix_.size());
        } else {
          token.insert(token.begin(), ' ');
        }
      }
      if (cleanup_) clean_up(token);
    }
  }

 private:
  std::string prefix_;
  bool cleanup_;
};

class BpeDecoder final : public Decoder {
 public:
  explicit BpeDecoder(std::string suffix) : suffix_(std::move(suffix)) {}
  void decode(std::vector<std::string>& tokens) const override {
    for (std::size_t i = 0; i < tokens.size(); ++i) replace_all(tokens[i], suffix_, i + 1 == tokens.size() ? "" : " ");
  }

 private:
  std::string suffix_;
};

class Ctc final : public Decoder {
 public:
  Ctc(std::string pad, std::string delimiter, bool cleanup) : pad_(std::move(pad)), delimiter_(std::move(delimiter)), cleanup_(cleanup) {}
  void decode(std::vector<std::string>& tokens) const override {
    tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
    for (std::string& token : tokens) {
      replace_all(token, pad_, "");
      if (!cleanup_) continue;
      clean_up(token);
      replace_all(token, delimiter_, " ");
    }
    std::erase(tokens, "");
  }

 private:
  std::string pad_;
  std::string delimiter_;
  bool cleanup_;
};

}  // namespace

void clean_up(std::string& text) {
  static constexpr std::pair<std::string_view, std::string_view> kRules[] = {{" .", "."},   {" ?", "?"},     {" !", "!"},    {" ,", ","},
                                                                             {" ' ", "'"},  {" n't", "n't"}, {" 'm", "'m"},  {" do not", " don't"},
                                                                             {" 's", "'s"}, {" 've", "'ve"}, {" 're", "'re"}};
  for (const auto& [what, with] : kRules) replace_all(text, what, with);
}

Result<DecoderPtr> make_word_piece_decoder(const Section& section) {
  Fields fields(section);
  std::string prefix = fields.string("prefix");
  const bool cleanup = fields.boolean("cleanup");
  if (!fields.ok()) return fields.failure();
  return std::make_unique<WordPiece>(std::move(prefix), cleanup);
}

Result<DecoderPtr> make_bpe_decoder(const Section& section) {
  Fields fields(section);
  std::string suffix = fields.string("suffix");
  if (!fields.ok()) return fields.failure();
  return std::make_unique<BpeDecoder>(std::move(suffix));
}

Result<DecoderPtr> make_ctc(const Section& section) {
  Fields fields(section);
  std::string pad = fields.string("pad_token");
  std::string delimiter = fields.string("word_delimiter_token");
  const bool cleanup = fields.boolean("cleanup");
  if (!fields.ok()) return fields.failure();
  return std::make_unique<Ctc>(std::move(pad), std::move(delimiter), cleanup);
}

}  // namespace trilens::tokenize
