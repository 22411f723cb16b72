// From the visitor's text to what a family is given: each family gets its own form of the blank, and every byte of the
// prompt can be traced back to the text.
//
//   encoder           The dog ___ loud.  ->  The dog [MASK] loud.
//   decoder           The dog ___ loud.  ->  The dog                       (it stops at the first blank and continues)
//   encoder-decoder   The dog ___ loud.  ->  The dog <extra_id_0> loud.    (without a blank: a task prefix before it)
//                     The dog ___ loud.  ->  The dog <mask> loud.          (BART, which has no sentinels)
//                     The dog ___ loud.                                    (Marian, which knows no blanks: the text as it is)
//
// A blank is three or more underscores, or the encoder's or encoder-decoder's own form of it. Not here: tokens.
// Pure functions; invalid UTF-8 becomes U+FFFD and is traced like anything else.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/family.hpp"

namespace trilens::lab {

struct ByteRange {
  std::size_t begin = 0;
  std::size_t end = 0;
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

// How a family writes a blank and what it puts before a text without one.
struct PromptForms {
  std::string mask = {};                   // encoder, BART: "[MASK]", "<mask>"; empty where there is none
  std::string sentinel_prefix = {};        // encoder-decoder: "<extra_id_"; the k-th blank is sentinel_prefix + k + ">"
  [[nodiscard]] bool has_blanks() const { return !mask.empty() || !sentinel_prefix.empty(); }
  std::vector<std::string> task_prefixes = {};  // encoder-decoder: "translate English to French: ", "summarize: "; the first is added
};

class Prompt {
 public:
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::size_t blanks() const { return blanks_; }
  // The range of the visitor's text that a range of the prompt came from. A blank maps to the whole of what stood for
  // it; an added prefix to an empty range.
  [[nodiscard]] ByteRange source_of(ByteRange in_prompt) const;

  void append(std::string_view piece, ByteRange source, bool verbatim);
  void count_blank() { ++blanks_; }

 private:
  struct Segment {
    ByteRange prompt;
    ByteRange source;
    bool verbatim = false;  // byte i of the one is byte i of the other
  };
  std::string text_;
  std::vector<Segment> segments_;
  std::size_t blanks_ = 0;
};

// Where the blanks of a text are.
[[nodiscard]] std::vector<ByteRange> find_blanks(std::string_view text, const PromptForms& forms);

// Only blanks are rewritten; for tasks that take the text as it is.
[[nodiscard]] Prompt with_blanks(Family family, std::string_view text, const PromptForms& forms);

// What `Read` gives the family: as above, and for a text without a blank the task prefix (encoder-decoder).
[[nodiscard]] Prompt reading_prompt(Family family, std::string_view text, const PromptForms& forms);

}  // namespace trilens::lab
