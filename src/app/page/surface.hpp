// The canvas as Dear ImGui sees it: a WebGL2 context that may be missing, lost, and had again.
//
// Without WebGL2 open() says so, and the page goes on without drawing: its mirror still works.
#pragma once

#include <string>

#include <emscripten/html5_webgl.h>

#include "base/error.hpp"

struct ImDrawData;

namespace trilens::app {

class Surface {
 public:
  Surface() = default;
  ~Surface();
  Surface(const Surface&) = delete;
  Surface& operator=(const Surface&) = delete;

  // Errors: webgl_missing is told as runtime_failed with a sentence for people.
  [[nodiscard]] Result<void> open(const char* canvas_selector);
  void lost();
  void restored();
  [[nodiscard]] bool ready() const { return ready_; }

  void begin();
  void render(ImDrawData* data);

 private:
  EMSCRIPTEN_WEBGL_CONTEXT_HANDLE context_ = 0;
  bool ready_ = false;
};

}  // namespace trilens::app
