#include "lab/fill_steps.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "lab/fill.hpp"
#include "lab/text.hpp"

namespace trilens::lab {
namespace {

std::vector<std::size_t> open_positions(const Filling& filling) {
  std::vector<std::size_t> out;
  for (const Filling::Spot& spot : filling.spots) {
    if (spot.word.empty()) out.push_back(spot.position);
  }
  return out;
}

// The blank of which the model is most certain; of two alike, the one further left.
const FilledBlank& most_certain(const std::vector<FilledBlank>& blanks) { return *std::ranges::max_element(blanks, {}, &FilledBlank::log_probability); }

// The text with the words in their blanks; blanks that are still open stand as they were written.
std::string with_words(const Filling& filling) {
  std::string out;
  std::size_t at = 0;
  for (const Filling::Spot& spot : filling.spots) {
    out.append(filling.text, at, spot.begin - at);
    out += spot.word.empty() ? filling.text.substr(spot.begin, spot.end - spot.begin) : spot.word;
    at = spot.end;
  }
  return out.append(filling.text, at);
}

// Some tokenizers count the space before a blank as part of it.
Filling::Spot spot_of(const std::string& text, std::size_t position, const protocol::Piece& piece) {
  Filling::Spot spot{position, static_cast<std::size_t>(piece.start), static_cast<std::size_t>(piece.end), {}};
  while (spot.begin < spot.end && text[spot.begin] == ' ') ++spot.begin;
  return spot;
}

// One pass, and the blank that it fills.
Task<Result<void>> one_step(Context& context, Filling& filling) {
  auto fills = co_await fill_by_encoder(context, filling.ids, open_positions(filling), filling.top_k);
  if (!fills) co_return std::unexpected(fills.error());
  const FilledBlank& chosen = most_certain(fills->blanks);
  if (chosen.tokens.empty()) co_return fail(ErrorCode::internal, "The model said nothing about a blank.");
  const std::int32_t id = chosen.tokens.front();
  const std::vector<protocol::Candidate> top = candidates(context.model, chosen.first);
  protocol::Step step{.id = id,
                      .token = spelling(context.model, id),
                      .display = display(context.model, id),
                      .probability = top.front().probability,
                      .entropy_bits = bits(double{chosen.first.entropy_nats}),
                      .millis = fills->prefill_ms,
                      .top = top,
                      .position = static_cast<std::int64_t>(chosen.position),
                      .blanks = std::vector<protocol::Blank>()};
  for (const FilledBlank& blank : fills->blanks) {
    step.blanks->push_back({static_cast<std::int64_t>(blank.position), candidates(context.model, blank.first), bits(double{blank.first.entropy_nats})});
  }
  filling.ids[chosen.position] = id;
  const auto spot = std::ranges::find(filling.spots, chosen.position, &Filling::Spot::position);
  spot->word = decode(context.model, Ids{id});
  spot->word.erase(0, spot->word.find_first_not_of(' '));
  if (spot->word.empty()) spot->word = step.display;  // a special token: it is what the model says
  filling.steps.push_back(std::move(step));
  co_return Result<void>{};
}

protocol::Generated so_far(const Filling& filling) {
  protocol::Generated out;
  out.text = with_words(filling);
  out.steps = filling.steps;
  for (const protocol::Step& step : filling.steps) {
    out.ids.push_back(step.id);
    (out.prefill_ms > 0 ? out.decode_ms : out.prefill_ms) += step.millis;
  }
  out.finished = open_positions(filling).empty();
  out.stop_reason = out.finished ? "filled" : "";
  out.cut = filling.cut;
  return out;
}

}  // namespace

void Filling::restart() {
  ids = start;
  steps.clear();
  for (Spot& spot : spots) spot.word.clear();
}

Result<Filling> begin_filling(const Context& context, const protocol::BeginGeneration& request) {
  const LoadedModel& model = context.model;
  if (model.head != Head::words) return fail(ErrorCode::unsupported_task, model.no_words);
  auto text = text_as_read(model, request.text);
  if (!text) return std::unexpected(text.error());
  Filling out;
  for (const std::size_t position : blank_positions(model, text->ids)) {
    const protocol::Piece& piece = text->pieces[position];
    out.spots.push_back(spot_of(request.text, position, piece));
  }
  if (out.spots.empty()) return fail(ErrorCode::unsupported_task, "There is no blank to fill: write ___ where a word is to be found.");
  out.text = request.text;
  out.start = text->ids;
  out.ids = std::move(text->ids);
  out.cut = text->cut;
  out.top_k = static_cast<std::uint32_t>(std::max<std::int64_t>(request.options.alternatives, 1));
  out.revision = model.revision;
  return out;
}

Task<Result<protocol::Generated>> advance(Context& context, Filling& filling, std::int64_t blanks) {
  std::size_t goal = filling.steps.size() + static_cast<std::size_t>(blanks);
  if (std::exchange(filling.revision, context.model.revision) != context.model.revision) filling.restart();
  goal = std::min(goal, filling.spots.size());
  while (filling.steps.size() < goal) {
    if (auto on = context.go_on(); !on) co_return std::unexpected(on.error());
    if (auto stepped = co_await one_step(context, filling); !stepped) co_return std::unexpected(stepped.error());
    if (context.on_step) context.on_step(filling.steps.back());
  }
  co_return so_far(filling);
}

}  // namespace trilens::lab
