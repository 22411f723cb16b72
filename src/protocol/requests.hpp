// What the page asks of the engine: one struct a request, each with one JSON form (docs/automation.md shows them).
// `seat` says which of the three models is asked. In JSON it is "seat", or "family", which means that family's home.
//
// Not here: answers (results.hpp), what a request does (src/lab). Values; no threads.
// Errors of parse(): invalid_argument (a field missing, of the wrong type or out of range: names it), unknown_command.
//
//   Result<RequestMessage> message = parse_request(R"({"id":1,"type":"tokenize","family":"decoder","text":"Hi"})");
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/error.hpp"
#include "base/family.hpp"
#include "base/seat.hpp"
#include "protocol/account.hpp"
#include "protocol/heads.hpp"
#include "protocol/answer.hpp"
#include "protocol/leak.hpp"
#include "protocol/lens.hpp"
#include "protocol/probe.hpp"
#include "protocol/shelf.hpp"
#include "protocol/space.hpp"
#include "protocol/switches.hpp"

namespace trilens::protocol {

inline constexpr std::int64_t kMaxTopK = 64;          // what a row_statistics pass hands back
inline constexpr std::int64_t kMaxNewTokens = 1024;
inline constexpr std::int64_t kMaxBeams = 16;

enum class ProviderChoice : std::uint8_t { automatic, webgpu, wasm };  // "auto", "webgpu", "wasm"

struct Load {
  Seat seat = Seat::left;
  std::optional<Family> family = {};  // what the model must be; absent: any
  std::string model = {};  // id of the catalog, or name of a kept one; empty: the bundled one of `family`, else of the seat's home
  ProviderChoice provider = ProviderChoice::automatic;
};

struct Tokenize {
  Seat seat = Seat::left;
  std::string text;
};

// Blanks may be written `___` (three or more underscores) or in the family's own form.
struct FillMask {
  Seat seat = Seat::left;
  std::string text;
  std::int64_t top_k = 5;  // 1..kMaxTopK
};

struct NextToken {
  Seat seat = Seat::middle;
  std::string text;
  std::string target;  // encoder-decoder: what the decoder has written so far; else empty
  std::int64_t top_k = 5;
};

enum class Strategy : std::uint8_t { greedy, sample, beam };

struct GenerateOptions {
  Strategy strategy = Strategy::greedy;
  std::int64_t max_new_tokens = 32;        // 1..kMaxNewTokens
  std::int64_t min_new_tokens = 0;         // 0 is off; until then no end token
  double temperature = 1.0;                // > 0; 1 is off
  std::int64_t top_k = 0;                  // 0 is off
  double top_p = 1.0;                      // (0, 1]; 1 is off
  std::int64_t num_beams = 4;              // 1..kMaxBeams; read by beam only
  double length_penalty = 1.0;             // exponent on the length; 0 is off
  bool early_stopping = false;             // beam: stop as soon as num_beams continuations have ended
  double repetition_penalty = 1.0;         // > 0; 1 is off
  std::int64_t no_repeat_ngram_size = 0;   // 0 is off
  std::int64_t alternatives = 10;          // candidates reported with each step, 0..kMaxTopK
  std::uint64_t seed = 0;                  // same seed, same text
};

// Runs a search from its start to its end. `as_read`: the text is prepared as for Read (blanks, task prefix); else it is
// taken to the letter.
struct Generate {
  Seat seat = Seat::middle;
  std::string text;
  GenerateOptions options;
  bool as_read = false;
};

// Starts a search and computes nothing yet; a seat has one at a time. `Advance` takes it on.
// An encoder, `as_read`: its blanks one at a time, the most certain first; of the options it looks at `alternatives` alone.
struct BeginGeneration {
  Seat seat = Seat::middle;
  std::string text;
  GenerateOptions options;
  bool as_read = false;
};

// Answered by Generated with everything so far, from the first step on (a beam search may have changed its mind); each
// new step is also sent on its own when it comes.
struct Advance {
  Seat seat = Seat::middle;
  std::int64_t tokens = 1;  // at most so many; fewer when the search ends
};

struct Attention {
  Seat seat = Seat::left;
  AttentionKind kind = AttentionKind::self;
  std::optional<std::int64_t> layer;  // absent ("mean" or missing in JSON): the mean over all layers
  std::optional<std::int64_t> head;   // absent ("mean" or missing in JSON): the mean over all heads
  std::string text;
  std::optional<std::string> target;  // encoder-decoder; absent: the model's own greedy output
  bool as_read = false;               // the text prepared as for Read, and byte offsets into the text as it stood before
  bool rollout = false;               // what has reached each position after `layer` (absent: the last); `head` says nothing then
};

// A value from the inside of the model, by the name of its tap (Loaded::taps lists them), for a text taken to the letter.
struct Tap {
  Seat seat = Seat::left;
  std::string tap;                    // "self.0.q", "hidden.2", "cross.1.probabilities"
  std::string text;
  std::optional<std::string> target;  // encoder-decoder; absent: the model's own greedy output
};

struct Embed {
  Seat seat = Seat::left;
  std::string text;
};

// All that a column shows of a text at once: pieces, predictions, cost; taps stay in the engine for `Attention`.
struct Read {
  Seat seat = Seat::left;
  std::string text;
  std::int64_t top_k = 8;
  std::optional<std::int64_t> token;  // encoder, text without a blank: which piece to hide and predict; absent: the last word's
};

// Stops the request with this id, or, without one, all that the seat is doing. Loading included.
struct Cancel {
  std::optional<std::int64_t> request;
  std::optional<Seat> seat;
};

using Request = std::variant<Load, Tokenize, FillMask, NextToken, Generate, BeginGeneration, Advance, Attention, Embed, Read, Cancel, Tap,
                             PlanModel, FetchModel, StoredModels, RemoveModel, Leak, Space, Heads,
                             SetSwitches, CompareSwitches, Lens, Answer, Probe,
                             ExplainAttention, ExplainPrediction>;

struct RequestMessage {
  std::int64_t id = 0;
  Request request;
};

[[nodiscard]] Result<RequestMessage> parse_request(std::string_view json);
[[nodiscard]] std::string to_json(const RequestMessage& message);

// The id of a message that parse_request refused, so that the refusal finds its way back; 0 when there is none.
[[nodiscard]] std::int64_t request_id(std::string_view json);

// Whether a command of this type is the engine's ("load", "tokenize", ...).
[[nodiscard]] bool is_engine_request(std::string_view type);

[[nodiscard]] std::string_view provider_choice_name(ProviderChoice choice);
[[nodiscard]] std::string_view attention_kind_name(AttentionKind kind);
[[nodiscard]] std::string_view strategy_name(Strategy strategy);

}  // namespace trilens::protocol
