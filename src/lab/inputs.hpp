// The inputs of one run: gathered by name, kept alive until the run has answered, left out where the session has no such
// input (position_ids, token_type_ids and use_cache_branch are optional).
//
//   Inputs in(session);
//   in.give("input_ids", ids_tensor(ids, 1));
//   auto out = co_await session.run(in.feeds(), {"logits"});
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "infer/port.hpp"

namespace trilens::lab {

class Inputs {
 public:
  explicit Inputs(const infer::Session& session) : session_(session) {}
  Inputs(const Inputs&) = delete;
  Inputs& operator=(const Inputs&) = delete;

  void give(std::string_view name, Tensor tensor);
  void lend(std::string_view name, const infer::RemoteTensor& tensor);
  // Borrow what was given: this object must outlive the run.
  [[nodiscard]] const std::vector<infer::Feed>& feeds() const { return feeds_; }

 private:
  [[nodiscard]] bool wanted(std::string_view name) const;
  const infer::Session& session_;
  std::deque<Tensor> owned_;
  std::vector<infer::Feed> feeds_;
};

// [rows, ids / rows] i64
[[nodiscard]] Tensor ids_tensor(std::span<const std::int32_t> ids, std::int64_t rows);
// [rows, columns] i64, every element `value`
[[nodiscard]] Tensor filled_tensor(std::int64_t rows, std::int64_t columns, std::int64_t value);
// [rows, columns] i64, each row first, first + 1, ...
[[nodiscard]] Tensor positions_tensor(std::int64_t rows, std::int64_t columns, std::int64_t first);
// [1] bool
[[nodiscard]] Tensor flag_tensor(bool value);

}  // namespace trilens::lab
