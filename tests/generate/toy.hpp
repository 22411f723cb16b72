// A language model that is a table (tests/oracles/toy_model.py), and a loop that feeds a search from it the way the
// engine does: it keeps a cache for each row, gathers it by `parents`, and knows nothing else of the search.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "generate/search.hpp"

namespace trilens::generate::test {

using Ids = std::vector<std::int32_t>;

inline nlohmann::json fixture(const std::string& name) {
  std::ifstream file(std::string(TRILENS_FIXTURES) + "/generate/" + name);
  REQUIRE(file.good());
  return nlohmann::json::parse(file);
}

struct ToyModel {
  std::vector<float> table;  // [before, last, next]
  std::size_t vocabulary = 0;
  std::int32_t pad = 0;
  std::size_t contexts = vocabulary;  // different values of `before`; fewer for a large vocabulary

  [[nodiscard]] std::span<const float> logits(const Ids& sequence) const {
    const auto last = static_cast<std::size_t>(sequence.back());
    const auto before = static_cast<std::size_t>(sequence.size() > 1 ? sequence[sequence.size() - 2] : pad);
    return std::span(table).subspan((before % contexts * vocabulary + last) * vocabulary, vocabulary);
  }
};

// The tables that search.json carries.
inline std::map<std::string, ToyModel> toy_models(const nlohmann::json& search_json) {
  std::map<std::string, ToyModel> out;
  for (const auto& [name, table] : search_json["tables"].items()) {
    out[name] = {.table = table, .vocabulary = search_json["vocabulary"], .pad = search_json["pad_token_id"]};
  }
  return out;
}

enum class Deliver : std::uint8_t {
  full,        // full rows always
  as_needed,   // what needs() says, and full rows after Fed::needs_full_rows
};

struct Driver {
  const ToyModel& model;
  Deliver deliver = Deliver::full;
  std::vector<Ids> cache;      // what each row of the batch has seen
  std::int64_t runs = 0;
  std::int64_t escalations = 0;

  // One turn; the search must not be done.
  void turn(Search& search) {
    const Batch& batch = search.wants();
    REQUIRE(batch.tokens.size() == batch.rows * batch.width);
    REQUIRE(batch.parents.size() == (cache.empty() ? 0 : batch.rows));
    std::vector<Ids> next;
    bool in_place = batch.rows == cache.size();
    for (std::size_t r = 0; r < batch.rows; ++r) {
      if (!cache.empty()) in_place = in_place && batch.parents[r] == static_cast<std::int32_t>(r);
      next.push_back(cache.empty() ? Ids{} : cache.at(static_cast<std::size_t>(batch.parents[r])));
      REQUIRE(static_cast<std::int64_t>(next.back().size()) == batch.past);
      const auto from = batch.tokens.begin() + static_cast<std::ptrdiff_t>(r * batch.width);
      next.back().insert(next.back().end(), from, from + static_cast<std::ptrdiff_t>(batch.width));
    }
    if (!cache.empty()) REQUIRE(batch.reorder == !in_place);
    cache = std::move(next);
    ++runs;
    const Needs needs = search.needs();
    const bool full = deliver == Deliver::full || needs.full_rows;
    auto fed = search.feed(answers(full, needs.top_k));
    REQUIRE(fed.has_value());
    if (*fed == Fed::needs_full_rows) {
      REQUIRE_FALSE(full);
      ++escalations;
      fed = search.feed(answers(true, 0));
      REQUIRE(fed.has_value());
    }
    REQUIRE(*fed == Fed::advanced);
  }

  void run(Search& search) {
    while (!search.done()) turn(search);
  }

  [[nodiscard]] std::vector<RowAnswer> answers(bool full, std::uint32_t top_k) const {
    std::vector<RowAnswer> out;
    for (const Ids& sequence : cache) {
      const std::span<const float> logits = model.logits(sequence);
      if (full) {
        out.emplace_back(logits);
      } else {
        out.emplace_back(row_statistics(logits, top_k));
      }
    }
    return out;
  }
};

}  // namespace trilens::generate::test
