#include "app/page/surface.hpp"

#include <GLES3/gl3.h>
#include <emscripten/html5.h>
#include <imgui.h>
#include <imgui_impl_opengl3.h>

namespace trilens::app {

Surface::~Surface() {
  if (ready_) ImGui_ImplOpenGL3_Shutdown();
  if (context_ > 0) emscripten_webgl_destroy_context(context_);
}

Result<void> Surface::open(const char* canvas_selector) {
  EmscriptenWebGLContextAttributes attributes;
  emscripten_webgl_init_context_attributes(&attributes);
  attributes.majorVersion = 2;
  attributes.alpha = false;
  attributes.depth = attributes.stencil = false;
  attributes.antialias = false;                 // Dear ImGui feathers its own edges
  attributes.preserveDrawingBuffer = true;      // nothing is drawn while nothing changes, and pictures of the page stay whole
  attributes.enableExtensionsByDefault = false;
  context_ = emscripten_webgl_create_context(canvas_selector, &attributes);
  if (context_ <= 0 || emscripten_webgl_make_context_current(context_) != EMSCRIPTEN_RESULT_SUCCESS) {
    context_ = 0;
    return fail(ErrorCode::runtime_failed, "This browser offers no WebGL2, which Trilens draws with; the same content follows as text.");
  }
  ready_ = ImGui_ImplOpenGL3_Init("#version 300 es");
  if (!ready_) return fail(ErrorCode::runtime_failed, "WebGL2 would not start; the same content follows as text.");
  return {};
}

void Surface::lost() {
  if (!ready_) return;
  ImGui_ImplOpenGL3_Shutdown();  // its handles died with the context; deleting them is harmless
  ready_ = false;
}

void Surface::restored() {
  if (context_ <= 0 || ready_) return;
  emscripten_webgl_make_context_current(context_);
  ready_ = ImGui_ImplOpenGL3_Init("#version 300 es");
}

void Surface::begin() { ImGui_ImplOpenGL3_NewFrame(); }

void Surface::render(ImDrawData* data) {
  glClearColor(0, 0, 0, 1);
  glDisable(GL_SCISSOR_TEST);
  glClear(GL_COLOR_BUFFER_BIT);
  ImGui_ImplOpenGL3_RenderDrawData(data);
}

}  // namespace trilens::app
