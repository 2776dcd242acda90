// What the entry points have in common: a name for each instruction set, and a return code in place of an exception.
#pragma once
#include <new>

#define JOIN2(a, b) a##b
#define JOIN(a, b) JOIN2(a, b)
#define NAME(base) JOIN(base, ISA_SUFFIX)

namespace {

enum Outcome { DONE = 0, OUT_OF_MEMORY = 1, FAILED = 2 };  // as in rnnatlas/engine/native_library.py

// f(threads), and where memory does not suffice for so many (stacks may have taken what buffers need), f(1). For work that can be done
// again: it gives the same bits on any number of threads.
template <class F>
void on_threads(int threads, F f) {
    if (threads > 1) {
        try {
            return f(threads);
        } catch (const std::bad_alloc &) {
        }
    }
    f(1);
}

template <class F>
int outcome(F f) {
    try {
        f();
    } catch (const std::bad_alloc &) {
        return OUT_OF_MEMORY;
    } catch (...) {
        return FAILED;
    }
    return DONE;
}

}  // namespace
