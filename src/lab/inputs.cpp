#include "lab/inputs.hpp"

#include <algorithm>

namespace trilens::lab {

bool Inputs::wanted(std::string_view name) const { return std::ranges::find(session_.inputs(), name) != session_.inputs().end(); }

void Inputs::give(std::string_view name, Tensor tensor) {
  if (!wanted(name)) return;
  owned_.push_back(std::move(tensor));
  feeds_.push_back({std::string(name), &owned_.back()});
}

void Inputs::lend(std::string_view name, const infer::RemoteTensor& tensor) {
  if (wanted(name)) feeds_.push_back({std::string(name), &tensor});
}

Tensor ids_tensor(std::span<const std::int32_t> ids, std::int64_t rows) {
  Tensor out(ElementType::i64, {rows, static_cast<std::int64_t>(ids.size()) / rows});
  std::ranges::copy(ids, out.data<std::int64_t>().begin());
  return out;
}

Tensor filled_tensor(std::int64_t rows, std::int64_t columns, std::int64_t value) {
  Tensor out(ElementType::i64, {rows, columns});
  std::ranges::fill(out.data<std::int64_t>(), value);
  return out;
}

Tensor positions_tensor(std::int64_t rows, std::int64_t columns, std::int64_t first) {
  Tensor out(ElementType::i64, {rows, columns});
  std::int64_t i = 0;
  for (std::int64_t& value : out.data<std::int64_t>()) value = first + i++ % columns;
  return out;
}

Tensor flag_tensor(bool value) {
  Tensor out(ElementType::boolean, {1});
  out.data<std::uint8_t>()[0] = value ? 1 : 0;
  return out;
}

}  // namespace trilens::lab
