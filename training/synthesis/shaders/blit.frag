#version 330
uniform sampler2D behind;
out vec4 light;
void main() {
    light = texelFetch(behind, ivec2(gl_FragCoord.xy), 0);
}
