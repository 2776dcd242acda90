// Vectors of floats, as wide as the instruction set has them. Everything here is local to its translation unit.
#pragma once
#include <cstdint>
#include <cstring>
#if defined(__SSE2__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace {

#if defined(__AVX512F__)
constexpr int WIDTH = 16;
#elif defined(__AVX2__)
constexpr int WIDTH = 8;
#else
constexpr int WIDTH = 4;
#endif

typedef float vec __attribute__((vector_size(WIDTH * 4)));
typedef float vec_u __attribute__((vector_size(WIDTH * 4), aligned(4), may_alias));
typedef int32_t ints __attribute__((vector_size(WIDTH * 4)));
typedef uint32_t bits __attribute__((vector_size(WIDTH * 4)));

// Half a vector of sixteen: eight columns left over.
typedef float half __attribute__((vector_size(32)));
typedef float half_u __attribute__((vector_size(32), aligned(4), may_alias));

inline vec load(const float *p) { return *(const vec_u *)p; }
inline void store(float *p, vec v) { *(vec_u *)p = v; }
inline vec all(float x) { return vec{} + x; }

template <class T>
T load_as(const float *p);
template <>
inline vec load_as<vec>(const float *p) {
    return load(p);
}
inline vec whole(vec v) { return v; }
#if defined(__AVX512F__)
template <>
inline half load_as<half>(const float *p) {
    return *(const half_u *)p;
}
inline vec whole(half v) { return (vec)_mm512_insertf32x8(_mm512_setzero_ps(), (__m256)v, 0); }  // zeros beyond it
#endif

// x held to [low, high]; NaN stays NaN (of two operands, x86 gives back the second where one is NaN). Written with comparisons it takes
// twice as many instructions.
#if defined(__AVX512F__)
inline vec clamp(vec x, float low, float high) {
    return (vec)_mm512_max_ps(_mm512_set1_ps(low), _mm512_min_ps(_mm512_set1_ps(high), (__m512)x));
}
#elif defined(__AVX2__)
inline vec clamp(vec x, float low, float high) {
    return (vec)_mm256_max_ps(_mm256_set1_ps(low), _mm256_min_ps(_mm256_set1_ps(high), (__m256)x));
}
#elif defined(__SSE2__)
inline vec clamp(vec x, float low, float high) { return (vec)_mm_max_ps(_mm_set1_ps(low), _mm_min_ps(_mm_set1_ps(high), (__m128)x)); }
#else
inline vec clamp(vec x, float low, float high) { return x > high ? all(high) : (x < low ? all(low) : x); }
#endif

// 1/x for normal x, and 1/sqrt(x) for normal x > 0: the processor's estimate, refined to about one unit in the last place. A true
// division or root takes several times as long.
#if defined(__AVX512F__)
inline vec reciprocal(vec x) {
    const vec r = (vec)_mm512_rcp14_ps((__m512)x);
    return r + r * (1.0f - x * r);
}
inline vec inverse_root(vec x) {
    const vec r = (vec)_mm512_rsqrt14_ps((__m512)x);
    return r + 0.5f * r * (1.0f - x * r * r);
}
#elif defined(__AVX2__)
inline vec reciprocal(vec x) {
    const vec r = (vec)_mm256_rcp_ps((__m256)x);
    return r + r * (1.0f - x * r);
}
inline vec inverse_root(vec x) {
    vec r = (vec)_mm256_rsqrt_ps((__m256)x);
    r = r + 0.5f * r * (1.0f - x * r * r);
    return r + 0.5f * r * (1.0f - x * r * r);
}
#else
inline vec reciprocal(vec x) { return 1.0f / x; }
inline vec inverse_root(vec x) {
    vec r;
    for (int i = 0; i < WIDTH; ++i) r[i] = 1.0f / __builtin_sqrtf(x[i]);
    return r;
}
#endif

}  // namespace
