// The words as they are shipped, and a page to look at.
#pragma once

#include <fstream>
#include <sstream>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "state/scripted_engine.hpp"
#include "view/page.hpp"

namespace trilens::testing {

inline std::string file_text(const std::string& path) {
  const std::ifstream in(std::string(TRILENS_SOURCE_DIR) + "/" + path);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

inline view::Strings words(const std::string& language) {
  auto strings = view::Strings::parse(file_text("assets/i18n/" + language + ".json"));
  REQUIRE(strings);
  return std::move(*strings);
}

}  // namespace trilens::testing
