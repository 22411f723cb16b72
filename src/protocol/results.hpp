// What the engine answers: one struct a result, each with one JSON form (docs/automation.md shows them).
//
// Not here: requests (requests.hpp), how it looks (src/view). Values; no threads.
// Numbers travel in full precision: a float is written as the shortest decimal that reads back as the same double.
// Errors of parse_reply(): internal (the engine wrote something else).
//
//   Result<ReplyMessage> reply = parse_reply(json);
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/error.hpp"
#include "base/family.hpp"
#include "protocol/requests.hpp"
#include "protocol/shelf.hpp"

namespace trilens::protocol {

struct Piece {
  std::int32_t id = 0;
  std::string text;          // the vocabulary's own spelling: "##ed", "Ġdog", "▁dog"
  std::string display;       // for people: no marker, partial characters as bytes, never U+FFFD
  std::int64_t start = 0;    // UTF-8 bytes of the input; start == end for pieces the text does not contain
  std::int64_t end = 0;
  bool special = false;
};

// Where and why input was cut.
struct Cut {
  std::int64_t byte = 0;         // the text up to here was read
  std::int64_t limit_tokens = 0;
  std::string message;
};

struct Candidate {
  std::int32_t id = 0;
  std::string token;         // vocabulary spelling
  std::string display;
  double probability = 0;    // of the full vocabulary, temperature 1
  double logit = 0;
};

struct ProviderReport {
  std::string provider;      // "webgpu" or "wasm": what runs
  std::string reason;        // why this one, in a sentence
  std::optional<double> webgpu_ms;  // median of a short run, where measured
  std::optional<double> wasm_ms;
  std::optional<double> max_difference;  // of the known answer's logits between the two
};

struct Loaded {
  Family family = Family::encoder;
  std::string model;
  std::string provider;
  std::int64_t bytes = 0;
  double load_ms = 0;
  std::int64_t parameters = 0;
  std::int64_t layers = 0;           // encoder-decoder: of the encoder
  std::int64_t decoder_layers = 0;   // encoder-decoder only
  std::int64_t heads = 0;
  std::int64_t vocabulary = 0;
  std::int64_t hidden = 0;
  std::int64_t max_tokens = 0;
  std::vector<std::string> taps;
  std::vector<SwitchAbility> switches;  // what can be switched, by kind of attention
  ProviderReport report;
};

struct Tokenized {
  std::vector<std::int32_t> ids;
  std::vector<Piece> tokens;
  std::optional<Cut> cut;
};

struct Blank {
  std::int64_t position = 0;       // index of the blank's piece in the input
  std::vector<Candidate> top;
  double entropy_bits = 0;
};

struct Filled {
  std::vector<Blank> masks;
  std::string text;                // as the model read it, with its own form of the blank
};

struct NextTokens {
  std::vector<Candidate> top;
  double entropy_bits = 0;
};

struct Step {
  std::int32_t id = 0;
  std::string token;
  std::string display;
  double probability = 0;          // of the full vocabulary, temperature 1, before penalties
  double entropy_bits = 0;
  double millis = 0;
  std::vector<Candidate> top;
  std::optional<std::int64_t> position = std::nullopt;          // an encoder's: which piece of the input was filled
  std::optional<std::vector<Blank>> blanks = std::nullopt;      // an encoder's: what this pass said of every blank that was open
};

struct Generated {
  std::string text;                // decoded, special tokens left out; without the prompt
  std::vector<std::int32_t> ids;   // new tokens only, the end token included where it came
  std::vector<Step> steps;
  double prefill_ms = 0;
  double decode_ms = 0;
  std::int64_t cache_bytes = 0;    // keys and values held at the end
  bool finished = false;           // false: more can come (Advance), or it was stopped
  std::string stop_reason;         // "eos", "length", "filled" (an encoder's last blank), "cancelled", "" while running
  std::optional<Cut> cut;
};

struct AttentionMap {
  std::vector<std::string> rows;       // query pieces, vocabulary spelling
  std::vector<std::string> columns;    // key pieces
  std::vector<std::vector<float>> values;  // [row][column], each row sums to 1
  std::vector<Piece> row_pieces;       // byte offsets: of the text; of the target for decoder rows
  std::vector<Piece> column_pieces;
  std::int64_t layers = 0;             // how many there are of this kind
  std::int64_t heads = 0;
};

struct Embedded {
  std::vector<float> vector;           // [hidden]
  std::string pooling;                 // "mean", "first_token", "last_token"
};

// What a family makes of a text (see requests.hpp, Read).
struct Reading {
  std::string task;                    // "fill", "continue", "translate", "guess" (encoder without a blank), "none" (it has no head for words)
  std::string prompt;                  // the text as given to the model: "[MASK]" for the blank, a prefix before it, cut at it
  std::vector<Piece> tokens;           // offsets into the user's text; pieces of an added prefix have start == end
  std::vector<Piece> output;           // encoder-decoder: decoder pieces, start token first; else empty
  std::vector<Blank> predictions;      // one a blank; decoder: one, at the last piece
  std::string answer;                  // the text that results: the filled word, the next word, the translation
  std::optional<std::string> note;     // what the model cannot do with a text, a sentence
  std::optional<Cut> cut;
  double prefill_ms = 0;
  double per_token_ms = 0;             // mean over the decoder's steps; 0 when there were none
  std::int64_t passes = 0;             // runs of a session
  std::int64_t cache_bytes = 0;
};

struct TapValues {
  std::vector<std::int64_t> shape;
  std::vector<float> values;           // row-major
};

struct Done {};                        // Cancel, BeginGeneration

using ResultValue =
    std::variant<Done, Loaded, Tokenized, Filled, NextTokens, Generated, AttentionMap, Embedded, Reading, TapValues, ModelPlan, StoredModel, Shelf, LeakTest,
                 SpaceMap, HeadMaps,
                                 SwitchesSet, SwitchComparison, LensTable, Answered, Probed,
                                 AttentionAccount, PredictionAccount>;

struct Progress {
  std::string stage;                   // "fetch", "open", "check"
  std::string file;
  std::int64_t loaded_bytes = 0;       // over all files of the model
  std::int64_t total_bytes = 0;        // 0: not known
  double bytes_per_second = 0;         // of what travels just now; 0: not known
  std::optional<double> seconds_left = std::nullopt;  // absent: not known
};

// One message from the engine: exactly one of the four.
struct ReplyMessage {
  std::int64_t id = 0;
  std::variant<ResultValue, Error, Progress, Step> body;
};

[[nodiscard]] std::string to_json(const ReplyMessage& message);
[[nodiscard]] Result<ReplyMessage> parse_reply(std::string_view json);

// The bare result as window.trilens hands it out.
[[nodiscard]] std::string result_json(const ResultValue& value);

}  // namespace trilens::protocol
