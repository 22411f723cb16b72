// Who can answer this? One task on one text, asked in the way that the model's own abilities allow: its mask token and head, whether it
// has a decoder, its sentinels, the task prefixes that its configuration names. What it cannot do is told by the ability that it lacks.
#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "analysis/choices.hpp"
#include "analysis/similarity.hpp"
#include "lab/abilities.hpp"
#include "lab/experiments.hpp"
#include "lab/fill.hpp"
#include "lab/generation.hpp"
#include "lab/scoring.hpp"
#include "lab/text.hpp"

namespace trilens::lab {
namespace {

using protocol::Answer;
using protocol::Answered;
using protocol::AnswerTask;

constexpr std::int64_t kGoOnTokens = 12, kWriteTokens = 64, kShortTokens = 16, kWordTokens = 8;
constexpr std::string_view kBlank = "___";

// --- the forms of an answer ---

Answered cannot(std::string reason, std::string detail = {}) {
  Answered out;
  out.verdict = "cannot";
  out.reason = std::move(reason);
  out.detail = std::move(detail);
  return out;
}

Answered can(std::string way, std::string prompt) {
  Answered out;
  out.verdict = "can";
  out.way = std::move(way);
  out.prompt = std::move(prompt);
  return out;
}

void with_reservation(Answered& out, std::string reason, std::string detail = {}) {
  out.verdict = "partly";
  out.reason = std::move(reason);
  out.detail = std::move(detail);
}

std::string trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

// Blanks that were filled, as one answer.
void take_fills(const Context& context, const Fills& fills, Answered& out) {
  double sum = 0;
  for (const FilledBlank& blank : fills.blanks) {
    if (!out.answer.empty()) out.answer += " … ";
    out.answer += trimmed(decode(context.model, blank.tokens));
    out.pieces += static_cast<std::int64_t>(blank.tokens.size());
    sum += blank.log_probability;
  }
  if (out.pieces > 0) out.probability = std::exp(sum);
  out.passes = fills.passes;
}

void take_choices(const Scored& scored, const std::vector<std::string>& choices, Answered& out) {
  const std::vector<double> shares = analysis::shares(scored.scores);
  for (std::size_t i = 0; i < choices.size(); ++i) out.choices.push_back({choices[i], scored.scores[i], shares[i]});
  const std::size_t best = analysis::best(scored.scores);
  out.answer = choices[best];
  out.probability = shares[best];
  out.passes = scored.passes;
}

// --- writing ---

struct Writing {
  std::string prompt;
  std::vector<std::string> stops = {};  // the answer ends before the first of these; a single mark that comes first is the answer itself
  std::int64_t most = kWriteTokens;
  bool as_read = false;                 // up to the first blank
};

std::string until(std::string_view written, const std::vector<std::string>& stops) {
  const std::string text = trimmed(written);
  std::size_t end = text.size();
  for (const std::string& stop : stops) end = std::min(end, text.find(stop, stop.size() == 1 ? 1 : 0));
  return trimmed(std::string_view(text).substr(0, end));
}

// Greedy, until its end, a stop or as far as it may.
Task<Result<void>> write(Context& context, Writing writing, Answered& out) {
  protocol::BeginGeneration begin{.seat = {}, .text = std::move(writing.prompt), .options = {}, .as_read = writing.as_read};
  begin.options.max_new_tokens = writing.most;
  begin.options.alternatives = 0;
  auto generation = begin_generation(context, begin);
  if (!generation) co_return std::unexpected(generation.error());
  Context quiet{context.services, context.model, context.memory, context.cancel, {}};
  protocol::Generated made;
  do {
    auto next = co_await advance(quiet, *generation, writing.stops.empty() ? writing.most : 1);
    if (!next) co_return std::unexpected(next.error());
    made = std::move(*next);
    out.answer = until(made.text, writing.stops);
  } while (!made.finished && out.answer == trimmed(made.text));
  // Only the pieces that are in the answer count; the end is one of them where it came by itself.
  const bool whole = out.answer == trimmed(made.text);
  double sum = 0;
  for (std::size_t i = 0; i < made.steps.size(); ++i) {
    const std::string so_far = trimmed(decode(context.model, std::span(made.ids).first(i + 1)));
    if (!whole && so_far.size() > out.answer.size()) break;
    sum += std::log(made.steps[i].probability);
    ++out.pieces;
  }
  if (out.pieces > 0) out.probability = std::exp(sum);
  out.passes = static_cast<std::int64_t>(generation->step_millis.size()) + (generation->source.empty() ? 0 : 1);
  co_return Result<void>{};
}

// A decoder's prompt begins as a document does.
std::string document(const LoadedModel& model, std::string text) {
  return (model.config.bos_id ? spelling(model, *model.config.bos_id) : std::string()) + std::move(text);
}

// Without a task that the visitor wrote before it.
std::string bare(const LoadedModel& model, const std::string& text) {
  for (const std::string& prefix : model.forms.task_prefixes) {
    if (text.starts_with(prefix)) return text.substr(prefix.size());
  }
  return text;
}

// What comes of a task that an encoder-decoder is told by its prefix: whether the configuration names it is part of the answer.
Answered by_prefix(const LoadedModel& model, std::string_view prefix, std::string prompt) {
  Answered out = can("prefix", std::move(prompt));
  if (!names_task(model, prefix)) with_reservation(out, "not_named", named_tasks(model));
  return out;
}

// --- the tasks ---

// The word that would come next: it cannot see what follows the blank.
Task<Result<Answered>> fill_from_left(Context& context, Answer request) {
  const LoadedModel& model = context.model;
  const auto text = text_with_blanks(model, request.text);
  if (!text) co_return std::unexpected(text.error());
  Answered out = can("next", text->prompt);
  const std::string unseen = trimmed(std::string_view(request.text).substr(find_blanks(request.text, model.forms).front().end));
  if (!unseen.empty()) with_reservation(out, "unseen", unseen);
  Writing writing{.prompt = std::move(request.text), .stops = {" ", ".", ",", ";", ":", "!", "?", "\n"}, .most = kWordTokens, .as_read = true};
  if (auto done = co_await write(context, std::move(writing), out); !done) co_return std::unexpected(done.error());
  co_return out;
}

Task<Result<Answered>> fill(Context& context, Answer request) {
  LoadedModel& model = context.model;
  const bool masks = no_mask(model).empty();
  if (!masks && model.family == Family::encoder) co_return cannot(no_mask(model));
  if (reads_source(model) && !writes_spans(model)) co_return cannot("no_sentinel");
  if (find_blanks(request.text, model.forms).empty()) co_return fail(ErrorCode::no_blank, "There is no blank in the text: write ___ where a word is missing.");
  if (!masks && !writes_spans(model)) co_return co_await fill_from_left(context, std::move(request));
  auto text = text_with_blanks(model, request.text);
  if (!text) co_return std::unexpected(text.error());
  std::vector<std::size_t> positions = blank_positions(model, text->ids);
  if (positions.empty()) co_return fail(ErrorCode::no_blank, "There is no blank in the part of the text that fits the model.");
  const auto fill_there = masks ? fill_by_encoder : fill_by_spans;
  const auto fills = co_await fill_there(context, text->ids, std::move(positions), 1);
  if (!fills) co_return std::unexpected(fills.error());
  Answered out = can(masks ? "mask" : "span", text->prompt);
  take_fills(context, *fills, out);
  co_return out;
}

Task<Result<Answered>> go_on(Context& context, Answer request) {
  LoadedModel& model = context.model;
  if (!writes(model)) co_return cannot("no_writer");
  if (!reads_source(model)) {
    Answered out = can("next", request.text);
    Writing writing{.prompt = request.text, .stops = {}, .most = kGoOnTokens, .as_read = false};
    if (auto done = co_await write(context, std::move(writing), out); !done) co_return std::unexpected(done.error());
    co_return out;
  }
  if (!writes_spans(model)) co_return cannot("no_prompt");
  // The nearest thing that it was trained for: a span that is missing at the end.
  const auto text = text_to_the_letter(model, trimmed(bare(model, request.text)) + " " + model.forms.sentinel_prefix + "0>");
  if (!text) co_return std::unexpected(text.error());
  std::vector<std::size_t> positions = blank_positions(model, text->ids);
  if (positions.empty()) co_return fail(ErrorCode::unsupported_task, "The text is too long for this model: its end, where it would go on, does not fit.");
  const auto fills = co_await fill_by_spans(context, text->ids, std::move(positions), 1);
  if (!fills) co_return std::unexpected(fills.error());
  Answered out = can("span", text->prompt);
  with_reservation(out, "span_only", std::to_string(kMaxSpan));
  take_fills(context, *fills, out);
  co_return out;
}

Task<Result<Answered>> translate(Context& context, Answer request) {
  const LoadedModel& model = context.model;
  if (!writes(model)) co_return cannot("no_writer");
  Answered out;
  Writing writing;
  if (reads_source(model)) {
    const bool told = !model.forms.task_prefixes.empty();
    writing.prompt = told ? std::string(kIntoFrench) + bare(model, request.text) : request.text;
    out = told ? by_prefix(model, kIntoFrench, writing.prompt) : can("as_is", writing.prompt);
    if (!told) with_reservation(out, "no_prefixes");
  } else {
    writing.prompt = document(model, "English: " + trimmed(request.text) + " French:");
    writing.stops = {"English:", "French:", "\n"};
    out = can("prompt", writing.prompt);
    with_reservation(out, "prompt_only");
  }
  if (auto done = co_await write(context, std::move(writing), out); !done) co_return std::unexpected(done.error());
  co_return out;
}

struct Template {
  std::string before, after;  // of the label
};

Result<Template> filled_template(const Answer& request) {
  const std::size_t blank = request.blank.find(kBlank);
  if (blank == std::string::npos) return fail(ErrorCode::invalid_argument, "`blank` must have ___ where the label goes: \"It was ___.\"");
  if (request.labels.size() < 2) return fail(ErrorCode::invalid_argument, "`labels` must be at least two words to choose among.");
  if (trimmed(request.text).empty()) return fail(ErrorCode::empty_input, "There is nothing to judge: type a sentence.");
  return Template{trimmed(request.text) + " " + request.blank.substr(0, blank), request.blank.substr(blank + kBlank.size())};
}

Task<Result<Answered>> classify(Context& context, Answer request) {
  LoadedModel& model = context.model;
  const auto form = filled_template(request);
  if (!form) co_return std::unexpected(form.error());
  const bool by_blank = request.task == AnswerTask::classify_blank, by_prompt = request.task == AnswerTask::classify_prompt;
  const bool masks = no_mask(model).empty();
  if (by_blank && !masks && !writes_spans(model)) {
    co_return cannot(reads_source(model) ? "no_sentinel" : model.family == Family::encoder ? no_mask(model) : "no_blank");
  }
  if (by_prompt && !writes(model)) co_return cannot("no_writer");
  if (by_prompt && reads_source(model)) co_return cannot("no_prompt");
  if (!by_blank && !by_prompt && !reads_source(model)) co_return cannot("no_source");
  if (!by_blank && !by_prompt && model.forms.task_prefixes.empty()) co_return cannot("no_prefixes");

  Answered out;
  const BlankText blank{.before = form->before, .after = form->after, .beside = {}, .behind = {}};
  const std::string source = std::string(kSentiment) + bare(model, request.text);
  if (by_blank) out = can(masks ? "mask" : "span", {});
  else out = by_prompt ? can("prompt", {}) : by_prefix(model, kSentiment, source);
  const auto score = [&] {  // chosen outside of the co_await: GCC 12 would destroy the task that was not taken, too
    if (by_blank) return masks ? score_masks(context, blank, request.labels) : score_span(context, blank, request.labels);
    return by_prompt ? score_next(context, form->before, request.labels) : score_target(context, source, request.labels);
  };
  const auto scored = co_await score();
  if (!scored) co_return std::unexpected(scored.error());
  out.prompt = scored->prompt;
  take_choices(*scored, request.labels, out);
  co_return out;
}

Task<Result<Answered>> retrieve(Context& context, Answer request) {
  if (request.sentences.empty()) co_return fail(ErrorCode::invalid_argument, "`sentences` must hold at least one sentence to look among.");
  protocol::Embed query{request.seat, request.text};
  const auto own = co_await embed(context, std::move(query));
  if (!own && (own.error().code == ErrorCode::model_unsupported || own.error().code == ErrorCode::unsupported_task)) co_return cannot("no_states");
  if (!own) co_return std::unexpected(own.error());
  Answered out = can(own->pooling, request.text);
  std::vector<double> cosines;
  for (const std::string& sentence : request.sentences) {
    if (auto on = context.go_on(); !on) co_return std::unexpected(on.error());
    protocol::Embed one{request.seat, sentence};
    const auto other = co_await embed(context, std::move(one));
    if (!other) co_return std::unexpected(other.error());
    cosines.push_back(analysis::cosine_similarity(own->vector, other->vector));
    out.choices.push_back({sentence, cosines.back(), std::nullopt});
  }
  out.answer = request.sentences[analysis::best(cosines)];
  out.passes = static_cast<std::int64_t>(request.sentences.size()) + 1;
  co_return out;
}

// An encoder's answer has as many pieces as it is given masks: one.
Task<Result<Answered>> question_by_mask(Context& context, Answer request) {
  LoadedModel& model = context.model;
  if (const std::string why = no_mask(model); !why.empty()) co_return cannot(why);
  const auto text = text_to_the_letter(model, trimmed(request.text + " " + request.question) + " " + model.forms.mask + ".");
  if (!text) co_return std::unexpected(text.error());
  std::vector<std::size_t> positions = blank_positions(model, text->ids);
  if (positions.empty()) co_return fail(ErrorCode::unsupported_task, "The text is too long for this model: the question does not fit behind it.");
  positions.erase(positions.begin(), positions.end() - 1);
  const auto fills = co_await fill_by_encoder(context, text->ids, std::move(positions), 1);
  if (!fills) co_return std::unexpected(fills.error());
  Answered out = can("mask", text->prompt);
  with_reservation(out, "one_piece");
  take_fills(context, *fills, out);
  co_return out;
}

Task<Result<Answered>> question(Context& context, Answer request) {
  const LoadedModel& model = context.model;
  if (trimmed(request.question).empty()) co_return fail(ErrorCode::invalid_argument, "`question` must be a question about the text.");
  if (!writes(model)) co_return co_await question_by_mask(context, std::move(request));
  Answered out;
  Writing writing{.prompt = {}, .stops = {}, .most = kShortTokens, .as_read = false};
  if (reads_source(model)) {
    if (model.forms.task_prefixes.empty()) co_return cannot("no_prefixes");
    writing.prompt = std::string(kQuestion) + request.question + std::string(kContext) + bare(model, request.text);
    out = by_prefix(model, kQuestion, writing.prompt);
  } else {
    writing.prompt = document(model, trimmed(request.text + " Question: " + request.question) + " Answer:");
    writing.stops = {". ", "? ", "! ", "Question:", "\n"};
    out = can("prompt", writing.prompt);
    with_reservation(out, "prompt_only");
  }
  if (auto done = co_await write(context, std::move(writing), out); !done) co_return std::unexpected(done.error());
  co_return out;
}

Task<Result<Answered>> ask(Context& context, Answer request) {
  switch (request.task) {
    case AnswerTask::fill: co_return co_await fill(context, std::move(request));
    case AnswerTask::go_on: co_return co_await go_on(context, std::move(request));
    case AnswerTask::translate: co_return co_await translate(context, std::move(request));
    case AnswerTask::classify_blank:
    case AnswerTask::classify_prompt:
    case AnswerTask::classify_text: co_return co_await classify(context, std::move(request));
    case AnswerTask::retrieve: co_return co_await retrieve(context, std::move(request));
    case AnswerTask::question: co_return co_await question(context, std::move(request));
  }
  co_return fail(ErrorCode::internal, "There is no such task.");
}

}  // namespace

Task<Result<protocol::Answered>> answer(Context& context, protocol::Answer request) {
  const double begun = context.services.clock.now_millis();
  const std::string task(answer_task_name(request.task));
  if (trimmed(request.text).empty()) co_return fail(ErrorCode::empty_input, "There is nothing to read: type a sentence.");
  if (context.on_progress) context.on_progress({.stage = "answer", .file = {}, .loaded_bytes = 0, .total_bytes = 0});  // its turn has come
  auto answered = co_await ask(context, std::move(request));
  if (!answered) co_return std::unexpected(answered.error());
  answered->task = task;
  answered->millis = context.services.clock.now_millis() - begun;
  co_return answered;
}

}  // namespace trilens::lab
