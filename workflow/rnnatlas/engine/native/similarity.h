// The similarity penalty and its gradient; see rnnatlas/deflation/penalty.py, the reference, for the mathematics.
//
// The new network X and each earlier one Y ran on the same trials. Samples enter through X'X and X'Y in single precision; all
// that is N x N is double. What comes back is dS/dX = X K + sum_i Y_i B_i, as the small matrices K and B_i.
#pragma once
#include "dense.h"
#include "time_loop.h"

namespace {

// The span of a readout W [units, outputs] by the eigenvectors of W'W: orthonormal basis Q [units, rank], and the dual
// basis W (W'W)^+ [units, outputs], through which a gradient reaches the readout. Dependent columns add nothing.
struct Span {
    int units = 0, outputs = 0, rank = 0;
    Buffer<double> basis, dual, small, vectors;

    void of(const float *W, int n, int o) {
        if (!basis.data || units != n || outputs != o) {
            units = n, outputs = o;
            basis.reset((size_t)n * o), dual.reset((size_t)n * o), small.reset((size_t)o * o), vectors.reset((size_t)o * o);
        }
        double *G = small.data, *V = vectors.data, largest = 0.0;
        std::memset(G, 0, sizeof(double) * o * o);
        for (int k = 0; k < n; ++k)
            for (int i = 0; i < o; ++i)
                for (int j = 0; j < o; ++j) G[i * o + j] += (double)W[k * o + i] * W[k * o + j];
        eigen(o, G, V);
        for (int i = 0; i < o; ++i) largest = G[i * o + i] > largest ? G[i * o + i] : largest;
        const double least = (n > o ? n : o) * 1.1920929e-7;  // relative to the largest singular value, as in null_space.py
        rank = 0;
        std::memset(dual.data, 0, sizeof(double) * n * o);
        for (int i = 0; i < o; ++i) {
            const double square = G[i * o + i];
            if (!(square > least * least * largest)) continue;
            for (int k = 0; k < n; ++k) {
                double along = 0.0;
                for (int j = 0; j < o; ++j) along += W[k * o + j] * V[j * o + i];
                basis.data[(long)k * o + rank] = along / std::sqrt(square);
                for (int j = 0; j < o; ++j) dual.data[(long)k * o + j] += along / square * V[j * o + i];
            }
            ++rank;
        }
    }

    // A <- (I - QQ') A: [units, m]
    void remove_left(double *A, int m, double *work) const {
        for (int r = 0; r < rank; ++r) {
            std::memset(work, 0, sizeof(double) * m);
            for (int k = 0; k < units; ++k) axpy(m, basis.data[(long)k * outputs + r], A + (long)k * m, work);
            for (int k = 0; k < units; ++k) axpy(m, -basis.data[(long)k * outputs + r], work, A + (long)k * m);
        }
    }
    // A <- A (I - QQ'): [m, units]
    void remove_right(double *A, int m) const {
        for (int i = 0; i < m; ++i)
            for (int r = 0; r < rank; ++r) {
                double inside = 0.0, *a = A + (long)i * units;
                for (int k = 0; k < units; ++k) inside += a[k] * basis.data[(long)k * outputs + r];
                for (int k = 0; k < units; ++k) a[k] -= inside * basis.data[(long)k * outputs + r];
            }
    }
};

// One earlier network during training.
struct Earlier {
    int kind;
    float alpha;
    Layout layout;
    Weights weights;
    Span span;
    Buffer<float> basis;    // Q [unit][padded rank], for samples
    Buffer<float> back;     // B [earlier unit][block of the new network]
    Buffer<double> cross;   // X'Y as sampled
    Buffer<double> solved, left, turned, own;
    double similarity = 0.0, pull = 0.0;  // S, and dP/dS for what the similarities combine to
};

struct Similarity {
    int earlier = 0, norm_form = 0, null_space = 1, stride = 1;
    double ridge = 0.0, order = 1.0;
};

// Sums over samples of one group of tiles: X'X and, for each earlier network, X'Y, |Y|^2 and |YQ|^2.
struct Moments {
    Buffer<float> own, rows, other_rows, inside;
    std::unique_ptr<Buffer<float>[]> cross;
    Buffer<double> size;
    int count = 0;

    void reset(const Layout &l, const Earlier *e, int n) {
        own.reset((size_t)l.units * l.block);
        rows.reset((size_t)CHUNK * TILE * l.block);
        int widest = 0, outputs = 8;
        cross.reset(new Buffer<float>[n]);
        for (int i = 0; i < n; ++i) {
            cross[i].reset((size_t)l.units * e[i].layout.block);
            widest = e[i].layout.block > widest ? e[i].layout.block : widest;
            outputs = e[i].layout.reply > outputs ? e[i].layout.reply : outputs;
        }
        other_rows.reset((size_t)n * CHUNK * TILE * widest);
        inside.reset((size_t)CHUNK * TILE * outputs);
        size.reset(2 * (size_t)n);
    }
    void clear(const Layout &l, const Earlier *e, int n) {
        std::memset(own.data, 0, 4ul * l.units * l.block);
        for (int i = 0; i < n; ++i) std::memset(cross[i].data, 0, 4ul * l.units * e[i].layout.block);
        std::memset(size.data, 0, sizeof(double) * 2 * n);
        count = 0;
    }
    float *samples(const Earlier *e, int i) {
        float *at = other_rows.data;
        for (int k = 0; k < i; ++k) at += (long)CHUNK * TILE * e[k].layout.block;
        return at;
    }

    void flush(const Layout &l, const Earlier *e, int n) {
        if (count == 0) return;
        const Left x{rows.data, l.block, true};
        multiply(l.units, l.wide, count, x, rows.data, l.block, own.data, l.block, true, true);
        for (int i = 0; i < n; ++i) {
            const Layout &m = e[i].layout;
            const float *y = samples(e, i);
            multiply(l.units, m.wide, count, x, y, m.block, cross[i].data, m.block, true);
            double all = 0.0, within = 0.0;
            for (int r = 0; r < count; ++r) {
                vec sum{};
                for (int j = 0; j < m.block; j += WIDTH) sum += load(y + (long)r * m.block + j) * load(y + (long)r * m.block + j);
                for (int k = 0; k < WIDTH; ++k) all += sum[k];
            }
            if (e[i].span.rank > 0) {
                const int wide = padded(e[i].span.rank, 8);
                multiply(count, wide, m.units, {y, m.block, false}, e[i].basis.data, wide, inside.data, wide, false);
                for (int r = 0; r < count * wide; ++r) within += (double)inside.data[r] * inside.data[r];
            }
            size.data[2 * i] += all;
            size.data[2 * i + 1] += within;
        }
        count = 0;
    }

    // The valid steps t = offset, offset + stride, ... of one tile. Rows are copied, since where they lie they are not aligned.
    void gather(const Layout &l, const Earlier *e, int n, const Batch &batch, int stride, int offset, const float *S,
                float *const *others, long tile_rows) {
        for (int t = offset, longest = batch.longest(); t < longest; t += stride)
            for (int i = 0; i < batch.rows(); ++i) {
                if (t >= batch.length_of(i)) continue;
                std::memcpy(rows.data + (long)count * l.block, row(S, l, t + 1, i) + l.lead, 4ul * l.units);
                for (int k = 0; k < n; ++k) {
                    const Layout &m = e[k].layout;
                    const float *Y = others[k] + tile_rows * m.source;
                    std::memcpy(samples(e, k) + (long)count * m.block, row(Y, m, t + 1, i) + m.lead, 4ul * m.units);
                }
                if (++count == CHUNK * TILE) flush(l, e, n);
            }
    }
};

// The penalty's value, K and B_i (both times `strength`), and its gradient through the new network's readout.
struct Deflation {
    Buffer<double> gram, system, x_gram, work, own, inner, thin_a, thin_b, thin_c, mixed;
    Buffer<float> factor;  // K [unit][block]
    Span span;

    void reset(const Layout &l, const Earlier *e, int n) {
        size_t most = l.units;
        for (int i = 0; i < n; ++i) most = (size_t)e[i].layout.units > most ? e[i].layout.units : most;
        for (Buffer<double> *b : {&gram, &system, &x_gram, &own, &inner}) b->reset((size_t)l.units * l.units);
        work.reset(most * most);
        for (Buffer<double> *b : {&thin_a, &thin_b, &thin_c, &mixed}) b->reset(most * l.outputs);
        factor.reset((size_t)l.units * l.block);
    }

    // Solves; returns the combined similarity (NaN if anything is not finite) and leaves `own` and e[i].turned in double.
    double solve_all(const Layout &l, Earlier *e, int n, const Similarity &s, Moments *groups, int count) {
        const int N = l.units;
        double *G = gram.data, *A = x_gram.data, trace = 0.0;
        for (int i = 0; i < N; ++i)
            for (int j = i; j < N; ++j) {
                double sum = 0.0;
                for (int g = 0; g < count; ++g) sum += groups[g].own.data[(long)i * l.block + j];
                G[(long)i * N + j] = G[(long)j * N + i] = sum;
            }
        std::memcpy(A, G, sizeof(double) * N * N);
        if (s.null_space) span.remove_left(A, N, work.data), span.remove_right(A, N);
        std::memcpy(system.data, A, sizeof(double) * N * N);
        for (int i = 0; i < N; ++i) trace += A[(long)i * N + i];
        // the last term keeps the system regular for a network that is silent in its null space, and predicts nothing
        for (int i = 0; i < N; ++i) system.data[(long)i * N + i] += s.ridge * trace / N + 1e-30;
        if (!cholesky(N, system.data)) return NAN;
        std::memset(own.data, 0, sizeof(double) * N * N);
        for (int q = 0; q < n; ++q) {
            Earlier &y = e[q];
            const int M = y.layout.units;
            double all = 0.0, within = 0.0, similarity = 0.0, shift = 0.0;
            for (int g = 0; g < count; ++g) all += groups[g].size.data[2 * q], within += groups[g].size.data[2 * q + 1];
            double size = all - within;
            size = size > 1e-6 * all ? size : 1e-6 * all;
            size = size > 1e-30 ? size : 1e-30;
            for (int i = 0; i < N; ++i)
                for (int j = 0; j < M; ++j) {
                    double sum = 0.0;
                    for (int g = 0; g < count; ++g) sum += groups[g].cross[q].data[(long)i * y.layout.block + j];
                    y.cross.data[(long)i * M + j] = sum;
                }
            double *m = y.solved.data, *left = y.left.data;
            std::memcpy(left, y.cross.data, sizeof(double) * N * M);
            if (s.null_space) span.remove_left(left, M, work.data), y.span.remove_right(left, N);
            std::memcpy(m, left, sizeof(double) * N * M);
            solve(N, M, system.data, m);
            if (!s.norm_form) {  // left still holds the projected X'Y
                for (long i = 0; i < (long)N * M; ++i) similarity += left[i] * m[i], shift += m[i] * m[i];
                shift *= 2.0 * s.ridge / N;
                std::memcpy(left, m, sizeof(double) * N * M);
                transpose(N, M, m, y.turned.data);
                product(N, N, M, m, y.turned.data, inner.data);
            } else {
                product(N, M, N, A, m, left);
                for (long i = 0; i < (long)N * M; ++i) similarity += left[i] * m[i];
                solve(N, M, system.data, left);
                for (long i = 0; i < (long)N * M; ++i) shift += left[i] * m[i];
                shift *= 4.0 * s.ridge / N;
                // L M' + M L' - M M' = (L - M/2) M' + its transpose
                transpose(N, M, m, y.turned.data);
                for (long i = 0; i < (long)N * M; ++i) left[i] -= 0.5 * m[i];
                product(N, N, M, left, y.turned.data, inner.data);
                for (long i = 0; i < (long)N * M; ++i) left[i] += 0.5 * m[i];
                for (int i = 0; i < N; ++i)
                    for (int j = i; j < N; ++j) {
                        double both = inner.data[(long)i * N + j] + inner.data[(long)j * N + i];
                        inner.data[(long)i * N + j] = inner.data[(long)j * N + i] = both;
                    }
            }
            for (long i = 0; i < (long)N * N; ++i) y.own.data[i] = 2.0 * inner.data[i] / size;
            for (int i = 0; i < N; ++i) y.own.data[(long)i * N + i] += shift / size;
            transpose(N, M, left, y.turned.data);  // 2 L' / |Y|^2, in Y's null space: [M, N]
            for (long i = 0; i < (long)N * M; ++i) y.turned.data[i] *= 2.0 / size;
            if (s.null_space) y.span.remove_left(y.turned.data, N, work.data);
            y.similarity = similarity / size;
        }
        const double value = combine(e, n, s.order);
        for (int q = 0; q < n; ++q) {
            Earlier &y = e[q];
            for (long i = 0; i < (long)N * N; ++i) own.data[i] += y.pull * y.own.data[i];
            if (y.pull != 1.0)
                for (long i = 0; i < (long)N * y.layout.units; ++i) y.turned.data[i] *= y.pull;
        }
        return value;
    }

    // P = (sum S^p)^(1/p), p = order, and e[i].pull = dP/dS = (S/P)^(p-1)
    static double combine(Earlier *e, int n, double order) {
        double sum = 0.0, largest = 0.0, root = 0.0;
        for (int q = 0; q < n; ++q) sum += e[q].similarity, e[q].pull = 1.0;
        if (order == 1.0 || n == 1 || std::isnan(sum)) return sum;
        for (int q = 0; q < n; ++q) largest = e[q].similarity > largest ? e[q].similarity : largest;
        const auto share = [&](int q) { return e[q].similarity > 0.0 ? e[q].similarity / largest : 0.0; };
        if (largest > 0.0) {
            for (int q = 0; q < n; ++q) root += std::pow(share(q), order);
            root = std::pow(root, 1.0 / order);
        }
        for (int q = 0; q < n; ++q) e[q].pull = largest > 0.0 ? std::pow(share(q) / root, order - 1.0) : 0.0;
        return largest * root;
    }

    // From the solution to single-precision factors for samples, and d(readout) += strength * dS/dW.
    void finish(const Layout &l, Earlier *e, int n, const Similarity &s, double strength, float *readout_gradient) {
        const int N = l.units, O = l.outputs;
        if (s.null_space) {
            // f(R (I - P)): with H = R' df/dR_perp, df/dW = -(I - P)(H + H') W (W'W)^+; only H dual and H' dual are needed
            const double *dual = span.dual.data;
            double *a = thin_a.data, *b = thin_b.data, *c = thin_c.data;
            product(N, O, N, own.data, dual, a);  // H = sum_i X'Y B_i - G P own
            span.remove_left(a, O, work.data);
            product(N, O, N, gram.data, a, b);
            for (long i = 0; i < (long)N * O; ++i) mixed.data[i] = -b[i];
            product(N, O, N, gram.data, dual, a);
            span.remove_left(a, O, work.data);
            product(N, O, N, own.data, a, b);
            for (long i = 0; i < (long)N * O; ++i) mixed.data[i] -= b[i];
            for (int q = 0; q < n; ++q) {
                const Earlier &y = e[q];
                const int M = y.layout.units;
                product(M, O, N, y.turned.data, dual, c);
                product(N, O, M, y.cross.data, c, mixed.data, true);
                std::memset(c, 0, sizeof(double) * M * O);  // (X'Y)' dual, then B' of it
                for (int k = 0; k < N; ++k)
                    for (int j = 0; j < M; ++j) axpy(O, y.cross.data[(long)k * M + j], dual + (long)k * O, c + (long)j * O);
                for (int j = 0; j < M; ++j)
                    for (int k = 0; k < N; ++k) axpy(O, y.turned.data[(long)j * N + k], c + (long)j * O, mixed.data + (long)k * O);
            }
            span.remove_left(mixed.data, O, work.data);
            for (long i = 0; i < (long)N * O; ++i) readout_gradient[i] += (float)(-strength * mixed.data[i]);
        }
        if (s.null_space) span.remove_left(own.data, N, work.data), span.remove_right(own.data, N);
        for (int i = 0; i < N; ++i)
            for (int j = 0; j < N; ++j) factor.data[(long)i * l.block + j] = (float)(-strength * own.data[(long)i * N + j]);
        for (int q = 0; q < n; ++q) {
            Earlier &y = e[q];
            const int M = y.layout.units;
            if (s.null_space) span.remove_right(y.turned.data, M);
            for (int i = 0; i < M; ++i)
                for (int j = 0; j < N; ++j) y.back.data[(long)i * l.block + j] = (float)(strength * y.turned.data[(long)i * N + j]);
        }
    }
};

}  // namespace
