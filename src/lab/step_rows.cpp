#include "lab/step_rows.hpp"

#include <set>
#include <string>
#include <utility>

namespace trilens::lab {

std::size_t StepRows::bytes() const {
  std::size_t sum = 0;
  std::set<const infer::RemoteTensor*> seen;
  for (const Held& held : held_) {
    sum += held.row.size() * sizeof(float);
    if (held.tensor != nullptr && seen.insert(held.tensor.get()).second) sum += held.tensor->size_bytes();
  }
  return sum;
}

void StepRows::add(StepLogits logits, std::size_t count) {
  const auto width = static_cast<std::size_t>(logits.width);
  std::vector<std::uint32_t> at;
  for (std::size_t i = width - count; i < width; ++i) at.push_back(logits.at(0, static_cast<std::int64_t>(i)));
  const auto tensor = std::make_shared<infer::RemoteTensor>(std::move(logits.values));
  for (const std::uint32_t position : at) held_.push_back({tensor, position, {}});
  for (std::size_t i = 0; i + 1 < held_.size() && bytes() > kMostBytes; ++i) held_[i] = {};
}

Task<Result<std::vector<float>>> StepRows::row(infer::Runtime& runtime, std::size_t step) {
  if (step >= held_.size()) co_return fail(ErrorCode::invalid_argument, "There is no step " + std::to_string(step + 1) + " yet.");
  if (held_[step].gone()) {
    co_return fail(ErrorCode::out_of_memory, "The numbers of step " + std::to_string(step + 1) + " were let go: all steps together were more than is kept. Later steps have theirs.");
  }
  if (held_[step].tensor == nullptr) co_return held_[step].row;
  const std::shared_ptr<infer::RemoteTensor> tensor = held_[step].tensor;
  const auto all = co_await runtime.read(*tensor);
  if (!all) co_return std::unexpected(all.error());
  const auto vocabulary = static_cast<std::size_t>(all->shape().back());
  for (Held& held : held_) {
    if (held.tensor != tensor) continue;
    const std::span<const float> values = all->data<float>().subspan(held.at * vocabulary, vocabulary);
    held.row.assign(values.begin(), values.end());
    held.tensor.reset();
  }
  co_return held_[step].row;
}

}  // namespace trilens::lab
