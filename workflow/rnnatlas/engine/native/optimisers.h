// What an optimiser does with a clipped gradient; see rnnatlas/engine/optimisers.py for the mathematics and its numbers.
#pragma once
#include <cmath>

#include "network.h"

namespace {

// Adam: x -= step * m / (sqrt(v) + epsilon), with the bias corrections in `step` and `epsilon`.
inline void adam(long n, const float *__restrict d, float scale, float beta2, float step, float epsilon, float *__restrict x,
                 float *__restrict m, float *__restrict v) {
    for (long j = 0; j < n; ++j) {
        const float g = d[j] * scale;
        m[j] += (float)(1.0 - 0.9) * (g - m[j]);
        v[j] += beta2 * (g * g - v[j]);
        x[j] -= step * m[j] / (std::sqrt(v[j]) + epsilon);
    }
}

// Muon: the recurrent matrix [units, gates * units], one block of columns after the other.
struct Muon {
    Buffer<float> x, square, mixed, next;

    void reset(const Layout &l) {
        for (Buffer<float> *b : {&x, &square, &mixed, &next}) b->reset((size_t)l.units * l.block);
    }

    // value -= step * O(g + 0.95 (m - g)) with the momentum m <- m + 0.05 (g - m), g = scale * d
    void step(const Layout &l, int gates, const float *d, float scale, float step, float *value, float *momentum) {
        const long columns = (long)gates * l.units;
        for (int b = 0; b < gates; ++b) {
            double parts[8] = {}, norm = 0.0;
            for (int i = 0; i < l.units; ++i)
                for (int j = 0; j < l.units; ++j) {
                    const long k = i * columns + b * l.units + j;
                    const float g = d[k] * scale;
                    momentum[k] += (float)(1.0 - 0.95) * (g - momentum[k]);
                    const float ahead = g + 0.95f * (momentum[k] - g);
                    x.data[(long)i * l.block + j] = ahead;
                    parts[j % 8] += (double)ahead * ahead;
                }
            for (double part : parts) norm += part;
            norm = std::sqrt(norm);
            const float *o = orthogonalise(l, (float)(1.0 / (norm > 1e-30 ? norm : 1e-30)));
            for (int i = 0; i < l.units; ++i)
                for (int j = 0; j < l.units; ++j) value[i * columns + b * l.units + j] -= step * o[(long)i * l.block + j];
        }
    }

private:
    // Five Newton-Schulz iterations X <- X (a I + b X'X + c (X'X)^2) from `scale` times x.
    const float *orthogonalise(const Layout &l, float scale) {
        const int N = l.units;
        const long size = (long)N * l.block;
        const float a = 3.4445f, b = -4.7750f, c = 2.0315f;
        float *from = x.data, *to = next.data, *S = square.data, *M = mixed.data;
        for (long k = 0; k < size; ++k) from[k] *= scale;
        for (int iteration = 0; iteration < 5; ++iteration) {
            multiply(N, l.wide, N, {from, l.block, true}, from, l.block, S, l.block, false, true);
            for (int i = 0; i < N; ++i)
                for (int j = 0; j < i; ++j) S[(long)i * l.block + j] = S[(long)j * l.block + i];
            multiply(N, l.wide, N, {S, l.block, false}, S, l.block, M, l.block, false, true);
            for (int i = 0; i < N; ++i)
                for (int j = i; j < N; ++j) {
                    const float both = b * S[(long)i * l.block + j] + c * M[(long)i * l.block + j];
                    M[(long)i * l.block + j] = M[(long)j * l.block + i] = both;
                }
            for (int i = 0; i < N; ++i) M[(long)i * l.block + i] += a;
            multiply(N, l.wide, N, {from, l.block, false}, M, l.block, to, l.block, false);
            float *done = from;
            from = to, to = done;
        }
        return from;
    }
};

}  // namespace
