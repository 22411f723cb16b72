#include "base/utf8.hpp"

#include <cstdint>

namespace trilens::utf8 {
namespace {

struct Lead {
  int trailing;          // continuation bytes that follow
  unsigned char low;     // allowed range of the first continuation byte
  unsigned char high;
  std::uint32_t bits;    // payload of the lead byte
};

// Table 3-7 of the Unicode standard; trailing < 0 is not a lead byte.
Lead lead_of(unsigned char b) {
  if (b < 0x80) return {0, 0, 0, b};
  if (b >= 0xC2 && b <= 0xDF) return {1, 0x80, 0xBF, b & 0x1Fu};
  if (b == 0xE0) return {2, 0xA0, 0xBF, 0u};
  if (b == 0xED) return {2, 0x80, 0x9F, 0xDu};
  if (b >= 0xE1 && b <= 0xEF) return {2, 0x80, 0xBF, b & 0xFu};
  if (b == 0xF0) return {3, 0x90, 0xBF, 0u};
  if (b >= 0xF1 && b <= 0xF3) return {3, 0x80, 0xBF, b & 0x7u};
  if (b == 0xF4) return {3, 0x80, 0x8F, 4u};
  return {-1, 0, 0, 0};
}

}  // namespace

Codepoint Reader::next() {
  const std::size_t begin = at_;
  const Lead lead = lead_of(static_cast<unsigned char>(text_[at_++]));
  if (lead.trailing < 0) return {kReplacement, begin, at_, false};
  std::uint32_t value = lead.bits;
  for (int i = 0; i < lead.trailing; ++i) {
    const unsigned char low = i == 0 ? lead.low : 0x80;
    const unsigned char high = i == 0 ? lead.high : 0xBF;
    if (at_ >= text_.size()) return {kReplacement, begin, at_, false};
    const auto b = static_cast<unsigned char>(text_[at_]);
    if (b < low || b > high) return {kReplacement, begin, at_, false};
    value = (value << 6) | (b & 0x3Fu);
    ++at_;
  }
  return {static_cast<char32_t>(value), begin, at_, true};
}

void append(std::string& out, char32_t c) {
  if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) c = kReplacement;
  const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(static_cast<unsigned char>(byte))); };
  const auto v = static_cast<std::uint32_t>(c);
  if (v < 0x80) {
    put(v);
  } else if (v < 0x800) {
    put(0xC0 | (v >> 6));
    put(0x80 | (v & 0x3F));
  } else if (v < 0x10000) {
    put(0xE0 | (v >> 12));
    put(0x80 | ((v >> 6) & 0x3F));
    put(0x80 | (v & 0x3F));
  } else {
    put(0xF0 | (v >> 18));
    put(0x80 | ((v >> 12) & 0x3F));
    put(0x80 | ((v >> 6) & 0x3F));
    put(0x80 | (v & 0x3F));
  }
}

bool valid(std::string_view text) {
  for (Reader reader(text); !reader.done();) {
    if (!reader.next().valid) return false;
  }
  return true;
}

std::string repair(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (Reader reader(text); !reader.done();) append(out, reader.next().codepoint);
  return out;
}

std::u32string decode(std::string_view text) {
  std::u32string out;
  out.reserve(text.size());
  for (Reader reader(text); !reader.done();) out.push_back(reader.next().codepoint);
  return out;
}

std::string encode(std::u32string_view codepoints) {
  std::string out;
  out.reserve(codepoints.size());
  for (const char32_t c : codepoints) append(out, c);
  return out;
}

std::size_t length(std::string_view text) {
  std::size_t n = 0;
  for (Reader reader(text); !reader.done(); reader.next()) ++n;
  return n;
}

}  // namespace trilens::utf8
