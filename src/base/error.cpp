#include "base/error.hpp"

namespace trilens {

std::string_view code_name(ErrorCode code) {
  switch (code) {
    case ErrorCode::invalid_argument: return "invalid_argument";
    case ErrorCode::unknown_command: return "unknown_command";
    case ErrorCode::empty_input: return "empty_input";
    case ErrorCode::no_blank: return "no_blank";
    case ErrorCode::unsupported_task: return "unsupported_task";
    case ErrorCode::not_loaded: return "not_loaded";
    case ErrorCode::model_missing: return "model_missing";
    case ErrorCode::model_malformed: return "model_malformed";
    case ErrorCode::model_unsupported: return "model_unsupported";
    case ErrorCode::tokenizer_malformed: return "tokenizer_malformed";
    case ErrorCode::tokenizer_unsupported: return "tokenizer_unsupported";
    case ErrorCode::network: return "network";
    case ErrorCode::webgpu_unavailable: return "webgpu_unavailable";
    case ErrorCode::gpu_lost: return "gpu_lost";
    case ErrorCode::gpu_wrong: return "gpu_wrong";
    case ErrorCode::runtime_failed: return "runtime_failed";
    case ErrorCode::out_of_memory: return "out_of_memory";
    case ErrorCode::cancelled: return "cancelled";
    case ErrorCode::model_gated: return "model_gated";
    case ErrorCode::storage_full: return "storage_full";
    case ErrorCode::storage_failed: return "storage_failed";
    case ErrorCode::internal: return "internal";
  }
  return "internal";
}

ErrorCode code_from_name(std::string_view name) {
  for (int i = 0; i < static_cast<int>(ErrorCode::internal); ++i) {
    if (code_name(static_cast<ErrorCode>(i)) == name) return static_cast<ErrorCode>(i);
  }
  return ErrorCode::internal;
}

}  // namespace trilens
