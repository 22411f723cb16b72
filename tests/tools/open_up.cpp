// Opens a model with src/onnx and writes what came out, so that scripts in other languages can run it. For tests and oracles.
//
//   trilens_open_up IN.onnx OUT.onnx [--no-taps] [--no-switches]     prints switches, refusals, taps and facts as JSON
#include <cstdio>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "onnx/surgery.hpp"

namespace trilens::onnx {
namespace {

using nlohmann::json;

std::string_view state_name(MaskState state) {
  static constexpr std::string_view kNames[] = {"unknown", "none", "switched", "inseparable"};
  return kNames[static_cast<std::size_t>(state)];
}

json described(const Surgery& s) {
  json out{{"switches", json::array()}, {"refusals", json::array()}, {"taps", json::array()}, {"attentions", json::array()}};
  for (const Switch& w : s.switches) {
    out["switches"].push_back({{"name", w.name}, {"role", role_name(w.role)}, {"kind", kind_name(w.kind)}, {"layers", w.layers}, {"type", w.element_type},
                               {"rest_dims", w.rest_dims}, {"rest", w.rest}, {"lowest", w.lowest}});
  }
  for (const Refusal& r : s.refusals) {
    out["refusals"].push_back({{"kind", kind_name(r.kind)}, {"role", role_name(r.role)}, {"obstacle", obstacle_name(r.obstacle)}, {"message", r.message}});
  }
  for (const Tap& t : s.taps) out["taps"].push_back(t.name);
  for (const AttentionFacts& a : s.attentions) {
    out["attentions"].push_back({{"kind", kind_name(a.kind)}, {"layer", a.layer}, {"own_mask", state_name(a.own_mask)}, {"position_bias", a.position_bias},
                                 {"key_major", a.key_layout == KeyLayout::key_major}, {"score_scale", a.score_scale ? json(*a.score_scale) : json()}});
  }
  return out;
}

int run(std::span<char*> words) {
  Options options{.context = true, .switches = true};
  std::vector<std::string> files;
  for (const std::string_view word : words.subspan(1)) {
    if (word == "--no-switches") {
      options.switches = false;
    } else if (word == "--no-taps") {
      options.probabilities = options.scores = options.qkv = options.hidden = options.context = false;
    } else {
      files.emplace_back(word);
    }
  }
  if (files.size() != 2) {
    std::fputs("usage: trilens_open_up IN.onnx OUT.onnx [--no-taps] [--no-switches]\n", stderr);
    return 2;
  }
  std::ifstream in(files[0], std::ios::binary);
  const std::vector<std::uint8_t> bytes(std::istreambuf_iterator<char>(in), {});
  const Result<Surgery> opened = open_up(bytes, options);
  if (!opened) {
    std::fprintf(stderr, "%s: %s\n", files[0].c_str(), opened.error().message.c_str());
    return 1;
  }
  std::ofstream out(files[1], std::ios::binary);
  out.write(reinterpret_cast<const char*>(opened->model.data()), static_cast<std::streamsize>(opened->model.size()));
  std::puts(described(*opened).dump().c_str());
  return out.good() ? 0 : 1;
}

}  // namespace
}  // namespace trilens::onnx

int main(int count, char** words) { return trilens::onnx::run(std::span(words, static_cast<std::size_t>(count))); }
