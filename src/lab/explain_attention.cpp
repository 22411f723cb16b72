// One attention weight, step by step: what the graph's own tensors say before and after each step, and the step done again here.
#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <limits>
#include <utility>

#include "analysis/attention_account.hpp"
#include "lab/attention_maps.hpp"
#include "lab/experiments.hpp"
#include "lab/graph_bytes.hpp"
#include "lab/sides.hpp"
#include "lab/text.hpp"
#include "tensor/softmax.hpp"

namespace trilens::lab {
namespace {

using model::GraphRole;
using protocol::AttentionAccount;
using protocol::AttentionKind;
using protocol::Piece;

constexpr std::array kTaken{"probabilities", "scores", "q", "k", "v", "context"};  // the last where it can be had
constexpr float kHiddenScore = -1e4F;  // no score of a key that is seen comes near this; masks lie below it

onnx::AttentionKind in_graph(AttentionKind kind) { return static_cast<onnx::AttentionKind>(kind); }

// One head's matrix out of [.., head, row, column] f32.
struct Matrix {
  std::span<const float> cells;
  std::size_t rows = 0, columns = 0;
  [[nodiscard]] std::span<const float> row(std::size_t i) const { return cells.subspan(i * columns, columns); }
};

Result<Matrix> matrix_of(const Tensor& tensor, std::int64_t head) {
  const Shape& shape = tensor.shape();
  if (shape.size() < 2) return fail(ErrorCode::internal, "A tensor of the attention has the shape " + shape_text(shape) + ".");
  Matrix m{{}, static_cast<std::size_t>(shape[shape.size() - 2]), static_cast<std::size_t>(shape.back())};
  const std::size_t size = m.rows * m.columns, from = static_cast<std::size_t>(head) * size;
  if (from + size > tensor.size()) return fail(ErrorCode::internal, "A tensor of the attention has the shape " + shape_text(shape) + ", too small for its heads.");
  m.cells = tensor.data<float>().subspan(from, size);
  return m;
}

// What the runtime gave out of one head.
struct Taken {
  std::vector<Tensor> tensors;
  Matrix probabilities, scores, q, k, v;
  std::optional<Matrix> context;
};

Task<Result<Taken>> take(Context& context, const Sides& sides, const protocol::ExplainAttention& request) {
  const std::string prefix = std::string(protocol::attention_kind_name(request.kind)) + "." + std::to_string(request.layer) + ".";
  const std::vector<std::string>& taps = context.model.summary.taps;
  std::vector<std::string> names;
  for (const char* quantity : kTaken) {
    std::string name = prefix + quantity;
    if (std::ranges::find(taps, name) != taps.end()) names.push_back(std::move(name));
    else if (std::string_view(quantity) != "context")
      co_return fail(ErrorCode::model_unsupported, "This model's file does not let \"" + name + "\" out, so its attention cannot be recomputed.");
  }
  Taken out;
  auto tensors = co_await taps_of(context, sides, std::move(names));
  if (!tensors) co_return std::unexpected(tensors.error());
  out.tensors = std::move(*tensors);
  const std::array<Matrix*, 5> into{&out.probabilities, &out.scores, &out.q, &out.k, &out.v};
  for (std::size_t i = 0; i < out.tensors.size(); ++i) {
    auto matrix = matrix_of(out.tensors[i], request.head);
    if (!matrix) co_return std::unexpected(matrix.error());
    if (i < into.size()) *into[i] = *matrix;
    else out.context = *matrix;
  }
  co_return out;
}

// [d] of one key, however k lies.
std::vector<float> key_vector(const Matrix& k, onnx::KeyLayout layout, std::size_t key) {
  if (layout == onnx::KeyLayout::key_major) return {k.row(key).begin(), k.row(key).end()};
  std::vector<float> out;
  for (std::size_t d = 0; d < k.rows; ++d) out.push_back(k.cells[d * k.columns + key]);
  return out;
}

std::vector<float> finite(std::span<const float> values) {
  std::vector<float> out(values.begin(), values.end());
  for (float& x : out) x = std::max(x, std::numeric_limits<float>::lowest());
  return out;
}

bool is_word(const Piece& piece) {
  return std::ranges::any_of(piece.display, [](char c) { return static_cast<unsigned char>(c) >= 0x80 || std::isalnum(static_cast<unsigned char>(c)) != 0; });
}

// The last word; where there is none, the last piece that is not special.
std::size_t default_query(const std::vector<Piece>& pieces) {
  std::optional<std::size_t> last;
  for (std::size_t i = pieces.size(); i-- > 0;) {
    if (pieces[i].special) continue;
    if (is_word(pieces[i])) return i;
    if (!last) last = i;
  }
  return last.value_or(pieces.size() - 1);
}

std::size_t default_key(const std::vector<Piece>& pieces, std::span<const float> weights) {
  std::optional<std::size_t> best;
  for (std::size_t k = 0; k < weights.size(); ++k) {
    if (k < pieces.size() && pieces[k].special) continue;
    if (!best || weights[k] > weights[*best]) best = k;
  }
  return best.value_or(static_cast<std::size_t>(std::ranges::max_element(weights) - weights.begin()));
}

std::vector<std::string> names_of(const std::vector<Piece>& pieces) {
  std::vector<std::string> out;
  for (const Piece& piece : pieces) out.push_back(piece.display.empty() ? piece.text : piece.display);
  return out;
}

const onnx::AttentionFacts* facts_of(const LoadedModel& model, AttentionKind kind, std::int64_t layer) {
  const GraphFacts& graph = model.in_decoder(in_graph(kind)) ? model.decoder_facts : model.encoder_facts;
  const auto at = std::ranges::find_if(graph.attentions, [&](const onnx::AttentionFacts& f) { return f.kind == in_graph(kind) && f.layer == layer; });
  return at == graph.attentions.end() ? nullptr : &*at;
}

std::string table_file(const LoadedModel& model, AttentionKind kind) {
  return graph_file(model, {model.in_decoder(in_graph(kind)) ? GraphRole::decoder : GraphRole::encoder, GraphRole::model});
}

// The table of a T5's position bias, read once; nullptr: the graph's bias is of another kind, or there is none.
Task<Result<const onnx::PositionTable*>> position_table(Context& context, AttentionKind kind) {
  LoadedModel& model = context.model;
  if (model.config.model_type != "t5" && model.config.model_type != "mt5") co_return nullptr;
  auto& table = model.position_tables[static_cast<std::size_t>(kind)];
  if (!table) {
    std::string file = table_file(model, kind);
    auto bytes = co_await graph_bytes(context, std::move(file));
    if (!bytes) co_return std::unexpected(bytes.error());
    auto found = onnx::position_table(*bytes, in_graph(kind));
    if (!found && found.error().code != ErrorCode::model_unsupported) co_return std::unexpected(found.error());
    if (!found) co_return nullptr;
    table = std::move(*found);
  }
  co_return &*table;
}

// Who may see what, by rule.
struct Sight {
  const LoadedModel& model;
  AttentionKind kind;
  const AttentionSettings& settings;
  std::string rule;
  std::span<const float> scores;  // the runtime's, of the query

  Sight(const LoadedModel& m, AttentionKind k, onnx::MaskState own, std::span<const float> row)
      : model(m), kind(k), settings(m.switches.of(in_graph(k))), scores(row) {
    const bool writes = m.family == Family::decoder || k == AttentionKind::decoder_self;
    if (settings.mask != Mask::native) {
      const char* names[] = {"native", "causal", "bidirectional", "window"};
      rule = std::string("switched_") + names[static_cast<std::size_t>(settings.mask)];
    } else if (own == onnx::MaskState::none) {
      rule = "none";
    } else if (m.config.model_type == "gpt_neo") {
      rule = "graph";  // every other layer sees a window only; the graph knows which
    } else {
      rule = writes ? "causal" : "padding";
    }
  }
  [[nodiscard]] bool sees(std::int64_t query, std::int64_t key) const {
    if (settings.mask != Mask::native) return lab::sees(settings, query, key);
    if (rule == "causal") return key <= query;
    if (rule == "graph") return scores[static_cast<std::size_t>(key)] > kHiddenScore;
    return true;
  }
};

// What is added to the score of each key beside q·k.
struct Bias {
  const onnx::PositionTable* table = nullptr;
  analysis::BucketRule rule;
  std::int64_t head = 0;
  [[nodiscard]] double at(std::int64_t distance) const {
    return double{table->values[static_cast<std::size_t>(analysis::relative_bucket(distance, rule) * table->heads + head)]};
  }
};

// Each key's score again; how far the furthest is from the runtime's.
void account_scores(AttentionAccount& a, const Taken& t, const onnx::AttentionFacts& facts, const Sight& sight, const Bias& bias) {
  const std::span<const float> q = t.q.row(static_cast<std::size_t>(a.query));
  const std::span<const float> row = t.scores.row(static_cast<std::size_t>(a.query));
  for (std::size_t key = 0; key < row.size(); ++key) {
    const auto at = static_cast<std::int64_t>(key);
    const bool here = at == a.key, seen = sight.sees(a.query, at);
    const std::vector<float> k = key_vector(t.k, facts.key_layout, key);
    const double scaled = analysis::dot(q, k) * a.scale;
    double added = 0;
    if (a.bias == "relative") added = bias.at(at - a.query);
    if (a.bias == "graph" && seen) added = double{row[key]} - scaled;
    if (seen) {
      ++a.visible_keys;
      a.score_gap = std::max(a.score_gap, std::abs(scaled + added - double{row[key]}));
    }
    if (!here) continue;
    a.visible = seen;
    a.bias_value = added;
    a.dot = analysis::dot(q, k);
    a.runtime_score = std::max(row[key], std::numeric_limits<float>::lowest());
    a.score = seen ? scaled + added : double{a.runtime_score};
    a.products = analysis::products(q, k);
    a.k = k;
  }
  a.q = {q.begin(), q.end()};
}

// From the runtime's scores to its weights, and from those to the mix.
void account_mix(AttentionAccount& a, const Taken& t) {
  const auto query = static_cast<std::size_t>(a.query), key = static_cast<std::size_t>(a.key);
  const std::span<const float> weights = t.probabilities.row(query);
  a.scores = finite(t.scores.row(query));
  a.recomputed.resize(a.scores.size());
  softmax(t.scores.row(query), a.recomputed);
  a.probabilities = {weights.begin(), weights.end()};
  a.v = {t.v.row(key).begin(), t.v.row(key).end()};
  for (const float x : a.v) a.part.push_back(weights[key] * x);
  a.mix = analysis::mix(weights, t.v.cells);
  if (t.context) a.context = {t.context->row(query).begin(), t.context->row(query).end()};
  a.log_sum_exp = log_sum_exp(a.scores);
  a.weight_gap = analysis::largest_gap(a.recomputed, a.probabilities);
  a.mix_gap = analysis::largest_gap(a.mix, a.context);
}

double head_factor(const LoadedModel& model, const protocol::ExplainAttention& request) {
  const AttentionSettings& settings = model.switches.of(in_graph(request.kind));
  const auto layer = static_cast<std::size_t>(request.layer), head = static_cast<std::size_t>(request.head);
  const bool set = layer < settings.heads.size() && head < settings.heads[layer].size();
  const double own = set ? double{settings.heads[layer][head]} : 1;
  return request.kind == AttentionKind::cross ? own * double{model.switches.connection} : own;
}

Result<void> choose_cell(AttentionAccount& a, const Taken& t, const protocol::ExplainAttention& request, const Sides& sides) {
  const std::vector<Piece>& queries = sides.in_decoder ? sides.output_pieces : sides.text.pieces;
  const std::vector<Piece>& keys = request.kind == AttentionKind::decoder_self ? sides.output_pieces : sides.text.pieces;
  if (auto fits = check_index("query", request.query, static_cast<std::int64_t>(t.scores.rows)); !fits) return fits;
  if (auto fits = check_index("key", request.key, static_cast<std::int64_t>(t.scores.columns)); !fits) return fits;
  if (queries.size() != t.scores.rows || keys.size() != t.scores.columns) return fail(ErrorCode::internal, "The attention has another shape than the text.");
  a.queries = names_of(queries);
  a.keys = names_of(keys);
  a.query = request.query.value_or(static_cast<std::int64_t>(default_query(queries)));
  a.key = request.key.value_or(static_cast<std::int64_t>(default_key(keys, t.probabilities.row(static_cast<std::size_t>(a.query)))));
  return {};
}

}  // namespace

Task<Result<AttentionAccount>> explain_attention(Context& context, protocol::ExplainAttention request) {
  const LoadedModel& model = context.model;
  AttentionAccount out;
  const auto layers = attention_layer_count(model, request.kind);
  if (!layers) co_return std::unexpected(layers.error());
  out.heads = model.heads(in_graph(request.kind));
  if (auto fits = check_index("layer", request.layer, *layers); !fits) co_return std::unexpected(fits.error());
  if (auto fits = check_index("head", request.head, out.heads); !fits) co_return std::unexpected(fits.error());
  const onnx::AttentionFacts* facts = facts_of(model, request.kind, request.layer);
  if (facts == nullptr) co_return fail(ErrorCode::internal, "Nothing is known of this attention.");
  auto text = text_as_read(model, request.text);
  if (!text) co_return std::unexpected(text.error());
  auto sides = co_await take_sides(context, std::move(*text), reads_output(model, request.kind), request.target);
  if (!sides) co_return std::unexpected(sides.error());
  if (auto on = context.go_on(); !on) co_return std::unexpected(on.error());
  auto taken = co_await take(context, *sides, request);
  if (!taken) co_return std::unexpected(taken.error());
  if (auto chosen = choose_cell(out, *taken, request, *sides); !chosen) co_return std::unexpected(chosen.error());

  out.kind = protocol::attention_kind_name(request.kind);
  out.layer = request.layer;
  out.head = request.head;
  out.layers = *layers;
  out.scale_told = facts->score_scale.has_value();
  out.scale = facts->score_scale.value_or(1 / std::sqrt(static_cast<double>(taken->q.columns)));
  Bias bias{.table = nullptr, .rule = {}, .head = request.head};
  out.bias = facts->position_bias ? "graph" : "none";
  if (facts->position_bias) {
    auto table = co_await position_table(context, request.kind);
    if (!table) co_return std::unexpected(table.error());
    bias.table = *table;
  }
  if (bias.table != nullptr && request.head < bias.table->heads) {
    out.bias = "relative";
    out.buckets = bias.table->buckets;
    out.distance = out.key - out.query;
    bias.rule = {request.kind == AttentionKind::self, out.buckets, model.config.relative_max_distance};
    out.bucket = analysis::relative_bucket(out.distance, bias.rule);
  }
  const Sight sight(model, request.kind, facts->own_mask, taken->scores.row(static_cast<std::size_t>(out.query)));
  out.mask = sight.rule;
  out.window = sight.settings.window;
  account_scores(out, *taken, *facts, sight, bias);
  account_mix(out, *taken);
  out.head_factor = head_factor(model, request);
  out.variant = model.source.variant;
  co_return out;
}

}  // namespace trilens::lab
