// Field numbers and element types of ONNX messages, as far as this room reads them. Private to this room.
// Source: onnx/onnx.proto of ONNX 1.23 (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
#pragma once

#include <cstdint>

namespace trilens::onnx::schema {

namespace model {
inline constexpr std::uint32_t producer_name = 2, graph = 7, opset_import = 8;
}
namespace opset {
inline constexpr std::uint32_t domain = 1, version = 2;
}
namespace graph {
inline constexpr std::uint32_t node = 1, initializer = 5, input = 11, output = 12, value_info = 13, quantization_annotation = 14,
                               sparse_initializer = 15;
}
namespace node {
inline constexpr std::uint32_t input = 1, output = 2, name = 3, op_type = 4, attribute = 5, domain = 7;
}
namespace attribute {
inline constexpr std::uint32_t name = 1, f = 2, i = 3, s = 4, t = 5, g = 6, ints = 8, graphs = 11, type = 20;
}
namespace tensor {
inline constexpr std::uint32_t dims = 1, data_type = 2, float_data = 4, int32_data = 5, string_data = 6, int64_data = 7, name = 8,
                               raw_data = 9, double_data = 10, uint64_data = 11, external_data = 13, data_location = 14;
}
namespace value_info {
inline constexpr std::uint32_t name = 1, type = 2;
}
namespace type {
inline constexpr std::uint32_t tensor_type = 1;
}
namespace tensor_type {
inline constexpr std::uint32_t elem_type = 1, shape = 2;
}
namespace shape {
inline constexpr std::uint32_t dim = 1;
}
namespace dimension {
inline constexpr std::uint32_t value = 1, parameter = 2;
}

}  // namespace trilens::onnx::schema

namespace trilens::onnx {

// TensorProto.DataType: the numbers are the format's own.
enum class DataType : std::int32_t {
  unknown = 0, f32 = 1, u8 = 2, i8 = 3, u16 = 4, i16 = 5, i32 = 6, i64 = 7, string = 8, boolean = 9, f16 = 10, f64 = 11, u32 = 12, u64 = 13,
  bf16 = 16, u4 = 21, i4 = 22,
};

[[nodiscard]] constexpr bool is_floating(DataType t) {
  return t == DataType::f32 || t == DataType::f16 || t == DataType::f64 || t == DataType::bf16;
}

// Bits of an element; 0 where the type is not one that we measure.
[[nodiscard]] constexpr unsigned data_type_bits(DataType t) {
  switch (t) {
    case DataType::u4: case DataType::i4: return 4;
    case DataType::u8: case DataType::i8: case DataType::boolean: return 8;
    case DataType::u16: case DataType::i16: case DataType::f16: case DataType::bf16: return 16;
    case DataType::f32: case DataType::i32: case DataType::u32: return 32;
    case DataType::i64: case DataType::u64: case DataType::f64: return 64;
    default: return 0;
  }
}

}  // namespace trilens::onnx
