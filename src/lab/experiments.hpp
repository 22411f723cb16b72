// The experiments, one file each: read a text, fill a blank, predict the next token, show attention or
// any other inner value, embed, compare before and after a change.
//
// Each is a free function of a context (whose model's turn it holds) and a request. Errors besides those of the runtime:
// empty_input, no_blank, unsupported_task (and why), invalid_argument (a layer or head that there is not), cancelled.
#pragma once

#include "base/error.hpp"
#include "base/task.hpp"
#include "lab/context.hpp"
#include "protocol/requests.hpp"
#include "protocol/results.hpp"

namespace trilens::lab {

[[nodiscard]] Result<protocol::Tokenized> tokenize_text(Context& context, const protocol::Tokenize& request);
[[nodiscard]] Task<Result<protocol::Filled>> fill_mask(Context& context, protocol::FillMask request);
[[nodiscard]] Task<Result<protocol::NextTokens>> next_token(Context& context, protocol::NextToken request);
[[nodiscard]] Task<Result<protocol::AttentionMap>> attention(Context& context, protocol::Attention request);
[[nodiscard]] Task<Result<protocol::TapValues>> tap(Context& context, protocol::Tap request);
[[nodiscard]] Task<Result<protocol::Embedded>> embed(Context& context, protocol::Embed request);
[[nodiscard]] Task<Result<protocol::LeakTest>> leak(Context& context, protocol::Leak request);
[[nodiscard]] Task<Result<protocol::SpaceMap>> space(Context& context, protocol::Space request);
[[nodiscard]] Task<Result<protocol::HeadMaps>> heads(Context& context, protocol::Heads request);
// Changes what the seat computes from here on (lab/switchboard.hpp).
[[nodiscard]] Result<protocol::SwitchesSet> set_seat_switches(Context& context, const protocol::SetSwitches& request);
[[nodiscard]] Task<Result<protocol::SwitchComparison>> compare_switches(Context& context, protocol::CompareSwitches request);
[[nodiscard]] Task<Result<protocol::LensTable>> lens(Context& context, protocol::Lens request);
[[nodiscard]] Task<Result<protocol::AttentionAccount>> explain_attention(Context& context, protocol::ExplainAttention request);
[[nodiscard]] Task<Result<protocol::PredictionAccount>> explain_prediction(Context& context, protocol::ExplainPrediction request);
[[nodiscard]] Task<Result<protocol::Answered>> answer(Context& context, protocol::Answer request);
[[nodiscard]] Task<Result<protocol::Probed>> probe_phenomenon(Context& context, protocol::Probe request);
[[nodiscard]] Task<Result<protocol::CostTable>> cost(Context& context, protocol::Cost request);
[[nodiscard]] Task<Result<protocol::NormsTable>> norms(Context& context, protocol::Norms request);
[[nodiscard]] Result<protocol::TokensExplained> explain_tokens(Context& context, const protocol::ExplainTokens& request);
[[nodiscard]] Task<Result<protocol::Reading>> read(Context& context, protocol::Read request);

}  // namespace trilens::lab
