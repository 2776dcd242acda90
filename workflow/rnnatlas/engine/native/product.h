// Register-tiled products C = A B and C += A B, for the shapes that the time loop needs.
//
// A tile of C is held in registers over the whole sum, which runs in order of k: a sum has the same rounding whatever the
// size of the tile it falls into. Columns come in multiples of eight; `WIDTH` floats make a vector, and where a vector
// holds sixteen, eight columns left over make a half vector, so that padding never costs more than seven columns.
#pragma once
#include "vectors.h"

namespace {

#if defined(__AVX512F__)
constexpr int ROWS = 8, PANEL = 3;
#elif defined(__AVX2__)
constexpr int ROWS = 4, PANEL = 3;
#elif defined(__aarch64__)
constexpr int ROWS = 8, PANEL = 2;  // 16 of 32 registers, as many sums as the widest cores need to hide the latency
#else
constexpr int ROWS = 4, PANEL = 2;
#endif

// How A is read: `across` false, A[i][k] = A[i * lda + k]; true, A[k * lda + i], the transposed left factor.
struct Left {
    const float *data;
    long stride;
    bool across;
};

// One tile: R rows, V vectors and, if H, half a vector of columns. Its loops over rows and vectors are unrolled before anything else is
// done, for `acc` must be registers from its first value to its last: left to itself, GCC takes them through the stack at either end.
template <int R, int V, bool H, bool ACROSS>
inline void tile(int depth, const float *A, long lda, const float *B, long ldb, float *C, long ldc, bool add) {
    vec acc[R][V ? V : 1];
    half rest[H ? R : 1];
    const float *a[R], *from = C;
#pragma GCC unroll 8
    for (int i = 0; i < R; ++i, from += ldc) {
        a[i] = ACROSS ? A + i : A + i * lda;
#pragma GCC unroll 4
        for (int v = 0; v < V; ++v) acc[i][v] = add ? (vec)*(const vec_u *)(from + v * WIDTH) : vec{};
        if (H) rest[i] = add ? (half)*(const half_u *)(from + V * WIDTH) : half{};
    }
    for (int k = 0; k < depth; ++k, B += ldb) {
        const long at = ACROSS ? k * lda : k;
        vec b[V ? V : 1];
        half c{};
#pragma GCC unroll 4
        for (int v = 0; v < V; ++v) b[v] = *(const vec_u *)(B + v * WIDTH);
        if (H) c = *(const half_u *)(B + V * WIDTH);
#pragma GCC unroll 8
        for (int i = 0; i < R; ++i) {
            const float factor = a[i][at];
#pragma GCC unroll 4
            for (int v = 0; v < V; ++v) acc[i][v] += factor * b[v];
            if (H) rest[i] += factor * c;
        }
    }
#pragma GCC unroll 8
    for (int i = 0; i < R; ++i, C += ldc) {
#pragma GCC unroll 4
        for (int v = 0; v < V; ++v) *(vec_u *)(C + v * WIDTH) = acc[i][v];
        if (H) *(half_u *)(C + V * WIDTH) = rest[i];
    }
}

// One panel of columns, all rows.
template <int V, bool H, bool ACROSS>
__attribute__((noinline)) void panel(int rows, int depth, const float *A, long lda, const float *B, long ldb, float *C, long ldc,
                                     bool add) {
    const long next = ACROSS ? 1 : lda;
    int i = 0;
    for (; i + ROWS <= rows; i += ROWS) tile<ROWS, V, H, ACROSS>(depth, A + i * next, lda, B, ldb, C + i * ldc, ldc, add);
    if (ROWS > 4 && i + 4 <= rows) {
        tile<4, V, H, ACROSS>(depth, A + i * next, lda, B, ldb, C + i * ldc, ldc, add);
        i += 4;
    }
    if (i + 2 <= rows) {
        tile<2, V, H, ACROSS>(depth, A + i * next, lda, B, ldb, C + i * ldc, ldc, add);
        i += 2;
    }
    if (i < rows) tile<1, V, H, ACROSS>(depth, A + i * next, lda, B, ldb, C + i * ldc, ldc, add);
}

template <bool ACROSS>
void panels(int rows, int columns, int depth, const float *A, long lda, const float *B, long ldb, float *C, long ldc, bool add,
            bool upper) {
    const int whole = columns / WIDTH;
    const bool left_over = columns % WIDTH != 0;
    const int count = (2 * whole + left_over + 2 * PANEL - 1) / (2 * PANEL);
    for (int p = 0, j = 0; p < count; ++p) {
        const int vectors = whole / count + (p < whole % count);
        const bool h = left_over && p == count - 1;
        const int width = vectors * WIDTH + (h ? 8 : 0);
        const int below = upper && j + width < rows ? j + width : rows;  // a panel of the upper triangle ends at the diagonal
#define CASE(V, H) \
    if (vectors == V && h == H) panel<V, H, ACROSS>(below, depth, A, lda, B + j, ldb, C + j, ldc, add)
        CASE(1, false);
        CASE(2, false);
#if defined(__AVX512F__)
        CASE(0, true);
        CASE(1, true);
        CASE(2, true);
#endif
#if defined(__AVX2__)
        CASE(3, false);
#endif
#undef CASE
        j += width;
    }
}

// C[i][j] (+)= sum_k A[i][k] B[k * ldb + j], i < rows, j < columns (a multiple of 8), k < depth. With `upper`, only the
// panels that touch the upper triangle of C are computed.
inline void multiply(int rows, int columns, int depth, Left A, const float *B, long ldb, float *C, long ldc, bool add,
                     bool upper = false) {
    if (A.across) panels<true>(rows, columns, depth, A.data, A.stride, B, ldb, C, ldc, add, upper);
    else panels<false>(rows, columns, depth, A.data, A.stride, B, ldb, C, ldc, add, upper);
}

}  // namespace
