#include "lab/load_model.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <map>
#include <string_view>
#include <utility>

#include "lab/known_answer.hpp"
#include "onnx/surgery.hpp"

namespace trilens::lab {
namespace {

using infer::Provider;
using protocol::ProviderChoice;

using Bytes = std::vector<std::uint8_t>;
using FileMap = std::map<std::string, Bytes, std::less<>>;

constexpr std::array kOptionalFiles{std::string_view("generation_config.json"), std::string_view("tokenizer_config.json")};

std::string_view text_of(const FileMap& files, std::string_view name) {
  const auto it = files.find(name);
  return it == files.end() ? std::string_view{} : std::string_view(reinterpret_cast<const char*>(it->second.data()), it->second.size());
}

std::vector<std::string> files_of(Family family) {
  std::vector<std::string> names{"config.json", "tokenizer.json"};
  for (const std::string_view name : kOptionalFiles) names.emplace_back(name);
  if (family == Family::encoder_decoder) {
    names.insert(names.end(), {"onnx/encoder_model.onnx", "onnx/decoder_model_merged.onnx"});
  } else {
    names.emplace_back("onnx/model.onnx");
  }
  return names;
}

// A model on its way: what was fetched and read, before there are sessions.
class Loader {
 public:
  Loader(Services services, const model::CatalogModel& entry, LoadHooks hooks) : services_(services), entry_(entry), hooks_(std::move(hooks)) {}

  Task<Result<std::unique_ptr<LoadedModel>>> load(ProviderChoice choice);

 private:
  Task<Result<void>> fetch();
  Result<void> read_words_and_shape();
  Result<void> open_graphs();
  Task<Result<void>> choose_provider(ProviderChoice choice);
  Task<Result<void>> start(Provider provider);
  Task<Result<ProbeResult>> try_out(Provider provider);
  Task<Result<void>> on_wasm_alone(std::string reason);
  void summarize(double millis);

  void progress(std::string stage, std::string file) const {
    if (hooks_.on_progress) hooks_.on_progress({std::move(stage), std::move(file), fetched_bytes_, entry_.bytes()});
  }
  Result<void> go_on() const {
    if (hooks_.cancel.cancelled()) return fail(ErrorCode::cancelled, "Loading was stopped.");
    return {};
  }

  Services services_;
  const model::CatalogModel& entry_;
  LoadHooks hooks_;
  std::int64_t fetched_bytes_ = 0;
  FileMap files_;
  std::unique_ptr<LoadedModel> model_;
  std::optional<onnx::Surgery> encoder_;
  std::optional<onnx::Surgery> decoder_;
  protocol::ProviderReport report_;
};

Task<Result<std::unique_ptr<LoadedModel>>> Loader::load(ProviderChoice choice) {
  const double begun = services_.clock.now_millis();
  if (auto fetched = co_await fetch(); !fetched) co_return std::unexpected(fetched.error());
  progress("open", {});
  if (auto read = read_words_and_shape(); !read) co_return std::unexpected(read.error());
  if (auto opened = open_graphs(); !opened) co_return std::unexpected(opened.error());
  progress("check", {});
  if (auto chosen = co_await choose_provider(choice); !chosen) co_return std::unexpected(chosen.error());
  if (auto on = go_on(); !on) co_return std::unexpected(on.error());
  summarize(services_.clock.now_millis() - begun);
  co_return std::move(model_);
}

Task<Result<void>> Loader::fetch() {
  std::int64_t before = 0;
  for (const std::string& name : files_of(entry_.family)) {
    const bool optional = std::ranges::find(kOptionalFiles, name) != kOptionalFiles.end();
    const model::CatalogFile* listed = entry_.file(name);
    if (listed == nullptr && optional) continue;
    Files::Options options{.path = entry_.path + "/" + name, .sha256 = listed == nullptr ? std::string{} : listed->sha256, .on_bytes = {}, .cancel = hooks_.cancel};
    options.on_bytes = [this, before, name](std::uint64_t loaded) {
      fetched_bytes_ = before + static_cast<std::int64_t>(loaded);
      progress("fetch", name);
    };
    auto bytes = co_await services_.files.fetch(std::move(options));
    if (!bytes) co_return std::unexpected(bytes.error());
    if (listed != nullptr && std::cmp_not_equal(bytes->size(), listed->bytes)) {
      co_return fail(ErrorCode::model_malformed, "The file " + entry_.path + "/" + name + " has " + std::to_string(bytes->size()) +
                                                     " bytes; the catalog says " + std::to_string(listed->bytes) +
                                                     ". It was cut short or replaced: fetch the model anew.");
    }
    before += static_cast<std::int64_t>(bytes->size());
    fetched_bytes_ = before;
    files_[name] = std::move(*bytes);
    if (auto on = go_on(); !on) co_return on;
  }
  co_return Result<void>{};
}

Result<void> Loader::read_words_and_shape() {
  auto config = model::parse_config({text_of(files_, "config.json"), text_of(files_, "generation_config.json"), text_of(files_, "tokenizer_config.json")});
  if (!config) return std::unexpected(config.error());
  if (config->family != entry_.family) {
    return fail(ErrorCode::model_malformed, "The catalog lists " + entry_.id + " as " + std::string(family_name(entry_.family)) +
                                                ", and its config.json says " + std::string(family_name(config->family)) + ": write the catalog anew.");
  }
  auto tokenizer = tokenize::Tokenizer::from_json(text_of(files_, "tokenizer.json"));
  if (!tokenizer) return std::unexpected(tokenizer.error());
  PromptForms forms{.mask = config->mask_token, .sentinel_prefix = {}, .task_prefixes = config->task_prefixes};
  if (config->family == Family::encoder_decoder && tokenizer->id_of("<extra_id_0>")) forms.sentinel_prefix = "<extra_id_";
  model_ = std::make_unique<LoadedModel>(LoadedModel{.family = config->family,
                                                     .id = entry_.id,
                                                     .config = std::move(*config),
                                                     .tokenizer = std::move(*tokenizer),
                                                     .forms = std::move(forms),
                                                     .mask_id = std::nullopt,
                                                     .encoder = nullptr,
                                                     .decoder = nullptr,
                                                     .cache = {},
                                                     .encoder_layers = 0,
                                                     .decoder_layers = 0,
                                                     .summary = {}});
  if (!model_->forms.mask.empty()) model_->mask_id = model_->tokenizer.id_of(model_->forms.mask);
  return {};
}

Result<void> Loader::open_graphs() {
  const auto open = [this](const char* name, std::optional<onnx::Surgery>& out) -> Result<void> {
    auto opened = onnx::open_up(files_[name], {.allow_closed = true});
    files_[name] = {};
    if (!opened) return fail(opened.error().code, "In " + entry_.id + "/" + name + ": " + opened.error().message, opened.error().detail);
    out.emplace(std::move(*opened));
    return {};
  };
  if (entry_.family == Family::encoder_decoder) {
    if (auto done = open("onnx/encoder_model.onnx", encoder_); !done) return done;
    return open("onnx/decoder_model_merged.onnx", decoder_);
  }
  return open("onnx/model.onnx", entry_.family == Family::encoder ? encoder_ : decoder_);
}

// What stays with the runtime: large, and only its winners or its next run are of interest.
std::vector<std::string> remote_outputs(const onnx::Surgery& graph) {
  std::vector<std::string> names;
  for (const onnx::Port& port : graph.outputs) {
    if (port.name == "logits" || port.name == "last_hidden_state" || port.name.starts_with("present.")) names.push_back(port.name);
  }
  return names;
}

Task<Result<void>> Loader::start(Provider provider) {
  LoadedModel& model = *model_;
  model.encoder.reset();
  model.decoder.reset();
  if (encoder_) {
    infer::SessionOptions options{encoder_->model, provider, remote_outputs(*encoder_)};
    auto session = co_await services_.runtime.create_session(std::move(options));
    if (!session) co_return std::unexpected(session.error());
    model.encoder = std::move(*session);
  }
  if (decoder_) {
    infer::SessionOptions options{decoder_->model, provider, remote_outputs(*decoder_)};
    auto session = co_await services_.runtime.create_session(std::move(options));
    if (!session) co_return std::unexpected(session.error());
    model.decoder = std::move(*session);
    auto layout = model::cache_layout(model.decoder->inputs(), model.decoder->outputs(), model.config);
    if (!layout) co_return std::unexpected(layout.error());
    model.cache = std::move(*layout);
  }
  co_return Result<void>{};
}

Task<Result<ProbeResult>> Loader::try_out(Provider provider) {
  model_->summary.max_tokens = model_->config.max_tokens;
  if (auto on = go_on(); !on) co_return std::unexpected(on.error());
  if (auto started = co_await start(provider); !started) co_return std::unexpected(started.error());
  co_return co_await probe(services_, *model_);
}

std::string millis_text(double millis) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f ms", millis);
  return text.data();
}

Task<Result<void>> Loader::on_wasm_alone(std::string reason) {
  report_.reason = std::move(reason);
  report_.provider = infer::provider_name(Provider::wasm);
  const auto wasm = co_await try_out(Provider::wasm);
  if (!wasm) co_return std::unexpected(wasm.error());
  report_.wasm_ms = wasm->millis;
  co_return Result<void>{};
}

Task<Result<void>> Loader::choose_provider(ProviderChoice choice) {
  const bool gpu = services_.runtime.webgpu_available();
  if (choice == ProviderChoice::wasm) co_return co_await on_wasm_alone("WASM was asked for.");
  if (!gpu && choice == ProviderChoice::automatic) co_return co_await on_wasm_alone("This browser offers no WebGPU.");
  if (!gpu) co_return fail(ErrorCode::webgpu_unavailable, "This browser offers no WebGPU here: choose auto or wasm.");

  // WASM first: its answer is the one to compare with.
  const auto wasm = co_await try_out(Provider::wasm);
  if (!wasm) co_return std::unexpected(wasm.error());
  report_.wasm_ms = wasm->millis;
  const auto webgpu = co_await try_out(Provider::webgpu);
  const bool forced = choice == ProviderChoice::webgpu;
  if (!webgpu) {
    if (forced || webgpu.error().code == ErrorCode::cancelled) co_return std::unexpected(webgpu.error());
    co_return co_await on_wasm_alone("WebGPU could not run this model: " + webgpu.error().message);
  }
  report_.webgpu_ms = webgpu->millis;
  report_.max_difference = max_difference(wasm->logits, webgpu->logits);
  if (!same_answer(wasm->logits, webgpu->logits)) {
    if (forced) {
      co_return fail(ErrorCode::gpu_wrong, "This GPU computes wrong numbers with this model (a known answer did not come out): choose auto or wasm.",
                     "largest difference " + std::to_string(*report_.max_difference));
    }
    co_return co_await on_wasm_alone("WebGPU gave a wrong answer to a known question, so WASM computes.");
  }
  const std::string times = millis_text(webgpu->millis) + " on WebGPU, " + millis_text(wasm->millis) + " on WASM";
  if (forced) {
    report_.provider = infer::provider_name(Provider::webgpu);
    report_.reason = "WebGPU was asked for (" + times + ").";
    co_return Result<void>{};
  }
  if (webgpu->millis <= wasm->millis) {
    report_.provider = infer::provider_name(Provider::webgpu);
    report_.reason = "The faster one here: " + times + ".";
    co_return Result<void>{};
  }
  report_.provider = infer::provider_name(Provider::wasm);
  report_.reason = "The faster one here: " + times + ".";
  co_return co_await start(Provider::wasm);
}

void Loader::summarize(double millis) {
  LoadedModel& model = *model_;
  std::vector<const onnx::Surgery*> graphs;
  std::vector<std::string> taps;
  for (const auto* graph : {&encoder_, &decoder_}) {
    if (!*graph) continue;
    graphs.push_back(&**graph);
    for (const onnx::Tap& tap : (*graph)->taps) taps.push_back(tap.name);
  }
  if (encoder_) model.encoder_layers = (*encoder_).layers(onnx::AttentionKind::self);
  if (decoder_) {
    const bool bridge = model.family == Family::encoder_decoder;
    model.decoder_layers = (*decoder_).layers(bridge ? onnx::AttentionKind::decoder_self : onnx::AttentionKind::self);
  }
  protocol::Loaded& out = model.summary;
  out.family = model.family;
  out.model = model.id;
  out.provider = report_.provider;
  out.bytes = fetched_bytes_;
  out.load_ms = millis;
  out.parameters = static_cast<std::int64_t>(onnx::count_parameters(graphs));
  out.layers = model.config.layers;
  out.decoder_layers = model.config.decoder_layers;
  out.heads = model.config.heads;
  out.vocabulary = model.config.vocabulary;
  out.hidden = model.config.hidden;
  out.max_tokens = model.config.max_tokens;
  out.taps = std::move(taps);
  out.report = report_;
}

}  // namespace

Task<Result<std::unique_ptr<LoadedModel>>> load_model(Services services, const model::Catalog& catalog, protocol::Load request, LoadHooks hooks) {
  const Family family = request.family.value_or(family_at_home(request.seat));  // whose bundled one an empty name means
  const model::CatalogModel* entry = catalog.find(family, request.model);
  if (entry == nullptr) {
    const std::string known = [&] {
      std::string names;
      for (const model::CatalogModel& m : catalog.models) {
        if (m.family == family) names += (names.empty() ? "" : ", ") + m.id;
      }
      return names.empty() ? std::string("none") : names;
    }();
    co_return fail(ErrorCode::model_missing, "There is no " + std::string(family_name(family)) + " model \"" + request.model +
                                                 "\" in the catalog; there is: " + known + ".");
  }
  if (request.family && entry->family != *request.family) {
    co_return fail(ErrorCode::model_unsupported, "The model " + entry->id + " is of the family " + std::string(family_name(entry->family)) + ", not " +
                                                     std::string(family_name(*request.family)) + ": ask for that family, or for none.");
  }
  Loader loader(services, *entry, std::move(hooks));
  co_return co_await loader.load(request.provider);
}

}  // namespace trilens::lab
