// Private noise by counter.
#pragma once
#include "pointwise.h"

namespace {

// Philox4x32-7 (rnnatlas/streams/philox.py is the reference) for sixteen counters at once. A 32-bit word sits in the low half of
// a 64-bit lane, whose high half may hold anything: the widening product reads low halves alone.
#if defined(__AVX512F__)
typedef __m512i lanes;
inline lanes wide_product(lanes a, lanes b) { return _mm512_mul_epu32(a, b); }
inline lanes every(uint64_t x) { return _mm512_set1_epi64((long long)x); }
#elif defined(__AVX2__)
typedef __m256i lanes;
inline lanes wide_product(lanes a, lanes b) { return _mm256_mul_epu32(a, b); }
inline lanes every(uint64_t x) { return _mm256_set1_epi64x((long long)x); }
#elif defined(__aarch64__)
typedef uint64x2_t lanes;
inline lanes wide_product(lanes a, lanes b) { return vmull_u32(vmovn_u64(a), vmovn_u64(b)); }
inline lanes every(uint64_t x) { return vdupq_n_u64(x); }
#else
typedef uint64_t lanes __attribute__((vector_size(16)));
inline lanes wide_product(lanes a, lanes b) { return (a & 0xffffffffu) * (b & 0xffffffffu); }
inline lanes every(uint64_t x) { return lanes{} + x; }
#endif
typedef uint64_t words __attribute__((vector_size(sizeof(lanes))));
constexpr int BATCH = 16, PARTS = BATCH * 8 / sizeof(lanes);

// out[word][i]: the four words of the counters (first + i, c1, c2, c3), i < 16.
inline void philox(uint32_t first, uint32_t c1, uint32_t c2, uint32_t c3, uint32_t k0, uint32_t k1, uint32_t out[4][BATCH]) {
    constexpr int PER = sizeof(lanes) / 8;
    words x0[PARTS], x1[PARTS], x2[PARTS], x3[PARTS];
    for (int p = 0; p < PARTS; ++p) {
        // parts 2q and 2q + 1 hold the even and the odd counters of one run of 2 PER, so that they merge by a shift
        uint64_t counter[PER];
        for (int j = 0; j < PER; ++j) counter[j] = first + (p / 2) * 2 * PER + 2 * j + p % 2;
        std::memcpy(&x0[p], counter, sizeof counter);
        x1[p] = (words)every(c1), x2[p] = (words)every(c2), x3[p] = (words)every(c3);
    }
    const lanes m0 = every(0xD2511F53u), m1 = every(0xCD9E8D57u);
    for (int round = 0; round < 7; ++round) {
        const words a = (words)every(k0), b = (words)every(k1);
        for (int p = 0; p < PARTS; ++p) {
            const words one = (words)wide_product((lanes)x0[p], m0), two = (words)wide_product((lanes)x2[p], m1);
            x0[p] = (two >> 32) ^ x1[p] ^ a;
            x2[p] = (one >> 32) ^ x3[p] ^ b;
            x1[p] = two, x3[p] = one;
        }
        k0 += 0x9E3779B9u, k1 += 0xBB67AE85u;
    }
    const words low = (words)every(0xffffffffu);
    const auto merge = [&](const words *x, uint32_t *to) {
        for (int q = 0; q < PARTS / 2; ++q) {
            const words both = (x[2 * q] & low) | (x[2 * q + 1] << 32);
            std::memcpy(to + q * 2 * PER, &both, sizeof both);
        }
    };
    merge(x0, out[0]), merge(x1, out[1]), merge(x2, out[2]), merge(x3, out[3]);
}

constexpr int GROUP = 8;  // trials of a counter: each of its words gives two

// Standard normal deviates of trials 8q ... 8q + rows - 1 (8 at most) at one time, for n units. Rows lie `stride` apart, have room
// for a multiple of 16 units, and are written two by two: the one after an odd number of them must be there.
inline void normal_rows(float *out, long stride, int rows, int n, uint32_t group, uint32_t time, uint32_t step, uint32_t k0,
                        uint32_t k1) {
    for (int first = 0; first < n; first += BATCH) {
        alignas(64) uint32_t w[4][BATCH];
        philox((uint32_t)first, group, time, step, k0, k1, w);
        for (int r = 0; r < rows; r += 2)
            for (int i = 0; i < BATCH; i += WIDTH) {
                bits word;
                std::memcpy(&word, w[r / 2] + i, sizeof word);
                const vec uniform = (__builtin_convertvector((ints)(word >> 16), vec) + 0.5f) * 1.52587890625e-5f;  // 2^-16
                const vec square = -2.0f * log_fast(uniform), radius = square * inverse_root(square);  // square > 1e-5
                vec c, s;
                cos_sin_turn(word, c, s);
                float *to = out + r * stride + first + i;
                store(to, radius * c);
                store(to + stride, radius * s);
            }
    }
}

}  // namespace
