// The decoders that put bytes together again: ByteLevel (the 256 letters), ByteFallback (<0xE2>).
#include <charconv>
#include <optional>

#include "base/utf8.hpp"
#include "tokenize/byte_alphabet.hpp"
#include "tokenize/decode/decoder.hpp"

namespace trilens::tokenize {
namespace {

// A token with any character outside the alphabet (an added token) stands for itself.
std::string bytes_of(const std::string& token) {
  std::string out;
  for (utf8::Reader reader(token); !reader.done();) {
    const auto byte = byte_from_char(reader.next().codepoint);
    if (!byte) return token;
    out.push_back(static_cast<char>(*byte));
  }
  return out;
}

class ByteLevel final : public Decoder {
 public:
  void decode(std::vector<std::string>& tokens) const override {
    std::string bytes;
    for (const std::string& token : tokens) bytes += bytes_of(token);
    tokens = {utf8::repair(bytes)};
  }
};

class ByteFallback final : public Decoder {
 public:
  void decode(std::vector<std::string>& tokens) const override {
    std::vector<std::string> out;
    std::string bytes;
    const auto flush = [&] {
      if (utf8::valid(bytes)) {
        if (!bytes.empty()) out.push_back(bytes);
      } else {
        out.insert(out.end(), bytes.size(), "\uFFFD");  // as the reference: one for each byte
      }
      bytes.clear();
    };
    for (std::string& token : tokens) {
      if (const auto byte = fallback_byte(token)) {
        bytes.push_back(*byte);
      } else {
        flush();
        out.push_back(std::move(token));
      }
    }
    flush();
    tokens = std::move(out);
  }
};

}  // namespace

std::optional<char> fallback_byte(std::string_view token) {
  if (token.size() != 6 || !token.starts_with("<0x") || !token.ends_with(">")) return std::nullopt;
  unsigned char value = 0;
  const auto [end, error] = std::from_chars(token.data() + 3, token.data() + 5, value, 16);
  if (error != std::errc() || end != token.data() + 5) return std::nullopt;
  return static_cast<char>(value);
}

Result<DecoderPtr> make_byte_level_decoder(const Section&) { return std::make_unique<ByteLevel>(); }
Result<DecoderPtr> make_byte_fallback(const Section&) { return std::make_unique<ByteFallback>(); }

}  // namespace trilens::tokenize
