#include "app/page/gl_map_painter.hpp"

#include <array>

#include "ui/map_colour.hpp"

namespace trilens::app {
namespace {

GLuint compile(GLenum kind, const std::string& source, std::string& problem) {
  const GLuint shader = glCreateShader(kind);
  const char* text = source.c_str();
  glShaderSource(shader, 1, &text, nullptr);
  glCompileShader(shader);
  GLint fine = 0;
  glGetShaderiv(shader, GL_COMPILE_STATUS, &fine);
  if (fine != 0) return shader;
  std::array<char, 2048> log{};
  glGetShaderInfoLog(shader, static_cast<GLsizei>(log.size()), nullptr, log.data());
  problem = (kind == GL_VERTEX_SHADER ? "shaders/attention_map.vert: " : "shaders/attention_map.frag: ") + std::string(log.data());
  glDeleteShader(shader);
  return 0;
}

void set_colour(GLint at, ui::Colour c) {
  glUniform4f(at, static_cast<float>(c.r) / 255, static_cast<float>(c.g) / 255, static_cast<float>(c.b) / 255, static_cast<float>(c.a) / 255);
}

}  // namespace

GlMapPainter::~GlMapPainter() {
  for (auto& [key, texture] : textures_) glDeleteTextures(1, &texture.handle);
  if (program_ != 0) glDeleteProgram(program_);
  if (vertex_array_ != 0) glDeleteVertexArrays(1, &vertex_array_);
}

void GlMapPainter::begin_frame(float width, float height) {
  width_ = width;
  height_ = height;
  ++frame_;
  jobs_.clear();
  std::erase_if(textures_, [this](auto& entry) {
    const bool old = entry.second.used + 600 < frame_;
    if (old) glDeleteTextures(1, &entry.second.handle);
    return old;
  });
}

void GlMapPainter::context_lost() {
  program_ = vertex_array_ = 0;
  uniforms_.clear();
  textures_.clear();
}

bool GlMapPainter::build_program() {
  if (program_ != 0) return true;
  if (!problem_.empty()) return false;
  const GLuint vertex = compile(GL_VERTEX_SHADER, sources_.vertex, problem_);
  const GLuint fragment = vertex != 0 ? compile(GL_FRAGMENT_SHADER, sources_.fragment, problem_) : 0;
  if (fragment == 0) return false;
  program_ = glCreateProgram();
  glAttachShader(program_, vertex);
  glAttachShader(program_, fragment);
  glLinkProgram(program_);
  glDeleteShader(vertex);
  glDeleteShader(fragment);
  GLint fine = 0;
  glGetProgramiv(program_, GL_LINK_STATUS, &fine);
  if (fine == 0) {
    std::array<char, 2048> log{};
    glGetProgramInfoLog(program_, static_cast<GLsizei>(log.size()), nullptr, log.data());
    problem_ = "shaders/attention_map: " + std::string(log.data());
    glDeleteProgram(program_);
    program_ = 0;
    return false;
  }
  glGenVertexArrays(1, &vertex_array_);
  return true;
}

GLint GlMapPainter::uniform(const char* name) {
  const auto found = uniforms_.find(std::string_view(name));
  if (found != uniforms_.end()) return found->second;
  return uniforms_.emplace(name, glGetUniformLocation(program_, name)).first->second;
}

GLuint GlMapPainter::upload(const ui::MapPicture& picture) {
  Texture& texture = textures_[picture.key];
  texture.used = frame_;
  const bool same = texture.handle != 0 && texture.version == picture.version && texture.rows == picture.rows && texture.columns == picture.columns;
  if (same) return texture.handle;
  GLint before = 0;
  glGetIntegerv(GL_TEXTURE_BINDING_2D, &before);
  if (texture.handle == 0) glGenTextures(1, &texture.handle);
  glBindTexture(GL_TEXTURE_2D, texture.handle);
  for (const GLenum name : {GL_TEXTURE_MIN_FILTER, GL_TEXTURE_MAG_FILTER}) glTexParameteri(GL_TEXTURE_2D, name, GL_NEAREST);
  for (const GLenum name : {GL_TEXTURE_WRAP_S, GL_TEXTURE_WRAP_T}) glTexParameteri(GL_TEXTURE_2D, name, GL_CLAMP_TO_EDGE);
  glPixelStorei(GL_UNPACK_ALIGNMENT, 4);
  glTexImage2D(GL_TEXTURE_2D, 0, GL_R32F, static_cast<GLsizei>(picture.columns), static_cast<GLsizei>(picture.rows), 0, GL_RED, GL_FLOAT, picture.values.data());
  glBindTexture(GL_TEXTURE_2D, static_cast<GLuint>(before));
  texture.version = picture.version;
  texture.rows = picture.rows;
  texture.columns = picture.columns;
  return texture.handle;
}

void GlMapPainter::paint(ImDrawList& list, ui::Rect place, const ui::MapPicture& picture) {
  if (picture.rows == 0 || picture.columns == 0 || picture.values.size() < picture.rows * picture.columns || !build_program()) return;
  auto job = std::make_unique<Job>(Job{this, place, picture, upload(picture)});
  job->picture.values = {};
  list.AddCallback(&GlMapPainter::draw, job.get());
  list.AddCallback(ImDrawCallback_ResetRenderState, nullptr);
  jobs_.push_back(std::move(job));
}

void GlMapPainter::draw(const ImDrawList* /*list*/, const ImDrawCmd* command) {
  const auto* job = static_cast<const Job*>(command->UserCallbackData);
  job->painter->draw(*job, *command);
}

void GlMapPainter::draw(const Job& job, const ImDrawCmd& command) {
  const ui::MapPicture& p = job.picture;
  glUseProgram(program_);
  glBindVertexArray(vertex_array_);
  glBindTexture(GL_TEXTURE_2D, job.texture);
  const ImVec4 clip = command.ClipRect;
  glEnable(GL_SCISSOR_TEST);
  glScissor(static_cast<GLint>(clip.x), static_cast<GLint>(height_ - clip.w), static_cast<GLsizei>(std::max(0.0F, clip.z - clip.x)),
            static_cast<GLsizei>(std::max(0.0F, clip.w - clip.y)));
  glDisable(GL_BLEND);
  glUniform1i(uniform("u_values"), 0);
  glUniform4f(uniform("u_place"), job.place.x, job.place.y, job.place.w, job.place.h);
  glUniform2f(uniform("u_viewport"), width_, height_);
  glUniform2i(uniform("u_size"), static_cast<GLint>(p.columns), static_cast<GLint>(p.rows));
  glUniform1f(uniform("u_scale"), p.scale);
  glUniform1i(uniform("u_triangle"), p.triangle ? 1 : 0);
  glUniform1i(uniform("u_rows_reached"), static_cast<GLint>(p.rows_reached));
  glUniform2i(uniform("u_lit"), p.lit_column, p.lit_row);
  glUniform2i(uniform("u_cell"), p.cell_column, p.cell_row);
  set_colour(uniform("u_paper"), p.paper);
  set_colour(uniform("u_line"), p.line);
  set_colour(uniform("u_mark"), p.mark);
  glUniform1f(uniform("u_opacity"), p.opacity);
  std::array<float, 21> stops{};
  for (std::size_t i = 0; i < 7; ++i) {
    const ui::Colour c = ui::map_stops(p.dark).at(i);
    stops.at(3 * i) = static_cast<float>(c.r) / 255;
    stops.at(3 * i + 1) = static_cast<float>(c.g) / 255;
    stops.at(3 * i + 2) = static_cast<float>(c.b) / 255;
  }
  glUniform3fv(uniform("u_stops"), 7, stops.data());
  glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
}

}  // namespace trilens::app
