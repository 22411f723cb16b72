#include "lab/fill.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

namespace trilens::lab {
namespace {

constexpr std::string_view kWordStart = "▁";  // mT5's vocabulary has its sentinels with it

bool is_sentinel(const LoadedModel& model, std::int32_t id) {
  if (model.forms.sentinel_prefix.empty()) return false;
  const std::string token = spelling(model, id);
  return std::string_view(token).substr(token.starts_with(kWordStart) ? kWordStart.size() : 0).starts_with(model.forms.sentinel_prefix);
}

bool ends(const LoadedModel& model, std::int32_t id) { return std::ranges::find(model.config.eos_ids, id) != model.config.eos_ids.end(); }

// What the encoder made of the text, put to account.
Task<Result<Source>> timed_source(Context& context, const Ids& ids, Fills& fills) {
  const double begun = context.services.clock.now_millis();
  auto source = co_await encode_source(context.model, ids);
  fills.prefill_ms = context.services.clock.now_millis() - begun;
  fills.passes = 1;
  co_return source;
}

// A decoder that writes greedily and keeps account.
class Writer {
 public:
  Writer(Context& context, Source source, Fills& fills, std::uint32_t top_k)
      : context_(context), run_(context.model, context.services.runtime, std::move(source)), fills_(fills), top_k_(top_k) {}

  // Appends tokens and tells what would come next.
  Task<Result<RowStatistics>> write(Ids tokens) {
    if (auto on = context_.go_on(); !on) co_return std::unexpected(on.error());
    const double begun = context_.services.clock.now_millis();
    fills_.output.insert(fills_.output.end(), tokens.begin(), tokens.end());
    const bool first = run_.past() == 0;
    auto logits = co_await run_.step(std::move(tokens));
    if (!logits) co_return std::unexpected(logits.error());
    std::vector<std::uint32_t> last{logits->last()};
    auto rows = co_await context_.services.runtime.row_statistics(logits->values, std::move(last), top_k_);
    if (!rows) co_return std::unexpected(rows.error());
    if (rows->front().top.empty()) co_return fail(ErrorCode::runtime_failed, "The model answered with numbers that are not finite.");
    const double millis = context_.services.clock.now_millis() - begun;
    if (first) {
      fills_.prefill_ms += millis;
    } else {
      fills_.step_ms.push_back(millis);
    }
    ++fills_.passes;
    fills_.cache_bytes = run_.cache_bytes();
    co_return std::move(rows->front());
  }

 private:
  Context& context_;
  DecoderRun run_;
  Fills& fills_;
  std::uint32_t top_k_;
};

}  // namespace

std::vector<std::size_t> blank_positions(const LoadedModel& model, const Ids& ids) {
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const bool blank = model.forms.sentinel_prefix.empty() ? model.mask_id == ids[i] : is_sentinel(model, ids[i]);
    if (blank) positions.push_back(i);
  }
  return positions;
}

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

std::string no_fill_reason(const LoadedModel& model) {
  if (model.family == Family::decoder) {
    return "A decoder cannot fill a blank in the middle: it never sees what comes after. Use next_token on the text before the blank.";
  }
  if (model.family == Family::encoder && model.head != Head::words) return model.no_words;
  if (model.forms.has_blanks()) return {};
  if (model.family == Family::encoder)
    return "The model " + model.id + " names no mask token (tokenizer_config.json), so there is no way to write a blank for it.";
  return "The model " + model.id + " knows no blanks: it was made to turn one text into another (" + model.config.model_type + "). Use generate.";
}

Task<Result<Fills>> fill_blanks(Context& context, Ids ids, std::vector<std::size_t> positions, std::uint32_t top_k) {
  const LoadedModel& model = context.model;
  const auto fill = model.family == Family::encoder ? fill_by_encoder : !model.forms.sentinel_prefix.empty() ? fill_by_spans : fill_by_rewriting;
  co_return co_await fill(context, std::move(ids), std::move(positions), top_k);
}

Task<Result<Fills>> fill_by_encoder(Context& context, Ids ids, std::vector<std::size_t> positions, std::uint32_t top_k) {
  Fills fills;
  const double begun = context.services.clock.now_millis();
  auto logits = co_await encoder_logits(context.model, std::move(ids));  // [1, query, vocabulary] f32
  if (!logits) co_return std::unexpected(logits.error());
  std::vector<std::uint32_t> wanted(positions.begin(), positions.end());
  auto rows = co_await context.services.runtime.row_statistics(*logits, std::move(wanted), top_k);
  if (!rows) co_return std::unexpected(rows.error());
  fills.prefill_ms = context.services.clock.now_millis() - begun;
  fills.passes = 1;
  for (std::size_t i = 0; i < positions.size(); ++i) {
    FilledBlank blank{positions[i], std::move((*rows)[i]), {}, 0};
    if (!blank.first.top.empty()) {
      blank.tokens.push_back(blank.first.top.front().id);
      blank.log_probability = std::log(blank.first.probability(blank.first.top.front()));
    }
    fills.blanks.push_back(std::move(blank));
  }
  co_return fills;
}

Task<Result<Fills>> fill_by_rewriting(Context& context, Ids ids, std::vector<std::size_t> positions, std::uint32_t top_k) {
  LoadedModel& model = context.model;
  Fills fills;
  auto source = co_await timed_source(context, ids, fills);
  if (!source) co_return std::unexpected(source.error());
  Writer writer(context, std::move(*source), fills, top_k);
  Ids pending{model.config.decoder_start_id};  // chosen, not written yet
  std::size_t at = 0;                          // of the source: what stands before it is written
  for (const std::size_t position : positions) {
    pending.insert(pending.end(), ids.begin() + static_cast<std::ptrdiff_t>(at), ids.begin() + static_cast<std::ptrdiff_t>(position));
    at = position + 1;
    const std::optional<std::int32_t> after = at < ids.size() ? std::optional(ids[at]) : std::nullopt;
    FilledBlank blank{position, {}, {}};
    while (blank.tokens.size() < kMaxSpan) {
      if (pending.empty()) co_return fail(ErrorCode::internal, "There is nothing to write.");
      auto next = co_await writer.write(std::exchange(pending, {}));
      if (!next) co_return std::unexpected(next.error());
      const std::int32_t best = next->top.front().id;
      if (blank.tokens.empty()) blank.first = std::move(*next);
      const bool over = !blank.tokens.empty() && after == best;  // a blank holds at least one token
      if (over || ends(model, best)) break;
      blank.tokens.push_back(best);
      pending.push_back(best);
    }
    fills.blanks.push_back(std::move(blank));
  }
  co_return fills;
}

Task<Result<Fills>> fill_by_spans(Context& context, Ids ids, std::vector<std::size_t> positions, std::uint32_t top_k) {
  LoadedModel& model = context.model;
  Fills fills;
  auto source = co_await timed_source(context, ids, fills);
  if (!source) co_return std::unexpected(source.error());
  Writer writer(context, std::move(*source), fills, top_k);
  Ids pending{model.config.decoder_start_id};  // chosen, not written yet
  for (const std::size_t position : positions) {
    pending.push_back(ids[position]);
    auto next = co_await writer.write(std::exchange(pending, {}));
    if (!next) co_return std::unexpected(next.error());
    FilledBlank blank{position, *next, {}, 0};
    while (blank.tokens.size() < kMaxSpan) {
      const std::int32_t best = next->top.front().id;
      if (ends(model, best) || is_sentinel(model, best)) break;
      blank.tokens.push_back(best);
      blank.log_probability += std::log(next->probability(next->top.front()));
      if (blank.tokens.size() == kMaxSpan) {
        pending.push_back(best);
        break;
      }
      pending.push_back(best);
      next = co_await writer.write(std::exchange(pending, {}));
      if (!next) co_return std::unexpected(next.error());
    }
    fills.blanks.push_back(std::move(blank));
  }
  co_return fills;
}

}  // namespace trilens::lab
