// The cells: what happens to a vector of units of one trial in one step, forward and backward, once their products are there.
//
// A cell's preactivations are `ALL` vectors. The first `MAIN` of them are driven by the whole source row [input | 1 | hidden]; the
// others by [input | 1] alone. `SAVED` vectors, which lie `n` apart, are what the backward pass needs beyond the rates; it gives the
// adjoints d of the preactivations, each at its `place` in the row: a vector that holds the last units of a gate runs over into the next
// gate, so that later gates are stored after it. Pointers are to the first unit of the vector; what stands beyond the units is finite and never used.
#pragma once
#include "buffer.h"
#include "noise.h"

namespace {

enum Kind { RATE = 0, GRU = 1, LSTM = 2 };

template <int KIND> struct Cell;

// Where gate `gate` of a row of adjoints begins: one after the other, but what the input alone drives in columns of a product of its own.
constexpr int place(int gate, int main, int units) { return gate < main ? gate * units : padded(main * units, 8); }

// x <- (1-a) x + a (r J + u J_in + b) + scale xi, r = tanh x. Weights come multiplied by a.
template <> struct Cell<RATE> {
    static constexpr int MAIN = 1, ALL = 1, GATES = 1, SAVED = 0;

    static void forward(float alpha, float scale, const vec *z, const float *noise, float *x, const float *, float *r, float *, int) {
        const float keep = 1.0f - alpha;
        vec state = z[0];
        if (keep > 0.0f) state = keep * load(x) + state;
        if (scale > 0.0f) state += scale * load(noise);
        if (keep > 0.0f) store(x, state);
        store(r, tanh_fast(state));
    }

    // p = dL/dx; direct = dL/dr without the path through x, carry = (1-a) p[t+1]; d = a p
    static void backward(float alpha, vec direct, const float *, const float *r, const float *, int, float *carry, float *d, int) {
        const float keep = 1.0f - alpha;
        const vec rate = load(r), p = direct * (1.0f - rate * rate) + load(carry);
        store(carry, keep * p);
        store(d, alpha * p);
    }
};

// PyTorch's GRU: blocks r, z, W_hn h + b_hn, W_in u + b_in; h <- (1-z) n + z h with n = tanh(... + scale xi).
template <> struct Cell<GRU> {
    static constexpr int MAIN = 3, ALL = 4, GATES = 3, SAVED = 4;

    static void forward(float, float scale, const vec *z, const float *noise, float *, const float *h, float *next, float *saved, int n) {
        const vec reset = sigmoid_fast(z[0]), update = sigmoid_fast(z[1]), hidden = z[2];
        vec drive = z[3] + reset * hidden;
        if (scale > 0.0f) drive += scale * load(noise);
        const vec candidate = tanh_fast(drive);
        store(next, candidate + update * (load(h) - candidate));
        if (saved) {
            store(saved, reset);
            store(saved + n, update);
            store(saved + 2 * n, candidate);
            store(saved + 3 * n, hidden);
        }
    }

    static void backward(float, vec direct, const float *h, const float *, const float *saved, int n, float *carry, float *d, int units) {
        const vec reset = load(saved), update = load(saved + n), candidate = load(saved + 2 * n);
        const vec hidden = load(saved + 3 * n), slope = direct + load(carry);
        const vec inner = slope * (1.0f - update) * (1.0f - candidate * candidate);
        store(d, inner * hidden * reset * (1.0f - reset));
        store(d + units, slope * (load(h) - candidate) * update * (1.0f - update));
        store(d + 2 * units, inner * reset);
        store(d + place(3, MAIN, units), inner);
        store(carry, slope * update);
    }
};

// PyTorch's LSTM: blocks i, f, g, o; c <- f c + i g with g = tanh(... + scale xi), h = o tanh c.
template <> struct Cell<LSTM> {
    static constexpr int MAIN = 4, ALL = 4, GATES = 4, SAVED = 6;

    static void forward(float, float scale, const vec *z, const float *noise, float *c, const float *, float *next, float *saved, int n) {
        const vec in = sigmoid_fast(z[0]), forget = sigmoid_fast(z[1]), out = sigmoid_fast(z[3]), before = load(c);
        vec drive = z[2];
        if (scale > 0.0f) drive += scale * load(noise);
        const vec candidate = tanh_fast(drive), after = forget * before + in * candidate, squashed = tanh_fast(after);
        store(c, after);
        store(next, out * squashed);
        if (saved) {
            store(saved, in);
            store(saved + n, forget);
            store(saved + 2 * n, candidate);
            store(saved + 3 * n, out);
            store(saved + 4 * n, before);
            store(saved + 5 * n, squashed);
        }
    }

    static void backward(float, vec direct, const float *, const float *, const float *saved, int n, float *carry, float *d, int units) {
        const vec in = load(saved), forget = load(saved + n), candidate = load(saved + 2 * n);
        const vec out = load(saved + 3 * n), before = load(saved + 4 * n), squashed = load(saved + 5 * n);
        const vec slope = load(carry) + direct * out * (1.0f - squashed * squashed);
        store(d, slope * candidate * in * (1.0f - in));
        store(d + units, slope * before * forget * (1.0f - forget));
        store(d + 2 * units, slope * in * (1.0f - candidate * candidate));
        store(d + 3 * units, direct * squashed * out * (1.0f - out));
        store(carry, slope * forget);
    }
};

}  // namespace
