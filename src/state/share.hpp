// What is on screen, to take elsewhere: as a link (in the part of the address that is never sent) or as a file.
//
// In it: text, forced prefixes, options, the list of Space, tab, language, the clock's step, which map of each kind, what each experiment was told (the word of
// the leak test, order of heads, questions, …), which model sits where, on what it runs and how its attention is switched. Not in it: numbers (they are computed again), what is kept in the browser, addresses. A shared state comes from anywhere:
// whatever does not fit is refused by name, nothing of it is fetched from a host, and unknown fields are an error, so that a newer page's
// file is not half understood.
// Errors of parse_shared(): invalid_argument (names the field).
//
//   std::string json = shared_json(store.state());
//   if (auto shared = parse_shared(json)) store.apply(OpenShared{json}, now);
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "state/state.hpp"

namespace trilens::state {

inline constexpr std::size_t kMaxSharedBytes = 400'000;
inline constexpr std::int64_t kSharedVersion = 1;

struct SharedMap {
  AttentionKind kind = AttentionKind::self;
  MapChoice choice;
};

struct SharedSeat {
  std::string model;                       // empty: the bundled one of the seat's home
  ProviderChoice provider = ProviderChoice::automatic;
  std::vector<SharedMap> maps;             // those that are not the mean
  protocol::Switches switches;
  std::optional<std::int64_t> guess;       // encoder without a blank: the piece that is hidden
  std::optional<NumbersChoice> numbers;
  std::optional<std::int64_t> lens_first;  // the position that stands leftmost in the lens
};

struct Shared {
  Document document;
  Tab tab = Tab::overview;
  std::string language;                    // empty: the visitor's own
  std::int64_t cursor = 0;
  LeakChoice leak;
  HeadsChoice heads;
  SpaceChoice space;
  std::optional<std::vector<std::string>> items;  // of Space; none: the list that a page begins with
  AnswerNeeds answer;
  TokensChoice tokens;
  CostChoice cost;                         // what is drawn; nothing is measured by a link
  MachineShade shade = MachineShade::none;
  std::array<SharedSeat, 3> seats;         // by Seat
};

[[nodiscard]] std::string shared_json(const State& state);
[[nodiscard]] Result<Shared> parse_shared(std::string_view json);

}  // namespace trilens::state
