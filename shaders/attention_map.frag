#version 300 es
// One map of attention: a cell per query (row) and key (column), in a scale whose zero is the colour of the page.
// The CPU twin of the scale is src/ui/map_colour.cpp (legends), which also gives the stops; tests/ui/test_look.cpp measures them.
precision highp float;
precision highp sampler2D;

uniform sampler2D u_values;   // [rows, columns] R32F
uniform vec4 u_place;         // device pixels
uniform ivec2 u_size;         // columns, rows
uniform float u_scale;        // the value at full strength
uniform int u_triangle;       // 1: cells right of the diagonal are masked
uniform int u_rows_reached;   // later rows are calm
uniform ivec2 u_lit;          // column, row pointed at; -1: none
uniform ivec2 u_cell;         // column, row selected; -1: none
uniform vec4 u_paper;
uniform vec4 u_line;
uniform vec4 u_mark;
uniform float u_opacity;
uniform vec3 u_stops[7];      // the scale, evenly spaced, from 0 to full strength

in vec2 v_part;
out vec4 o_colour;

vec3 scale_colour(float part) {
  float at = clamp(part, 0.0, 1.0) * 6.0;
  int below = min(int(at), 5);
  return mix(u_stops[below], u_stops[below + 1], at - float(below));
}

void main() {
  vec2 at = v_part * vec2(u_size);
  ivec2 cell = min(ivec2(at), u_size - 1);
  vec2 pixels = u_place.zw / vec2(u_size);           // of one cell
  vec2 inside = (at - vec2(cell)) * pixels;          // from the cell's top left corner

  bool masked = u_triangle == 1 && cell.x > cell.y;
  float value = texelFetch(u_values, cell, 0).r;
  vec3 colour = masked ? u_paper.rgb : scale_colour(value / max(u_scale, 1e-9));
  if (isnan(value)) colour = vec3(0.8, 0.0, 0.6);    // never passed off as a value
  if (cell.y >= u_rows_reached) colour = mix(u_paper.rgb, colour, 0.25);

  bool edge = inside.x < 1.0 || inside.y < 1.0;
  if (!masked && edge && min(pixels.x, pixels.y) >= 7.0) colour = mix(colour, u_line.rgb, u_line.a);

  bool lit = cell.x == u_lit.x || cell.y == u_lit.y;
  if (lit && !masked) {
    bool rim = (cell.x == u_lit.x && (inside.x < 2.0 || inside.x > pixels.x - 1.0)) ||
               (cell.y == u_lit.y && (inside.y < 2.0 || inside.y > pixels.y - 1.0));
    if (rim && min(pixels.x, pixels.y) >= 4.0) colour = mix(colour, u_mark.rgb, 0.55);
  }
  if (cell == u_cell) {
    vec2 far = pixels - inside;
    if (min(min(inside.x, inside.y), min(far.x, far.y)) < max(2.0, min(pixels.x, pixels.y) * 0.09)) colour = u_mark.rgb;
  }
  o_colour = vec4(mix(u_paper.rgb, colour, u_opacity), 1.0);
}
