#include "lab/look.hpp"

#include <algorithm>
#include <utility>

#include "lab/decoder_run.hpp"
#include "lab/fill.hpp"
#include "lab/forward.hpp"
#include "lab/text.hpp"

namespace trilens::lab {

Task<Result<Look>> look_at(Context& context, ModelText text, std::optional<std::int64_t> token) {
  const LoadedModel& model = context.model;
  Look look;
  const bool in_decoder = model.family == Family::encoder_decoder;
  std::vector<std::size_t> blanks = blank_positions(model, text.ids);
  if (model.family == Family::encoder) {
    const auto guess = blanks.empty() && model.mask_id ? piece_to_guess(text, token) : std::nullopt;
    if (guess) {
      text.ids[*guess] = *model.mask_id;
      text.pieces[*guess].display = display(model, *model.mask_id);
      blanks.push_back(*guess);
    }
    look.marked = std::move(blanks);
  } else if (!in_decoder) {
    look.marked = {text.ids.size() - 1};
  }
  const Ids source = text.ids;
  auto sides = co_await take_sides(context, std::move(text), in_decoder, std::nullopt);
  if (!sides) co_return std::unexpected(sides.error());
  look.sides = std::move(*sides);
  look.pieces = in_decoder ? look.sides.output_pieces : look.sides.text.pieces;
  if (!in_decoder) co_return look;
  // A T5 answers behind the sentinel of a blank.
  for (std::size_t i = 0; i < look.sides.output.size() && !model.forms.sentinel_prefix.empty(); ++i) {
    const bool asked = std::ranges::any_of(blanks, [&](std::size_t b) { return source[b] == look.sides.output[i]; });
    if (asked) look.marked.push_back(i);
  }
  if (look.marked.empty()) look.marked = {std::min(decoder_prompt(model).size(), look.length()) - 1};
  co_return look;
}

Task<Result<Said>> say(Context& context, const Look& look) {
  LoadedModel& model = context.model;
  if (model.family == Family::encoder) {
    auto logits = co_await encoder_logits(model, look.sides.text.ids);
    if (!logits) co_return std::unexpected(logits.error());
    co_return Said{std::move(*logits)};
  }
  std::optional<Source> source;
  if (look.sides.in_decoder) {
    auto encoded = co_await encode_source(model, look.sides.text.ids);
    if (!encoded) co_return std::unexpected(encoded.error());
    source.emplace(std::move(*encoded));
  }
  DecoderRun run(model, context.services.runtime, std::move(source));
  Ids read = look.sides.in_decoder ? look.sides.output : look.sides.text.ids;
  auto logits = co_await run.step(std::move(read));
  if (!logits) co_return std::unexpected(logits.error());
  const std::uint32_t first = logits->at(0, 0);
  co_return Said{std::move(logits->values), first};
}

Task<Result<std::vector<RowStatistics>>> own_words(Context& context, const Look& look, std::vector<std::uint32_t> positions, std::uint32_t top_k) {
  auto said = co_await say(context, look);
  if (!said) co_return std::unexpected(said.error());
  for (std::uint32_t& p : positions) p += said->first;
  co_return co_await context.services.runtime.row_statistics(said->logits, std::move(positions), top_k);
}

Result<std::int64_t> blocks_of(const LoadedModel& model) {
  if (model.family == Family::encoder && model.head != Head::words) return fail(ErrorCode::unsupported_task, model.no_words);
  const std::int64_t blocks = model.family == Family::encoder ? model.encoder_layers : model.decoder_layers;
  if (blocks > 0) return blocks;
  return fail(ErrorCode::model_unsupported, "The hidden states of " + model.id + " could not be opened, so its layers cannot be read as words.");
}

std::string state_name(const Look& look, std::int64_t state) { return (look.sides.in_decoder ? "decoder_hidden." : "hidden.") + std::to_string(state); }

protocol::LensWord word_of(const LoadedModel& model, const ScoredToken& token, double probability) {
  return {.id = token.id, .token = spelling(model, token.id), .display = display(model, token.id), .probability = probability, .logit = double{token.logit}};
}

}  // namespace trilens::lab
