// Scalar functions written so that the compiler vectorises the loops that call them: no branches, no library calls.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>

static inline float as_float(uint32_t bits) { float f; std::memcpy(&f, &bits, 4); return f; }
static inline uint32_t as_bits(float f) { uint32_t b; std::memcpy(&b, &f, 4); return b; }

// tanh, absolute error < 2e-7: for |x| >= 1/2 as (e - 1)/(e + 1) with e = exp 2x (|x| <= 9; 1 - tanh 9 = 3e-8), below by the
// [7/6] Pade approximant at 0, relative error < 1e-7. One division serves both, since it is what costs.
static inline float tanh_fast(float x) {
    float c = x > 9.0f ? 9.0f : (x < -9.0f ? -9.0f : x);
    c = x != x ? x : c;  // NaN stays NaN
    float z = c * 2.885390081777927f;  // exp 2c = 2^z = 2^n 2^f, |f| <= 1/2
    float n = (z + 12582912.0f) - 12582912.0f;  // round to nearest
    float f = (z - n) * 0.6931471805599453f;
    float p = 1.0f + f * (1.0f + f * (0.5f + f * (1.6666667e-1f + f * (4.1666668e-2f + f * (8.3333333e-3f + f * 1.3888889e-3f)))));
    float e = p * as_float((uint32_t)((int32_t)n + 127) << 23);
    float s = c * c;
    bool near = s < 0.25f;
    float above = near ? c * (135135.0f + s * (17325.0f + s * (378.0f + s))) : e - 1.0f;
    float below = near ? 135135.0f + s * (62370.0f + s * (3150.0f + s * 28.0f)) : e + 1.0f;
    return above / below;
}

// ln u for u in [2^-25, 1): u = m * 2^k with m in [0.70, 1.41), ln m = 2 artanh((m-1)/(m+1)).
static inline float log_fast(float u) {
    uint32_t b = as_bits(u) - 0x3f3504f3u;  // 0x3f3504f3 = sqrt(1/2)
    float k = (float)((int32_t)b >> 23);
    float m = as_float((b & 0x007fffffu) + 0x3f3504f3u);
    float s = (m - 1.0f) / (m + 1.0f), q = s * s;
    float series = 2.0f + q * (0.66666667f + q * (0.4f + q * (0.28571429f + q * 0.22222222f)));
    return k * 0.6931471805599453f + s * series;
}

// cos and sin of 2 pi v, v in [0, 1): reduced to |angle| <= pi/4.
static inline void cos_sin_turn(float v, float &c, float &s) {
    float z = v * 4.0f;
    float q = (z + 12582912.0f) - 12582912.0f;
    float a = (z - q) * 1.5707963267948966f, w = a * a;
    float sine = a * (1.0f + w * (-1.6666667e-1f + w * (8.3333333e-3f + w * (-1.9841270e-4f + w * 2.7557319e-6f))));
    float cosine = 1.0f + w * (-0.5f + w * (4.1666668e-2f + w * (-1.3888889e-3f + w * (2.4801587e-5f + w * -2.7557319e-7f))));
    int32_t k = (int32_t)q & 3;
    float swap_c = (k & 1) ? sine : cosine, swap_s = (k & 1) ? cosine : sine;
    c = (k == 1 || k == 2) ? -swap_c : swap_c;
    s = (k >= 2) ? -swap_s : swap_s;
}

// Philox4x32-10; see rnnatlas/streams/philox.py, the reference.
static inline void philox(uint32_t c0, uint32_t c1, uint32_t c2, uint32_t c3, uint32_t k0, uint32_t k1, uint32_t out[4]) {
    for (int round = 0; round < 10; ++round) {
        uint64_t first = (uint64_t)0xD2511F53u * c0, second = (uint64_t)0xCD9E8D57u * c2;
        uint32_t n0 = (uint32_t)(second >> 32) ^ c1 ^ k0, n2 = (uint32_t)(first >> 32) ^ c3 ^ k1;
        c1 = (uint32_t)second; c3 = (uint32_t)first; c0 = n0; c2 = n2;
        k0 += 0x9E3779B9u; k1 += 0xBB67AE85u;
    }
    out[0] = c0; out[1] = c1; out[2] = c2; out[3] = c3;
}

// Four rows of standard normal deviates: trials 4q..4q+3 at one time, for n units.
static inline void normal_rows(float *row0, float *row1, float *row2, float *row3, int n, uint32_t quad, uint32_t time,
                               uint32_t step, uint32_t k0, uint32_t k1) {
    const float half = 1.1920929e-7f, scale = 5.9604645e-8f;  // 2^-23, 2^-24
    for (int i = 0; i < n; ++i) {
        uint32_t w[4];
        philox((uint32_t)i, quad, time, step, k0, k1, w);
        float c, s;
        float radius = std::sqrt(-2.0f * log_fast(((float)(int32_t)(w[0] >> 9) + 0.5f) * half));
        cos_sin_turn((float)(int32_t)(w[1] >> 8) * scale, c, s);
        row0[i] = radius * c; row1[i] = radius * s;
        radius = std::sqrt(-2.0f * log_fast(((float)(int32_t)(w[2] >> 9) + 0.5f) * half));
        cos_sin_turn((float)(int32_t)(w[3] >> 8) * scale, c, s);
        row2[i] = radius * c; row3[i] = radius * s;
    }
}
