// The test strings of the tokenizer families, composed exactly as tests/oracles/tokenizer_stream.py composes them: the same
// draws, in the same order, from the same lists. Change both or neither.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "base/utf8.hpp"
#include "tokenize/support.hpp"

namespace trilens::tokenize {

class Stream {
 public:
  explicit Stream(std::uint64_t seed) : random_(seed), materials_(read_fixture("materials.json")) {}

  std::string next() {
    const std::size_t kind = below(18);
    return kind < 16 ? one(kind) : joined(2 + below(3));
  }

 private:
  using Strings = nlohmann::json;
  static constexpr std::array<std::string_view, 8> kJoiners{"", " ", "\n", "  ", "\u200d", ",", "-", "\u0301"};
  static constexpr std::array<std::string_view, 8> kEnds{"", ".", "!", "?", " ", "\n", "...", ","};
  static constexpr std::array<std::string_view, 6> kBetweenEmoji{"", "", " ", "\u200d", "\ufe0f", "a"};
  static constexpr std::array<std::string_view, 4> kBetweenWords{" ", "-", ", ", ""};

  std::size_t below(std::size_t n) { return static_cast<std::size_t>(random_.next() % n); }
  std::string pick(const Strings& list) { return list[below(list.size())].get<std::string>(); }
  template <std::size_t N>
  std::string pick(const std::array<std::string_view, N>& list) {
    return std::string(list[below(N)]);
  }
  std::string from(const char* name) { return pick(materials_[name]); }

  std::string joined(std::size_t count) {
    std::string out = one(below(16));
    while (--count > 0) {
      out += pick(kJoiners);
      out += one(below(16));
    }
    return out;
  }

  std::string one(std::size_t kind) {
    switch (kind) {
      case 5: return from("code");
      case 6: return emoji();
      case 7: return marks();
      case 8: return right_to_left();
      case 9: return controls();
      case 10: return from("naughty");
      case 11: return unicode();
      case 12: return ascii();
      case 13: return repeated();
      case 14: return special();
      case 15: return slice();
      default: return sentence();
    }
  }

  std::string sentence() {
    const Strings& scripts = materials_["scripts"];
    const Strings& words = scripts[below(scripts.size())];
    std::size_t count = 1 + below(9);
    std::string out = pick(words);
    while (--count > 0) {
      out += below(8) != 0 ? " " : from("spaces");
      out += pick(words);
    }
    return out + pick(kEnds);
  }

  std::string emoji() {
    std::string out;
    for (std::size_t n = 1 + below(6); n > 0; --n) {
      out += from("emoji");
      out += pick(kBetweenEmoji);
    }
    return out;
  }

  std::string marks() {
    std::string out;
    for (std::size_t n = 1 + below(5); n > 0; --n) {
      out += from("bases");
      for (std::size_t m = below(6); m > 0; --m) out += from("marks");
    }
    return out;
  }

  std::string right_to_left() {
    static constexpr std::array<std::size_t, 5> kScripts{0, 9, 10, 11, 12};
    std::string out;
    for (std::size_t n = 1 + below(5); n > 0; --n) {
      const Strings& words = materials_["scripts"][kScripts[below(5)]];
      if (below(3) == 0) out += from("bidi");
      out += pick(words);
      out += pick(kBetweenWords);
    }
    return out;
  }

  std::string controls() {
    std::string out;
    for (std::size_t n = 1 + below(6); n > 0; --n) out += below(2) != 0 ? from("controls") : pick(materials_["scripts"][0]);
    return out;
  }

  std::string unicode() {
    const Strings& ranges = materials_["ranges"];
    std::size_t range = below(ranges.size());
    std::string out;
    for (std::size_t n = 1 + below(20); n > 0; --n) {
      if (below(6) == 0) range = below(ranges.size());
      const auto first = ranges[range][0].get<std::size_t>();
      const auto last = ranges[range][1].get<std::size_t>();
      utf8::append(out, static_cast<char32_t>(first + below(last - first + 1)));
    }
    return out;
  }

  std::string ascii() {
    std::string out;
    for (std::size_t n = 1 + below(40); n > 0; --n) out.push_back(static_cast<char>(0x20 + below(0x5F)));
    return out;
  }

  std::string repeated() {
    static constexpr std::array<const char*, 7> kNames{"bases", "marks", "controls", "spaces", "emoji", "specials", "naughty"};
    const std::size_t name = below(7);
    const std::string text = from(kNames[name]);
    std::string out;
    for (std::size_t n = 1 + below(name == 6 ? 3 : 60); n > 0; --n) out += text;
    return out;
  }

  std::string special() {
    std::string out;
    for (std::size_t n = 1 + below(4); n > 0; --n) {
      out += from("specials");
      const std::string word = pick(materials_["scripts"][0]);
      const std::array<std::string_view, 4> ends{"", " ", "a", word};
      out += ends[below(4)];
    }
    return out;
  }

  std::string slice() {
    const std::u32string text = utf8::decode(sentence());
    const std::size_t begin = below(text.size());
    return utf8::encode(std::u32string_view(text).substr(begin, 1 + below(text.size() - begin)));
  }

  Random random_;
  nlohmann::json materials_;
};

}  // namespace trilens::tokenize
