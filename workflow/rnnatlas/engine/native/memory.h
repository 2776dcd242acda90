// Prefetching and the floating-point mode of a worker.
#pragma once
#include <initializer_list>
#include <memory>

#include "buffer.h"
#include "threads.h"
#include "vectors.h"

namespace {

// Ask for n floats ahead of their use; rows of a tile are too short for the processor to guess what comes next.
inline void fetch(const float *data, long n) {
    for (long k = 0; k < n; k += 16) __builtin_prefetch(data + k, 0, 2);
}

// Flush denormals to zero within a scope: a silent network would otherwise slow down a hundredfold on some machines.
struct FlushToZero {
#if defined(__SSE2__)
    unsigned before = _mm_getcsr();
    FlushToZero() { _mm_setcsr(before | 0x8040); }
    ~FlushToZero() { _mm_setcsr(before); }
#elif defined(__aarch64__)
    uint64_t before;
    FlushToZero() {
        asm volatile("mrs %0, fpcr" : "=r"(before));
        set(before | 1u << 24);
    }
    ~FlushToZero() { set(before); }
    static void set(uint64_t mode) { asm volatile("msr fpcr, %0" : : "r"(mode) : "memory"); }
#else
    FlushToZero() {}
#endif
};

// f(item, worker) as in `share`, with denormals flushed.
template <class F>
inline void each(int count, Team &team, F f) {
    share(count, team, [&](int item, int worker) {
        FlushToZero scope;
        f(item, worker);
    });
}

}  // namespace
