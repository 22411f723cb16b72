// The words of one language, by key, with {placeholders}: assets/i18n/<language>.json.
//
// Not here: numbers (format.hpp), which language (state). Values; immutable after parsing.
// The file is one flat object of strings; "_name" is the language's own name. A missing key gives the key itself, so that
// a hole is seen; tests/view checks that there is none.
//
//   Result<Strings> en = Strings::parse(json);
//   en->get("panel.tokens.title");
//   en->fill("clock.step_of", {{"step", "3"}, {"steps", "9"}});  // "step 3 of 9"
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace trilens::view {

using Fill = std::pair<std::string, std::string>;

class Strings {
 public:
  // Errors: invalid_argument (not a flat object of strings).
  [[nodiscard]] static Result<Strings> parse(std::string_view json);

  [[nodiscard]] const std::string& get(std::string_view key) const;  // lives as long as this
  [[nodiscard]] std::string fill(std::string_view key, const std::vector<Fill>& values) const;
  [[nodiscard]] bool has(std::string_view key) const;
  // Keys that were asked for and are not there: for tests.
  [[nodiscard]] std::vector<std::string> missing() const;
  [[nodiscard]] const std::map<std::string, std::string, std::less<>>& all() const { return words_; }

 private:
  std::map<std::string, std::string, std::less<>> words_;
  mutable std::map<std::string, std::string, std::less<>> missing_;
};

}  // namespace trilens::view
