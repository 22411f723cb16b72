// Precompiled: SentencePiece's own normalization rules, a double-array trie and the texts that it points to.
//
// Format: google/sentencepiece src/normalizer.cc and darts-clone; base64 of [u32 trie bytes][u32 units …][texts, zero ended].
// Applied as the reference applies it (crate spm_precompiled and normalizers/precompiled.rs): to short grapheme clusters
// whole, by the shortest rule that starts them, else character by character. Its offsets too are the reference's.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/utf8.hpp"
#include "tokenize/normalize/normalizer.hpp"
#include "tokenize/unicode.hpp"
#include "tokenize/work.hpp"

namespace trilens::tokenize {
namespace {

std::optional<std::string> decode_base64(std::string_view text) {
  std::string out;
  out.reserve(text.size() / 4 * 3);
  if (text.size() % 4 != 0) return std::nullopt;
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    std::uint32_t value = 0;
    if (c >= 'A' && c <= 'Z')
      value = static_cast<std::uint32_t>(c - 'A');
    else if (c >= 'a' && c <= 'z')
      value = static_cast<std::uint32_t>(c - 'a') + 26;
    else if (c >= '0' && c <= '9')
      value = static_cast<std::uint32_t>(c - '0') + 52;
    else if (c == '+')
      value = 62;
    else if (c == '/')
      value = 63;
    else
      return std::nullopt;
    bits = (bits << 6) | value;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out.push_back(static_cast<char>((bits >> count) & 0xFF));
    }
  }
  return out;
}

std::uint32_t read_u32(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = (value << 8) | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
  return value;
}

// darts-clone's units; every index is checked, so damaged tries only fail to match.
class CharacterMap {
 public:
  static std::optional<CharacterMap> parse(std::string_view blob) {
    if (blob.size() < 4) return std::nullopt;
    const std::size_t trie_bytes = read_u32(blob, 0);
    if (trie_bytes < 4 || trie_bytes > blob.size() - 4) return std::nullopt;
    CharacterMap out;
    for (std::size_t at = 4; at + 4 <= 4 + trie_bytes; at += 4) out.units_.push_back(read_u32(blob, at));
    out.texts_ = blob.substr(4 + out.units_.size() * 4);
    if (!utf8::valid(out.texts_)) return std::nullopt;
    return out;
  }

  // What the shortest rule that `key` starts with writes; nullopt: there is none.
  [[nodiscard]] std::optional<std::u32string> find(std::string_view key) const {
    std::size_t node = offset(units_[0]);
    for (const char c : key) {
      work::step();
      const auto byte = static_cast<unsigned char>(c);
      if (byte == 0) break;
      node ^= byte;
      if (node >= units_.size() || label(units_[node]) != byte) return std::nullopt;
      const std::uint32_t unit = units_[node];
      node ^= offset(unit);
      if (node >= units_.size()) return std::nullopt;
      if (has_leaf(unit)) return text_at(units_[node] & 0x7FFFFFFFu);
    }
    return std::nullopt;
  }

 private:
  static bool has_leaf(std::uint32_t unit) { return ((unit >> 8) & 1) != 0; }
  static std::uint32_t label(std::uint32_t unit) { return unit & 0x800000FFu; }
  static std::size_t offset(std::uint32_t unit) { return static_cast<std::size_t>(unit >> 10) << ((unit & (1u << 9)) >> 6); }

  [[nodiscard]] std::optional<std::u32string> text_at(std::size_t at) const {
    if (at > texts_.size()) return std::nullopt;
    const std::size_t end = std::min(texts_.find('\0', at), texts_.size());
    return utf8::decode(std::string_view(texts_).substr(at, end - at));
  }

  std::vector<std::uint32_t> units_;  // at least one
  std::string texts_;
};

// `old_count` characters become `text`; the bookkeeping is the reference's, quirks and all (what is removed counts on the
// character written before it).
void replace(std::vector<Change>& changes, std::size_t old_count, std::u32string_view text) {
  for (const char32_t c : text) changes.push_back({c, 0});
  const auto difference = static_cast<std::ptrdiff_t>(text.size()) - static_cast<std::ptrdiff_t>(old_count);
  if (difference > 0) {
    for (auto i = changes.end() - difference; i != changes.end(); ++i) i->change = 1;
  } else if (difference < 0 && !changes.empty()) {
    changes.back().change += difference;
  }
}

class Precompiled final : public Normalizer {
 public:
  explicit Precompiled(CharacterMap map) : map_(std::move(map)) {}

  void normalize(AlignedText& text) const override {
    std::vector<Change> changes;
    changes.reserve(text.size());
    bool modified = false;
    unicode::GraphemeBreaker breaker;
    for (std::size_t begin = 0; begin < text.size();) {
      std::size_t end = begin + 1;
      while (end < text.size() && !breaker.between(text.chars[end - 1], text.chars[end])) ++end;
      modified = rewrite_cluster(text.view(begin, end), changes) || modified;
      work::step(end - begin);
      begin = end;
    }
    if (modified) text.rewrite(changes);
  }

 private:
  static constexpr std::size_t kWholeClusterBytes = 6;  // shorter clusters are looked up whole

  bool rewrite_cluster(std::u32string_view cluster, std::vector<Change>& changes) const {
    if (cluster.size() < kWholeClusterBytes) {
      const std::string bytes = utf8::encode(cluster);
      if (bytes.size() < kWholeClusterBytes) {
        if (const auto text = map_.find(bytes)) {
          replace(changes, cluster.size(), *text);
          return true;
        }
      }
    }
    bool modified = false;
    for (const char32_t c : cluster) {
      if (const auto text = map_.find(utf8::encode({&c, 1}))) {
        replace(changes, 1, *text);
        modified = true;
      } else {
        changes.push_back({c, 0});
      }
    }
    return modified;
  }

  CharacterMap map_;
};

}  // namespace

Result<NormalizerPtr> make_precompiled(const Section& section) {
  Fields fields(section);
  const std::string base64 = fields.string("precompiled_charsmap");
  if (!fields.ok()) return fields.failure();
  const auto blob = decode_base64(base64);
  auto map = blob ? CharacterMap::parse(*blob) : std::nullopt;
  if (!map) return section.malformed("has a precompiled_charsmap that is not one of SentencePiece's");
  return std::make_unique<Precompiled>(std::move(*map));
}

}  // namespace trilens::tokenize
