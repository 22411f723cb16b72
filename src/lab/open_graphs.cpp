#include "lab/open_graphs.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "onnx/border.hpp"

namespace trilens::lab {
namespace {

using infer::Provider;
using model::GraphRole;
using model::Source;

constexpr std::int32_t kFloat = 1, kInt64 = 7, kBoolean = 9;  // TensorProto.DataType

constexpr std::array kIntegerInputs{std::string_view("input_ids"), std::string_view("attention_mask"), std::string_view("token_type_ids"),
                                    std::string_view("position_ids"), std::string_view("encoder_attention_mask")};

std::string role_file(const Source& source, GraphRole role) {
  const model::SourceGraph* graph = source.graph(role);
  return graph == nullptr ? std::string{} : graph->file;
}

// The only graph of a decoder, or the first of its two.
GraphRole decoder_role(const Source& source) { return source.graph(GraphRole::decoder) != nullptr ? GraphRole::decoder : GraphRole::model; }

std::string joined(const std::vector<onnx::Port>& ports) {
  std::string out;
  for (const onnx::Port& port : ports) out += (out.empty() ? "" : ", ") + port.name;
  return out.empty() ? "none" : out;
}

const onnx::Port* find_port(const std::vector<onnx::Port>& ports, std::string_view name) {
  const auto at = std::ranges::find(ports, name, &onnx::Port::name);
  return at == ports.end() ? nullptr : &*at;
}

// Why an input cannot be filled; empty where it can.
std::string unfillable(const onnx::Port& port) {
  const bool integer = std::ranges::find(kIntegerInputs, port.name) != kIntegerInputs.end();
  const bool number = port.name == "encoder_hidden_states" || port.name.starts_with("past_key_values.");
  const bool flag = port.name == "use_cache_branch";
  if (!integer && !number && !flag) return "it takes an input \"" + port.name + "\", which nothing here can fill";
  const std::int32_t wanted = integer ? kInt64 : flag ? kBoolean : kFloat;
  if (port.element_type == wanted || port.element_type == 0) return {};
  return "its input \"" + port.name + "\" is of another type than in exports of transformers (ONNX's type " + std::to_string(port.element_type) + ")";
}

Result<onnx::Surgery> open_one(const Source& source, const std::string& name, FileMap& files, onnx::Options options) {
  const std::string where = source.id + "/" + name;
  auto opened = onnx::open_up(files[name], options);
  files[name] = {};
  if (!opened) return fail(opened.error().code, "In " + where + ": " + opened.error().message, opened.error().detail);
  if (onnx::has_f16_border(*opened)) {
    auto bordered = onnx::f32_border(opened->model);
    if (!bordered) return fail(bordered.error().code, "In " + where + ": " + bordered.error().message, bordered.error().detail);
    opened->model = std::move(*bordered);
    for (auto* ports : {&opened->inputs, &opened->outputs}) {
      for (onnx::Port& port : *ports) port.element_type = port.element_type == 10 ? kFloat : port.element_type;
    }
  }
  for (const onnx::Port& port : opened->inputs) {
    if (const std::string why = unfillable(port); !why.empty()) {
      return fail(ErrorCode::model_unsupported, "The file " + where + " cannot be run: " + why + ". Export the model with optimum-cli export onnx.");
    }
  }
  return opened;
}

Result<void> needs_output(const Source& source, const std::string& file, const onnx::Surgery& graph, std::string_view output) {
  if (find_port(graph.outputs, output) != nullptr) return {};
  return fail(ErrorCode::model_unsupported, "The file " + source.id + "/" + file + " has no output \"" + std::string(output) +
                                                "\"; it has: " + joined(graph.outputs) +
                                                ". Export the model with optimum-cli export onnx and the task that it is for.");
}

// The last dimension where the file says it as a number, else 0.
std::int64_t last_dimension(const onnx::Port& port) {
  std::int64_t value = 0;
  if (!port.dims.empty()) std::from_chars(port.dims.back().data(), port.dims.back().data() + port.dims.back().size(), value);
  return value;
}

// What an encoder ends in. Classes for each position look like words but for their number; where the file leaves that out, the class tells
// that the checkpoint was saved from.
void read_head(const onnx::Surgery& graph, LoadedModel& model) {
  const onnx::Port* logits = find_port(graph.outputs, "logits");
  if (logits != nullptr) {
    const std::int64_t width = last_dimension(*logits);
    const bool named = width == 0 && (model.config.architecture.empty() || model.config.architecture.ends_with("ForMaskedLM"));
    if ((logits->dims.size() == 3 || logits->dims.empty()) && (width == model.config.vocabulary || named)) return;
  }
  const bool states = find_port(graph.outputs, "last_hidden_state") != nullptr;
  model.head = logits == nullptr && states ? Head::states : Head::classes;
  model.head_output = logits != nullptr ? "logits" : states ? "last_hidden_state" : graph.outputs.front().name;
  if (model.head == Head::states) {
    model.no_words = "The model " + model.id +
                     " has no head for words: it gives each piece of a text a vector, and does not fill blanks. Use embed, or load a model "
                     "exported for fill-mask.";
    return;
  }
  model.no_words = "The model " + model.id + " answers with other things than words (its outputs: " + joined(graph.outputs) +
                   "), and does not fill blanks. Load a model exported for fill-mask.";
}

// What stays with the runtime: large, and only its winners or its next run are of interest.
std::vector<std::string> remote_outputs(const onnx::Surgery& graph, const std::string& head) {
  std::vector<std::string> names;
  for (const onnx::Port& port : graph.outputs) {
    const bool known = port.name == "logits" || port.name == "last_hidden_state" || port.name.starts_with("present.");
    if (known || port.name == head) names.push_back(port.name);
  }
  return names;
}

GraphFacts facts_of(const onnx::Surgery& graph) { return {graph.switches, graph.refusals, graph.attentions}; }

Task<Result<std::unique_ptr<infer::Session>>> start_one(infer::Runtime& runtime, const std::optional<onnx::Surgery>& graph, Provider provider,
                                                        std::string head) {
  if (!graph) co_return std::unique_ptr<infer::Session>{};
  infer::SessionOptions options{graph->model, provider, remote_outputs(*graph, head)};
  co_return co_await runtime.create_session(std::move(options));
}

}  // namespace

std::vector<const onnx::Surgery*> OpenGraphs::all() const {
  std::vector<const onnx::Surgery*> out;
  for (const auto* graph : {&encoder, &decoder, &later}) {
    if (*graph) out.push_back(&**graph);
  }
  return out;
}

Result<void> check_source(const Source& source) {
  for (const model::SourceFile& file : source.files) {
    for (const model::SourceGraph& graph : source.graphs) {
      const bool beside = file.name != graph.file && file.name.starts_with(graph.file) &&
                          (file.name[graph.file.size()] == '_' || file.name[graph.file.size()] == '.');
      if (!beside) continue;
      return fail(ErrorCode::model_unsupported,
                  "The weights of " + source.id + "/" + graph.file + " lie in a file of their own (" + file.name +
                      "), which cannot be opened here: choose a smaller variant, "
                      "or write the model as one file, in Python: onnx.save(onnx.load(\"model.onnx\"), \"one.onnx\", save_as_external_data=False).");
    }
  }
  if (source.graphs.empty()) {
    return fail(
        ErrorCode::model_missing,
        "The model " + source.id + " has no ONNX file: it needs onnx/model.onnx, or onnx/encoder_model.onnx and onnx/decoder_model_merged.onnx.");
  }
  return source.family ? check_roles(source, *source.family) : Result<void>{};
}

Result<void> check_roles(const Source& source, Family family) {
  const auto has = [&](GraphRole role) { return source.graph(role) != nullptr; };
  switch (family) {
    case Family::encoder:
      if (has(GraphRole::model)) return {};
      return fail(ErrorCode::model_missing, "The model " + source.id + " is an encoder and lacks its file onnx/model.onnx.");
    case Family::decoder:
      if (has(GraphRole::model) || has(GraphRole::decoder)) return {};
      return fail(ErrorCode::model_missing,
                  "The model " + source.id + " is a decoder and lacks its file: onnx/model.onnx, or onnx/decoder_model_merged.onnx.");
    case Family::encoder_decoder:
      if (has(GraphRole::encoder) && has(GraphRole::decoder)) return {};
      return fail(ErrorCode::model_missing, "The model " + source.id +
                                                " is an encoder-decoder and needs two files, onnx/encoder_model.onnx and "
                                                "onnx/decoder_model_merged.onnx (or onnx/decoder_model.onnx and onnx/decoder_with_past_model.onnx).");
  }
  return {};
}

Result<OpenGraphs> open_graphs(const Source& source, const model::Config& config, FileMap& files) {
  OpenGraphs out;
  const auto open = [&](GraphRole role, const onnx::Options& options, std::optional<onnx::Surgery>& into) -> Result<void> {
    auto opened = open_one(source, role_file(source, role), files, options);
    if (!opened) return std::unexpected(opened.error());
    into.emplace(std::move(*opened));
    return {};
  };
  const onnx::Options whole{.context = true, .switches = true, .allow_closed = true};
  if (config.family == Family::encoder) {
    if (auto done = open(GraphRole::model, whole, out.encoder); !done) return std::unexpected(done.error());
    if (out.encoder->outputs.empty())
      return fail(ErrorCode::model_malformed, "The file " + source.id + "/" + role_file(source, GraphRole::model) + " gives nothing out.");
    return out;
  }
  if (config.family == Family::encoder_decoder) {
    if (auto done = open(GraphRole::encoder, whole, out.encoder); !done) return std::unexpected(done.error());
    if (auto fits = needs_output(source, role_file(source, GraphRole::encoder), *out.encoder, "last_hidden_state"); !fits)
      return std::unexpected(fits.error());
  }
  const GraphRole role = decoder_role(source);
  if (auto done = open(role, whole, out.decoder); !done) return std::unexpected(done.error());
  if (auto fits = needs_output(source, role_file(source, role), *out.decoder, "logits"); !fits) return std::unexpected(fits.error());
  if (source.graph(GraphRole::decoder_with_past) == nullptr) return out;
  // It goes on from the first; what is looked at is looked at in the first, which reads everything at once.
  const onnx::Options switches_alone{.probabilities = false, .scores = false, .qkv = false, .hidden = false, .switches = true, .allow_closed = true};
  if (auto done = open(GraphRole::decoder_with_past, switches_alone, out.later); !done) return std::unexpected(done.error());
  if (auto fits = needs_output(source, role_file(source, GraphRole::decoder_with_past), *out.later, "logits"); !fits)
    return std::unexpected(fits.error());
  return out;
}

void describe_graphs(const OpenGraphs& graphs, LoadedModel& model) {
  if (graphs.encoder) {
    model.encoder_facts = facts_of(*graphs.encoder);
    model.encoder_layers = graphs.encoder->layers(onnx::AttentionKind::self);
    if (model.family == Family::encoder) read_head(*graphs.encoder, model);
  }
  if (graphs.decoder) {
    const bool bridge = model.family == Family::encoder_decoder;
    model.decoder_facts = facts_of(*graphs.decoder);
    model.decoder_layers = graphs.decoder->layers(bridge ? onnx::AttentionKind::decoder_self : onnx::AttentionKind::self);
  }
  if (graphs.later) model.later_facts = facts_of(*graphs.later);
}

Task<Result<void>> start_sessions(infer::Runtime& runtime, const OpenGraphs& graphs, Provider provider, LoadedModel& model) {
  model.encoder.reset();
  model.decoder.reset();
  model.later.reset();
  for (const auto& [graph, into] :
       {std::pair(&graphs.encoder, &model.encoder), std::pair(&graphs.decoder, &model.decoder), std::pair(&graphs.later, &model.later)}) {
    auto session = co_await start_one(runtime, *graph, provider, model.head_output);
    if (!session) co_return std::unexpected(session.error());
    *into = std::move(*session);
  }
  if (!model.decoder) co_return Result<void>{};
  const infer::Session& takes = model.later ? *model.later : *model.decoder;
  auto layout = model::cache_layout(takes.inputs(), model.decoder->outputs(), model.config);
  if (!layout) co_return std::unexpected(layout.error());
  for (const model::CacheEntry& entry : layout->entries) {
    if (entry.cross || std::ranges::find(takes.outputs(), entry.output) != takes.outputs().end()) continue;
    co_return fail(ErrorCode::model_unsupported, "The second decoder file of " + model.id + " takes \"" + entry.input + "\" but does not give \"" +
                                                     entry.output + "\" back: export it again with its cache.");
  }
  model.cache = std::move(*layout);
  co_return Result<void>{};
}

}  // namespace trilens::lab
