#include "lab/decoder_run.hpp"

#include <algorithm>
#include <utility>

namespace trilens::lab {
namespace {

bool in_order(const std::vector<std::int32_t>& parents, std::int64_t rows) {
  if (std::cmp_not_equal(parents.size(), rows)) return false;
  for (std::size_t i = 0; i < parents.size(); ++i) {
    if (std::cmp_not_equal(parents[i], i)) return false;
  }
  return true;
}

}  // namespace

DecoderRun::DecoderRun(LoadedModel& model, infer::Runtime& runtime, std::optional<Source> source, std::vector<std::string> watch)
    : model_(model), runtime_(runtime), source_(std::move(source)), watch_(std::move(watch)) {
  for (const model::CacheEntry& names : model.cache.entries) slots_.push_back({names, std::nullopt});
}

Task<Result<void>> DecoderRun::spread_source() {
  if (!source_ || rows_ == 1 || (spread_ && spread_->shape().front() == rows_)) co_return Result<void>{};
  auto spread = co_await runtime_.gather_batch(source_->states, std::vector<std::int32_t>(static_cast<std::size_t>(rows_), 0));
  if (!spread) co_return std::unexpected(spread.error());
  spread_.emplace(std::move(*spread));
  co_return Result<void>{};
}

// Appends each row's tokens to what it has read so far.
void DecoderRun::remember(const std::vector<std::int32_t>& tokens) {
  const auto rows = static_cast<std::size_t>(rows_);
  const std::size_t width = tokens.size() / rows;
  const auto past = static_cast<std::size_t>(past_);
  std::vector<std::int32_t> all;
  all.reserve(history_.size() + tokens.size());
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t i = 0; i < past; ++i) all.push_back(history_[row * past + i]);
    for (std::size_t i = 0; i < width; ++i) all.push_back(tokens[row * width + i]);
  }
  history_ = std::move(all);
}

// tokens: [row, query], of which the cache holds what came before; without a cache, all there is.
void DecoderRun::give_all(Inputs& in, const std::vector<std::int32_t>& tokens, const GraphFacts& facts) const {
  const auto width = static_cast<std::int64_t>(tokens.size()) / rows_;
  const std::int64_t before = cached() ? past_ : 0;
  in.give("input_ids", ids_tensor(tokens, rows_));
  if (source_) {
    in.give("encoder_attention_mask", filled_tensor(rows_, source_->length, 1));
    in.lend("encoder_hidden_states", spread_ && rows_ > 1 ? *spread_ : source_->states);
  } else {
    in.give("attention_mask", filled_tensor(rows_, before + width, 1));
    in.give("position_ids", positions_tensor(rows_, width, before));
  }
  in.give("use_cache_branch", flag_tensor(before > 0));
  for (const Slot& slot : slots_) {
    if (slot.value) {
      in.lend(slot.names.input, *slot.value);
    } else {
      in.give(slot.names.input, Tensor::f32(model_.cache.empty_shape(slot.names, rows_)));
    }
  }
  give_switches(in, facts.switches, model_.switches, {.queries = width, .past = before, .source = source_ ? source_->length : 0},
                model_.config.decoder_heads);
}

Task<Result<StepLogits>> DecoderRun::step(std::vector<std::int32_t> tokens, std::int64_t rows) {
  rows_ = rows;
  const auto width = static_cast<std::int64_t>(tokens.size()) / rows;
  if (auto spread = co_await spread_source(); !spread) co_return std::unexpected(spread.error());
  const bool first = past_ == 0;
  const bool by_later = !first && model_.later != nullptr;
  infer::Session& session = by_later ? *model_.later : *model_.decoder;
  if (!cached()) {
    remember(tokens);
    tokens = history_;
  }
  Inputs in(session);
  give_all(in, tokens, by_later ? model_.later_facts : model_.decoder_facts);

  // The cross-attention's keys and values come from the source alone: those of the first step stay.
  std::vector<std::string> fetches{"logits"};
  for (const Slot& slot : slots_) {
    if (first || !slot.names.cross) fetches.push_back(slot.names.output);
  }
  const std::size_t watched = fetches.size();
  fetches.insert(fetches.end(), watch_.begin(), watch_.end());
  auto out = co_await session.run(in.feeds(), fetches);
  if (!out) co_return std::unexpected(out.error());
  ++passes_;
  std::size_t at = 1;
  for (Slot& slot : slots_) {
    if (first || !slot.names.cross) slot.value.emplace(std::get<infer::RemoteTensor>(std::move((*out)[at++])));
  }
  past_ += width;
  StepLogits logits{std::get<infer::RemoteTensor>(std::move(out->front())), static_cast<std::int64_t>(tokens.size()) / rows, width};
  for (std::size_t i = watched; i < out->size(); ++i) logits.watched.push_back(std::get<Tensor>(std::move((*out)[i])));
  co_return logits;
}

Task<Result<void>> DecoderRun::reorder(std::vector<std::int32_t> parents) {
  if (in_order(parents, rows_)) co_return Result<void>{};
  const bool same_rows = std::cmp_equal(parents.size(), rows_);
  for (Slot& slot : slots_) {
    if (!slot.value || (slot.names.cross && same_rows)) continue;  // every row reads the same source
    auto gathered = co_await runtime_.gather_batch(*slot.value, parents);
    if (!gathered) co_return std::unexpected(gathered.error());
    slot.value.emplace(std::move(*gathered));
  }
  if (!cached()) {
    std::vector<std::int32_t> chosen;
    const auto past = static_cast<std::ptrdiff_t>(past_);
    for (const std::int32_t parent : parents) chosen.insert(chosen.end(), history_.begin() + parent * past, history_.begin() + (parent + 1) * past);
    history_ = std::move(chosen);
  }
  rows_ = static_cast<std::int64_t>(parents.size());
  co_return Result<void>{};
}

std::int64_t DecoderRun::cache_bytes() const {
  std::size_t bytes = 0;
  for (const Slot& slot : slots_) {
    if (slot.value) bytes += slot.value->size_bytes();
  }
  return static_cast<std::int64_t>(bytes);
}

}  // namespace trilens::lab
