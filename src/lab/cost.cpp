// What does length cost? The visitor's own text, repeated or cut to 8, 16, 32, … tokens, is read and written on, timed by the runtime's clock;
// passes and cache are counted, products of matrices come from the formulas. Times end when an answer has come back from the GPU: the
// winner of the last position, or of an encoder without a head for words its states.
#include "lab/cost.hpp"

#include <algorithm>
#include <utility>

#include "lab/decoder_run.hpp"
#include "lab/experiments.hpp"
#include "lab/forward.hpp"
#include "lab/load_model.hpp"
#include "lab/text.hpp"

namespace trilens::lab {
namespace {

using protocol::CostPoint;
using protocol::CostRun;
using protocol::CostTimes;

constexpr std::int64_t kSteps = 8;             // tokens written after each text
constexpr double kEnoughMillis = 2500;         // of one length: no further repetition, once there are two
constexpr std::int64_t kLeastRepetitions = 2;

// The text's pieces over and over, between what the tokenizer puts before and after a text ([CLS] … [SEP]).
class Repeated {
 public:
  explicit Repeated(const ModelText& text) {
    std::size_t first = 0, last = text.ids.size();
    while (first < last && text.pieces[first].special) ++first;
    while (last > first && text.pieces[last - 1].special) --last;
    if (first == last) first = 0, last = text.ids.size();  // specials are all there is
    const auto at = [&](std::size_t i) { return text.ids.begin() + static_cast<std::ptrdiff_t>(i); };
    before_.assign(at(0), at(first));
    body_.assign(at(first), at(last));
    after_.assign(at(last), text.ids.end());
  }

  [[nodiscard]] Ids of(std::int64_t tokens) const {
    const auto n = static_cast<std::size_t>(tokens);
    if (n <= before_.size() + after_.size()) {
      Ids ids;
      for (std::size_t i = 0; i < n; ++i) ids.push_back(body_[i % body_.size()]);
      return ids;
    }
    Ids ids = before_;
    for (std::size_t i = 0; ids.size() + after_.size() < n; ++i) ids.push_back(body_[i % body_.size()]);
    ids.insert(ids.end(), after_.begin(), after_.end());
    return ids;
  }

 private:
  Ids before_, body_, after_;
};

CostTimes times(const std::vector<double>& millis) {
  if (millis.empty()) return {};
  const analysis::Spread s = analysis::spread(millis);
  return {s.median, s.low, s.high, static_cast<std::int64_t>(millis.size())};
}

// One model on one provider.
class Meter {
 public:
  Meter(Context& context, LoadedModel& model, const Repeated& text, const protocol::Cost& request)
      : context_(context), model_(model), text_(text), request_(request),
        shape_(cost_shape(model.config, model.family != Family::encoder || model.head == Head::words, prompt_size(model))) {}

  static std::int64_t prompt_size(const LoadedModel& model) {
    return model.family == Family::encoder_decoder ? static_cast<std::int64_t>(decoder_prompt(model).size()) : 0;
  }

  // Stopped: an error, and `out` keeps the lengths that were done.
  Task<Result<void>> measure(CostRun& out, const std::vector<std::int64_t>& lengths) {
    out.provider = model_.summary.provider;
    for (std::size_t i = 0; i < lengths.size(); ++i) {
      progress(out.provider, i, lengths.size());
      auto point = co_await measure_one(lengths[i]);
      if (!point) co_return std::unexpected(point.error());
      out.points.push_back(*point);
      fit(out);
    }
    co_return Result<void>{};
  }

 private:
  using Millis = std::vector<double>;

  void progress(const std::string& provider, std::size_t done, std::size_t all) const {
    if (!context_.on_progress) return;
    context_.on_progress({.stage = "measure", .file = provider, .loaded_bytes = static_cast<std::int64_t>(done), .total_bytes = static_cast<std::int64_t>(all)});
  }

  [[nodiscard]] double now() const { return context_.services.clock.now_millis(); }

  Task<Result<CostPoint>> measure_one(std::int64_t tokens) {
    CostPoint point;
    point.tokens = tokens;
    point.read_flops = analysis::read_flops(shape_, tokens).total();
    const bool both = model_.family == Family::encoder_decoder;
    Millis read, step;
    const double begun = now();
    for (std::int64_t i = -1; i < request_.repetitions; ++i) {  // the first one warms up
      if (i >= kLeastRepetitions && now() - begun > kEnoughMillis) break;
      co_await context_.services.clock.pause();
      if (auto on = context_.go_on(); !on) co_return std::unexpected(on.error());
      if (i == 0) read.clear(), step.clear();
      auto done = co_await once(point, read, step);
      if (!done) co_return std::unexpected(done.error());
    }
    point.read = times(read);
    point.step = times(step);
    if (point.step.count > 0) {  // the middle one of the steps
      const std::int64_t middle = point.past + kSteps / 2;
      point.step_flops = analysis::step_flops(shape_, middle, both ? tokens : 0).total();
    }
    const std::int64_t held = both ? shape_.prompt : tokens;
    if (!model_.cache.entries.empty()) {
      const analysis::CacheBytes bytes = analysis::cache_bytes(shape_, held, tokens);
      point.self_bytes = bytes.self;
      point.cross_bytes = bytes.cross;
    }
    co_return point;
  }

  Task<Result<void>> once(CostPoint& point, Millis& read, Millis& step) {
    if (model_.family == Family::encoder) co_return co_await once_by_encoder(point, read);
    co_return co_await once_by_decoder(point, read, step);
  }

  Task<Result<void>> once_by_encoder(CostPoint& point, Millis& read) {
    const double begun = now();
    auto out = co_await encoder_logits(model_, text_.of(point.tokens));
    if (!out) co_return std::unexpected(out.error());
    if (model_.head == Head::words) {
      if (auto seen = co_await winner(*out, static_cast<std::uint32_t>(point.tokens - 1)); !seen) co_return std::unexpected(seen.error());
    } else {
      if (auto seen = co_await context_.services.runtime.read(*out); !seen) co_return std::unexpected(seen.error());
    }
    read.push_back(now() - begun);
    point.passes = 1;
    co_return Result<void>{};
  }

  Task<Result<void>> once_by_decoder(CostPoint& point, Millis& read, Millis& step) {
    const double begun = now();
    auto run = co_await begin(point.tokens);
    if (!run) co_return std::unexpected(run.error());
    auto word = co_await go_on(*run, run->prompt);
    if (!word) co_return std::unexpected(word.error());
    read.push_back(now() - begun);
    point.passes = run->run.passes() + (model_.family == Family::encoder_decoder ? 1 : 0);
    point.cache_bytes = run->run.cache_bytes();
    const std::int64_t limit = model_.summary.max_tokens;
    if (model_.family == Family::encoder_decoder || run->run.past() + kSteps <= limit) co_return co_await write_on(*run, *word, point, step);
    if (limit <= kSteps) co_return Result<void>{};
    // No room behind the text: the steps are those that lead to its end.
    auto shorter = co_await begin(limit - kSteps);
    if (!shorter) co_return std::unexpected(shorter.error());
    word = co_await go_on(*shorter, shorter->prompt);
    if (!word) co_return std::unexpected(word.error());
    co_return co_await write_on(*shorter, *word, point, step);
  }

  struct Begun {
    DecoderRun run;
    Ids prompt;   // what it reads first
  };
  // An encoder-decoder's encoder has read the text then.
  Task<Result<Begun>> begin(std::int64_t tokens) {
    if (model_.family == Family::decoder) co_return Begun{DecoderRun(model_, context_.services.runtime, std::nullopt), text_.of(tokens)};
    auto source = co_await encode_source(model_, text_.of(tokens));
    if (!source) co_return std::unexpected(source.error());
    co_return Begun{DecoderRun(model_, context_.services.runtime, std::move(*source)), decoder_prompt(model_)};
  }

  Task<Result<void>> write_on(Begun& begun, std::int32_t word, CostPoint& point, Millis& step) {
    point.past = begun.run.past();
    for (std::int64_t i = 0; i < kSteps; ++i) {
      const double since = now();
      Ids one(1, word);
      const auto next = co_await go_on(begun, std::move(one));
      if (!next) co_return std::unexpected(next.error());
      word = *next;
      step.push_back(now() - since);
    }
    co_return Result<void>{};
  }

  // The likeliest word after these.
  Task<Result<std::int32_t>> go_on(Begun& begun, Ids ids) {
    auto logits = co_await begun.run.step(std::move(ids));
    if (!logits) co_return std::unexpected(logits.error());
    co_return co_await winner(logits->values, logits->last());
  }

  Task<Result<std::int32_t>> winner(const infer::RemoteTensor& logits, std::uint32_t row) {
    std::vector<std::uint32_t> rows(1, row);
    auto best = co_await context_.services.runtime.row_statistics(logits, std::move(rows), 1);
    if (!best) co_return std::unexpected(best.error());
    co_return best->front().top.empty() ? 0 : best->front().top.front().id;
  }

  // The run's rates, and what each length takes at them.
  static void fit(CostRun& run) {
    std::vector<double> read, read_ms, step, step_ms;
    for (const CostPoint& p : run.points) {
      read.push_back(static_cast<double>(p.read_flops));
      read_ms.push_back(p.read.median_ms);
      if (p.step.count == 0) continue;
      step.push_back(static_cast<double>(p.step_flops));
      step_ms.push_back(p.step.median_ms);
    }
    run.read_flops_per_second = analysis::fitted_rate(read, read_ms);
    run.step_flops_per_second = analysis::fitted_rate(step, step_ms);
    const auto at_rate = [](std::int64_t flops, double rate) { return rate > 0 ? static_cast<double>(flops) / rate * 1000 : 0; };
    for (CostPoint& p : run.points) {
      p.read_fit_ms = at_rate(p.read_flops, run.read_flops_per_second);
      p.step_fit_ms = at_rate(p.step_flops, run.step_flops_per_second);
    }
  }

  Context& context_;
  LoadedModel& model_;
  const Repeated& text_;
  const protocol::Cost& request_;
  analysis::ModelShape shape_;
};

// Those that the model has positions for, and where they end short, its limit.
std::vector<std::int64_t> lengths_of(const LoadedModel& model, const protocol::Cost& request, std::int64_t& limit) {
  std::vector<std::int64_t> out;
  for (const std::int64_t n : request.lengths) {
    const bool fits = model.config.relative_positions || n <= model.summary.max_tokens;
    if (!fits) limit = model.summary.max_tokens;
    const std::int64_t length = fits ? n : limit;
    if (out.empty() || out.back() < length) out.push_back(length);
  }
  return out;
}

// A copy of the model on the other provider: the seat's own stays as it is.
Task<Result<std::unique_ptr<LoadedModel>>> copy_on_other(Context& context) {
  const bool to_wasm = context.model.summary.provider == infer::provider_name(infer::Provider::webgpu);
  const auto choice = to_wasm ? protocol::ProviderChoice::wasm : protocol::ProviderChoice::webgpu;
  LoadHooks hooks{context.on_progress, context.cancel};
  model::Source source = context.model.source;
  auto copy = co_await load_model(context.services, std::move(source), choice, std::move(hooks));
  if (copy) (*copy)->switches = context.model.switches;
  co_return copy;
}

}  // namespace

analysis::ModelShape cost_shape(const model::Config& config, bool head, std::int64_t prompt) {
  analysis::ModelShape shape;
  const analysis::StackShape own{config.layers, config.hidden, config.heads * config.head_size, config.feed_forward, config.gated};
  if (config.family != Family::decoder) shape.encoder = own;
  else shape.decoder = own;
  if (config.family == Family::encoder_decoder) {
    shape.decoder = analysis::StackShape{config.decoder_layers, config.hidden, config.decoder_heads * config.decoder_head_size, config.decoder_feed_forward, config.gated};
    shape.prompt = prompt;
  }
  shape.vocabulary = head ? config.vocabulary : 0;
  return shape;
}

Task<Result<protocol::CostTable>> cost(Context& context, protocol::Cost request) {
  auto text = text_to_the_letter(context.model, request.text);
  if (!text) co_return std::unexpected(text.error());
  const Repeated repeated(*text);
  protocol::CostTable out;
  out.prompt = Meter::prompt_size(context.model);
  out.cached = !context.model.cache.entries.empty();
  const std::vector<std::int64_t> lengths = lengths_of(context.model, request, out.limit_tokens);
  std::unique_ptr<LoadedModel> copy;
  for (const bool other : {false, true}) {
    if (other && !request.other_provider) break;
    CostRun& run = out.runs.emplace_back();
    Result<void> done;
    if (other) {
      run.provider = out.runs.front().provider == "webgpu" ? "wasm" : "webgpu";
      auto loaded = co_await copy_on_other(context);
      if (loaded) copy = std::move(*loaded);
      else done = std::unexpected(loaded.error());
    }
    if (done) {
      Meter meter(context, other ? *copy : context.model, repeated, request);
      done = co_await meter.measure(run, lengths);
    }
    if (done) continue;
    const Error& error = done.error();
    const bool nothing = out.runs.front().points.empty();
    if (error.code == ErrorCode::gpu_lost || (nothing && !other)) co_return std::unexpected(error);
    if (error.code == ErrorCode::cancelled) {
      out.stopped = true;
      if (run.points.empty()) out.runs.pop_back();
      break;
    }
    run.trouble = error.message;
  }
  co_return out;
}

}  // namespace trilens::lab
