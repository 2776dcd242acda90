// Storage, threads and the floating-point mode of a worker. Everything here is local to its translation unit: a function
// that the linker could share between instruction sets would run the wrong instructions (so no std:: containers either).
#pragma once
#include <cstdlib>
#include <initializer_list>

#include "vectors.h"

namespace {

inline int padded(int n, int to) { return (n + to - 1) / to * to; }

// Zero-initialised storage on a cache line.
template <class T>
struct Buffer {
    T *data;
    explicit Buffer(size_t n = 0) : data(nullptr) { reset(n); }
    ~Buffer() { std::free(data); }
    Buffer(const Buffer &) = delete;
    Buffer &operator=(const Buffer &) = delete;
    void reset(size_t n) {
        std::free(data);
        data = nullptr;
        if (n == 0) return;
        size_t bytes = (n * sizeof(T) + 63) / 64 * 64;
        data = static_cast<T *>(std::aligned_alloc(64, bytes));
        if (!data) std::abort();  // out of memory
        std::memset(data, 0, bytes);
    }
};

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
#endif
};

// f(0), ..., f(count - 1) on up to `threads` threads, each index by one of them.
template <class F>
inline void each(int count, int threads, F f) {
    if (threads <= 1 || count <= 1) {
        FlushToZero scope;
        for (int i = 0; i < count; ++i) f(i);
        return;
    }
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads < count ? threads : count)
    for (int i = 0; i < count; ++i) {
        FlushToZero scope;
        f(i);
    }
}

}  // namespace
