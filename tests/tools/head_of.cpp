// Cuts the head out of a model with src/onnx and writes it, so that scripts in other languages can run it. For tests and oracles.
//
//   trilens_head_of IN.onnx OUT.onnx [TOKEN ...]     prints what the head is, and the projection's rows of the tokens ("all": of every one), as JSON
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "onnx/head.hpp"

namespace trilens::onnx {
namespace {

using nlohmann::json;

std::string_view norm_name(NormKind kind) {
  static constexpr std::string_view kNames[] = {"none", "layer_norm", "rms_norm"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view projection_name(Projection kind) {
  static constexpr std::string_view kNames[] = {"exact", "four_bits", "integers", "nonlinear"};
  return kNames[static_cast<std::size_t>(kind)];
}

int complain(const std::string& file, const Error& error) {
  std::fprintf(stderr, "%s: %s\n", file.c_str(), error.message.c_str());
  return 1;
}

int run(std::span<char*> words) {
  if (words.size() < 3) {
    std::fputs("usage: trilens_head_of IN.onnx OUT.onnx [TOKEN ...]\n", stderr);
    return 2;
  }
  std::ifstream in(words[1], std::ios::binary);
  const std::vector<std::uint8_t> bytes(std::istreambuf_iterator<char>(in), {});
  const Result<Head> head = head_of(bytes);
  if (!head) return complain(words[1], head.error());
  std::vector<std::uint32_t> tokens;
  for (const std::string_view word : words.subspan(3)) {
    for (std::uint32_t t = 0; word == "all" && t < head->vocabulary; ++t) tokens.push_back(t);
    if (word != "all") tokens.push_back(static_cast<std::uint32_t>(std::strtoul(word.data(), nullptr, 10)));
  }
  json told{{"norm", norm_name(head->norm)}, {"normed_blocks", head->normed_blocks}, {"bias", head->bias}, {"projection", projection_name(head->projection)},
            {"width", head->width}, {"vocabulary", head->vocabulary}, {"rows", json::array()}};
  for (const std::uint32_t token : tokens) {
    const Result<ProjectionRow> row = projection_row(head->model, token);
    if (!row) return complain(words[1], row.error());
    told["rows"].push_back({{"weights", row->weights}, {"bias", row->bias}});
  }
  std::ofstream out(words[2], std::ios::binary);
  out.write(reinterpret_cast<const char*>(head->model.data()), static_cast<std::streamsize>(head->model.size()));
  std::puts(told.dump().c_str());
  return out.good() ? 0 : 1;
}

}  // namespace
}  // namespace trilens::onnx

int main(int count, char** words) { return trilens::onnx::run(std::span(words, static_cast<std::size_t>(count))); }
