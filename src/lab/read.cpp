// What a column shows of a text: its pieces, what the family makes of it, and what that cost.
#include <algorithm>
#include <cctype>
#include <numeric>
#include <utility>

#include "lab/experiments.hpp"
#include "lab/fill.hpp"
#include "lab/generation.hpp"
#include "lab/text.hpp"

namespace trilens::lab {
namespace {

using protocol::Blank;
using protocol::Reading;

Reading reading_of(const ModelText& text, std::string task, std::optional<std::string> note = std::nullopt) {
  Reading out;
  out.note = std::move(note);
  out.task = std::move(task);
  out.prompt = text.prompt;
  out.tokens = text.pieces;
  out.cut = text.cut;
  return out;
}

void account(Reading& out, const Fills& fills) {
  out.prefill_ms = fills.prefill_ms;
  if (!fills.step_ms.empty()) {
    out.per_token_ms = std::accumulate(fills.step_ms.begin(), fills.step_ms.end(), 0.0) / static_cast<double>(fills.step_ms.size());
  }
  out.passes = fills.passes;
  out.cache_bytes = fills.cache_bytes;
}

void predictions_of(const Context& context, const Fills& fills, Reading& out) {
  for (const FilledBlank& blank : fills.blanks) {
    out.predictions.push_back({static_cast<std::int64_t>(blank.position), candidates(context.model, blank.first), bits(double{blank.first.entropy_nats})});
    if (!out.answer.empty()) out.answer += " … ";
    out.answer += decode(context.model, blank.tokens);
  }
}

// The piece that an encoder hides from itself when the text has no blank: the asked one, else the last one with a letter.
std::optional<std::size_t> piece_to_guess(const ModelText& text, std::optional<std::int64_t> asked) {
  if (asked && std::cmp_less(*asked, text.pieces.size()) && !text.pieces[static_cast<std::size_t>(*asked)].special) {
    return static_cast<std::size_t>(*asked);
  }
  for (std::size_t i = text.pieces.size(); i-- > 0;) {
    const protocol::Piece& piece = text.pieces[i];
    const bool word = std::ranges::any_of(piece.display, [](char c) {
      const auto u = static_cast<unsigned char>(c);
      return u >= 0x80 || std::isalnum(u) != 0;
    });
    if (!piece.special && word) return i;
  }
  return std::nullopt;
}

Task<Result<Reading>> read_encoder(Context& context, protocol::Read request, ModelText text) {
  Ids ids = text.ids;
  // Without a head for words there is nothing to predict: the pieces stand for themselves, and the note says why there is no more.
  if (context.model.head != Head::words) co_return reading_of(text, "none", context.model.no_words);
  std::vector<std::size_t> positions = blank_positions(context.model, ids);
  Reading out = reading_of(text, positions.empty() ? "guess" : "fill");
  if (positions.empty()) {
    const auto guess = piece_to_guess(text, request.token);
    if (!guess || !context.model.mask_id) co_return out;  // nothing to hide: tokens are all there is to show
    ids[*guess] = *context.model.mask_id;
    positions.push_back(*guess);
  }
  auto fills = co_await fill_by_encoder(context, std::move(ids), std::move(positions), static_cast<std::uint32_t>(request.top_k));
  if (!fills) co_return std::unexpected(fills.error());
  predictions_of(context, *fills, out);
  account(out, *fills);
  co_return out;
}

Task<Result<Reading>> read_decoder(Context& context, protocol::Read request, ModelText text) {
  Reading out = reading_of(text, "continue");
  DecoderRun run(context.model, context.services.runtime, std::nullopt);
  const double begun = context.services.clock.now_millis();
  const auto width = static_cast<std::int64_t>(text.ids.size());
  auto logits = co_await run.step(text.ids);
  if (!logits) co_return std::unexpected(logits.error());
  std::vector<std::uint32_t> last{logits->last()};
  auto rows = co_await context.services.runtime.row_statistics(logits->values, std::move(last), static_cast<std::uint32_t>(request.top_k));
  if (!rows) co_return std::unexpected(rows.error());
  out.prefill_ms = context.services.clock.now_millis() - begun;
  out.passes = run.passes();
  out.cache_bytes = run.cache_bytes();
  out.predictions.push_back({width - 1, candidates(context.model, rows->front()), bits(double{rows->front().entropy_nats})});
  if (!rows->front().top.empty()) out.answer = decode(context.model, Ids{rows->front().top.front().id});
  co_return out;
}

// A task in words ("translate English to French: ..."), or whatever the model turns a text into (Marian translates, BART writes it again):
// its greedy output, and the choice at its first token.
Task<Result<Reading>> read_task(Context& context, protocol::Read request, ModelText text) {
  Reading out = reading_of(text, "translate");
  protocol::BeginGeneration begin{request.seat, request.text, {}, true};
  begin.options.max_new_tokens = 64;
  begin.options.alternatives = request.top_k;
  auto generation = begin_generation(context, begin);
  if (!generation) co_return std::unexpected(generation.error());
  Context quiet{context.services, context.model, context.memory, context.cancel, {}};
  auto generated = co_await advance(quiet, *generation, begin.options.max_new_tokens);
  if (!generated) co_return std::unexpected(generated.error());

  Ids output = decoder_prompt(context.model);
  for (const std::int32_t id : generated->ids) {
    if (std::ranges::find(context.model.config.eos_ids, id) == context.model.config.eos_ids.end()) output.push_back(id);
  }
  out.output = output_pieces(context.model, output);
  context.memory = {text.ids, std::move(output), context.model.revision};
  if (!generated->steps.empty()) out.predictions.push_back({0, generated->steps.front().top, generated->steps.front().entropy_bits});
  out.answer = generated->text;
  out.prefill_ms = generated->prefill_ms;
  const std::size_t further = generated->steps.size() > 1 ? generated->steps.size() - 1 : 0;
  if (further > 0) out.per_token_ms = generated->decode_ms / static_cast<double>(further);
  out.passes = static_cast<std::int64_t>(generated->steps.size()) + 1;  // the encoder's, and one a token
  out.cache_bytes = generated->cache_bytes;
  co_return out;
}

Task<Result<Reading>> read_encoder_decoder(Context& context, protocol::Read request, ModelText text) {
  std::vector<std::size_t> positions = blank_positions(context.model, text.ids);
  if (positions.empty()) co_return co_await read_task(context, std::move(request), std::move(text));
  Reading out = reading_of(text, "fill");
  auto fills = co_await fill_blanks(context, text.ids, std::move(positions), static_cast<std::uint32_t>(request.top_k));
  if (!fills) co_return std::unexpected(fills.error());
  predictions_of(context, *fills, out);
  account(out, *fills);
  out.output = output_pieces(context.model, fills->output);
  context.memory = {text.ids, fills->output, context.model.revision};
  co_return out;
}

}  // namespace

Task<Result<Reading>> read(Context& context, protocol::Read request) {
  auto text = text_as_read(context.model, request.text);
  if (!text) co_return std::unexpected(text.error());
  switch (context.model.family) {
    case Family::encoder: co_return co_await read_encoder(context, std::move(request), std::move(*text));
    case Family::decoder: co_return co_await read_decoder(context, std::move(request), std::move(*text));
    case Family::encoder_decoder: co_return co_await read_encoder_decoder(context, std::move(request), std::move(*text));
  }
  co_return fail(ErrorCode::internal, "There is no such family.");
}

}  // namespace trilens::lab
