// Paints attention maps with shaders/attention_map.{vert,frag}: values as an R32F texture, one quad a map.
//
// Textures are kept by key and uploaded when the version changes; those not painted for a while are dropped. A shader that does
// not compile is told in words (problem()), and the maps stay empty. GL context current in every call.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <GLES3/gl3.h>

#include "ui/maps.hpp"

namespace trilens::app {

class GlMapPainter final : public ui::MapPainter {
 public:
  struct Sources {
    std::string vertex, fragment;
  };
  explicit GlMapPainter(Sources sources) : sources_(std::move(sources)) {}
  ~GlMapPainter() override;
  GlMapPainter(const GlMapPainter&) = delete;
  GlMapPainter& operator=(const GlMapPainter&) = delete;

  void paint(ImDrawList& list, ui::Rect place, const ui::MapPicture& picture) override;
  void begin_frame(float width, float height);   // of the canvas, device pixels
  void context_lost();
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  struct Texture {
    GLuint handle = 0;
    std::uint64_t version = 0, used = 0;
    std::size_t rows = 0, columns = 0;
  };
  struct Job {
    GlMapPainter* painter = nullptr;
    ui::Rect place;
    ui::MapPicture picture;   // without values
    GLuint texture = 0;
  };
  static void draw(const ImDrawList* list, const ImDrawCmd* command);
  void draw(const Job& job, const ImDrawCmd& command);
  bool build_program();
  GLuint upload(const ui::MapPicture& picture);
  [[nodiscard]] GLint uniform(const char* name);

  Sources sources_;
  GLuint program_ = 0, vertex_array_ = 0;
  std::map<std::string, GLint, std::less<>> uniforms_;
  std::map<std::uint64_t, Texture> textures_;
  std::vector<std::unique_ptr<Job>> jobs_;
  std::uint64_t frame_ = 0;
  float width_ = 1, height_ = 1;
  std::string problem_;
};

}  // namespace trilens::app
