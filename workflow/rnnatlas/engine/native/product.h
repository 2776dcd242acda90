// Register-tiled products C += A B for the few shapes that the time loop needs.
// WIDTH floats make a vector; a tile is ROWS x (PANEL vectors) accumulators, held in registers over the whole sum.
#pragma once
#if defined(__AVX512F__)
#define WIDTH 16
#define PANEL 3
#elif defined(__AVX2__)
#define WIDTH 8
#define PANEL 1
#else
#define WIDTH 4
#define PANEL 1
#endif
#define ROWS 8

typedef float vec __attribute__((vector_size(WIDTH * 4)));
typedef float vec_u __attribute__((vector_size(WIDTH * 4), aligned(4), may_alias));

static inline vec load(const float *p) { return *(const vec_u *)p; }
static inline void store(float *p, vec v) { *(vec_u *)p = v; }

// C[i][j] += sum_k A[i * row + k * col] B[k * ldb + j] for i < ROWS, j < V vectors, k < depth, in order of k.
template <int V>
static inline void tile(int depth, const float *A, long row, long col, const float *B, long ldb, float *C, long ldc) {
    vec acc[ROWS][V];
    for (int i = 0; i < ROWS; ++i)
        for (int v = 0; v < V; ++v) acc[i][v] = load(C + i * ldc + v * WIDTH);
    for (int k = 0; k < depth; ++k) {
        vec b[V];
        for (int v = 0; v < V; ++v) b[v] = load(B + k * ldb + v * WIDTH);
        for (int i = 0; i < ROWS; ++i) {
            float a = A[i * row + k * col];
            for (int v = 0; v < V; ++v) acc[i][v] += a * b[v];
        }
    }
    for (int i = 0; i < ROWS; ++i)
        for (int v = 0; v < V; ++v) store(C + i * ldc + v * WIDTH, acc[i][v]);
}

// The same over `columns` columns, a multiple of WIDTH.
static inline void multiply(int columns, int depth, const float *A, long row, long col, const float *B, long ldb, float *C,
                            long ldc) {
    int j = 0;
#if PANEL == 3
    if (columns == 4 * WIDTH) {  // two even panels keep more products in flight than three and one
        tile<2>(depth, A, row, col, B, ldb, C, ldc);
        tile<2>(depth, A, row, col, B + 2 * WIDTH, ldb, C + 2 * WIDTH, ldc);
        return;
    }
#endif
    for (; j + PANEL * WIDTH <= columns; j += PANEL * WIDTH) tile<PANEL>(depth, A, row, col, B + j, ldb, C + j, ldc);
#if PANEL == 3
    if (j + 2 * WIDTH <= columns) { tile<2>(depth, A, row, col, B + j, ldb, C + j, ldc); j += 2 * WIDTH; }
#endif
    for (; j < columns; j += WIDTH) tile<1>(depth, A, row, col, B + j, ldb, C + j, ldc);
}
