// All heads of one kind: a small picture of each, the mean of each layer's heads, the rollout up to each layer, and what each
// of them does as scores, computed here from the full maps.
#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>
#include <utility>

#include "analysis/attention_mean.hpp"
#include "analysis/head_scores.hpp"
#include "lab/attention_maps.hpp"
#include "lab/experiments.hpp"
#include "lab/text.hpp"

namespace trilens::lab {
namespace {

using protocol::Piece;

// Pictures are as fine as this, and coarser when there are so many that all would pass the number of cells.
constexpr std::size_t kFinest = 24, kCoarsest = 8, kMostCells = 100'000;

std::size_t picture_side(std::size_t maps) {
  const auto fits = static_cast<std::size_t>(std::sqrt(static_cast<double>(kMostCells) / static_cast<double>(std::max<std::size_t>(1, maps))));
  return std::clamp(fits, kCoarsest, kFinest);
}

std::string folded(const Piece& piece) {
  std::string word = piece.display;
  word.erase(0, word.find_first_not_of(' '));
  for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));  // ASCII alone; the rest stays as it is
  return word;
}

// Which pieces are left, and which of them are the same word.
struct PartsOf {
  std::vector<std::size_t> kept;
  std::vector<std::int32_t> words;
  std::vector<std::uint8_t> special;
};

PartsOf parts_of(const std::vector<Piece>& pieces, bool hide_special, std::map<std::string, std::int32_t>& numbers) {
  PartsOf out;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const Piece& piece = pieces[i];
    if (hide_special && piece.special) continue;
    const std::string word = folded(piece);
    const bool is_word = !piece.special && std::ranges::any_of(word, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || static_cast<unsigned char>(c) >= 0x80; });
    out.kept.push_back(i);
    out.words.push_back(is_word ? numbers.emplace(word, static_cast<std::int32_t>(numbers.size())).first->second : -1);
    out.special.push_back(piece.special ? 1 : 0);
  }
  return out;
}

protocol::HeadScores scores_of(const analysis::HeadScores& s) { return {s.previous, s.next, s.first, s.itself, s.same, s.special, s.broad}; }

class Pictures {
 public:
  Pictures(const std::vector<Piece>& rows, const std::vector<Piece>& columns, const protocol::Heads& request) : hide_(request.hide_special) {
    rows_ = parts_of(rows, hide_, numbers_);
    columns_ = parts_of(columns, hide_, numbers_);
    same_text_ = request.kind != protocol::AttentionKind::cross;
  }
  void set(bool causal, std::size_t side) {
    causal_ = causal;
    side_ = side;
  }
  [[nodiscard]] const PartsOf& rows() const { return rows_; }
  [[nodiscard]] const PartsOf& columns() const { return columns_; }

  // map: [query, key] f32, all pieces
  [[nodiscard]] protocol::HeadMap draw(const TensorView<float>& map, std::string what, std::size_t layer) const {
    protocol::HeadMap out;
    out.what = std::move(what);
    out.layer = static_cast<std::int64_t>(layer);
    const Tensor shown = hide_ ? analysis::kept_parts(map, {rows_.kept, columns_.kept}) : Tensor::of<float>(map.shape(), map.data());
    out.scores = scores_of(analysis::head_scores(
        shown.view<float>(), {.row_words = rows_.words, .column_words = columns_.words, .special = columns_.special, .same_text = same_text_, .causal = causal_}));
    const Tensor picture = analysis::coarser(shown.view<float>(), side_);
    for (const float v : picture.data<float>()) out.cells.push_back(std::round(double{v} * 1e4) / 1e4);
    return out;
  }

 private:
  bool hide_ = false, same_text_ = true, causal_ = false;
  std::size_t side_ = kFinest;
  std::map<std::string, std::int32_t> numbers_;
  PartsOf rows_, columns_;
};

// Layer by layer: its heads, their mean, the rollout.
Result<void> draw_layers(protocol::HeadMaps& out, const Pictures& pictures, const std::vector<Tensor>& layers, const Tensor& reached) {
  for (std::size_t l = 0; l < layers.size(); ++l) {
    const TensorView<float> layer = layers[l].view<float>();
    for (std::size_t h = 0; std::cmp_less(h, layer.shape()[1]); ++h) {
      out.maps.push_back(pictures.draw(layer.outer(0).outer(h), "head", l));
      out.maps.back().head = static_cast<std::int64_t>(h);
    }
    const auto mean = analysis::mean_over_heads(layer);
    if (!mean) return std::unexpected(mean.error());
    out.maps.push_back(pictures.draw(mean->view<float>().outer(0), "mean", l));
    out.maps.push_back(pictures.draw(reached.view<float>().outer(l), "rollout", l));
  }
  return {};
}

}  // namespace

Task<Result<protocol::HeadMaps>> heads(Context& context, protocol::Heads request) {
  const LoadedModel& model = context.model;
  const auto count = attention_layer_count(model, request.kind);
  if (!count) co_return std::unexpected(count.error());
  auto text = text_as_read(model, request.text);
  if (!text) co_return std::unexpected(text.error());
  auto sides = co_await take_sides(context, std::move(*text), reads_output(model, request.kind), request.target);
  if (!sides) co_return std::unexpected(sides.error());
  if (auto on = context.go_on(); !on) co_return std::unexpected(on.error());
  auto layers = co_await attention_layers(context, *sides, request.kind, std::nullopt);
  if (!layers) co_return std::unexpected(layers.error());
  if (auto on = context.go_on(); !on) co_return std::unexpected(on.error());
  auto reached = co_await attention_rollout(context, *sides, request.kind);
  if (!reached) co_return std::unexpected(reached.error());

  Pictures pictures(sides->in_decoder ? sides->output_pieces : sides->text.pieces,
                    request.kind == protocol::AttentionKind::decoder_self ? sides->output_pieces : sides->text.pieces, request);
  std::vector<TensorView<float>> views;
  for (const Tensor& layer : *layers) views.push_back(layer.view<float>());
  protocol::HeadMaps out;
  out.kind = protocol::attention_kind_name(request.kind);
  out.layers = *count;
  out.heads = views.front().shape()[1];
  out.causal = request.kind != protocol::AttentionKind::cross && analysis::causal(views);
  out.rows = static_cast<std::int64_t>(pictures.rows().kept.size());
  out.columns = static_cast<std::int64_t>(pictures.columns().kept.size());
  out.hidden = views.front().shape()[2] + views.front().shape()[3] - out.rows - out.columns;
  if (out.rows == 0 || out.columns == 0) co_return fail(ErrorCode::empty_input, "Nothing is left when special tokens are hidden: show them, or write a longer text.");
  const std::size_t side = picture_side(layers->size() * static_cast<std::size_t>(out.heads + 2));
  out.tile_rows = std::min(out.rows, static_cast<std::int64_t>(side));
  out.tile_columns = std::min(out.columns, static_cast<std::int64_t>(side));
  pictures.set(out.causal, side);
  if (auto drawn = draw_layers(out, pictures, *layers, *reached); !drawn) co_return std::unexpected(drawn.error());
  co_return out;
}

}  // namespace trilens::lab
