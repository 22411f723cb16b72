// Files that are f16 to the border come to take and give f32, under the same names. What they compute is looked at in the page
// (tests/browser/families.test.mjs).
#include "onnx/border.hpp"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace trilens::onnx {
namespace {

std::vector<std::uint8_t> hub(const std::string& file) {
  std::ifstream in(std::string(TRILENS_FIXTURES) + "/hub/" + file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Surgery opened(const std::vector<std::uint8_t>& bytes) {
  auto out = open_up(bytes, {});
  INFO((out ? std::string() : out.error().message));
  REQUIRE(out.has_value());
  return std::move(*out);
}

// Names, and dimensions as the file has them.
std::vector<std::string> ports(const std::vector<Port>& list) {
  std::vector<std::string> out;
  for (const Port& port : list) {
    std::string text = port.name;
    for (const std::string& dim : port.dims) text += "," + dim;
    out.push_back(std::move(text));
  }
  return out;
}

}  // namespace

TEST_CASE("an f16 border becomes f32, and names, shapes and attention stay") {
  const std::vector<std::uint8_t> file = hub("gpt2/onnx/model_fp16_border.onnx");
  const Surgery before = opened(file);
  REQUIRE(has_f16_border(before));
  const auto changed = f32_border(file);
  REQUIRE(changed.has_value());
  const Surgery after = opened(*changed);
  CHECK_FALSE(has_f16_border(after));
  CHECK(ports(after.inputs) == ports(before.inputs));
  CHECK(ports(after.outputs) == ports(before.outputs));
  CHECK(std::ranges::count(after.inputs, 1, &Port::element_type) == 4);  // the cache of two layers
  CHECK(std::ranges::count(after.outputs, 1, &Port::element_type) == 5);
  CHECK(after.taps == before.taps);
  CHECK(after.weights == before.weights);
}

TEST_CASE("a file without an f16 border is left as it is, but for padding") {
  for (const std::string name : {"gpt2/onnx/model_fp16.onnx", "t5/onnx/decoder_model_merged.onnx"}) {
    const std::vector<std::uint8_t> file = hub(name);
    const Surgery before = opened(file);
    CHECK_FALSE(has_f16_border(before));
    const auto copied = f32_border(file);
    REQUIRE(copied.has_value());
    const Surgery after = opened(*copied);
    CHECK(after.taps == before.taps);
    CHECK(ports(after.outputs) == ports(before.outputs));
  }
}

TEST_CASE("bytes that are no model are refused or copied, and never read past their end") {
  const std::vector<std::uint8_t> file = hub("gpt2/onnx/model_fp16_border.onnx");
  for (std::size_t n = 0; n < file.size(); n += 97) (void)f32_border(std::span(file).first(n));
  const std::vector<std::uint8_t> broken{0x3A, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F};
  CHECK_FALSE(f32_border(broken).has_value());
}

}  // namespace trilens::onnx
