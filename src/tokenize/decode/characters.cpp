// The decoders that change single characters: Metaspace, Replace, Strip; and Fuse, which joins the tokens into one.
#include "base/utf8.hpp"
#include "tokenize/decode/decoder.hpp"
#include "tokenize/pattern.hpp"

namespace trilens::tokenize {
namespace {

class Metaspace final : public Decoder {
 public:
  Metaspace(std::string replacement, bool prepended) : replacement_(std::move(replacement)), prepended_(prepended) {}
  void decode(std::vector<std::string>& tokens) const override {
    for (std::size_t i = 0; i < tokens.size(); ++i) replace_all(tokens[i], replacement_, i == 0 && prepended_ ? "" : " ");
  }

 private:
  std::string replacement_;
  bool prepended_;  // the first one was not in the text
};

class Replace final : public Decoder {
 public:
  Replace(Pattern pattern, std::string content) : pattern_(std::move(pattern)), content_(std::move(content)) {}
  void decode(std::vector<std::string>& tokens) const override {
    for (std::string& token : tokens) {
      const std::u32string chars = utf8::decode(token);
      std::string out;
      for (const Match& m : pattern_.matches(chars)) {
        out += m.hit ? content_ : utf8::encode(std::u32string_view(chars).substr(m.begin, m.end - m.begin));
      }
      token = std::move(out);
    }
  }

 private:
  Pattern pattern_;
  std::string content_;
};

class Strip final : public Decoder {
 public:
  struct Options {
    char32_t content = U' ';
    std::size_t start = 0;  // at most so many off the front
    std::size_t stop = 0;   // and off the end
  };
  explicit Strip(const Options& options) : options_(options) {}
  void decode(std::vector<std::string>& tokens) const override {
    for (std::string& token : tokens) {
      std::u32string chars = utf8::decode(token);
      std::size_t begin = 0;
      while (begin < chars.size() && begin < options_.start && chars[begin] == options_.content) ++begin;
      std::size_t end = chars.size();
      while (end > begin && chars.size() - end < options_.stop && chars[end - 1] == options_.content) --end;
      token = utf8::encode(std::u32string_view(chars).substr(begin, end - begin));
    }
  }

 private:
  Options options_;
};

class Fuse final : public Decoder {
 public:
  void decode(std::vector<std::string>& tokens) const override {
    std::string all;
    for (const std::string& token : tokens) all += token;
    tokens = {std::move(all)};
  }
};

}  // namespace

Result<DecoderPtr> make_metaspace_decoder(const Section& section) {
  Fields fields(section);
  const char32_t replacement = fields.character("replacement");
  const bool add_prefix_space = fields.boolean("add_prefix_space", true);
  const std::string scheme = fields.string("prepend_scheme", add_prefix_space ? "always" : "never");
  if (!fields.ok()) return fields.failure();
  if (scheme != "always" && scheme != "first" && scheme != "never") return section.unsupported("the prepend scheme \"" + scheme + "\"");
  return std::make_unique<Metaspace>(utf8::encode({&replacement, 1}), scheme != "never");
}

Result<DecoderPtr> make_replace_decoder(const Section& section) {
  Fields fields(section);
  std::string content = fields.string("content");
  if (!fields.ok()) return fields.failure();
  const auto where = section.find("pattern");
  if (!where) return section.malformed("lacks \"pattern\"");
  auto pattern = Pattern::from_json(*where);
  if (!pattern) return std::unexpected(pattern.error());
  return std::make_unique<Replace>(std::move(*pattern), std::move(content));
}

Result<DecoderPtr> make_strip_decoder(const Section& section) {
  Fields fields(section);
  Strip::Options options;
  options.content = fields.character("content");
  options.start = static_cast<std::size_t>(fields.integer("start", 0, kIdLimit));
  options.stop = static_cast<std::size_t>(fields.integer("stop", 0, kIdLimit));
  if (!fields.ok()) return fields.failure();
  return std::make_unique<Strip>(options);
}

Result<DecoderPtr> make_fuse(const Section&) { return std::make_unique<Fuse>(); }

}  // namespace trilens::tokenize
