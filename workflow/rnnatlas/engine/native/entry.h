// What the entry points have in common: a name for each instruction set, and a return code in place of an exception.
#pragma once
#include <new>

#define JOIN2(a, b) a##b
#define JOIN(a, b) JOIN2(a, b)
#define NAME(base) JOIN(base, ISA_SUFFIX)

namespace {

enum Outcome { DONE = 0, OUT_OF_MEMORY = 1, FAILED = 2 };  // as in rnnatlas/engine/native_library.py

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
