// Who notices a change? Every layer's vectors before and after it, position by position: under a causal mask none on its left
// moves, an encoder's move everywhere, and a decoder that reads through cross-attention moves as a whole.
#include <algorithm>
#include <utility>

#include "analysis/leak.hpp"
#include "lab/experiments.hpp"
#include "lab/sides.hpp"
#include "lab/text.hpp"

namespace trilens::lab {
namespace {

using protocol::LeakSide;

// States of both texts -> how far each pair moved, state by state.
void compare(LeakSide& side, const std::vector<Tensor>& before, const std::vector<Tensor>& after, const analysis::Alignment& alignment) {
  for (std::size_t s = 0; s < before.size(); ++s) {
    const auto moved = analysis::movement(before[s].view<float>().outer(0), after[s].view<float>().outer(0), alignment);
    for (std::size_t i = 0; i < moved.difference.size(); ++i) {
      const bool left = side.id == "text" && i < alignment.prefix;
      const bool right = side.id == "output" || i >= alignment.pairs.size() - alignment.suffix;
      if (left) side.left = std::max(side.left, double{moved.difference[i]});
      else if (right) side.right = std::max(side.right, double{moved.difference[i]});
    }
    side.difference.push_back(moved.difference);
    side.cosine.push_back(moved.cosine);
  }
}

LeakSide side_of(std::string id, const std::vector<protocol::Piece>& before, const std::vector<protocol::Piece>& after, const analysis::Alignment& alignment) {
  LeakSide side;
  side.id = std::move(id);
  side.shift = alignment.shift;
  for (const analysis::AlignedPair& pair : alignment.pairs) {
    const protocol::Piece& a = before[pair.before];
    const protocol::Piece& b = after[pair.after];
    const auto name = [](const protocol::Piece& p) { return p.display.empty() ? p.text : p.display; };
    side.pairs.push_back({static_cast<std::int64_t>(pair.before), static_cast<std::int64_t>(pair.after), pair.changed,
                          pair.changed ? name(a) + "→" + name(b) : name(a)});
  }
  const bool output = side.id == "output";
  side.left_count = output ? 0 : static_cast<std::int64_t>(alignment.prefix);
  side.right_count = static_cast<std::int64_t>(output ? alignment.pairs.size() : alignment.suffix);
  return side;
}

// What the decoder has written of the first text, read again over the second one's source.
Task<Result<LeakSide>> output_side(Context& context, ModelText before, ModelText after) {
  auto first = co_await take_sides(context, std::move(before), true, std::nullopt);
  if (!first) co_return std::unexpected(first.error());
  Sides second{.text = std::move(after), .in_decoder = true, .output = first->output, .output_pieces = first->output_pieces};
  const std::vector<std::string> names = state_names(context.model, true);
  auto a = co_await taps_of(context, *first, names);
  if (!a) co_return std::unexpected(a.error());
  if (auto on = context.go_on(); !on) co_return std::unexpected(on.error());
  auto b = co_await taps_of(context, second, names);
  if (!b) co_return std::unexpected(b.error());
  const analysis::Alignment same = analysis::align_edit(first->output, first->output);
  LeakSide side = side_of("output", first->output_pieces, first->output_pieces, same);
  side.reads_change = true;
  compare(side, *a, *b, same);
  co_return side;
}

}  // namespace

Task<Result<protocol::LeakTest>> leak(Context& context, protocol::Leak request) {
  const LoadedModel& model = context.model;
  if (request.text == request.changed) co_return fail(ErrorCode::invalid_argument, "Both texts are the same: change a word to see what moves.");
  auto before = text_as_read(model, request.text);
  if (!before) co_return std::unexpected(before.error());
  auto after = text_as_read(model, request.changed);
  if (!after) co_return std::unexpected(after.error());
  const std::vector<std::string> names = state_names(model, false);
  if (names.empty()) co_return fail(ErrorCode::model_unsupported, "The hidden states of this model could not be opened, so nobody can see whether they move.");

  const analysis::Alignment alignment = analysis::align_edit(before->ids, after->ids);
  LeakSide side = side_of("text", before->pieces, after->pieces, alignment);
  side.reads_change = before->ids != after->ids;
  const Sides first{.text = *before, .in_decoder = false, .output = {}, .output_pieces = {}};
  const Sides second{.text = *after, .in_decoder = false, .output = {}, .output_pieces = {}};
  auto a = co_await taps_of(context, first, names);
  if (!a) co_return std::unexpected(a.error());
  if (auto on = context.go_on(); !on) co_return std::unexpected(on.error());
  auto b = co_await taps_of(context, second, names);
  if (!b) co_return std::unexpected(b.error());
  compare(side, *a, *b, alignment);

  protocol::LeakTest out;
  out.sides.push_back(std::move(side));
  if (model.family == Family::encoder_decoder) {
    if (auto on = context.go_on(); !on) co_return std::unexpected(on.error());
    auto output = co_await output_side(context, std::move(*before), std::move(*after));
    if (!output) co_return std::unexpected(output.error());
    out.sides.push_back(std::move(*output));
  }
  co_return out;
}

}  // namespace trilens::lab
