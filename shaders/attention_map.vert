#version 300 es
// The four corners of one map, in device pixels of the canvas; y grows downwards, as everywhere in src/ui.
precision highp float;

uniform vec4 u_place;     // x, y, width, height
uniform vec2 u_viewport;  // of the canvas

out vec2 v_part;          // (0,0) top left to (1,1) bottom right

void main() {
  vec2 corner = vec2(float(gl_VertexID & 1), float(gl_VertexID >> 1));
  vec2 at = (u_place.xy + corner * u_place.zw) / u_viewport;
  v_part = corner;
  gl_Position = vec4(at.x * 2.0 - 1.0, 1.0 - at.y * 2.0, 0.0, 1.0);
}
