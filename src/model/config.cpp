#include "model/config.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "model/json_fields.hpp"

namespace trilens::model {
namespace {

constexpr std::int64_t kMost = 1 << 24;             // of any count in a config; more is not a model
constexpr std::int64_t kRelativePositions = 512;    // what T5 was trained for where its config does not say

// How the configuration classes of transformers name things, by model_type.
struct Names {
  std::string_view type;
  Family family;
  const char* layers;
  const char* decoder_layers;  // nullptr where there is one stack
  const char* heads;
  const char* hidden;
  const char* positions;
  const char* head_size;       // nullptr: hidden / heads
  const char* decoder_heads = nullptr;  // nullptr: as many as `heads` says
  const char* feed_forward = "intermediate_size";
  const char* decoder_feed_forward = nullptr;  // nullptr: as `feed_forward` says
  std::int64_t reserved_positions = 0;  // rows of the position table, as counted by `positions`, that no token gets (RoBERTa)
};

constexpr std::array kNames{
    Names{"bert", Family::encoder, "num_hidden_layers", nullptr, "num_attention_heads", "hidden_size", "max_position_embeddings", nullptr},
    Names{"distilbert", Family::encoder, "n_layers", nullptr, "n_heads", "dim", "max_position_embeddings", nullptr, nullptr, "hidden_dim"},
    Names{"roberta", Family::encoder, "num_hidden_layers", nullptr, "num_attention_heads", "hidden_size", "max_position_embeddings", nullptr, nullptr,
          "intermediate_size", nullptr, 2},
    Names{"gpt2", Family::decoder, "n_layer", nullptr, "n_head", "n_embd", "n_positions", nullptr, nullptr, "n_inner"},
    Names{"gpt_neo", Family::decoder, "num_layers", nullptr, "num_heads", "hidden_size", "max_position_embeddings", nullptr},
    Names{"t5", Family::encoder_decoder, "num_layers", "num_decoder_layers", "num_heads", "d_model", "n_positions", "d_kv", nullptr, "d_ff"},
    Names{"mt5", Family::encoder_decoder, "num_layers", "num_decoder_layers", "num_heads", "d_model", "n_positions", "d_kv", nullptr, "d_ff"},
    Names{"bart", Family::encoder_decoder, "encoder_layers", "decoder_layers", "encoder_attention_heads", "d_model", "max_position_embeddings", nullptr,
          "decoder_attention_heads", "encoder_ffn_dim", "decoder_ffn_dim"},
    Names{"marian", Family::encoder_decoder, "encoder_layers", "decoder_layers", "encoder_attention_heads", "d_model", "max_position_embeddings", nullptr,
          "decoder_attention_heads", "encoder_ffn_dim", "decoder_ffn_dim"},
};

const Names* names_of(std::string_view type) {
  for (const Names& names : kNames) {
    if (names.type == type) return &names;
  }
  return nullptr;
}

std::string known_types() {
  std::string out;
  for (const Names& names : kNames) out += (out.empty() ? "" : ", ") + std::string(names.type);
  return out;
}

// The first class that the checkpoint was saved from, "BertForMaskedLM"; empty where the file does not say.
std::string architecture(JsonFields& in) {
  for (const Json& name : in.array_or_empty("architectures")) return name.is_string() ? name.get<std::string>() : std::string{};
  return {};
}

// Why a model of a known type cannot be opened; empty where it can.
std::string obstacle(JsonFields& in, Family family) {
  const std::string made = architecture(in);
  const bool writes = family != Family::encoder;
  if (family == Family::encoder_decoder && !in.flag("is_encoder_decoder", true)) {
    return "it is one half of an encoder-decoder (`is_encoder_decoder` is false)";
  }
  if (family == Family::encoder_decoder && made.ends_with("EncoderModel")) return "it is the encoder alone (" + made + "), and the views need its decoder";
  if (family != Family::encoder_decoder && in.flag("is_encoder_decoder", false)) return "`is_encoder_decoder` is true, which no model of this type has";
  if (family == Family::encoder && in.flag("is_decoder", false)) return "it is made into a decoder (`is_decoder` is true), and encoders of this type are understood";
  if (in.flag("add_cross_attention", false)) return "it reads another model's states (`add_cross_attention` is true)";
  for (const std::string_view head : {"ForSequenceClassification", "ForQuestionAnswering", "ForTokenClassification", "ForMultipleChoice"}) {
    if (writes && made.ends_with(head)) return "it answers with classes instead of words (" + made + ")";
  }
  return {};
}

Result<Json> parse(std::string_view text, const char* file) {
  if (text.empty()) return Json::object();
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return fail(ErrorCode::model_malformed, std::string(file) + " is not JSON: it was cut short, or is not what its name says.");
  return json;
}

void read_heads(JsonFields& in, const Names& names, Config& out) {
  const auto size = [&](std::int64_t heads) {
    if (names.head_size != nullptr) return in.integer(names.head_size, 1, kMost);
    if (out.hidden % heads != 0) in.refuse(names.hidden, "is " + std::to_string(out.hidden) + ", which " + std::to_string(heads) + " heads do not divide");
    return out.hidden / heads;
  };
  out.hidden = in.integer(names.hidden, 1, kMost);
  out.heads = in.integer(names.heads, 1, kMost);
  out.head_size = size(out.heads);
  const bool own = names.decoder_heads != nullptr && in.has(names.decoder_heads);
  out.decoder_heads = own ? in.integer(names.decoder_heads, 1, kMost) : out.heads;
  out.decoder_head_size = size(out.decoder_heads);
}

// GPT-2 and GPT-Neo: four times as wide as the vectors where nothing is said. T5: "gated-gelu", or "relu".
void read_feed_forward(JsonFields& in, const Names& names, Config& out) {
  const bool decoder = out.family == Family::decoder;
  const auto width = [&](const char* name) { return in.has(name) ? in.integer(name, 1, kMost) : decoder ? 4 * out.hidden : 0; };
  out.feed_forward = width(names.feed_forward);
  out.decoder_feed_forward = names.decoder_feed_forward == nullptr ? out.feed_forward : width(names.decoder_feed_forward);
  out.gated = in.text_or("feed_forward_proj", {}).starts_with("gated");
}

// As transformers' generate() has it: where no start is given, the text's beginning is one.
std::optional<std::int32_t> decoder_start(JsonFields& in, JsonFields& generation) {
  for (const char* name : {"decoder_start_token_id", "bos_token_id"}) {
    for (JsonFields* fields : {&generation, &in}) {
      if (fields->has(name)) return fields->maybe_id(name);
    }
  }
  return std::nullopt;
}

std::int64_t positions(JsonFields& in, const Names& names) {
  if (names.head_size != nullptr && !in.has(names.positions)) return kRelativePositions;
  return in.integer(names.positions, names.reserved_positions + 1, kMost) - names.reserved_positions;
}

// eos_token_id: a number, or a list of them.
std::vector<std::int32_t> ends(JsonFields& in, const Json& json) {
  std::vector<std::int32_t> ids;
  if (!in.has("eos_token_id")) return ids;
  if (!json["eos_token_id"].is_array()) return {*in.maybe_id("eos_token_id")};
  for (const Json& id : json["eos_token_id"]) {
    const bool whole = id.is_number_integer() && (!id.is_number_unsigned() || id.get<std::uint64_t>() < kMost);
    if (!whole || id.get<std::int64_t>() < 0) {
      in.refuse("eos_token_id", "must be a token's id, or a list of them");
      return ids;
    }
    ids.push_back(id.get<std::int32_t>());
  }
  return ids;
}

// mask_token: a string, or an object with its content.
std::string mask_token(JsonFields& in, const Json& json) {
  if (!in.has("mask_token")) return {};
  if (json["mask_token"].is_object() && json["mask_token"].contains("content") && json["mask_token"]["content"].is_string()) {
    return json["mask_token"]["content"].get<std::string>();
  }
  return in.text("mask_token");
}

// The tokens that are not to be written: of bad_words_ids those of a single one.
std::vector<std::int32_t> banned(JsonFields& in) {
  std::vector<std::int32_t> ids;
  for (const Json& word : in.array_or_empty("bad_words_ids")) {
    if (!word.is_array() || word.size() != 1 || !word[0].is_number_integer()) continue;
    const auto id = word[0].is_number_unsigned() && word[0].get<std::uint64_t>() >= kMost ? -1 : word[0].get<std::int64_t>();
    if (id >= 0 && id < kMost) ids.push_back(static_cast<std::int32_t>(id));
  }
  return ids;
}

// Sentence Transformers' file: one flag for each mode.
Result<Pooling> pooling_of(std::string_view text) {
  if (text.empty()) return Pooling::usual;
  const auto json = parse(text, "1_Pooling/config.json");
  if (!json) return std::unexpected(json.error());
  JsonFields in(*json, "1_Pooling/config.json", {});
  constexpr std::pair<const char*, Pooling> kModes[] = {{"pooling_mode_mean_tokens", Pooling::mean},
                                                        {"pooling_mode_cls_token", Pooling::first_token},
                                                        {"pooling_mode_lasttoken", Pooling::last_token},
                                                        {"pooling_mode_max_tokens", Pooling::other},
                                                        {"pooling_mode_mean_sqrt_len_tokens", Pooling::other},
                                                        {"pooling_mode_weightedmean_tokens", Pooling::other}};
  std::optional<Pooling> out;
  for (const auto& [name, mode] : kModes) {
    if (in.flag(name, false)) out = out ? Pooling::other : mode;  // several at once are joined end to end
  }
  if (!in.ok()) return in.error();
  return out.value_or(Pooling::mean);
}

// A translation comes first: of all tasks it is the one that a sentence without a prefix is given.
std::vector<std::string> task_prefixes(JsonFields& in) {
  std::vector<std::string> out;
  for (const Json& task : in.object_or_empty("task_specific_params")) {
    if (!task.is_object() || !task.contains("prefix") || !task["prefix"].is_string()) continue;
    out.push_back(task["prefix"].get<std::string>());
  }
  std::erase(out, "");
  std::ranges::stable_partition(out, [](const std::string& prefix) { return prefix.starts_with("translate "); });
  return out;
}

}  // namespace

Result<Config> parse_config(const ConfigFiles& files) {
  const auto json = parse(files.config, "config.json");
  const auto generation_json = parse(files.generation, "generation_config.json");
  const auto tokenizer_json = parse(files.tokenizer, "tokenizer_config.json");
  for (const auto* parsed : {&json, &generation_json, &tokenizer_json}) {
    if (!*parsed) return std::unexpected(parsed->error());
  }
  JsonFields in(*json, "config.json", {});
  JsonFields generation(*generation_json, "generation_config.json", {});
  JsonFields tokenizer(*tokenizer_json, "tokenizer_config.json", {});

  Config out;
  out.model_type = in.text("model_type");
  if (!in.ok()) return in.error();
  const Names* names = names_of(out.model_type);
  if (names == nullptr) {
    return fail(ErrorCode::model_unsupported, "A model of the type \"" + out.model_type + "\" cannot be opened here; those that can: " + known_types() + ".");
  }
  out.family = names->family;
  const std::string reason = obstacle(in, out.family);
  if (!in.ok()) return in.error();
  if (!reason.empty()) {
    return fail(ErrorCode::model_unsupported, "This model of the type \"" + out.model_type + "\" cannot be opened: " + reason + ".");
  }
  out.layers = in.integer(names->layers, 1, kMost);
  // A T5's decoder is as deep as its encoder where nothing else is said.
  if (names->decoder_layers != nullptr) {
    out.decoder_layers = in.has(names->decoder_layers) ? in.integer(names->decoder_layers, 1, kMost) : out.layers;
  }
  read_heads(in, *names, out);
  read_feed_forward(in, *names, out);
  out.relative_positions = out.model_type == "t5" || out.model_type == "mt5";
  out.vocabulary = in.integer("vocab_size", 1, kMost);
  out.max_tokens = positions(in, *names);

  out.eos_ids = generation.has("eos_token_id") ? ends(generation, *generation_json) : ends(in, *json);
  out.bos_id = in.maybe_id("bos_token_id");
  out.pad_id = in.maybe_id("pad_token_id");
  if (out.family == Family::encoder_decoder) {
    const auto start = decoder_start(in, generation);
    if (!start && in.ok() && generation.ok()) {
      return fail(ErrorCode::model_unsupported, "This model's config.json and generation_config.json name no token that its decoder starts from "
                                                "(`decoder_start_token_id`): add it to generation_config.json.");
    }
    out.decoder_start_id = start.value_or(0);
  }
  if (in.has("relative_attention_max_distance")) out.relative_max_distance = in.integer("relative_attention_max_distance", 1, kMost);
  out.first_position = out.model_type == "roberta" ? out.pad_id.value_or(1) + 1 : 0;
  for (JsonFields* fields : {&generation, &in}) {
    if (out.family == Family::encoder_decoder && !out.forced_bos_id) out.forced_bos_id = fields->maybe_id("forced_bos_token_id");
    if (out.banned_ids.empty()) out.banned_ids = banned(*fields);
  }
  out.architecture = architecture(in);
  const auto pooling = pooling_of(files.pooling);
  if (!pooling) return std::unexpected(pooling.error());
  out.pooling = *pooling;
  out.mask_token = out.family == Family::encoder || out.model_type == "bart" ? mask_token(tokenizer, *tokenizer_json) : std::string{};
  out.task_prefixes = task_prefixes(in);
  for (const JsonFields* fields : {&in, &generation, &tokenizer}) {
    if (!fields->ok()) return fields->error();
  }
  return out;
}

}  // namespace trilens::model
