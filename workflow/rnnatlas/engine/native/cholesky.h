// Symmetric linear systems in float64, small enough for the cache: the Cholesky factor by blocks of ROWS rows, each
// reduced by all rows above it in registers. Row-major, zero-padded to whole blocks; of a symmetric matrix only the
// blocks on and above the diagonal are read or written.
#pragma once
#include <cmath>
#include <cstring>

namespace {

#if defined(__AVX512F__)
constexpr int WIDTH = 8, PANEL = 3;  // doubles a vector, vectors a tile: ROWS * PANEL accumulators stay in registers
#elif defined(__AVX2__)
constexpr int WIDTH = 4, PANEL = 1;
#else
constexpr int WIDTH = 2, PANEL = 1;
#endif
constexpr int ROWS = 8;  // rows of a block; matrices are zero-padded to whole blocks

typedef double vec __attribute__((vector_size(WIDTH * 8)));
typedef double vec_u __attribute__((vector_size(WIDTH * 8), aligned(8), may_alias));

inline vec load(const double *p) { return *(const vec_u *)p; }
inline void store(double *p, vec v) { *(vec_u *)p = v; }
inline double total(vec v) {
    double sum = v[0];
    for (int l = 1; l < WIDTH; ++l) sum += v[l];
    return sum;
}

// acc[r][v] -= sum_k M[k][i + r] M[k][j + v WIDTH ...], k < depth in order.
template <int V>
inline __attribute__((always_inline)) void subtract(int depth, const double *M, long ld, int i, int j,
                                                    vec (&acc)[ROWS][V]) {
    for (int k = 0; k < depth; ++k, M += ld) {
        vec b[V];
        for (int v = 0; v < V; ++v) b[v] = load(M + j + v * WIDTH);
        for (int r = 0; r < ROWS; ++r)
            for (int v = 0; v < V; ++v) acc[r][v] -= M[i + r] * b[v];
    }
}

template <int V>
inline __attribute__((always_inline)) void gram_tile(int n, const double *M, int i, int j, double *out) {
    vec acc[ROWS][V] = {};
    subtract<V>(n, M, n, i, j, acc);
    for (int r = 0; r < ROWS; ++r)
        for (int v = 0; v < V; ++v) store(out + (long)(i + r) * n + j + v * WIDTH, -acc[r][v]);
}

// The blocks on and above the diagonal of out = M' M; all matrices are n x n with n a multiple of ROWS.
void gram(int n, const double *M, double *out) {
    for (int i = 0; i < n; i += ROWS) {
        int j = i;
        for (; j + PANEL * WIDTH <= n; j += PANEL * WIDTH) gram_tile<PANEL>(n, M, i, j, out);
        for (; j < n; j += WIDTH) gram_tile<1>(n, M, i, j, out);
    }
}

// Columns j.. of the block of rows i..i+7 of the factor, given those above and the block's diagonal part.
template <int V>
inline __attribute__((always_inline)) void factor_tile(double *M, long n, int i, int j, const double *inverse) {
    vec acc[ROWS][V];
    for (int r = 0; r < ROWS; ++r)
        for (int v = 0; v < V; ++v) acc[r][v] = load(M + (i + r) * n + j + v * WIDTH);
    subtract<V>(i, M, n, i, j, acc);
    for (int r = 0; r < ROWS; ++r) {
        for (int c = 0; c < r; ++c)
            for (int v = 0; v < V; ++v) acc[r][v] -= M[(i + c) * n + i + r] * acc[c][v];
        for (int v = 0; v < V; ++v) acc[r][v] *= inverse[i + r];
    }
    for (int r = 0; r < ROWS; ++r)
        for (int v = 0; v < V; ++v) store(M + (i + r) * n + j + v * WIDTH, acc[r][v]);
}

// Solve M y = b for symmetric M = R' R. `rows(i)` is called once for each block, in order, and writes the rows i..i+7 of M
// from column i on, just before they are read; R overwrites them. `y` holds b and is overwritten. False where a pivot is
// not positive: M is singular up to rounding, or NaN.
template <class Rows>
bool solve(int n, double *M, double *y, double *inverse, Rows rows) {
    constexpr int ACROSS = ROWS / WIDTH;
    for (int i = 0; i < n; i += ROWS) {
        rows(i);
        vec acc[ROWS][ACROSS], right[ACROSS];
        for (int v = 0; v < ACROSS; ++v) {
            right[v] = load(y + i + v * WIDTH);
            for (int r = 0; r < ROWS; ++r) acc[r][v] = load(M + (long)(i + r) * n + i + v * WIDTH);
        }
        subtract<ACROSS>(i, M, n, i, i, acc);
        for (int k = 0; k < i; ++k)
            for (int v = 0; v < ACROSS; ++v) right[v] -= y[k] * load(M + (long)k * n + i + v * WIDTH);
        double block[ROWS][ROWS];
        for (int v = 0; v < ACROSS; ++v) {
            store(y + i + v * WIDTH, right[v]);
            for (int r = 0; r < ROWS; ++r) store(block[r] + v * WIDTH, acc[r][v]);
        }
        for (int r = 0; r < ROWS; ++r) {
            if (!(block[r][r] > 0.0)) return false;
            double s = inverse[i + r] = 1.0 / std::sqrt(block[r][r]), z = y[i + r] *= s;
            for (int c = r; c < ROWS; ++c) block[r][c] *= s;
            for (int t = r + 1; t < ROWS; ++t) {
                for (int c = t; c < ROWS; ++c) block[t][c] -= block[r][t] * block[r][c];
                y[i + t] -= block[r][t] * z;
            }
        }
        for (int r = 0; r < ROWS; ++r) std::memcpy(M + (long)(i + r) * n + i, block[r], sizeof block[r]);
        int j = i + ROWS;
        for (; j + PANEL * WIDTH <= n; j += PANEL * WIDTH) factor_tile<PANEL>(M, n, i, j, inverse);
        for (; j < n; j += WIDTH) factor_tile<1>(M, n, i, j, inverse);
    }
    for (int i = n - ROWS; i >= 0; i -= ROWS) {
        vec acc[ROWS] = {};
        for (int j = i + ROWS; j < n; j += WIDTH)
            for (int r = 0; r < ROWS; ++r) acc[r] += load(M + (long)(i + r) * n + j) * load(y + j);
        for (int r = ROWS - 1; r >= 0; --r) {
            double sum = y[i + r] - total(acc[r]);
            for (int c = r + 1; c < ROWS; ++c) sum -= M[(long)(i + r) * n + i + c] * y[i + c];
            y[i + r] = sum * inverse[i + r];
        }
    }
    return true;
}

// out += v M, M [n, n]
void add_product(int n, const double *v, const double *M, double *out) {
    constexpr int ACROSS = ROWS / WIDTH;
    for (int j = 0; j < n; j += ROWS) {
        vec even[ACROSS], odd[ACROSS] = {};  // two sums each, or the latency of one would be waited for
        for (int u = 0; u < ACROSS; ++u) even[u] = load(out + j + u * WIDTH);
        for (int k = 0; k < n; k += 2)
            for (int u = 0; u < ACROSS; ++u) {
                even[u] += v[k] * load(M + (long)k * n + j + u * WIDTH);
                odd[u] += v[k + 1] * load(M + (long)(k + 1) * n + j + u * WIDTH);
            }
        for (int u = 0; u < ACROSS; ++u) store(out + j + u * WIDTH, even[u] + odd[u]);
    }
}

double squared_norm(int n, const double *v) {
    vec acc = {};
    for (int j = 0; j < n; j += WIDTH) acc += load(v + j) * load(v + j);
    return total(acc);
}

}  // namespace
