// FlatIndex: 64-bit key -> 32-bit number, in one flat table (open addressing). What trie edges and BPE merges live in.
//
// Not here: removal, iteration. The key of all ones is reserved. No failure but exhausted memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tokenize/work.hpp"

namespace trilens::tokenize {

class FlatIndex {
 public:
  static constexpr std::uint32_t kNone = 0xFFFFFFFFu;

  [[nodiscard]] std::uint32_t find(std::uint64_t key) const {
    if (slots_.empty()) return kNone;
    for (std::size_t i = home(key);; i = (i + 1) & (slots_.size() - 1)) {
      work::step();
      if (slots_[i].key == key) return slots_[i].value;
      if (slots_[i].key == kFree) return kNone;
    }
  }

  // A key that is there already takes the new value.
  void insert(std::uint64_t key, std::uint32_t value) {
    if (2 * (used_ + 1) > slots_.size()) grow();
    Slot& slot = slots_[place(key)];
    if (slot.key == kFree) ++used_;
    slot = {key, value};
  }

 private:
  static constexpr std::uint64_t kFree = ~std::uint64_t{0};
  struct Slot {
    std::uint64_t key = kFree;
    std::uint32_t value = kNone;
  };

  [[nodiscard]] std::size_t home(std::uint64_t key) const { return static_cast<std::size_t>((key * 0x9E3779B97F4A7C15u) >> shift_); }
  [[nodiscard]] std::size_t place(std::uint64_t key) const {
    std::size_t i = home(key);
    while (slots_[i].key != kFree && slots_[i].key != key) i = (i + 1) & (slots_.size() - 1);
    return i;
  }
  void grow() {
    const std::vector<Slot> old = std::move(slots_);
    slots_.assign(old.empty() ? 64 : old.size() * 2, Slot{});
    shift_ = old.empty() ? 64 - 6 : shift_ - 1;
    for (const Slot& slot : old) {
      if (slot.key != kFree) slots_[place(slot.key)] = slot;
    }
  }

  std::vector<Slot> slots_;  // power-of-two size, at most half full
  std::size_t used_ = 0;
  int shift_ = 64;
};

}  // namespace trilens::tokenize
