// Protocol-buffer wire format: a reader that cannot leave its bytes and an appender. Private to this room.
//
// Why not protozero: it throws (this house does not), its length check is wrong where ptrdiff_t has 32 bits (wasm32: a length
// past 2^31 turns negative and passes), and it hides a field's raw bytes, which surgery copies through untouched.
// Lifetime: fields are views into the bytes given to the Reader. Errors: next() returns false and failed() turns true.
// Source: https://protobuf.dev/programming-guides/encoding/ (groups, deprecated since 2008, are refused).
//
//   wire::Reader r(bytes);
//   while (r.next()) if (const auto name = r.field().bytes_of(1)) use(*name);
//   if (r.failed()) ...
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace trilens::onnx::wire {

using Bytes = std::span<const std::uint8_t>;
using Buffer = std::vector<std::uint8_t>;

enum class Type : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

struct Field {
  std::uint32_t number = 0;
  Type type = Type::varint;
  std::uint64_t value = 0;  // varint, fixed32 and fixed64
  Bytes payload;            // bytes
  Bytes raw;                // the whole field with its key, as it stands in the file

  // A field of another wire type than expected counts as absent, as in protocol buffers.
  [[nodiscard]] std::optional<Bytes> bytes_of(std::uint32_t wanted) const {
    if (number != wanted || type != Type::bytes) return std::nullopt;
    return payload;
  }
  [[nodiscard]] std::optional<std::string_view> text_of(std::uint32_t wanted) const {
    if (number != wanted || type != Type::bytes) return std::nullopt;
    return std::string_view(reinterpret_cast<const char*>(payload.data()), payload.size());
  }
  [[nodiscard]] std::optional<std::uint64_t> varint_of(std::uint32_t wanted) const {
    if (number != wanted || type != Type::varint) return std::nullopt;
    return value;
  }
};

class Reader {
 public:
  explicit Reader(Bytes bytes) : bytes_(bytes) {}
  // False at the end and at the first malformed byte; failed() tells which.
  bool next();
  [[nodiscard]] const Field& field() const { return field_; }
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  bool varint(std::uint64_t& out);
  bool fixed(std::size_t size);
  bool stop();

  Bytes bytes_;
  std::size_t at_ = 0;
  Field field_;
  bool failed_ = false;
};

// Reads one varint and moves `at` past it; false where it is cut short or longer than ten bytes.
[[nodiscard]] bool read_varint(Bytes bytes, std::size_t& at, std::uint64_t& out);

// The elements of a repeated integer field, packed or not; false where the packed form is malformed or there are more than `limit`.
[[nodiscard]] bool append_integers(const Field& field, std::size_t limit, std::vector<std::int64_t>& out);

void put_varint(Buffer& out, std::uint64_t value);
void put_raw(Buffer& out, Bytes raw);
void put_varint_field(Buffer& out, std::uint32_t number, std::uint64_t value);
void put_fixed32_field(Buffer& out, std::uint32_t number, std::uint32_t value);
void put_bytes_field(Buffer& out, std::uint32_t number, Bytes payload);
void put_text_field(Buffer& out, std::uint32_t number, std::string_view text);

// A message whose length is known only when it is written: begin leaves room for the length (five bytes, padded as the format
// allows), end fills it in. Between the two, everything appended belongs to the message.
[[nodiscard]] std::size_t begin_message(Buffer& out, std::uint32_t number);
void end_message(Buffer& out, std::size_t begun);

}  // namespace trilens::onnx::wire
