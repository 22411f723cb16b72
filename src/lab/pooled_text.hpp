// Texts' vectors, of every layer and by every pooling: read once, looked at from all sides (Space). Values.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace trilens::lab {

struct PooledText {
  // [state][words, mean, first, last][hidden]; state 0: embeddings, then after each layer
  std::vector<std::array<std::vector<float>, 4>> states;
  std::int64_t tokens = 0;
  bool cut = false;
  bool has_first = false;  // the tokenizer puts a token in front
};

struct PooledTexts {
  std::map<std::string, PooledText> texts;
  std::int64_t revision = 0;  // of the model's switches, under which they were read
};

}  // namespace trilens::lab
