// The cells: what happens to one trial's state in one step, forward and backward, after the products.
//
// A cell's preactivations are `ALL` blocks of columns. The first `MAIN` of them are driven by the whole source row
// [input | 1 | hidden]; the others by [input | 1] alone. `SAVED` rows a step are what the backward pass needs beyond the rates.
// Rows have room for n, a multiple of sixteen; what stands beyond the units is finite and never used.
#pragma once
#include "noise.h"

namespace {

enum Kind { RATE = 0, GRU = 1, LSTM = 2 };

template <int KIND> struct Cell;

// x <- (1-a) x + a (r J + u J_in + b) + scale xi, r = tanh x. Weights come multiplied by a.
template <> struct Cell<RATE> {
    static constexpr int MAIN = 1, ALL = 1, GATES = 1, SAVED = 0;

    static void forward(int n, float alpha, float scale, const float *z, const float *noise, float *x, const float *, float *r,
                        float *) {
        const float keep = 1.0f - alpha;
        for (int j = 0; j < n; j += WIDTH) {
            vec state = keep * load(x + j) + load(z + j);
            if (scale > 0.0f) state += scale * load(noise + j);
            store(x + j, state);
            store(r + j, tanh_fast(state));
        }
    }

    // direct = dL/dr without the path through x; carry = p[t+1] -> p[t]; d = a p[t]
    static void backward(int n, float alpha, const float *direct, const float *, const float *r, const float *, float *carry,
                         float *d) {
        const float keep = 1.0f - alpha;
        for (int j = 0; j < n; j += WIDTH) {
            const vec rate = load(r + j), p = load(direct + j) * (1.0f - rate * rate) + keep * load(carry + j);
            store(carry + j, p);
            store(d + j, alpha * p);
        }
    }
};

// PyTorch's GRU: blocks r, z, W_hn h + b_hn, W_in u + b_in; h <- (1-z) n + z h with n = tanh(... + scale xi).
template <> struct Cell<GRU> {
    static constexpr int MAIN = 3, ALL = 4, GATES = 3, SAVED = 4;

    static void forward(int n, float, float scale, const float *p, const float *noise, float *, const float *h, float *next,
                        float *saved) {
        for (int j = 0; j < n; j += WIDTH) {
            const vec reset = sigmoid_fast(load(p + j)), update = sigmoid_fast(load(p + n + j)), hidden = load(p + 2 * n + j);
            vec drive = load(p + 3 * n + j) + reset * hidden;
            if (scale > 0.0f) drive += scale * load(noise + j);
            const vec candidate = tanh_fast(drive);
            store(next + j, candidate + update * (load(h + j) - candidate));
            if (saved) {
                store(saved + j, reset);
                store(saved + n + j, update);
                store(saved + 2 * n + j, candidate);
                store(saved + 3 * n + j, hidden);
            }
        }
    }

    static void backward(int n, float, const float *direct, const float *h, const float *, const float *saved, float *carry,
                         float *d) {
        for (int j = 0; j < n; j += WIDTH) {
            const vec reset = load(saved + j), update = load(saved + n + j), candidate = load(saved + 2 * n + j);
            const vec hidden = load(saved + 3 * n + j), slope = load(direct + j) + load(carry + j);
            const vec inner = slope * (1.0f - update) * (1.0f - candidate * candidate);
            store(d + j, inner * hidden * reset * (1.0f - reset));
            store(d + n + j, slope * (load(h + j) - candidate) * update * (1.0f - update));
            store(d + 2 * n + j, inner * reset);
            store(d + 3 * n + j, inner);
            store(carry + j, slope * update);
        }
    }
};

// PyTorch's LSTM: blocks i, f, g, o; c <- f c + i g with g = tanh(... + scale xi), h = o tanh c.
template <> struct Cell<LSTM> {
    static constexpr int MAIN = 4, ALL = 4, GATES = 4, SAVED = 6;

    static void forward(int n, float, float scale, const float *p, const float *noise, float *c, const float *, float *next,
                        float *saved) {
        for (int j = 0; j < n; j += WIDTH) {
            const vec in = sigmoid_fast(load(p + j)), forget = sigmoid_fast(load(p + n + j));
            const vec out = sigmoid_fast(load(p + 3 * n + j)), before = load(c + j);
            vec drive = load(p + 2 * n + j);
            if (scale > 0.0f) drive += scale * load(noise + j);
            const vec candidate = tanh_fast(drive), after = forget * before + in * candidate, squashed = tanh_fast(after);
            store(c + j, after);
            store(next + j, out * squashed);
            if (saved) {
                store(saved + j, in);
                store(saved + n + j, forget);
                store(saved + 2 * n + j, candidate);
                store(saved + 3 * n + j, out);
                store(saved + 4 * n + j, before);
                store(saved + 5 * n + j, squashed);
            }
        }
    }

    static void backward(int n, float, const float *direct, const float *, const float *, const float *saved, float *carry,
                         float *d) {
        for (int j = 0; j < n; j += WIDTH) {
            const vec in = load(saved + j), forget = load(saved + n + j), candidate = load(saved + 2 * n + j);
            const vec out = load(saved + 3 * n + j), before = load(saved + 4 * n + j), squashed = load(saved + 5 * n + j);
            const vec reached = load(direct + j), slope = load(carry + j) + reached * out * (1.0f - squashed * squashed);
            store(d + j, slope * candidate * in * (1.0f - in));
            store(d + n + j, slope * before * forget * (1.0f - forget));
            store(d + 2 * n + j, slope * in * (1.0f - candidate * candidate));
            store(d + 3 * n + j, reached * squashed * out * (1.0f - out));
            store(carry + j, slope * forget);
        }
    }
};

}  // namespace
