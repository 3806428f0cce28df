#version 330
in vec3 position;
in vec3 normal;
in vec3 falling;
in vec2 uv;
uniform sampler2D picture;
uniform sampler2D panorama;
uniform sampler2D behind;
uniform mat3 to_world;
uniform vec3 mean_light;
uniform float gloss;
out vec4 light;

const float PI = 3.14159265;

vec3 linear(vec3 c) {
    return mix(c / 12.92, pow((c + 0.055) / 1.055, vec3(2.4)), step(0.04045, c));
}

void main() {
    vec4 texel = texture(picture, uv);
    if (texel.a < 0.02) discard;
    vec3 lit = linear(texel.rgb) * falling;
    if (gloss > 0.0) {
        vec3 ray = normalize(position);
        vec3 n = normalize(normal);
        vec3 d = to_world * reflect(ray, n);
        vec2 at = vec2(atan(d.x, -d.z) / (2.0 * PI) + 0.5, acos(clamp(d.y, -1.0, 1.0)) / PI);
        float fresnel = gloss * (0.25 + 0.75 * pow(clamp(1.0 - dot(-ray, n), 0.0, 1.0), 3.0));
        lit += fresnel * min(textureLod(panorama, at, 2.0).rgb, 4.0 * mean_light);
    }
    vec4 back = texelFetch(behind, ivec2(gl_FragCoord.xy), 0);
    light = vec4(mix(back.rgb, lit, texel.a), texel.a > 0.5 ? position.z : back.a);
}
