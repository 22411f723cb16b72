#include "lab/prompt.hpp"

#include <algorithm>
#include <optional>

namespace trilens::lab {
namespace {

constexpr std::size_t kMinUnderscores = 3;

// Length of the blank that begins at the front of `rest`, if one does.
std::optional<std::size_t> blank_at(std::string_view rest, const PromptForms& forms) {
  std::size_t n = 0;
  while (n < rest.size() && rest[n] == '_') ++n;
  if (n >= kMinUnderscores) return n;
  if (!forms.mask.empty() && rest.starts_with(forms.mask)) return forms.mask.size();
  if (!forms.sentinel_prefix.empty() && rest.starts_with(forms.sentinel_prefix)) {
    std::size_t at = forms.sentinel_prefix.size();
    while (at < rest.size() && rest[at] >= '0' && rest[at] <= '9') ++at;
    if (at > forms.sentinel_prefix.size() && at < rest.size() && rest[at] == '>') return at + 1;
  }
  return std::nullopt;
}

// A sentinel that stands in the text keeps its number.
std::string blank_form(Family family, std::string_view written, std::size_t number, const PromptForms& forms) {
  if (family != Family::encoder_decoder || forms.sentinel_prefix.empty()) return forms.mask;
  if (written.starts_with(forms.sentinel_prefix)) return std::string(written);
  return forms.sentinel_prefix + std::to_string(number) + ">";
}

// The decoder's part: up to the first blank, without the space before it (the next word brings its own).
Prompt up_to_blank(std::string_view text, ByteRange blank) {
  std::size_t end = blank.begin;
  while (end > 0 && (text[end - 1] == ' ' || text[end - 1] == '\t' || text[end - 1] == '\n')) --end;
  Prompt prompt;
  prompt.append(text.substr(0, end), {0, end}, true);
  prompt.count_blank();
  return prompt;
}

}  // namespace

void Prompt::append(std::string_view piece, ByteRange source, bool verbatim) {
  if (piece.empty()) return;
  segments_.push_back({{text_.size(), text_.size() + piece.size()}, source, verbatim});
  text_ += piece;
}

ByteRange Prompt::source_of(ByteRange r) const {
  std::optional<ByteRange> out;
  for (const Segment& s : segments_) {
    const bool touches = r.begin == r.end ? (r.begin >= s.prompt.begin && r.begin < s.prompt.end)
                                          : (r.begin < s.prompt.end && r.end > s.prompt.begin);
    if (!touches) continue;
    ByteRange source = s.source;
    if (s.verbatim) {
      source.begin = s.source.begin + (std::max(r.begin, s.prompt.begin) - s.prompt.begin);
      source.end = s.source.begin + (std::min(r.end, s.prompt.end) - s.prompt.begin);
    }
    // An added prefix must not draw a range to the front of the text.
    if (!out || out->begin == out->end) {
      out = source;
    } else if (source.begin != source.end) {
      out->begin = std::min(out->begin, source.begin);
      out->end = std::max(out->end, source.end);
    }
  }
  if (out) return *out;
  const std::size_t end = segments_.empty() ? 0 : segments_.back().source.end;
  return {end, end};
}

std::vector<ByteRange> find_blanks(std::string_view text, const PromptForms& forms) {
  std::vector<ByteRange> blanks;
  for (std::size_t at = 0; at < text.size();) {
    if (const auto size = blank_at(text.substr(at), forms)) {
      blanks.push_back({at, at + *size});
      at += *size;
    } else {
      ++at;
    }
  }
  return blanks;
}

Prompt with_blanks(Family family, std::string_view text, const PromptForms& forms) {
  const bool keeps_none = family != Family::decoder && !forms.has_blanks();
  const std::vector<ByteRange> blanks = keeps_none ? std::vector<ByteRange>{} : find_blanks(text, forms);
  if (family == Family::decoder && !blanks.empty()) return up_to_blank(text, blanks.front());
  Prompt prompt;
  std::size_t at = 0;
  for (std::size_t i = 0; i < blanks.size(); ++i) {
    prompt.append(text.substr(at, blanks[i].begin - at), {at, blanks[i].begin}, true);
    const std::string_view written = text.substr(blanks[i].begin, blanks[i].end - blanks[i].begin);
    prompt.append(blank_form(family, written, i, forms), blanks[i], false);
    prompt.count_blank();
    at = blanks[i].end;
  }
  prompt.append(text.substr(at), {at, text.size()}, true);
  return prompt;
}

Prompt reading_prompt(Family family, std::string_view text, const PromptForms& forms) {
  const bool blank = forms.has_blanks() && !find_blanks(text, forms).empty();
  if (family != Family::encoder_decoder || blank) return with_blanks(family, text, forms);
  Prompt prompt;
  // A visitor who writes a task of their own ("summarize: ...") is taken at their word.
  const auto stands_first = [&](const std::string& prefix) { return text.starts_with(prefix); };
  if (!forms.task_prefixes.empty() && std::ranges::none_of(forms.task_prefixes, stands_first)) {
    prompt.append(forms.task_prefixes.front(), {0, 0}, false);
  }
  prompt.append(text, {0, text.size()}, true);
  return prompt;
}

}  // namespace trilens::lab
