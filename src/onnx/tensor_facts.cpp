#include <bit>
#include <cmath>
#include <cstring>

#include "base/utf8.hpp"
#include "onnx/graph.hpp"

namespace trilens::onnx {

std::string quoted(std::string_view name) {
  std::string text = utf8::repair(name.substr(0, 80));
  return "\"" + text + (name.size() > 80 ? "…\"" : "\"");
}

namespace {

using wire::Bytes;
using wire::Reader;

double half_to_double(std::uint16_t h) {
  const int exponent = (h >> 10) & 0x1F;
  const int mantissa = h & 0x3FF;
  const double sign = (h & 0x8000) != 0 ? -1.0 : 1.0;
  if (exponent == 0x1F) return mantissa != 0 ? std::nan("") : sign * HUGE_VAL;
  if (exponent == 0) return sign * std::ldexp(mantissa, -24);
  return sign * std::ldexp(mantissa + 1024, exponent - 25);
}

template <class T>
T load(Bytes raw) {
  T out{};
  std::memcpy(&out, raw.data(), sizeof(T));
  return out;
}

// Precondition: raw holds one element of `type`.
std::optional<double> scalar_of(DataType type, Bytes raw) {
  switch (type) {
    case DataType::f32: return load<float>(raw);
    case DataType::f64: return load<double>(raw);
    case DataType::f16: return half_to_double(load<std::uint16_t>(raw));
    case DataType::bf16: return std::bit_cast<float>(static_cast<std::uint32_t>(load<std::uint16_t>(raw)) << 16);
    case DataType::i64: return static_cast<double>(load<std::int64_t>(raw));
    case DataType::i32: return load<std::int32_t>(raw);
    case DataType::boolean:
    case DataType::u8: return load<std::uint8_t>(raw);
    case DataType::i8: return load<std::int8_t>(raw);
    default: return std::nullopt;
  }
}

// The first element of a typed field, packed or not, as raw little-endian bytes would hold it.
std::optional<double> first_typed(DataType type, const wire::Field& f) {
  if (f.number == schema::tensor::float_data && type == DataType::f32) {
    if (f.type == wire::Type::fixed32) return std::bit_cast<float>(static_cast<std::uint32_t>(f.value));
    if (f.type == wire::Type::bytes && f.payload.size() >= 4) return load<float>(f.payload);
  }
  if (f.number == schema::tensor::double_data && type == DataType::f64) {
    if (f.type == wire::Type::fixed64) return std::bit_cast<double>(f.value);
    if (f.type == wire::Type::bytes && f.payload.size() >= 8) return load<double>(f.payload);
  }
  if (f.number == schema::tensor::int32_data || f.number == schema::tensor::int64_data) {
    std::uint64_t v = f.value;
    std::size_t at = 0;
    if (f.type == wire::Type::bytes && !wire::read_varint(f.payload, at, v)) return std::nullopt;
    if (type == DataType::f16) return half_to_double(static_cast<std::uint16_t>(v));
    if (is_floating(type)) return std::nullopt;
    return static_cast<double>(static_cast<std::int64_t>(v));
  }
  return std::nullopt;
}

std::optional<double> typed_scalar(Bytes bytes, DataType type) {
  Reader r(bytes);
  while (r.next()) {
    if (const auto value = first_typed(type, r.field())) return value;
  }
  return std::nullopt;
}

// Dimensions against each other and against the bytes that are there.
Result<void> measure(TensorFacts& t, bool has_raw, bool typed) {
  t.elements = 1;
  for (const std::int64_t d : t.dims) {
    if (d < 0) return malformed("the constant " + quoted(t.name) + " has a negative dimension");
    const auto u = static_cast<std::uint64_t>(d);
    if (u != 0 && t.elements > (std::uint64_t{1} << 40) / u) return malformed("the constant " + quoted(t.name) + " is absurdly large");
    t.elements *= u;
  }
  const unsigned bits = data_type_bits(t.type);
  if (has_raw && bits != 0 && t.raw.size() != (t.elements * bits + 7) / 8) {
    return malformed("the constant " + quoted(t.name) + " has " + std::to_string(t.raw.size()) + " bytes where its shape asks for " +
                     std::to_string((t.elements * bits + 7) / 8));
  }
  if (!has_raw && !typed && t.elements != 0) return malformed("the constant " + quoted(t.name) + " has no data");
  return {};
}

}  // namespace

Result<TensorFacts> read_tensor(Bytes bytes) {
  TensorFacts t;
  t.body = bytes;
  bool external = false, typed = false, has_raw = false;
  Reader r(bytes);
  while (r.next()) {
    const wire::Field& f = r.field();
    if (f.number == schema::tensor::dims) {
      if (!wire::append_integers(f, Limits::rank, t.dims)) return malformed("a constant has too many dimensions");
    } else if (const auto type = f.varint_of(schema::tensor::data_type)) {
      t.type = static_cast<DataType>(static_cast<std::int32_t>(*type));
    } else if (const auto name = f.text_of(schema::tensor::name)) {
      t.name = *name;
    } else if (const auto raw = f.bytes_of(schema::tensor::raw_data)) {
      t.raw = *raw;
      has_raw = true;
    } else if (f.number == schema::tensor::external_data || f.varint_of(schema::tensor::data_location) == std::uint64_t{1}) {
      external = true;
    } else if (f.number >= schema::tensor::float_data && f.number <= schema::tensor::uint64_data) {
      typed = typed || f.type != wire::Type::bytes || !f.payload.empty();
    }
  }
  if (r.failed()) return malformed("a constant breaks off");
  if (external) {
    return fail(ErrorCode::model_unsupported, "This ONNX file keeps its weights in a second file (" + quoted(t.name) +
                                                  " is one of them), which Trilens cannot open yet; use a file with its weights inside.");
  }
  if (Result<void> ok = measure(t, has_raw, typed); !ok) return std::unexpected(ok.error());
  if (t.elements == 1) t.scalar = has_raw ? scalar_of(t.type, t.raw) : typed_scalar(bytes, t.type);
  return t;
}

}  // namespace trilens::onnx
