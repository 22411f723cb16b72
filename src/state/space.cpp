// The list that Space places: adding, removing, its lists, and who answers a question from it.
#include "state/space.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/utf8.hpp"
#include "state/script.hpp"
#include "state/store_impl.hpp"

namespace trilens::state {
namespace {

using Json = nlohmann::json;

constexpr auto kMost = static_cast<std::size_t>(protocol::kMaxSpaceItems);

std::optional<Seat> first_with(const State& state, Family family) {
  for (const Seat seat : kSeats) {
    if (state.column(seat).loaded && state.column(seat).family == family) return seat;
  }
  return std::nullopt;
}

// Parts of a text between the given marks, without the white space around them.
std::vector<std::string> parts_of(std::string_view text, std::string_view marks) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find_first_of(marks, at), text.size());
    std::string_view part = text.substr(at, end - at);
    const std::size_t from = part.find_first_not_of(" \t\r");
    if (from != std::string_view::npos) {
      part = part.substr(from, part.find_last_not_of(" \t\r") - from + 1);
      out.emplace_back(part);
    }
    at = end + 1;
  }
  return out;
}

// A word without the marks around it.
std::string bare(std::string_view word) {
  static constexpr std::string_view kMarks = ".,;:!?()[]\"'";
  const std::size_t from = word.find_first_not_of(kMarks);
  if (from == std::string_view::npos) return {};
  return std::string(word.substr(from, word.find_last_not_of(kMarks) - from + 1));
}

// What is there already is not added again. False: the list is full.
bool append(std::vector<std::string>& items, std::string text) {
  if (blank_text(text) || std::ranges::find(items, text) != items.end()) return true;
  if (items.size() >= kMost) return false;
  items.push_back(std::move(text));
  return true;
}

bool texts(const Json& json, std::vector<std::string>& out) {
  if (!json.is_array()) return false;
  for (const Json& item : json) {
    if (!item.is_string()) return false;
    out.push_back(item.get<std::string>());
  }
  return true;
}

}  // namespace

std::optional<Seat> seat_that_retrieves(const State& state) { return first_with(state, Family::encoder); }
std::optional<Seat> seat_that_answers(const State& state) { return first_with(state, Family::encoder_decoder); }

std::optional<Retrieved> retrieved(const State& state) {
  const auto seat = seat_that_retrieves(state);
  if (!seat || state.space.question.empty()) return std::nullopt;
  const ExperimentState& e = state.column(*seat).experiment(Experiment::space);
  const auto* map = e.as<protocol::SpaceMap>();
  if (map == nullptr || e.stale || e.waiting || map->scores.empty() || map->items != state.document.items) return std::nullopt;
  const auto best = std::ranges::max_element(map->scores);
  return Retrieved{*seat, static_cast<std::size_t>(best - map->scores.begin()), *best};
}

std::string answer_prompt(std::string_view question, std::string_view passage) {
  return "question: " + std::string(question) + " context: " + std::string(passage);
}

bool Store::Impl::editing_items(const Command& command, double now) {
  Document next = state.document;
  bool full = false;
  if (const auto* add = std::get_if<AddItems>(&command)) {
    for (std::string& part : parts_of(utf8::repair(add->text), add->by_word ? " \n\t\r" : "\n")) {
      full |= !append(next.items, add->by_word ? bare(part) : std::move(part));
    }
  } else if (const auto* remove = std::get_if<RemoveItem>(&command)) {
    if (remove->index < next.items.size()) next.items.erase(next.items.begin() + static_cast<std::ptrdiff_t>(remove->index));
  } else if (const auto* set = std::get_if<SetItems>(&command)) {
    next.items.clear();
    for (const std::string& item : set->items) full |= !append(next.items, utf8::repair(item));
  } else {
    return false;
  }
  state.space.hover.reset();
  state.space.pin.reset();
  edit(std::move(next), "", true, now);
  if (!full) return true;
  state.notice = Notice{"notice.list_full", {{"most", std::to_string(kMost)}}};
  touch();
  return true;
}

std::vector<std::string> items_from(protocol::Fields& in) {
  std::vector<std::string> out;
  if (!texts(in.array("items"), out)) in.refuse("`items` must be a list of texts.");
  if (out.size() > kMost) in.refuse("`items` has " + std::to_string(out.size()) + " texts; there may be at most " + std::to_string(kMost) + ".");
  return out;
}

SpaceChoice space_choice_from(protocol::Fields& in, const protocol::Json& object, SpaceChoice now) {
  if (in.has("pooling")) now.pooling = in.name("pooling", protocol::pooling_from_name, "usual, words, mean, first or last");
  if (in.has("layer") && object.at("layer") == "last") now.layer.reset();
  else if (in.has("layer")) now.layer = in.integer("layer", 0, 1000);
  if (in.has("projection")) now.projection = in.name("projection", protocol::projection_from_name, "pca or tsne");
  now.perplexity = in.number_or("perplexity", now.perplexity);
  if (!(now.perplexity >= 1 && now.perplexity <= 100)) in.refuse("`perplexity` must be from 1 to 100.");
  now.seed = static_cast<std::uint64_t>(in.integer_or("seed", 0, std::int64_t{1} << 32, static_cast<std::int64_t>(now.seed)));
  now.question = in.text_or("question", now.question);
  return now;
}

Result<std::vector<SpaceList>> parse_lists(std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  std::vector<SpaceList> out;
  if (!json.is_object() || !json.contains("lists")) return out;
  const auto refuse = [&] { return fail(ErrorCode::invalid_argument, "examples.json cannot be read: list " + std::to_string(out.size() + 1) + " lacks an id, a title or items."); };
  if (!json["lists"].is_array()) return refuse();
  for (const Json& item : json["lists"]) {
    SpaceList list;
    if (!item.is_object() || !item.contains("id") || !item["id"].is_string() || !item.contains("title") || !item["title"].is_string()) return refuse();
    list.id = item["id"].get<std::string>();
    list.title_key = item["title"].get<std::string>();
    if (!item.contains("items") || !texts(item["items"], list.items)) return refuse();
    if (item.contains("questions") && !texts(item["questions"], list.questions)) return refuse();
    out.push_back(std::move(list));
  }
  return out;
}

}  // namespace trilens::state
