#include "lab/choose_provider.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

namespace trilens::lab {
namespace {

using infer::Provider;
using protocol::ProviderChoice;
using protocol::ProviderReport;

std::string millis_text(double millis) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f ms", millis);
  return text.data();
}

std::string_view title(Provider provider) { return provider == Provider::wasm ? "WASM" : "WebGPU"; }

std::string only_reason(const model::Source& source, Provider only) {
  if (!source.why.empty()) return source.why;
  return "This variant (" + source.variant + ") runs on " + std::string(title(only)) + " alone.";
}

std::optional<Provider> only_provider(const model::Source& source) {
  if (!source.only_on) return std::nullopt;
  return *source.only_on == infer::provider_name(Provider::webgpu) ? Provider::webgpu : Provider::wasm;
}

std::unexpected<Error> no_webgpu() { return fail(ErrorCode::webgpu_unavailable, "This browser offers no WebGPU here: choose auto or wasm."); }

}  // namespace

Result<void> check_choice(const model::Source& source, ProviderChoice choice, bool webgpu) {
  const auto only = only_provider(source);
  const bool other = only && choice != ProviderChoice::automatic && (choice == ProviderChoice::webgpu) != (*only == Provider::webgpu);
  if (other) {
    return fail(ErrorCode::model_unsupported, "The model " + source.id + " cannot run on " +
                                                  std::string(choice == ProviderChoice::webgpu ? "WebGPU" : "WASM") + ": " +
                                                  only_reason(source, *only));
  }
  const bool needs_gpu = choice == ProviderChoice::webgpu || only == Provider::webgpu;
  if (needs_gpu && !webgpu) {
    if (choice == ProviderChoice::webgpu) return no_webgpu();
    return fail(ErrorCode::webgpu_unavailable, "The model " + source.id + " needs WebGPU, which this browser does not offer: " +
                                                   only_reason(source, Provider::webgpu) + " Choose another variant.");
  }
  return {};
}

Task<Result<ProbeResult>> ProviderChooser::try_out(Provider provider) {
  if (cancel_.cancelled()) co_return fail(ErrorCode::cancelled, "Loading was stopped.");
  if (auto started = co_await start_sessions(services_.runtime, graphs_, provider, model_); !started) co_return std::unexpected(started.error());
  co_return co_await probe(services_, model_);
}

Task<Result<ProviderReport>> ProviderChooser::alone(Provider provider, std::string reason) {
  report_.reason = std::move(reason);
  report_.provider = infer::provider_name(provider);
  const auto answer = co_await try_out(provider);
  if (!answer) co_return std::unexpected(answer.error());
  // Where there is no WASM run to compare with, numbers that are none are all that can be found out.
  if (provider == Provider::webgpu && !std::isfinite(max_difference(answer->logits, answer->logits))) {
    co_return fail(ErrorCode::gpu_wrong, "This GPU answers " + model_.id + " with numbers that are not finite: choose another variant.");
  }
  (provider == Provider::wasm ? report_.wasm_ms : report_.webgpu_ms) = answer->millis;
  co_return report_;
}

Task<Result<ProviderReport>> ProviderChooser::as_only(Provider only, ProviderChoice choice) {
  const bool asked = choice != ProviderChoice::automatic;
  std::string reason = asked ? std::string(title(only)) + " was asked for. " + only_reason(model_.source, only) : only_reason(model_.source, only);
  co_return co_await alone(only, std::move(reason));
}

Task<Result<ProviderReport>> ProviderChooser::choose(ProviderChoice choice) {
  const bool gpu = services_.runtime.webgpu_available();
  if (auto can = check_choice(model_.source, choice, gpu); !can) co_return std::unexpected(can.error());
  if (const auto only = only_provider(model_.source)) co_return co_await as_only(*only, choice);
  if (choice == ProviderChoice::wasm) co_return co_await alone(Provider::wasm, "WASM was asked for.");
  if (!gpu) co_return co_await alone(Provider::wasm, "This browser offers no WebGPU.");
  co_return co_await compare(choice == ProviderChoice::webgpu);
}

Task<Result<ProviderReport>> ProviderChooser::compare(bool forced) {
  // WASM first: its answer is the one to compare with.
  const auto wasm = co_await try_out(Provider::wasm);
  if (!wasm) co_return std::unexpected(wasm.error());
  report_.wasm_ms = wasm->millis;
  const auto webgpu = co_await try_out(Provider::webgpu);
  if (!webgpu) {
    if (forced || webgpu.error().code == ErrorCode::cancelled) co_return std::unexpected(webgpu.error());
    co_return co_await alone(Provider::wasm, "WebGPU could not run this model: " + webgpu.error().message);
  }
  report_.webgpu_ms = webgpu->millis;
  report_.max_difference = max_difference(wasm->logits, webgpu->logits);
  const double tolerance = model_.source.variant == "fp32" ? kKnownAnswerTolerance : kLossyAnswerTolerance;
  if (!same_answer(wasm->logits, webgpu->logits, tolerance)) {
    if (forced) {
      co_return fail(ErrorCode::gpu_wrong, "This GPU computes wrong numbers with this model (a known answer did not come out): choose auto or wasm.",
                     "largest difference " + std::to_string(*report_.max_difference));
    }
    co_return co_await alone(Provider::wasm, "WebGPU gave a wrong answer to a known question, so WASM computes.");
  }
  const std::string times = millis_text(webgpu->millis) + " on WebGPU, " + millis_text(wasm->millis) + " on WASM";
  const bool keep = forced || webgpu->millis <= wasm->millis;
  report_.provider = infer::provider_name(keep ? Provider::webgpu : Provider::wasm);
  report_.reason = forced ? "WebGPU was asked for (" + times + ")." : "The faster one here: " + times + ".";
  if (!keep) {
    if (auto started = co_await start_sessions(services_.runtime, graphs_, Provider::wasm, model_); !started)
      co_return std::unexpected(started.error());
  }
  co_return report_;
}

}  // namespace trilens::lab
