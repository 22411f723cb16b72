// One text at rest and under other switches: what is predicted, what is written, which words moved. And setting the switches of a seat.
#include <algorithm>
#include <utility>

#include "analysis/row_change.hpp"
#include "lab/experiments.hpp"
#include "lab/fill.hpp"
#include "lab/generation.hpp"
#include "lab/text.hpp"

namespace trilens::lab {
namespace {

constexpr std::int64_t kContinuation = 12;  // tokens that a decoder goes on with

AttentionSettings settings_of(const protocol::KindSwitches& s) {
  const auto mask = [&] {
    switch (s.mask) {
      case protocol::MaskChoice::native: return Mask::native;
      case protocol::MaskChoice::causal: return Mask::causal;
      case protocol::MaskChoice::bidirectional: return Mask::bidirectional;
      case protocol::MaskChoice::window: return Mask::window;
    }
    return Mask::native;
  };
  return {.mask = mask(), .window = s.window, .heads = s.heads};
}

SwitchSettings settings_of(const protocol::Switches& s) {
  return {.self = settings_of(s.self), .decoder_self = settings_of(s.decoder_self), .cross = settings_of(s.cross), .connection = static_cast<float>(s.connection)};
}

// Puts everything back where it stood, whichever way the comparison ends: to the rest of the seat nothing has happened.
class Restore {
 public:
  explicit Restore(LoadedModel& model) : model_(model), switches_(model.switches), revision_(model.revision) {}
  Restore(const Restore&) = delete;
  Restore& operator=(const Restore&) = delete;
  ~Restore() {
    model_.switches = std::move(switches_);
    model_.revision = revision_;
  }

 private:
  LoadedModel& model_;
  SwitchSettings switches_;
  std::int64_t revision_;
};

struct Place {
  std::int64_t position = 0;
  std::vector<float> logits;  // [vocabulary]
};

struct Take {
  std::string task, answer;
  std::vector<Place> places;
};

// Rows of logits that lie with the runtime, [.., vocabulary].
Task<Result<std::vector<std::vector<float>>>> rows_of(infer::Runtime& runtime, const infer::RemoteTensor& logits, std::vector<std::size_t> rows) {
  auto all = co_await runtime.read(logits);
  if (!all) co_return std::unexpected(all.error());
  const auto width = static_cast<std::size_t>(all->shape().back());
  const std::span<const float> values = std::as_const(*all).data<float>();
  std::vector<std::vector<float>> out;
  for (const std::size_t row : rows) {
    if ((row + 1) * width > values.size()) co_return fail(ErrorCode::internal, "A row of the prediction is missing.");
    const auto part = values.subspan(row * width, width);
    out.emplace_back(part.begin(), part.end());
  }
  co_return out;
}

Task<Result<void>> take_encoder(Context& context, Take& take, Ids ids, bool guess) {
  std::vector<std::size_t> rows;
  for (Place& place : take.places) {
    rows.push_back(static_cast<std::size_t>(place.position));
    if (guess) ids[rows.back()] = *context.model.mask_id;
  }
  auto logits = co_await encoder_logits(context.model, std::move(ids));
  if (!logits) co_return std::unexpected(logits.error());
  auto values = co_await rows_of(context.services.runtime, *logits, std::move(rows));
  if (!values) co_return std::unexpected(values.error());
  for (std::size_t i = 0; i < take.places.size(); ++i) take.places[i].logits = std::move((*values)[i]);
  co_return Result<void>{};
}

// The next token of a decoder, or the first one that an encoder-decoder writes (in its first blank, where there is one).
Task<Result<void>> take_decoder(Context& context, Take& take, const Ids& ids) {
  LoadedModel& model = context.model;
  std::optional<Source> source;
  Ids prompt = ids;
  if (model.family == Family::encoder_decoder) {
    auto encoded = co_await encode_source(model, ids);
    if (!encoded) co_return std::unexpected(encoded.error());
    source.emplace(std::move(*encoded));
    const std::vector<std::size_t> blanks = blank_positions(model, ids);
    prompt = decoder_prompt(model);
    if (!blanks.empty()) {  // as fill.hpp writes it: behind the blank's sentinel, or behind the text before it
      prompt = Ids{model.config.decoder_start_id};
      const auto blank = ids.begin() + static_cast<std::ptrdiff_t>(blanks.front());
      if (model.forms.sentinel_prefix.empty()) prompt.insert(prompt.end(), ids.begin(), blank);
      else prompt.push_back(*blank);
    }
  }
  DecoderRun run(model, context.services.runtime, std::move(source));
  auto logits = co_await run.step(std::move(prompt));
  if (!logits) co_return std::unexpected(logits.error());
  std::vector<std::size_t> last{logits->last()};
  auto values = co_await rows_of(context.services.runtime, logits->values, std::move(last));
  if (!values) co_return std::unexpected(values.error());
  take.places.front().logits = std::move(values->front());
  co_return Result<void>{};
}

// What the model makes of the text as its switches stand.
Task<Result<Take>> take_of(Context& context, const protocol::CompareSwitches& request) {
  const LoadedModel& model = context.model;
  protocol::Read ask{request.seat, request.text, request.top_k, request.token};
  auto reading = co_await read(context, std::move(ask));
  if (!reading) co_return std::unexpected(reading.error());
  Take take{.task = reading->task, .answer = std::move(reading->answer), .places = {}};
  for (const protocol::Blank& p : reading->predictions) take.places.push_back({p.position, {}});
  if (take.places.empty()) co_return fail(ErrorCode::unsupported_task, reading->note.value_or("There is nothing in this text to predict: write a blank (___)."));
  auto text = text_as_read(model, request.text);
  if (!text) co_return std::unexpected(text.error());
  if (auto on = context.go_on(); !on) co_return std::unexpected(on.error());
  if (model.family == Family::encoder) {
    auto taken = co_await take_encoder(context, take, text->ids, take.task == "guess");
    if (!taken) co_return std::unexpected(taken.error());
    co_return take;
  }
  take.places.resize(1);
  if (auto taken = co_await take_decoder(context, take, text->ids); !taken) co_return std::unexpected(taken.error());
  if (model.family == Family::encoder_decoder) co_return take;
  protocol::BeginGeneration begin{request.seat, request.text, {}, true};
  begin.options.max_new_tokens = kContinuation;
  begin.options.alternatives = 0;
  auto generation = begin_generation(context, begin);
  if (!generation) co_return std::unexpected(generation.error());
  auto written = co_await advance(context, *generation, kContinuation);
  if (!written) co_return std::unexpected(written.error());
  take.answer = std::move(written->text);
  co_return take;
}

}  // namespace

Result<protocol::SwitchesSet> set_seat_switches(Context& context, const protocol::SetSwitches& request) {
  if (auto set = set_switches(context.model, settings_of(request.switches)); !set) return std::unexpected(set.error());
  return protocol::SwitchesSet{request.switches, context.model.summary.switches};
}

Task<Result<protocol::SwitchComparison>> compare_switches(Context& context, protocol::CompareSwitches request) {
  LoadedModel& model = context.model;
  const Restore restore(model);
  Memory memory;  // what is written here under passing settings is nobody's to remember
  Context quiet{context.services, model, memory, context.cancel, {}};
  // What a graph cannot have is refused before anything runs.
  if (auto can = set_switches(model, settings_of(request.switches)); !can) co_return std::unexpected(can.error());
  if (auto rest = set_switches(model, {}); !rest) co_return std::unexpected(rest.error());
  auto before = co_await take_of(quiet, request);
  if (!before) co_return std::unexpected(before.error());
  if (auto set = set_switches(model, settings_of(request.switches)); !set) co_return std::unexpected(set.error());
  if (auto on = context.go_on(); !on) co_return std::unexpected(on.error());
  auto after = co_await take_of(quiet, request);
  if (!after) co_return std::unexpected(after.error());

  protocol::SwitchComparison out{before->task, std::move(before->answer), std::move(after->answer), {}};
  for (std::size_t i = 0; i < before->places.size(); ++i) {
    const analysis::RowChange change = analysis::row_change(before->places[i].logits, after->places[i].logits, static_cast<std::size_t>(request.top_k));
    protocol::PlaceChange place{before->places[i].position, change.entropy_before, change.entropy_after, change.moved, {}};
    for (const analysis::MovedWord& w : change.words) {
      place.words.push_back({w.id, spelling(model, w.id), display(model, w.id), w.before, w.after, w.rank_before, w.rank_after});
    }
    out.places.push_back(std::move(place));
  }
  co_return out;
}

}  // namespace trilens::lab
