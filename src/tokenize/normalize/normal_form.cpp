// The Unicode normalization forms (UAX #15), with the reference's bookkeeping of what replaces what
// (crate unicode-normalization-alignments: decompose.rs, recompose.rs), because offsets depend on it.
#include <algorithm>
#include <optional>
#include <vector>

#include "tokenize/normalize/normalizer.hpp"
#include "tokenize/unicode.hpp"
#include "tokenize/work.hpp"

namespace trilens::tokenize {
namespace {

struct Decomposed {
  Change change;
  int combining_class = 0;
};

// Decomposed, and marks in canonical order.
std::vector<Decomposed> decomposed(std::u32string_view text, bool compatible) {
  std::vector<Decomposed> out;
  out.reserve(text.size());
  std::size_t marks = 0;  // where the marks after the last starter begin
  const auto sort_marks = [&] {
    std::stable_sort(out.begin() + static_cast<std::ptrdiff_t>(marks), out.end(),
                     [](const Decomposed& a, const Decomposed& b) {
                       work::step();
                       return a.combining_class < b.combining_class;
                     });
  };
  for (const char32_t whole : text) {
    const unicode::Expansion parts = compatible ? unicode::decompose_compatible(whole) : unicode::decompose(whole);
    for (std::size_t i = 0; i < parts.size; ++i) {
      work::step();
      const int combining_class = unicode::combining_class(parts.chars[i]);
      if (combining_class == 0 && marks < out.size()) sort_marks();
      out.push_back({{parts.chars[i], i == 0 ? 0 : 1}, combining_class});
      if (combining_class == 0) marks = out.size();
    }
  }
  sort_marks();
  return out;
}

// Composes starters with the marks that follow and are not blocked.
class Composer {
 public:
  std::vector<Change> compose(const std::vector<Decomposed>& text) {
    out_.reserve(text.size());
    for (const Decomposed& next : text) take(next);
    flush();
    return std::move(out_);
  }

 private:
  void take(const Decomposed& next) {
    work::step();
    if (!starter_) {
      if (next.combining_class == 0) {
        starter_ = next.change;
      } else {
        out_.push_back(next.change);
      }
      return;
    }
    const bool blocked = last_class_ && *last_class_ >= next.combining_class;
    if (!blocked) {
      if (const char32_t whole = unicode::compose(starter_->character, next.change.character)) {
        starter_ = Change{whole, starter_->change + next.change.change - 1};
        return;
      }
    }
    if (next.combining_class == 0) {
      flush();
      starter_ = next.change;
      return;
    }
    marks_.push_back(next.change);
    last_class_ = next.combining_class;
  }

  void flush() {
    work::step(marks_.size());
    if (starter_) out_.push_back(*starter_);
    out_.insert(out_.end(), marks_.begin(), marks_.end());
    starter_.reset();
    marks_.clear();
    last_class_.reset();
  }

  std::vector<Change> out_;
  std::optional<Change> starter_;
  std::vector<Change> marks_;      // after the starter, not composed with it
  std::optional<int> last_class_;  // of the last of them
};

bool is_ascii(std::u32string_view text) {
  return std::ranges::all_of(text, [](char32_t c) { return c < 0x80; });
}

class NormalForm final : public Normalizer {
 public:
  NormalForm(bool composed, bool compatible) : composed_(composed), compatible_(compatible) {}
  void normalize(AlignedText& text) const override {
    if (composed_) {
      compose(text, compatible_);
    } else {
      decompose(text, compatible_);
    }
  }

 private:
  bool composed_;
  bool compatible_;
};

}  // namespace

void decompose(AlignedText& text, bool compatible) {
  if (is_ascii(text.chars)) return;
  std::vector<Change> changes;
  for (const Decomposed& d : decomposed(text.chars, compatible)) changes.push_back(d.change);
  text.rewrite(changes);
}

void compose(AlignedText& text, bool compatible) {
  if (is_ascii(text.chars)) return;
  text.rewrite(Composer().compose(decomposed(text.chars, compatible)));
}

Result<NormalizerPtr> make_normal_form(const Section& section) {
  const std::string type = section.type();
  return std::make_unique<NormalForm>(type == "NFC" || type == "NFKC", type == "NFKC" || type == "NFKD");
}

}  // namespace trilens::tokenize
