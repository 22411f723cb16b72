#include "lab/load_model.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "lab/choose_provider.hpp"
#include "lab/open_graphs.hpp"

namespace trilens::lab {
namespace {

using protocol::ProviderChoice;

constexpr std::string_view kPooling = "1_Pooling/config.json";
// Before the weights, and in this order: the first two are always there.
constexpr std::array kSmallFiles{std::string_view("config.json"), std::string_view("tokenizer.json"), std::string_view("generation_config.json"),
                                 std::string_view("tokenizer_config.json"), kPooling};
constexpr std::size_t kNeeded = 2;

std::string_view text_of(const FileMap& files, std::string_view name) {
  const auto it = files.find(name);
  return it == files.end() ? std::string_view{} : std::string_view(reinterpret_cast<const char*>(it->second.data()), it->second.size());
}

// How a blank is written for this model, and what goes before a text without one.
PromptForms forms_of(const model::Config& config, const tokenize::Tokenizer& tokenizer) {
  PromptForms forms{.mask = config.mask_token, .sentinel_prefix = {}, .task_prefixes = config.task_prefixes};
  if (config.family != Family::encoder_decoder) return forms;
  for (const std::string_view first : {"<extra_id_0>", "▁<extra_id_0>"}) {
    if (tokenizer.id_of(first)) forms.sentinel_prefix = "<extra_id_";
  }
  return forms;
}

// A model on its way: what was fetched and read, before there are sessions.
class Loader {
 public:
  Loader(Services services, model::Source source, LoadHooks hooks) : services_(services), source_(std::move(source)), hooks_(std::move(hooks)) {}

  Task<Result<std::unique_ptr<LoadedModel>>> load(ProviderChoice choice);

 private:
  Task<Result<void>> fetch(std::vector<std::string> names);
  Task<Result<void>> fetch_one(std::string name);
  std::vector<std::string> small_files() const;
  std::vector<std::string> graph_files() const;
  Result<void> read_words_and_shape();
  void summarize(const OpenGraphs& graphs, protocol::ProviderReport report, double millis);

  void progress(std::string stage, std::string file, std::int64_t bytes) const {
    if (hooks_.on_progress) hooks_.on_progress({std::move(stage), std::move(file), bytes, total_bytes_});
  }
  Result<void> go_on() const {
    if (hooks_.cancel.cancelled()) return fail(ErrorCode::cancelled, "Loading was stopped.");
    return {};
  }

  Services services_;
  model::Source source_;
  LoadHooks hooks_;
  std::int64_t total_bytes_ = 0;  // of what is fetched; 0: not known
  std::int64_t fetched_bytes_ = 0;
  FileMap files_;
  std::unique_ptr<LoadedModel> model_;
};

Task<Result<std::unique_ptr<LoadedModel>>> Loader::load(ProviderChoice choice) {
  const double begun = services_.clock.now_millis();
  if (auto can = check_source(source_); !can) co_return std::unexpected(can.error());
  if (auto can = check_choice(source_, choice, services_.runtime.webgpu_available()); !can) co_return std::unexpected(can.error());
  if (auto fetched = co_await fetch(small_files()); !fetched) co_return std::unexpected(fetched.error());
  if (auto read = read_words_and_shape(); !read) co_return std::unexpected(read.error());
  if (auto can = check_roles(source_, model_->family); !can) co_return std::unexpected(can.error());
  if (auto fetched = co_await fetch(graph_files()); !fetched) co_return std::unexpected(fetched.error());
  progress("open", {}, fetched_bytes_);
  auto graphs = open_graphs(source_, model_->config, files_);
  if (!graphs) co_return std::unexpected(graphs.error());
  describe_graphs(*graphs, *model_);
  progress("check", {}, fetched_bytes_);
  ProviderChooser chooser(services_, *graphs, *model_, hooks_.cancel);
  auto report = co_await chooser.choose(choice);
  if (!report) co_return std::unexpected(report.error());
  if (auto on = go_on(); !on) co_return std::unexpected(on.error());
  summarize(*graphs, std::move(*report), services_.clock.now_millis() - begun);
  co_return std::move(model_);
}

std::vector<std::string> Loader::small_files() const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kSmallFiles.size(); ++i) {
    if (i < kNeeded || source_.file(kSmallFiles[i]) != nullptr) names.emplace_back(kSmallFiles[i]);
  }
  return names;
}

// Each once; a file may have two roles.
std::vector<std::string> Loader::graph_files() const {
  std::vector<std::string> names;
  for (const model::SourceGraph& graph : source_.graphs) {
    if (std::ranges::find(names, graph.file) == names.end()) names.push_back(graph.file);
  }
  return names;
}

Task<Result<void>> Loader::fetch(std::vector<std::string> names) {
  if (total_bytes_ == 0) {
    for (const auto& list : {small_files(), graph_files()}) {
      for (const std::string& name : list) total_bytes_ += source_.file(name) == nullptr ? 0 : source_.file(name)->bytes;
    }
  }
  for (std::string& name : names) {
    if (auto fetched = co_await fetch_one(std::move(name)); !fetched) co_return fetched;
    if (auto on = go_on(); !on) co_return on;
  }
  co_return Result<void>{};
}

Task<Result<void>> Loader::fetch_one(std::string name) {
  const model::SourceFile* listed = source_.file(name);
  const std::int64_t before = fetched_bytes_;
  Files::Options options{
      .path = source_.path + "/" + name, .sha256 = listed == nullptr ? std::string{} : listed->sha256, .on_bytes = {}, .cancel = hooks_.cancel};
  options.on_bytes = [this, before, name](std::uint64_t loaded) { progress("fetch", name, before + static_cast<std::int64_t>(loaded)); };
  auto bytes = co_await services_.files.fetch(std::move(options));
  if (!bytes) co_return std::unexpected(bytes.error());
  if (listed != nullptr && listed->bytes != 0 && std::cmp_not_equal(bytes->size(), listed->bytes)) {
    co_return fail(ErrorCode::model_malformed, "The file " + source_.path + "/" + name + " has " + std::to_string(bytes->size()) +
                                                   " bytes; the list of its files says " + std::to_string(listed->bytes) +
                                                   ". It was cut short or replaced: fetch the model anew.");
  }
  fetched_bytes_ = before + static_cast<std::int64_t>(bytes->size());
  files_[std::move(name)] = std::move(*bytes);
  co_return Result<void>{};
}

Result<void> Loader::read_words_and_shape() {
  auto config = model::parse_config({.config = text_of(files_, "config.json"),
                                     .generation = text_of(files_, "generation_config.json"),
                                     .tokenizer = text_of(files_, "tokenizer_config.json"),
                                     .pooling = text_of(files_, kPooling)});
  if (!config) return std::unexpected(config.error());
  if (source_.family && config->family != *source_.family) {
    return fail(ErrorCode::model_malformed, "The catalog lists " + source_.id + " as " + std::string(family_name(*source_.family)) +
                                                ", and its config.json says " + std::string(family_name(config->family)) +
                                                ": write the catalog anew.");
  }
  auto tokenizer = tokenize::Tokenizer::from_json(text_of(files_, "tokenizer.json"));
  if (!tokenizer) return std::unexpected(tokenizer.error());
  PromptForms forms = forms_of(*config, *tokenizer);
  model_ = std::make_unique<LoadedModel>(LoadedModel{.family = config->family,
                                                     .id = source_.id,
                                                     .source = source_,
                                                     .config = std::move(*config),
                                                     .tokenizer = std::move(*tokenizer),
                                                     .forms = std::move(forms)});
  if (!model_->forms.mask.empty()) model_->mask_id = model_->tokenizer.id_of(model_->forms.mask);
  if (!model_->mask_id) model_->forms.mask.clear();  // named, but not among its words
  model_->summary.max_tokens = model_->config.max_tokens;
  return {};
}

void Loader::summarize(const OpenGraphs& graphs, protocol::ProviderReport report, double millis) {
  LoadedModel& model = *model_;
  const std::vector<const onnx::Surgery*> all = graphs.all();
  protocol::Loaded& out = model.summary;
  for (const onnx::Surgery* graph : all) {
    for (const onnx::Tap& tap : graph->taps) out.taps.push_back(tap.name);
  }
  out.family = model.family;
  out.model = model.id;
  out.provider = report.provider;
  out.bytes = fetched_bytes_;
  out.load_ms = millis;
  out.parameters = static_cast<std::int64_t>(onnx::count_parameters(all));
  out.layers = model.config.layers;
  out.decoder_layers = model.config.decoder_layers;
  out.heads = model.config.heads;
  out.vocabulary = model.config.vocabulary;
  out.hidden = model.config.hidden;
  out.report = std::move(report);
}

}  // namespace

Task<Result<std::unique_ptr<LoadedModel>>> load_model(Services services, model::Source source, ProviderChoice choice, LoadHooks hooks) {
  Loader loader(services, std::move(source), std::move(hooks));
  co_return co_await loader.load(choice);
}

Result<model::Source> catalog_source(const model::Catalog& catalog, const protocol::Load& request) {
  const Family family = request.family.value_or(family_at_home(request.seat));  // whose bundled one an empty name means
  const model::CatalogModel* entry = catalog.find(family, request.model);
  if (entry == nullptr) {
    std::string names;
    for (const model::CatalogModel& m : catalog.models) {
      if (m.family == family) names += (names.empty() ? "" : ", ") + m.id;
    }
    return fail(ErrorCode::model_missing, "There is no " + std::string(family_name(family)) + " model \"" + request.model +
                                              "\" in the catalog; there is: " + (names.empty() ? "none" : names) + ".");
  }
  if (request.family && entry->family != *request.family) {
    return fail(ErrorCode::model_unsupported, "The model " + entry->id + " is of the family " + std::string(family_name(entry->family)) + ", not " +
                                                  std::string(family_name(*request.family)) + ": ask for that family, or for none.");
  }
  return entry->source();
}

}  // namespace trilens::lab
