// Storage. Everything here is local to its translation unit: a function that the linker could share between instruction sets
// would run the wrong instructions (so no std:: containers of numbers either).
#pragma once
#include <cstddef>
#include <cstring>
#include <new>

namespace {

constexpr int padded(int n, int to) { return (n + to - 1) / to * to; }

// Zero-initialised storage on a cache line. Throws std::bad_alloc.
template <class T>
struct Buffer {
    static constexpr std::align_val_t LINE{64};
    T *data;
    explicit Buffer(size_t n = 0) : data(nullptr) { reset(n); }
    ~Buffer() { release(); }
    Buffer(const Buffer &) = delete;
    Buffer &operator=(const Buffer &) = delete;
    void reset(size_t n) {
        release();
        if (n == 0) return;
        const size_t bytes = (n * sizeof(T) + 63) / 64 * 64;
        data = static_cast<T *>(::operator new(bytes, LINE));
        std::memset(data, 0, bytes);
    }
    void swap(Buffer &other) {
        T *mine = data;
        data = other.data, other.data = mine;
    }

private:
    void release() {
        ::operator delete(data, LINE);
        data = nullptr;
    }
};

}  // namespace
