// The product of one time step, rows of a tile times the recurrent weights, whose sums are used where they were made: in registers.
//
// What a cell does to a unit needs all of its gates and nothing of other units. So a tile of sums holds, for R rows and U vectors of units,
// all V gates; `begin` says what a sum starts from, and `end` is given the finished sums. They are never written down. A sum runs
// in order of k, whatever the tile.
//
// Weights lie as they are read: of one gate, rows of all units; of several, [vector of units][k][gate][WIDTH], so that those of a vector of
// units stay in the first cache from one block of rows to the next.
#pragma once
#include "product.h"

namespace {

// Rows of a tile that holds `gates` vectors for each: as many sums as in `product.h`.
constexpr int rows_for(int gates) { return gates <= PANEL ? ROWS : ROWS / 2; }

// Weights of sums of `depth` terms for the gates of some units: how many there is room for, and where one is.
struct Slots {
    int depth, gates, units;

    size_t size() const { return (size_t)depth * gates * padded(units, WIDTH); }
    int stride() const { return gates == 1 ? padded(units, WIDTH) : gates * WIDTH; }  // from one term to the next
    long at(int k, int gate, int unit) const {
        const int within = gates == 1 ? unit : unit % WIDTH;
        return (long)(unit - within) * depth * gates + (long)k * stride() + gate * WIDTH + within;
    }
};

// The left factor: rows of `depth` numbers.
struct Rows {
    const float *data;
    long stride;
    int depth;
};

template <class T, int R, int U, int V, class Begin, class End>
__attribute__((always_inline)) inline void step_tile(const Rows &A, int row, const float *B, long ldb, int unit, const Begin &begin,
                                                     const End &end) {
    T sum[R][U * V];
    const float *a[R];
#pragma GCC unroll 8
    for (int i = 0; i < R; ++i) {
        a[i] = A.data + (row + i) * A.stride;
#pragma GCC unroll 8
        for (int v = 0; v < U * V; ++v) sum[i][v] = begin(row + i, unit + v / V * WIDTH, T{});
    }
    for (int k = 0; k < A.depth; ++k, B += ldb) {
        T b[U * V];
#pragma GCC unroll 8
        for (int v = 0; v < U * V; ++v) b[v] = load_as<T>(B + v * WIDTH);
#pragma GCC unroll 8
        for (int i = 0; i < R; ++i) {
            const float factor = a[i][k];
#pragma GCC unroll 8
            for (int v = 0; v < U * V; ++v) sum[i][v] += factor * b[v];
        }
    }
    asm("" : "+r"(row), "+r"(unit));  // forget what depends on them: addresses kept through the sum would take its registers
#pragma GCC unroll 8
    for (int i = 0; i < R; ++i)
#pragma GCC unroll 4
        for (int u = U - 1; u >= 0; --u) {
            vec z[V];
#pragma GCC unroll 4
            for (int v = 0; v < V; ++v) z[v] = whole(sum[i][u * V + v]);
            end(row + i, unit + u * WIDTH, z);
        }
}

// All rows of U vectors of units; a function of its own, or its registers would be at the mercy of what surrounds it, with copies of what it
// is given, which no store of a result can change.
template <class T, int U, int V, class Begin, class End>
__attribute__((noinline)) void step_panel(int rows, Rows A, const float *B, long ldb, int unit, Begin begin, End end) {
    constexpr int R = rows_for(V);
    for (int row = 0; row < rows; row += R) step_tile<T, R, U, V>(A, row, B, ldb, unit, begin, end);
}

// begin(i, j, T{}): what the sums of row i, units j ... start from, as a T (vec, or half a one); end(i, j, z): what becomes of them, z[V].
// Rows come in multiples of ROWS, units (`wide`) in multiples of eight. Of a row, `end` has the first units first, or the last.
template <int V, bool LAST_FIRST, class Begin, class End>
void step_product(int rows, int wide, const Rows &A, const float *B, const Begin &begin, const End &end) {
    constexpr int MOST = V == 1 ? PANEL : 1;
    const Slots slots{A.depth, V, wide};
    const int ldb = slots.stride();
    const int all = wide / WIDTH, left_over = wide % WIDTH != 0, panels = (all + MOST - 1) / MOST + left_over;
    int unit = LAST_FIRST ? padded(wide, WIDTH) : 0;
    for (int p = 0; p < panels; ++p) {
        const int q = LAST_FIRST ? panels - 1 - p : p, whole = panels - left_over;
        const int count = q < whole ? all / whole + (q < all % whole) : 1;
        if (LAST_FIRST) unit -= count * WIDTH;
        const float *b = B + slots.at(0, 0, unit);
        if (q == whole) {
            if constexpr (WIDTH == 16) step_panel<half, 1, V>(rows, A, b, ldb, unit, begin, end);
        } else if (count == 1) step_panel<vec, 1, V>(rows, A, b, ldb, unit, begin, end);
        else if (count == 2) step_panel<vec, MOST < 2 ? MOST : 2, V>(rows, A, b, ldb, unit, begin, end);
        else step_panel<vec, MOST, V>(rows, A, b, ldb, unit, begin, end);
        if (!LAST_FIRST) unit += count * WIDTH;
    }
}

}  // namespace
