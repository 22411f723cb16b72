// The logit lens: what the model's own head makes of the hidden states after each block, as if it stopped there. The last state is not
// put through the head again: its words are what the model itself says.
#include <algorithm>
#include <utility>

#include "analysis/lens.hpp"
#include "lab/experiments.hpp"
#include "lab/logit_head.hpp"
#include "lab/look.hpp"
#include "lab/text.hpp"

namespace trilens::lab {
namespace {

using protocol::LensCell;
using protocol::LensTable;
using protocol::LensWord;

LensCell cell_of(const LoadedModel& model, const RowStatistics& row) {
  LensCell cell;
  for (const ScoredToken& token : row.top) cell.top.push_back(word_of(model, token, row.probability(token)));
  cell.entropy_bits = bits(double{row.entropy_nats});
  return cell;
}

LensTable table_of(const LoadedModel& model, const Look& look, std::optional<std::int64_t> first) {
  const auto total = static_cast<std::int64_t>(look.length());
  LensTable table;
  table.side = look.sides.in_decoder ? "output" : "text";
  table.next = model.family != Family::encoder;
  table.total = total;
  table.marked = look.marked.empty() ? 0 : static_cast<std::int64_t>(look.marked.front());
  const std::int64_t most = std::max<std::int64_t>(total - protocol::kLensWindow, 0);
  const std::int64_t begin = std::clamp<std::int64_t>(first.value_or(table.marked - protocol::kLensWindow * 3 / 4), 0, most);
  for (std::int64_t p = begin; p < std::min(total, begin + protocol::kLensWindow); ++p) {
    const auto at = static_cast<std::size_t>(p);
    const protocol::Piece& piece = look.pieces[at];
    table.positions.push_back({.position = p, .piece = piece.display.empty() ? piece.text : piece.display, .marked = std::ranges::find(look.marked, at) != look.marked.end(), .answer = {}, .settled = 0});
  }
  return table;
}

// The states before the last, through the head.
Task<Result<void>> fill_cells(Context& context, const std::vector<Tensor>& states, LensTable& table, std::uint32_t top_k) {
  std::vector<HeadRow> rows;
  for (const Tensor& state : states) {
    const TensorView<float> vectors = state.view<float>().outer(0);  // [position, hidden]
    for (const auto& p : table.positions) rows.push_back({vectors.outer(static_cast<std::size_t>(p.position)).data(), p.answer.id});
  }
  auto scores = co_await score(context, std::move(rows), top_k);
  if (!scores) co_return std::unexpected(scores.error());
  for (std::size_t i = 0; i < scores->size(); ++i) {
    const HeadScore& s = (*scores)[i];
    if (i % table.positions.size() == 0) table.cells.emplace_back();
    LensCell cell = cell_of(context.model, s.statistics);
    cell.probability = s.statistics.probability({0, static_cast<float>(s.answer_logit)});
    cell.rank = s.rank;
    table.cells.back().push_back(std::move(cell));
  }
  co_return Result<void>{};
}

void settle(LensTable& table) {
  for (std::size_t i = 0; i < table.positions.size(); ++i) {
    std::vector<std::int64_t> ranks;
    for (const auto& state : table.cells) ranks.push_back(state[i].rank);
    table.positions[i].settled = static_cast<std::int64_t>(analysis::settled_from(ranks));
  }
}

}  // namespace

Task<Result<protocol::LensTable>> lens(Context& context, protocol::Lens request) {
  const LoadedModel& model = context.model;
  const auto top_k = static_cast<std::uint32_t>(request.top_k);
  auto text = text_as_read(model, request.text);
  if (!text) co_return std::unexpected(text.error());
  const auto blocks = blocks_of(model);
  if (!blocks) co_return std::unexpected(blocks.error());
  if (auto head = co_await logit_head(context); !head) co_return std::unexpected(head.error());
  auto look = co_await look_at(context, std::move(*text), request.token);
  if (!look) co_return std::unexpected(look.error());
  if (auto on = context.go_on(); !on) co_return std::unexpected(on.error());

  LensTable table = table_of(model, *look, request.first);
  std::vector<std::uint32_t> positions;
  for (const auto& p : table.positions) positions.push_back(static_cast<std::uint32_t>(p.position));
  auto own = co_await own_words(context, *look, std::move(positions), top_k);
  if (!own) co_return std::unexpected(own.error());
  std::vector<LensCell> last;
  for (std::size_t i = 0; i < own->size(); ++i) {
    LensCell cell = cell_of(model, (*own)[i]);
    if (cell.top.empty()) co_return fail(ErrorCode::runtime_failed, "The model answered with numbers that are not finite.");
    table.positions[i].answer = cell.top.front();
    cell.probability = cell.top.front().probability;
    last.push_back(std::move(cell));
  }
  std::vector<std::string> names;
  for (std::int64_t s = 0; s < *blocks; ++s) names.push_back(state_name(*look, s));
  auto states = co_await taps_of(context, look->sides, std::move(names));
  if (!states) co_return std::unexpected(states.error());
  if (auto done = co_await fill_cells(context, *states, table, top_k); !done) co_return std::unexpected(done.error());
  table.cells.push_back(std::move(last));
  settle(table);
  co_return table;
}

}  // namespace trilens::lab
