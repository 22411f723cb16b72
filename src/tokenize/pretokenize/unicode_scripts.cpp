// UnicodeScripts: the text is cut where the script changes (Latin, Cyrillic, …; Han and kana are one).
//
// The table is the reference's own answers (tests/oracles/tokenizer_scripts.py). A character without a script, the space among them, goes
// with what is before it; as in the reference, those before the first character with a script are lost.
#include <algorithm>
#include <cstdint>
#include <iterator>

#include "tokenize/pretokenize/pretokenizer.hpp"

namespace trilens::tokenize {
namespace {

struct ScriptRange {
  char32_t first;
  char32_t last;
  std::uint8_t script;
};
constexpr ScriptRange kScripts[] = {
#include "tokenize/unicode_scripts.inc"
};
constexpr int kAny = -1;

int script_of(char32_t c) {
  const auto* after = std::ranges::upper_bound(kScripts, c, {}, &ScriptRange::first);
  if (after == std::begin(kScripts)) return kAny;
  const ScriptRange& range = *std::prev(after);
  return c <= range.last ? range.script : kAny;
}

class UnicodeScripts final : public PreTokenizer {
 public:
  void pre_tokenize(Pieces& pieces) const override {
    pieces.split(SplitBehavior::removed, [](std::u32string_view text) {
      std::vector<Match> runs;
      int last = kAny;
      std::size_t begin = 0;
      for (std::size_t i = 0; i < text.size(); ++i) {
        const int script = script_of(text[i]);
        if (script == kAny || script == last) continue;
        if (begin < i) runs.push_back({begin, i, last == kAny});
        begin = i;
        last = script;
      }
      runs.push_back({begin, text.size(), last == kAny});
      work::step(text.size());
      return runs;
    });
  }
};

}  // namespace

Result<PreTokenizerPtr> make_unicode_scripts(const Section&) { return std::make_unique<UnicodeScripts>(); }

}  // namespace trilens::tokenize
