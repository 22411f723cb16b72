#include "onnx/position_bias.hpp"

#include <new>
#include <set>

#include "onnx/attention.hpp"
#include "onnx/constants.hpp"
#include "onnx/graph.hpp"
#include "onnx/search.hpp"

namespace trilens::onnx {
namespace {

constexpr std::size_t kMaxVisited = 256;
constexpr std::int64_t kMostBuckets = 4096, kMostHeads = 1024;

// The inputs of a node on the way from the scores back to what is added to them.
std::size_t inputs_followed(const Node& n) {
  if (one_of(n.op, {"Add", "Sum", "Sub", "Where", "Min", "Max"})) return std::min<std::size_t>(n.inputs.size(), 4);
  const bool shape_alone = one_of(n.op, {"Cast", "Identity", "Reshape", "Unsqueeze", "Squeeze", "Transpose", "Expand", "Slice", "Dropout", "Tile", "Mul"});
  return shape_alone ? 1 : 0;
}

// Where an If gives the value out: what its branches make it of.
void follow_branches(const Model& m, const Node& p, ValueId v, std::vector<ValueId>& waiting) {
  for (const GraphId g : branches(p)) {
    const std::uint32_t i = m.values[v].output_index;
    if (i < m.graphs[g].outputs.size()) waiting.push_back(m.graphs[g].outputs[i]);
  }
}

// The Gather that picks rows of a constant table by a computed index, nearest to the scores; nullptr: there is none.
const Node* find_gather(const Model& m, const Attention& a) {
  std::vector<ValueId> waiting{a.scores};
  std::set<ValueId> seen;
  for (std::size_t at = 0; at < waiting.size() && seen.size() < kMaxVisited; ++at) {
    const ValueId v = waiting[at];
    if (!m.dynamic(v) || !seen.insert(v).second) continue;
    const Node* p = m.producer_of(v);
    if (p == nullptr) continue;
    const ValueId data = Model::input(*p, 0);
    if (p->op == "Gather" && data != kNone && m.values[data].constant && m.dynamic(Model::input(*p, 1))) return p;
    follow_branches(m, *p, v, waiting);
    for (std::size_t i = 0; i < inputs_followed(*p); ++i) waiting.push_back(p->inputs[i]);
  }
  return nullptr;
}

std::unexpected<Error> none_found() {
  return fail(ErrorCode::model_unsupported, "No table of position biases was found in this file: what it adds to the scores can be read off only.");
}

Result<PositionTable> read_table(std::span<const std::uint8_t> bytes, AttentionKind kind) {
  Result<Model> model = read_model(bytes);
  if (!model) return std::unexpected(model.error());
  for (const Attention& a : find_attention(*model)) {
    if (a.kind != kind) continue;
    const Node* gather = find_gather(*model, a);
    if (gather == nullptr || gather->axis.value_or(0) != 0) continue;
    Constants constants(*model);
    const auto dims = constants.dims(gather->inputs[0]);
    if (!dims || dims->size() != 2 || (*dims)[0] < 1 || (*dims)[0] > kMostBuckets || (*dims)[1] < 1 || (*dims)[1] > kMostHeads) continue;
    PositionTable table{(*dims)[0], (*dims)[1], {}};
    for (std::int64_t b = 0; b < table.buckets; ++b) {
      for (std::int64_t h = 0; h < table.heads; ++h) {
        const auto value = constants.at(gather->inputs[0], {b, h});
        if (!value) return none_found();
        table.values.push_back(*value);
      }
    }
    return table;
  }
  return none_found();
}

}  // namespace

Result<PositionTable> position_table(std::span<const std::uint8_t> model, AttentionKind kind) {
#if defined(__cpp_exceptions)
  try {
    return read_table(model, kind);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::out_of_memory, "There is not enough memory to read this ONNX file's position biases; try a smaller model.");
  }
#else
  return read_table(model, kind);
#endif
}

}  // namespace trilens::onnx
