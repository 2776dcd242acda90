// The fastest this core can multiply and add, from registers alone: what the engine's products are held against.
#include <chrono>

#include "entry.h"

namespace {

#if defined(__AVX512F__)
constexpr int WIDTH = 16;
#elif defined(__AVX__)
constexpr int WIDTH = 8;
#else
constexpr int WIDTH = 4;
#endif
constexpr int CHAINS = 12;  // a result takes 4 cycles and two units start one each: 8 would just keep them busy
typedef float Vector __attribute__((vector_size(WIDTH * sizeof(float))));

}  // namespace

// GFLOP/s of `rounds` rounds of CHAINS independent v = v * b + c, in float32; a multiply and an add count as two.
extern "C" double NAME(multiply_add_peak_)(long rounds) {
    volatile float factor = 1.0000001f, term = 1e-9f;  // unknown to the compiler, and read after the clock
    Vector v[CHAINS];
    for (int i = 0; i < CHAINS; ++i) v[i] = Vector{} + (float)i;
    const auto start = std::chrono::steady_clock::now();
    const Vector b = Vector{} + factor, c = Vector{} + term;
    for (long round = 0; round < rounds; ++round)
#pragma GCC unroll 12
        for (int i = 0; i < CHAINS; ++i) v[i] = v[i] * b + c;
    for (int i = 0; i < CHAINS; ++i) term = v[i][0];  // every chain is read before the clock is
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    return 2.0 * CHAINS * WIDTH * (double)rounds / elapsed.count() * 1e-9;
}
