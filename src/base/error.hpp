// Errors as values: what went wrong, in one sentence, under a stable code.
//
// Not here: logging, stack traces, translation (the page shows `message`; a translation may be looked up by `code`).
// Our code does not throw. What can fail returns Result<T>; each error is handled once, where something can be done.
//
//   Result<int> parse(std::string_view text);
//   auto n = parse("x");
//   if (!n) return std::unexpected(n.error());
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace trilens {

// Stable: names travel to scripts and tests (docs/automation.md lists them). Append (before `internal`), never rename.
enum class ErrorCode {
  invalid_argument,       // an option or parameter out of range, a command without its fields
  unknown_command,        // no such command
  empty_input,            // nothing to read
  no_blank,               // a blank is asked for and the text has none
  unsupported_task,       // this family cannot do this, and the sentence says why
  not_loaded,             // the family has no model yet
  model_missing,          // a file of the model is not there
  model_malformed,        // a file is cut short, corrupt, or not what its name says
  model_unsupported,      // well formed, but not something Trilens can open
  tokenizer_malformed,    // tokenizer.json cannot be parsed
  tokenizer_unsupported,  // tokenizer.json uses a part that is not implemented
  network,                // a fetch failed
  webgpu_unavailable,     // no adapter, no device
  gpu_lost,               // the device was lost and could not be had again
  gpu_wrong,              // the known answer did not come out right on this GPU
  runtime_failed,         // ONNX Runtime refused to load or to run
  out_of_memory,
  cancelled,              // the user, or a newer request, stopped it
  model_gated,            // its host hands it out only after a log-in
  storage_full,           // the browser has no room for a model's files
  storage_failed,         // what the browser stored is damaged, in use, or cannot be read
  internal,               // a bug of ours; the last one: code_from_name() counts up to it
};

// "model_malformed" and so on.
[[nodiscard]] std::string_view code_name(ErrorCode code);
// The other way; a name that is none of them is `internal`.
[[nodiscard]] ErrorCode code_from_name(std::string_view name);

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;  // one sentence: what is wrong, where, what to do
  std::string detail;   // optional: what the lower layer said
};

template <class T>
using Result = std::expected<T, Error>;

[[nodiscard]] inline std::unexpected<Error> fail(ErrorCode code, std::string message, std::string detail = {}) {
  return std::unexpected(Error{code, std::move(message), std::move(detail)});
}

}  // namespace trilens
