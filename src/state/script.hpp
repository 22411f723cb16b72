// JSON of window.trilens.command: reading its arguments, writing its answers. Used by automation.cpp, script_*.cpp and share.cpp.
//
// Readers follow protocol::Fields: the first thing wrong is kept there, and what comes back then means nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/fields.hpp"
#include "state/state.hpp"

namespace trilens::state {

[[nodiscard]] std::string dumped(const protocol::Json& json);

// {begin, end} (bytes of the text), or {seat or family, piece, side?}, or nothing.
[[nodiscard]] std::optional<Mark> mark_from(protocol::Fields& in, const State& state);
// {seat or family, kind?, row, column}
[[nodiscard]] std::optional<Cell> cell_of(protocol::Fields& in, const State& state);
[[nodiscard]] std::optional<AttentionKind> kind_from_name(std::string_view name);
[[nodiscard]] AttentionKind kind_from(protocol::Fields& in);
// {items: [text, …]}: at most kMaxSpaceItems.
[[nodiscard]] std::vector<std::string> items_from(protocol::Fields& in);
// {pooling?, layer? (a number, or "last"), projection?, perplexity?, seed?, question?} over what is chosen now.
[[nodiscard]] SpaceChoice space_choice_from(protocol::Fields& in, const protocol::Json& object, SpaceChoice now);
// {order?, hide_special?, threshold?} over what is chosen now.
[[nodiscard]] HeadsChoice heads_choice_from(protocol::Fields& in, HeadsChoice now);
// {question?, blank?, labels?, sentences?}; left out: as offered.
[[nodiscard]] AnswerNeeds answer_needs_from(protocol::Fields& in);
// {word?, bytes?}: a byte of a text of `size` bytes.
[[nodiscard]] TokensChoice tokens_choice_from(protocol::Fields& in, TokensChoice now, std::size_t size);
// {kind?, layer?, head?, query?, key?, place?, candidate?}
[[nodiscard]] NumbersChoice numbers_choice_from(protocol::Fields& in);
// {quantity?, logarithmic?, other_provider?} over what is chosen now.
[[nodiscard]] CostChoice cost_choice_from(protocol::Fields& in, CostChoice now);
// What can be set of a seat's attention, factors at rest at the end left out.
[[nodiscard]] protocol::Switches trimmed_switches_from(protocol::Fields& in);
[[nodiscard]] ProviderChoice provider_from(protocol::Fields& in);
// A number below `size` (0: not known, any), or absent or "mean": none.
[[nodiscard]] std::optional<std::int64_t> index_from(protocol::Fields& in, const protocol::Json& object, const char* name, std::int64_t size);

// {"text", "readings": {"encoder": {...} or {"error": {"code", "message"}}, ...}}
[[nodiscard]] protocol::Json readings_json(const State& state);
// {"cursor", "steps", "playing", "finished", "columns": {"decoder": {...}, ...}}
[[nodiscard]] protocol::Json clock_json(const State& state);
[[nodiscard]] protocol::Json map_json(const MapState& map, Seat seat, AttentionKind kind);
[[nodiscard]] protocol::Json options_json(const GenerateOptions& options);

// JSON.stringify writes half of a surrogate pair as \ud8xx, which is no character: it becomes \ufffd.
[[nodiscard]] std::string mend_surrogates(std::string json);

}  // namespace trilens::state
