// What the engine needs from outside besides the model runtime: files, the library of fetched models, a clock. The browser gives its own
// (src/app/engine), tests give recorded ones.
//
// Not here: sessions (infer/port.hpp). Services outlive the engine. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/error.hpp"
#include "base/task.hpp"
#include "infer/port.hpp"
#include "lab/library.hpp"

namespace trilens::lab {

class Files {
 public:
  virtual ~Files() = default;

  struct Options {
    std::string path;                                   // relative to the site, "assets/models/trilens-bert/config.json"; or a model::Source's path and file
    std::string sha256;                                 // lower-case hexadecimal; empty: not checked
    std::function<void(std::uint64_t loaded)> on_bytes;  // bytes of this file so far; may be empty
    CancelToken cancel;
  };
  // Errors: model_missing, model_malformed, network, cancelled.
  [[nodiscard]] virtual Task<Result<std::vector<std::uint8_t>>> fetch(Options options) = 0;
};

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual double now_millis() const = 0;  // monotonic
};

struct Services {
  infer::Runtime& runtime;
  Files& files;
  Library& library;
  Clock& clock;
};

}  // namespace trilens::lab
