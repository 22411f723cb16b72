// One text's vectors, of every layer and by every pooling: read once, looked at from all sides (Space). A value.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace trilens::lab {

struct PooledText {
  // [state][words, mean, first, last][hidden]; state 0: embeddings, then after each layer
  std::vector<std::array<std::vector<float>, 4>> states;
  std::int64_t tokens = 0;
  bool cut = false;
  bool has_first = false;  // the tokenizer puts a token in front
};

}  // namespace trilens::lab
