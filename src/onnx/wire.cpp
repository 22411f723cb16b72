#include "onnx/wire.hpp"

namespace trilens::onnx::wire {

bool read_varint(Bytes bytes, std::size_t& at, std::uint64_t& out) {
  out = 0;
  for (unsigned shift = 0; shift < 70 && at < bytes.size(); shift += 7) {
    const std::uint8_t b = bytes[at++];
    if (shift == 63 && b > 1) return false;
    out |= static_cast<std::uint64_t>(b & 0x7Fu) << shift;
    if (b < 0x80) return true;
  }
  return false;
}

bool Reader::stop() {
  failed_ = true;
  at_ = bytes_.size();
  return false;
}

bool Reader::varint(std::uint64_t& out) { return read_varint(bytes_, at_, out); }

bool Reader::fixed(std::size_t size) {
  if (bytes_.size() - at_ < size) return false;
  field_.value = 0;
  for (std::size_t i = 0; i < size; ++i) field_.value |= static_cast<std::uint64_t>(bytes_[at_ + i]) << (8 * i);
  at_ += size;
  return true;
}

bool Reader::next() {
  if (failed_ || at_ == bytes_.size()) return false;
  const std::size_t begin = at_;
  std::uint64_t key = 0;
  if (!varint(key)) return stop();
  const std::uint64_t number = key >> 3;
  if (number == 0 || number >= (1u << 29)) return stop();
  field_ = Field{.number = static_cast<std::uint32_t>(number), .type = static_cast<Type>(key & 7u), .value = 0, .payload = {}, .raw = {}};
  switch (field_.type) {
    case Type::varint:
      if (!varint(field_.value)) return stop();
      break;
    case Type::fixed64:
      if (!fixed(8)) return stop();
      break;
    case Type::fixed32:
      if (!fixed(4)) return stop();
      break;
    case Type::bytes: {
      std::uint64_t length = 0;
      if (!varint(length) || length > bytes_.size() - at_) return stop();
      field_.payload = bytes_.subspan(at_, static_cast<std::size_t>(length));
      at_ += static_cast<std::size_t>(length);
      break;
    }
    default:
      return stop();
  }
  field_.raw = bytes_.subspan(begin, at_ - begin);
  return true;
}

bool append_integers(const Field& field, std::size_t limit, std::vector<std::int64_t>& out) {
  if (field.type == Type::varint) {
    if (out.size() >= limit) return false;
    out.push_back(static_cast<std::int64_t>(field.value));
    return true;
  }
  if (field.type != Type::bytes) return true;
  for (std::size_t at = 0; at < field.payload.size();) {
    std::uint64_t value = 0;
    if (out.size() >= limit || !read_varint(field.payload, at, value)) return false;
    out.push_back(static_cast<std::int64_t>(value));
  }
  return true;
}

void put_varint(Buffer& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<std::uint8_t>(value | 0x80u));
  out.push_back(static_cast<std::uint8_t>(value));
}

void put_raw(Buffer& out, Bytes raw) { out.insert(out.end(), raw.begin(), raw.end()); }

void put_varint_field(Buffer& out, std::uint32_t number, std::uint64_t value) {
  put_varint(out, static_cast<std::uint64_t>(number) << 3);
  put_varint(out, value);
}

void put_fixed32_field(Buffer& out, std::uint32_t number, std::uint32_t value) {
  put_varint(out, (static_cast<std::uint64_t>(number) << 3) | 5u);
  for (unsigned i = 0; i < 4; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

void put_bytes_field(Buffer& out, std::uint32_t number, Bytes payload) {
  put_varint(out, (static_cast<std::uint64_t>(number) << 3) | 2u);
  put_varint(out, payload.size());
  put_raw(out, payload);
}

void put_text_field(Buffer& out, std::uint32_t number, std::string_view text) {
  put_bytes_field(out, number, Bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

std::size_t begin_message(Buffer& out, std::uint32_t number) {
  put_varint(out, (static_cast<std::uint64_t>(number) << 3) | 2u);
  out.resize(out.size() + 5);
  return out.size();
}

void end_message(Buffer& out, std::size_t begun) {
  std::uint64_t length = out.size() - begun;
  for (std::size_t i = 0; i < 5; ++i, length >>= 7) {
    out[begun - 5 + i] = static_cast<std::uint8_t>((length & 0x7Fu) | (i < 4 ? 0x80u : 0u));
  }
}

}  // namespace trilens::onnx::wire
