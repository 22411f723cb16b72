// The tokenizer as a WebAssembly module of its own, for scripts/bench: text in, ids out, nothing else of Trilens around it.
// CMake exports the three functions by name (cmake/TrilensApp.cmake, trilens_bench).
#include "tokenize/tokenizer.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace {

struct Loaded {
  trilens::tokenize::Tokenizer tokenizer;
  std::vector<std::int32_t> ids;  // of the text encoded last
};

}  // namespace

extern "C" {

// nullptr: not taken. Lives as long as the module.
Loaded* bench_load(const char* json, std::size_t bytes) {
  auto tokenizer = trilens::tokenize::Tokenizer::from_json({json, bytes});
  return tokenizer ? new Loaded{std::move(*tokenizer), {}} : nullptr;
}

std::size_t bench_encode(Loaded* loaded, const char* text, std::size_t bytes) {
  loaded->ids = loaded->tokenizer.encode({text, bytes}).ids();
  return loaded->ids.size();
}

const std::int32_t* bench_ids(const Loaded* loaded) { return loaded->ids.data(); }
}

int main() { return 0; }
