// Models beyond the bundled ones: what the page asks of the engine's library, and what it hears.
//
// A name becomes a plan (lists are read, no weights); the page shows it and asks; only then is it fetched. What is kept can be loaded
// by its name without a network. Not here: loading (Load), how files are had (web/). Values; no threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/family.hpp"

namespace trilens::protocol {

// "plan_model". Errors: model_missing, model_gated, model_unsupported (with the reason), network, invalid_argument (the name).
struct PlanModel {
  std::string name;      // "owner/name", "owner/name@revision", or "disk:<n>" for what was dropped or chosen
  std::string base;      // a mirror or a school's own server, "https://models.school.example/"; empty: the public hub
  std::string variant;   // "fp32", "q8", …; empty: the best for this machine
};

struct VariantView {
  std::string variant;   // "fp16"
  std::string provider;  // "webgpu" or "wasm"
  bool usable = false;
  std::string why;       // a clause without its full stop
  std::int64_t bytes = 0;
  bool operator==(const VariantView&) const = default;
};

// What the repository says about itself.
struct ModelCard {
  std::string license;                   // "apache-2.0"; empty: not said
  std::vector<std::string> languages;
  std::string task;                      // "fill-mask"
  std::string base_model;
  std::string summary;                   // the first paragraph of the README, plain text, at most 600 characters
  std::string model_type;                // config.json
  std::int64_t layers = 0, heads = 0, hidden = 0, vocabulary = 0;  // 0: not said
  bool operator==(const ModelCard&) const = default;
};

// Answer to PlanModel.
struct ModelPlan {
  std::int64_t plan = 0;                 // FetchModel's
  std::string name;                      // for Load, once fetched: "owner/name@revision"
  std::string repo, revision, commit;
  std::string host;                      // as the page names it; empty: from disk
  Family family = Family::encoder;
  std::string variant, provider, reason;
  std::int64_t total_bytes = 0;
  std::int64_t missing_bytes = 0;        // still to be fetched; 0: all of it is here
  std::vector<std::string> unknown_lengths;
  std::int64_t memory_bytes = 0;         // estimate while loaded: file, runtime's copy, and what a text of 512 tokens takes
  std::string memory_sentence;           // how that is made up
  std::vector<VariantView> variants;     // best first
  ModelCard card;
  bool operator==(const ModelPlan&) const = default;
};

// "fetch_model": after the visitor said yes. Sends Progress, answers with StoredModel. Cancel{request} stops it; what has come stays.
struct FetchModel {
  std::int64_t plan = 0;
};

struct StoredModel {
  std::string key;                       // RemoveModel's
  std::string name;                      // Load's: "owner/name@revision"
  std::string repo, revision, commit, host, variant, provider;
  std::optional<Family> family;          // absent: damaged
  std::int64_t bytes = 0;
  bool complete = false;                 // false: fetching it again goes on where it was cut
  bool damaged = false;                  // can only be removed
  bool persistent = true;                // false: in memory, until the page is closed
  double saved_at = 0;                   // milliseconds since 1970
  bool operator==(const StoredModel&) const = default;
};

// "stored_models" → Shelf.
struct StoredModels {};

struct Shelf {
  bool persistent = false;               // the browser keeps models when the page is closed
  std::string why;                       // a sentence, where it does not, or not all of them
  std::int64_t models_bytes = 0;
  std::optional<std::int64_t> used_bytes, quota_bytes;  // of the whole site, where the browser says
  std::vector<StoredModel> models;
  bool operator==(const Shelf&) const = default;
};

// "remove_model" → Shelf.
struct RemoveModel {
  std::string key;
};

// The answers as JSON, without the message around them: how a library written in another language hands them in (web/library.mjs).
// Errors: internal (it is something else).
[[nodiscard]] Result<ModelPlan> parse_model_plan(std::string_view json);
[[nodiscard]] Result<StoredModel> parse_stored_model(std::string_view json);
[[nodiscard]] Result<Shelf> parse_shelf(std::string_view json);

}  // namespace trilens::protocol
