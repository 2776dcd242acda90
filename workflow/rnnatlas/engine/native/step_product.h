// The product of one time step, rows of a tile times the recurrent weights, whose sums are used where they were made: in registers.
//
// What a cell does to a unit needs all of its gates and nothing of other units. So a tile of sums holds, for R rows and U vectors of units,
// all V gates; `begin` says what a sum starts from, and `end` is given the finished sums. They are never written down. A sum runs
// in order of k, whatever the tile.
//
// Weights lie as they are read, panel by panel of units and term by term within, so that those of a panel stay in the first cache from one
// block of rows to the next.
#pragma once
#include "product.h"

namespace {

// Rows of a tile that holds `gates` vectors for each: as many sums as in `product.h`.
constexpr int rows_for(int gates) { return gates <= PANEL ? ROWS : ROWS / 2; }

// How units are cut into panels: of V gates one vector of units at a time, of one gate up to PANEL; half a vector may be left over.
struct Panels {
    int whole, left_over, full;  // vectors, halves, panels of whole vectors
    Panels(int gates, int wide)
        : whole(wide / WIDTH), left_over(wide % WIDTH != 0), full(gates > 1 ? whole : (whole + PANEL - 1) / PANEL) {}
    int count() const { return full + left_over; }
    int vectors(int p) const { return p < full ? whole / full + (p < whole % full) : 1; }
};

// Where the weights of sums of `depth` terms for the gates of `wide` units lie, and how many there is room for.
struct Slots {
    int depth, gates, wide;

    size_t size() const { return (size_t)depth * gates * padded(wide, WIDTH); }
    struct Unit {
        long first, stride;
        long at(int k, int gate) const { return first + k * stride + gate * WIDTH; }
    };
    Unit of(int unit) const {
        const Panels panels(gates, wide);
        int p = 0, begin = 0;
        while (unit >= begin + panels.vectors(p) * WIDTH) begin += panels.vectors(p++) * WIDTH;
        return {(long)begin * depth * gates + unit - begin, (long)panels.vectors(p) * gates * WIDTH};
    }
};

// The left factor: rows of `depth` numbers.
struct Rows {
    const float *data;
    long stride;
    int depth;
};

template <class T, int R, int U, int V, bool LAST_FIRST, class Begin, class End>
__attribute__((always_inline)) inline void step_tile(const Rows &A, int row, const float *B, int unit, const Begin &begin,
                                                     const End &end) {
    T sum[R][U * V];
    const float *a[R];
#pragma GCC unroll 8
    for (int i = 0; i < R; ++i) {
        a[i] = A.data + (row + i) * A.stride;
#pragma GCC unroll 8
        for (int v = 0; v < U * V; ++v) sum[i][v] = begin(row + i, unit + v / V * WIDTH, T{});
    }
    for (int k = 0; k < A.depth; ++k, B += U * V * WIDTH) {
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
        for (int q = 0; q < U; ++q) {
            const int u = LAST_FIRST ? U - 1 - q : q;
            vec z[V];
#pragma GCC unroll 4
            for (int v = 0; v < V; ++v) z[v] = whole(sum[i][u * V + v]);
            end(row + i, unit + u * WIDTH, z);
        }
}

// All rows of U vectors of units; a function of its own, or its registers would be at the mercy of what surrounds it, with copies of what it
// is given, which no store of a result can change.
template <class T, int U, int V, bool LAST_FIRST, class Begin, class End>
__attribute__((noinline)) void step_panel(int rows, Rows A, const float *B, int unit, Begin begin, End end) {
    constexpr int R = rows_for(V);
    for (int row = 0; row < rows; row += R) step_tile<T, R, U, V, LAST_FIRST>(A, row, B, unit, begin, end);
}

// begin(i, j, T{}): what the sums of row i, units j ... start from, as a T (vec, or half a one); end(i, j, z): what becomes of them, z[V].
// Rows come in multiples of ROWS, units (`wide`) in multiples of eight. Of a row, `end` has the first units first, or the
// last where it must, which is slower.
template <int V, bool LAST_FIRST, class Begin, class End>
void step_product(int rows, int wide, const Rows &A, const float *B, const Begin &begin, const End &end) {
    constexpr int MOST = V == 1 ? PANEL : 1;
    const Panels panels(V, wide);
    int unit = LAST_FIRST ? padded(wide, WIDTH) : 0;
    for (int i = 0; i < panels.count(); ++i) {
        const int p = LAST_FIRST ? panels.count() - 1 - i : i, count = panels.vectors(p);
        if (LAST_FIRST) unit -= count * WIDTH;
        const float *b = B + (long)unit * A.depth * V;
        if (p == panels.full) {
            if constexpr (WIDTH == 16) step_panel<half, 1, V, LAST_FIRST>(rows, A, b, unit, begin, end);
        } else if (count == 1) step_panel<vec, 1, V, LAST_FIRST>(rows, A, b, unit, begin, end);
        else if (count == 2) step_panel<vec, MOST < 2 ? MOST : 2, V, LAST_FIRST>(rows, A, b, unit, begin, end);
        else step_panel<vec, MOST, V, LAST_FIRST>(rows, A, b, unit, begin, end);
        if (!LAST_FIRST) unit += count * WIDTH;
    }
}

}  // namespace
