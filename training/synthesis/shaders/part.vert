#version 330
in vec3 in_position;
in vec3 in_normal;
in vec2 in_uv;
in float in_shade;
uniform vec2 clip;
uniform vec2 focal;
uniform mat3 to_world;
uniform vec3 irradiance[9];
uniform vec3 mean_light;
uniform float baked;
out vec3 position;
out vec3 normal;
out vec3 falling;
out vec2 uv;

vec3 irradiance_at(vec3 n) {
    return irradiance[0] + irradiance[1] * n.y + irradiance[2] * n.z + irradiance[3] * n.x
        + irradiance[4] * n.x * n.y + irradiance[5] * n.y * n.z + irradiance[6] * (3.0 * n.z * n.z - 1.0)
        + irradiance[7] * n.x * n.z + irradiance[8] * (n.x * n.x - n.y * n.y);
}

void main() {
    position = in_position;
    normal = in_normal;
    uv = in_uv;
    // A photograph carries its own light: the scene's only tints and shades it further.
    vec3 scene_light = max(irradiance_at(to_world * in_normal), 0.03 * mean_light);
    vec3 even = vec3(dot(mean_light, vec3(1.0 / 3.0)));
    falling = in_shade * mix(scene_light, mix(even, scene_light, 0.35), baked);
    float depth = (clip.y + clip.x) / (clip.y - clip.x) * in_position.z
        - 2.0 * clip.y * clip.x / (clip.y - clip.x);
    // Rows run downwards in the picture and in the camera's frame alike, so nothing is flipped.
    gl_Position = vec4(in_position.xy * focal, depth, in_position.z);
}
