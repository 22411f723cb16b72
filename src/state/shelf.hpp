// Models beyond those on screen, as values: what is kept, what is offered, and the one that is being had just now.
//
// Not here: how it changes (shelf.cpp), how it looks (view/shelf.hpp). One model is had at a time:
//   nothing → planning (lists alone are read) → asking ("Fetch 440 MB?") → fetching → it is loaded into its seat, and nothing again.
// Errors leave the stage before them, with the way on. Values; no threads.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/family.hpp"
#include "base/seat.hpp"
#include "protocol/results.hpp"

namespace trilens::state {

// One entry of assets/catalog.json.
struct CatalogModel {
  std::string id;                                // "Xenova/distilgpt2"
  std::string title;
  Family family = Family::encoder;
  std::vector<std::string> tasks;                // "fill_mask", "embed", …
  std::vector<std::string> languages;            // ISO 639-1, or "multilingual"
  std::string license;
  std::int64_t parameters = 0;
  std::map<std::string, std::int64_t> bytes;     // by variant; approximate
  std::string note;                              // one sentence
  bool checked = false;                          // whether size, licence and files were compared with the host

  [[nodiscard]] std::int64_t least_bytes() const;
  [[nodiscard]] std::int64_t most_bytes() const;
};

// {"models": [{"id", "title", "family", "tasks", "languages", "license", "parameters", "bytes", "note", "checked"}]}.
// Errors: invalid_argument, naming entry and field.
[[nodiscard]] Result<std::vector<CatalogModel>> parse_catalog(std::string_view json);

// What the catalog is narrowed to. Empty, absent, 0: not by this.
struct CatalogFilter {
  std::optional<Family> family = {};
  std::string task = {};
  std::string language = {};
  std::int64_t most_bytes = 0;                   // of the smallest variant
  friend bool operator==(const CatalogFilter&, const CatalogFilter&) = default;
};
[[nodiscard]] bool passes(const CatalogModel& model, const CatalogFilter& filter);

enum class Getting : std::uint8_t { nothing, planning, asking, fetching };

struct GettingState {
  Getting stage = Getting::nothing;
  std::optional<Seat> seat;                      // for which; absent: the home of its family
  std::string name;                              // what was chosen: "owner/name@revision", "disk:1"
  std::string title;                             // of what came from disk: its folder's name
  std::string variant;                           // wanted; empty: the best for this machine
  std::optional<protocol::ModelPlan> plan;
  std::optional<protocol::Progress> progress;    // the newest, also after a stop
  bool stopped = false;                          // asking: fetching began and was stopped
  bool fetch_failed = false;                     // `error` is the fetch's, not the plan's
  std::optional<Error> error;
};

struct ShelfState {
  std::optional<Seat> open;                      // whose shelf is laid out
  std::vector<CatalogModel> catalog;
  CatalogFilter filter;
  std::string typed;                             // in the field for a name
  std::string server;                            // "https://models.school.example"; empty: the public hub; remembered
  std::optional<protocol::Shelf> kept;           // absent: not heard yet
  std::optional<Error> kept_error;
  std::string removing;                          // key of the one that is asked about; empty: none
  GettingState getting;
};

// The bundled model whose home a family's seat is.
[[nodiscard]] constexpr std::string_view bundled_model(Family family) {
  constexpr std::array<std::string_view, 3> kNames{"trilens-bert", "trilens-gpt2", "trilens-t5"};
  return kNames[family_index(family)];
}
[[nodiscard]] constexpr bool is_bundled(std::string_view model) { return model.starts_with("trilens-"); }

// A kept one that can be loaded by this name: exactly, or with the revision left out where that is "main". nullptr: none.
[[nodiscard]] const protocol::StoredModel* kept_model(const ShelfState& shelf, std::string_view name);

}  // namespace trilens::state
