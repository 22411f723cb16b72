// Small helpers of the searches in this room.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace trilens::onnx {

[[nodiscard]] inline bool one_of(std::string_view op, std::initializer_list<std::string_view> list) {
  return std::ranges::find(list, op) != list.end();
}

}  // namespace trilens::onnx
