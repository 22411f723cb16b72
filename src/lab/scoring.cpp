#include "lab/scoring.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <utility>

#include "analysis/choices.hpp"

namespace trilens::lab {
namespace {

void append(Ids& ids, const Ids& more) { ids.insert(ids.end(), more.begin(), more.end()); }

std::string_view without_space_at_end(std::string_view text) {
  const std::size_t last = text.find_last_not_of(" \t\r\n");
  return last == std::string_view::npos ? std::string_view{} : text.substr(0, last + 1);
}

Result<void> fits(const LoadedModel& model, std::size_t pieces) {
  if (std::cmp_less_equal(pieces, model.summary.max_tokens)) return {};
  return fail(ErrorCode::unsupported_task, "The text is too long for this model: with the question it has " + std::to_string(pieces) + " pieces, and there are " +
                                               std::to_string(model.summary.max_tokens) + " positions.");
}

// Log probabilities of ids[i] at rows first + i of [1, width, vocabulary] f32, summed.
double sum_at(const Tensor& logits, std::size_t first, const Ids& ids) {
  const auto vocabulary = static_cast<std::size_t>(logits.shape().back());
  const std::span<const float> values = logits.data<float>();
  double sum = 0;
  for (std::size_t i = 0; i < ids.size(); ++i) sum += analysis::log_probability(values.subspan((first + i) * vocabulary, vocabulary), ids[i]);
  return sum;
}

// One choice written for an encoded source: [start, ids without the last] -> the sum over ids.
Task<Result<double>> written(Context& context, const Source& source, Ids ids) {
  Ids read{context.model.config.decoder_start_id};
  read.insert(read.end(), ids.begin(), ids.end() - 1);
  if (auto room = fits(context.model, read.size()); !room) co_return std::unexpected(room.error());
  auto logits = co_await decoder_logits(context.model, &source, std::move(read));
  if (!logits) co_return std::unexpected(logits.error());
  const auto values = co_await context.services.runtime.read(*logits);
  if (!values) co_return std::unexpected(values.error());
  co_return sum_at(*values, 0, ids);
}

Task<Result<Scored>> score_written(Context& context, std::string source, std::vector<Ids> targets, std::vector<std::size_t> pieces) {
  LoadedModel& model = context.model;
  Ids ids = plain_pieces(model, source);
  if (!model.config.eos_ids.empty()) ids.push_back(model.config.eos_ids.front());
  if (auto room = fits(model, ids.size()); !room) co_return std::unexpected(room.error());
  const auto encoded = co_await encode_source(model, std::move(ids));
  if (!encoded) co_return std::unexpected(encoded.error());
  Scored out{.scores = {}, .pieces = std::move(pieces), .prompt = std::move(source), .passes = 1};
  for (Ids& target : targets) {
    if (auto on = context.go_on(); !on) co_return std::unexpected(on.error());
    const auto score = co_await written(context, *encoded, std::move(target));
    if (!score) co_return std::unexpected(score.error());
    out.scores.push_back(*score);
    ++out.passes;
  }
  co_return out;
}

}  // namespace

Ids plain_pieces(const LoadedModel& model, std::string_view text) { return model.tokenizer.encode(text, {.add_special_tokens = false}).ids(); }

EncoderFrame encoder_frame(const LoadedModel& model) {
  EncoderFrame frame;
  const Ids around = model.tokenizer.encode("").ids();
  if (around.empty()) return frame;
  frame.before.push_back(around.front());
  if (around.size() > 1) frame.after.push_back(around.back());
  return frame;
}

Task<Result<Scored>> score_masks(Context& context, BlankText text, std::vector<std::string> choices) {
  LoadedModel& model = context.model;
  const EncoderFrame frame = encoder_frame(model);
  Ids start = frame.before;
  if (!text.beside.empty()) {
    append(start, plain_pieces(model, text.beside));
    append(start, frame.after);
  }
  // Where a piece carries the space before it (byte-level BPE), the space goes with the choice.
  const std::string_view before = without_space_at_end(text.before);
  const bool spaced = before.size() < text.before.size();
  const Ids left = plain_pieces(model, before), right = plain_pieces(model, text.after);
  Scored out;
  std::map<std::size_t, Tensor> passes;  // by number of masks
  for (const std::string& choice : choices) {
    const Ids word = plain_pieces(model, (spaced ? " " : "") + choice);
    const std::size_t at = start.size() + left.size();
    if (!passes.contains(word.size())) {
      if (auto on = context.go_on(); !on) co_return std::unexpected(on.error());
      Ids ids = start;
      append(ids, left);
      ids.insert(ids.end(), word.size(), *model.mask_id);
      append(ids, right);
      append(ids, frame.after);
      const std::size_t second = text.beside.empty() ? ids.size() : start.size();
      if (!text.behind.empty()) {
        append(ids, plain_pieces(model, text.behind));
        append(ids, frame.after);
      }
      if (auto room = fits(model, ids.size()); !room) co_return std::unexpected(room.error());
      if (out.prompt.empty()) out.prompt = model.tokenizer.decode(ids);
      const auto logits = co_await encoder_logits(model, std::move(ids), second);
      if (!logits) co_return std::unexpected(logits.error());
      auto values = co_await context.services.runtime.read(*logits);
      if (!values) co_return std::unexpected(values.error());
      passes.emplace(word.size(), std::move(*values));
      ++out.passes;
    }
    out.scores.push_back(sum_at(passes.at(word.size()), at, word));
    out.pieces.push_back(word.size());
  }
  co_return out;
}

Task<Result<Scored>> score_next(Context& context, std::string before, std::vector<std::string> choices) {
  LoadedModel& model = context.model;
  Ids left;
  if (model.config.bos_id) left.push_back(*model.config.bos_id);
  const std::size_t marks = left.size();
  append(left, plain_pieces(model, without_space_at_end(before)));
  if (left.empty()) co_return fail(ErrorCode::empty_input, "There is nothing to go on from: type a sentence.");
  const bool spaced = left.size() > marks;
  Scored out{.scores = {}, .pieces = {}, .prompt = model.tokenizer.decode(left), .passes = 0};
  for (const std::string& choice : choices) {
    if (auto on = context.go_on(); !on) co_return std::unexpected(on.error());
    const Ids word = plain_pieces(model, (spaced ? " " : "") + choice);
    Ids ids = left;
    append(ids, word);
    if (auto room = fits(model, ids.size()); !room) co_return std::unexpected(room.error());
    const auto logits = co_await decoder_logits(model, nullptr, std::move(ids));
    if (!logits) co_return std::unexpected(logits.error());
    const auto values = co_await context.services.runtime.read(*logits);
    if (!values) co_return std::unexpected(values.error());
    out.scores.push_back(sum_at(*values, left.size() - 1, word));
    out.pieces.push_back(word.size());
    ++out.passes;
  }
  co_return out;
}

Task<Result<Scored>> score_target(Context& context, std::string source, std::vector<std::string> choices) {
  std::vector<Ids> targets;
  std::vector<std::size_t> pieces;
  for (const std::string& choice : choices) {
    targets.push_back(plain_pieces(context.model, choice));
    pieces.push_back(targets.back().size());
    if (!context.model.config.eos_ids.empty()) targets.back().push_back(context.model.config.eos_ids.front());
  }
  co_return co_await score_written(context, std::move(source), std::move(targets), std::move(pieces));
}

Task<Result<Scored>> score_span(Context& context, BlankText text, std::vector<std::string> choices) {
  const LoadedModel& model = context.model;
  const std::string first = model.forms.sentinel_prefix + "0>", second = model.forms.sentinel_prefix + "1>";
  std::vector<Ids> targets;
  std::vector<std::size_t> pieces;
  for (const std::string& choice : choices) {
    const Ids word = plain_pieces(model, choice);
    pieces.push_back(word.size());
    Ids target{model.tokenizer.id_of(first).value_or(0)};
    append(target, word);
    if (const auto end = model.tokenizer.id_of(second)) target.push_back(*end);
    targets.push_back(std::move(target));
  }
  std::string source = text.before + first + text.after;
  co_return co_await score_written(context, std::move(source), std::move(targets), std::move(pieces));
}

}  // namespace trilens::lab
