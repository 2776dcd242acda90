// The product of one time step, rows of a tile times the recurrent weights, whose sums are used where they were made: in registers.
//
// What a cell does to a unit needs all of its gates and nothing of other units. So a tile of sums holds, for R rows and U vectors of units,
// all V gates; `begin` says what a sum starts from, and `end` is given the finished sums. They are never written down. A sum runs
// in order of k, whatever the tile.
//
// Weights lie as they are read, [vector of units][k][gate][WIDTH], so that those of a vector of units stay in the first cache from one
// block of rows to the next.
#pragma once
#include "product.h"

namespace {

// Rows of a tile that holds `gates` vectors for each: as many sums as in `product.h`.
constexpr int rows_for(int gates) { return gates <= PANEL ? ROWS : ROWS / 2; }

inline int vectors(int units) { return (units + WIDTH - 1) / WIDTH; }

// Where the weight of gate `gate`, unit `unit` in the sum's term k lies, and how many there is room for.
inline long slot(int depth, int gates, int k, int gate, int unit) {
    return (((long)(unit / WIDTH) * depth + k) * gates + gate) * WIDTH + unit % WIDTH;
}
inline size_t slots(int depth, int gates, int units) { return (size_t)vectors(units) * depth * gates * WIDTH; }

// The left factor: in row i, `pieces` runs of `depth` numbers, which lie `apart`.
struct Rows {
    const float *data;
    long stride;
    int pieces, depth;
    long apart;
};

template <class T, int R, int U, int V, class Begin, class End>
__attribute__((always_inline)) inline void step_tile(const Rows &A, int row, const float *B, int unit, const Begin &begin,
                                                     const End &end) {
    const long panel = (long)A.pieces * A.depth * V * WIDTH;
    T sum[R][U * V];
    const float *a[R];
#pragma GCC unroll 8
    for (int i = 0; i < R; ++i) {
        a[i] = A.data + (row + i) * A.stride;
#pragma GCC unroll 8
        for (int v = 0; v < U * V; ++v) sum[i][v] = begin(row + i, unit + v / V * WIDTH, T{});
    }
    for (int piece = 0; piece < A.pieces; ++piece) {
        const long from = piece * A.apart;
        for (long k = from; k < from + A.depth; ++k, B += V * WIDTH) {
            T b[U * V];
#pragma GCC unroll 8
            for (int v = 0; v < U * V; ++v) b[v] = load_as<T>(B + v / V * panel + v % V * WIDTH);
#pragma GCC unroll 8
            for (int i = 0; i < R; ++i) {
                const float factor = a[i][k];
#pragma GCC unroll 8
                for (int v = 0; v < U * V; ++v) sum[i][v] += factor * b[v];
            }
        }
    }
#pragma GCC unroll 8
    for (int i = 0; i < R; ++i)
#pragma GCC unroll 4
        for (int u = 0; u < U; ++u) {
            vec z[V];
#pragma GCC unroll 4
            for (int v = 0; v < V; ++v) z[v] = whole(sum[i][u * V + v]);
            end(row + i, unit + u * WIDTH, z);
        }
}

// All rows of U vectors of units; a function of its own, or its registers would be at the mercy of what surrounds it, with copies of what it
// is given, which no store of a result can change.
template <class T, int U, int V, class Begin, class End>
__attribute__((noinline)) void step_panel(int rows, Rows A, const float *B, int unit, Begin begin, End end) {
    constexpr int R = rows_for(V);
    B += slots(A.pieces * A.depth, V, unit);
    for (int row = 0; row < rows; row += R) step_tile<T, R, U, V>(A, row, B, unit, begin, end);
}

// begin(i, j, T{}): what the sums of row i, units j ... start from, as a T (vec, or half a one); end(i, j, z): what becomes of them, z[V].
// Rows come in multiples of ROWS, units (`wide`) in multiples of eight.
template <int V, class Begin, class End>
void step_product(int rows, int wide, const Rows &A, const float *B, const Begin &begin, const End &end) {
    constexpr int MOST = V == 1 ? PANEL : 1;
    const int all = wide / WIDTH, panels = (all + MOST - 1) / MOST;
    int unit = 0;
    for (int p = 0; p < panels; ++p) {
        const int count = all / panels + (p < all % panels);
        if (count == 1) step_panel<vec, 1, V>(rows, A, B, unit, begin, end);
        else if (count == 2) step_panel<vec, MOST < 2 ? MOST : 2, V>(rows, A, B, unit, begin, end);
        else step_panel<vec, MOST, V>(rows, A, B, unit, begin, end);
        unit += count * WIDTH;
    }
    if constexpr (WIDTH == 16)
        if (unit < wide) step_panel<half, 1, V>(rows, A, B, unit, begin, end);
}

}  // namespace
