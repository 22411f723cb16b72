// What the user writes and may undo: the text and the options of generation.
#include <algorithm>
#include <utility>

#include "base/utf8.hpp"
#include "state/options.hpp"
#include "state/store_impl.hpp"

namespace trilens::state {
namespace {

template <class... Ts>
struct Match : Ts... {
  using Ts::operator()...;
};

std::string with_blank(const std::string& text, std::size_t begin, std::size_t end) {
  begin = std::min(begin, text.size());
  end = std::clamp(end, begin, text.size());
  const auto word = [&](std::size_t i) { return i < text.size() && text[i] != ' ' && text[i] != '\n' && text[i] != '\t'; };
  std::string middle = "___";
  if (begin > 0 && word(begin - 1)) middle = " " + middle;
  static constexpr std::string_view kClosing = ".,;:!?)";
  if (word(end) && kClosing.find(text[end]) == std::string_view::npos) middle += " ";
  return text.substr(0, begin) + middle + text.substr(end);
}

}  // namespace

std::string within_limit(std::string text) {
  if (text.size() <= kMaxTextBytes) return text;
  std::size_t end = kMaxTextBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text;
}

bool same_document(const Document& a, const Document& b) {
  return a.text == b.text && a.items == b.items && same_options(a.options, b.options) && a.switches == b.switches && a.one_by_one == b.one_by_one;
}

bool Store::Impl::editing(const Command& command, double now) {
  if (editing_items(command, now)) return true;
  State& s = state;
  Document next = s.document;
  return std::visit(
      Match{
          [&](const SetText& c) {
            std::string text = utf8::repair(c.text);
            const bool too_long = text.size() > kMaxTextBytes;
            next.text = within_limit(std::move(text));
            edit(std::move(next), "text", false, now);
            if (too_long) s.notice = Notice{"notice.text_cut", {{"bytes", std::to_string(kMaxTextBytes)}}};
            return true;
          },
          [&](const InsertBlank& c) {
            next.text = within_limit(with_blank(s.document.text, c.begin, c.end));
            edit(std::move(next), "", true, now);
            return true;
          },
          [&](const UseExample& c) {
            const auto it = std::ranges::find(s.examples, c.id, &Example::id);
            if (it != s.examples.end()) next.text = it->text;
            edit(std::move(next), "", true, now);
            return true;
          },
          [&](const SetOption& c) {
            // Controls offer nothing that is refused; scripts have been told (automation.cpp).
            if (set_option(next.options, c.name, c.value)) edit(std::move(next), c.name, true, now);
            return true;
          },
          [&](const FillOneByOne& c) {
            next.one_by_one = c.on;
            edit(std::move(next), "", true, now);
            return true;
          },
          [&](const ResetOptions&) {
            next.options = {};
            edit(std::move(next), "", true, now);
            return true;
          },
          [&](const Undo&) {
            if (auto before = history.undo(s.document)) change_document(std::move(*before), true, now);
            return true;
          },
          [&](const Redo&) {
            if (auto after = history.redo(s.document)) change_document(std::move(*after), true, now);
            return true;
          },
          [](const auto&) { return false; },
      },
      command);
}

// A change that can be undone; none at all when nothing differs.
void Store::Impl::edit(Document next, std::string_view kind, bool at_once, double now) {
  if (same_document(next, state.document)) return;
  history.record(state.document, kind, now);
  change_document(std::move(next), at_once, now);
}

void Store::Impl::change_document(Document next, bool at_once, double now) {
  const Document& before = state.document;
  const bool text = next.text != before.text, one_by_one = next.one_by_one != before.one_by_one;
  const bool generation = !same_options(next.options, before.options) || next.switches != before.switches;
  state.document = std::move(next);
  state.notice.reset();
  if (text) text_changed(at_once, now);
  else if (generation) stale_generation();
  else if (one_by_one) fill_otherwise();
  state.can_undo = history.can_undo();
  state.can_redo = history.can_redo();
  touch();
}

}  // namespace trilens::state
