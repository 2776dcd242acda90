// A tile of trials through all time steps, forward and backward.
//
// The source rows of all times, S[time][trial][input | 1 | hidden before it], are both what the products read and what the
// weight gradient needs, so that rates are stored once and copied never. A row at or beyond its trial's length holds a hidden
// state of zero and has no adjoint: padding contributes nothing, and rows that are all padding are not computed.
#pragma once
#include "network.h"

namespace {

constexpr int CHUNK = 8;  // time steps whose rows enter the weight gradient together: CHUNK * TILE = 128 rows

// The trials of one tile.
struct Batch {
    const float *inputs;  // [trial, time, input], from trial 0
    const int *length;    // [trial], or null: all `times`
    int trials, times, first;

    int rows() const { return trials - first < TILE ? trials - first : TILE; }
    int length_of(int i) const { return i >= rows() ? 0 : length ? length[first + i] : times; }
    int longest() const {
        int most = 0;
        for (int i = 0; i < rows(); ++i) most = length_of(i) > most ? length_of(i) : most;
        return most;
    }
    // rows 0 ... alive(t) - 1 hold every trial that lasts beyond step t; all of them are valid if lengths descend
    int alive(int t) const {
        int n = rows();
        while (n > 0 && length_of(n - 1) <= t) --n;
        return n;
    }
};

// Private noise of a member at a training step.
struct Private {
    uint64_t key;
    uint32_t step;
    float scale;
};

// What one worker needs beside the source rows.
struct Scratch {
    Buffer<float> state, driven, noise, reply, direct, adjoint, carry;
    void reset(const Layout &l, int columns) {
        state.reset((size_t)TILE * l.block);
        carry.reset((size_t)TILE * l.block);
        driven.reset((size_t)TILE * l.block);
        noise.reset((size_t)TILE * l.block);
        reply.reset((size_t)CHUNK * TILE * l.reply);
        direct.reset((size_t)CHUNK * TILE * l.block);
        adjoint.reset((size_t)(CHUNK + 1) * TILE * columns);
    }
};

inline float *row(float *S, const Layout &l, int t, int i) { return S + ((long)t * TILE + i) * l.source; }
inline const float *row(const float *S, const Layout &l, int t, int i) { return S + ((long)t * TILE + i) * l.source; }

// Fills S[0 ... longest]; `saved` [time][trial][SAVED * block] or null.
template <int KIND>
void forward_tile(const Layout &l, const Weights &w, float alpha, const Private &p, const Batch &batch, float *S, float *saved,
                  Scratch &scratch) {
    using C = Cell<KIND>;
    const int times = batch.longest();
    const uint32_t low = (uint32_t)p.key, high = (uint32_t)(p.key >> 32);
    float *noise = scratch.noise.data, *state = scratch.state.data, *driven = scratch.driven.data;
    std::memset(scratch.state.data, 0, 4ul * TILE * l.block);
    for (int i = 0; i < TILE; ++i) std::memset(row(S, l, 0, i) + l.lead, 0, 4ul * l.block);
    for (int t = 0; t < times; ++t) {
        const int alive = batch.alive(t), rows = padded(alive, ROWS);
        for (int i = 0; i < TILE; ++i) {
            float *s = row(S, l, t, i);
            if (t >= batch.length_of(i)) {  // no adjoint, but nothing may stand here that is not finite
                std::memset(s, 0, 4ul * l.lead);
                continue;
            }
            const float *u = batch.inputs + ((long)(batch.first + i) * batch.times + t) * l.inputs;
            for (int k = 0; k < l.inputs; ++k) s[k] = u[k];
            s[l.inputs] = 1.0f;
        }
        const float *S_t = row(S, l, t, 0);
        float *S_next = row(S, l, t + 1, 0) + l.lead, *saved_t = C::SAVED && saved ? saved + (long)t * TILE * C::SAVED * l.block : nullptr;
        if (C::ALL > C::MAIN)
            multiply(rows, l.wide, l.lead, {S_t, l.source, false}, w.driven.data, l.block, driven, l.block, false);
        if (p.scale > 0.0f)
            for (int i = 0; i < alive; i += GROUP)
                normal_rows(noise + i * l.block, l.block, alive - i < GROUP ? alive - i : GROUP, l.wide,
                            (uint32_t)(batch.first + i) / GROUP, (uint32_t)t, p.step, low, high);
        step_product<C::MAIN, false>(
            rows, l.wide, {S_t, l.source, l.depth}, w.forward.data, [](int, int, auto zero) { return zero; },
            [=](int i, int j, const vec *sums) __attribute__((always_inline)) {
                const long at = (long)i * l.block + j;
                vec z[C::ALL];
                for (int b = 0; b < C::ALL; ++b) z[b] = b < C::MAIN ? sums[b] : load(driven + at);
                C::forward(alpha, p.scale, z, noise + at, state + at, S_t + (long)i * l.source + l.lead + j, S_next + (long)i * l.source + j,
                           saved_t ? saved_t + (long)i * C::SAVED * l.block + j : nullptr, l.block);
            });
        for (int i = 0; i < TILE; ++i)
            if (t >= batch.length_of(i)) std::memset(S_next + (long)i * l.source, 0, 4ul * l.block);
    }
}

// y[t0 ... t1) of a tile into `reply` [time][trial][l.reply], without the bias.
inline void readout(const Layout &l, const Weights &w, const float *S, int t0, int t1, float *reply) {
    multiply((t1 - t0) * TILE, l.reply, l.units, {row(S, l, t0 + 1, 0) + l.lead, l.source, false}, w.out.data, l.reply, reply,
             l.reply, false);
}

// What adds to dL/dr[t] beside the readout's errors, for a chunk of time steps: `add(t0, t1, direct)`.
struct Nothing {
    void operator()(int, int, float *) const {}
};

// errors: dL/dy [time][trial][l.reply], zero beyond a trial's end. Adds into the gradient.
template <int KIND, class Extra>
void backward_tile(const Layout &l, const Weights &w, float alpha, const Batch &batch, const float *S, const float *saved,
                   const float *errors, const Extra &add, Scratch &scratch, const Gradient &gradient) {
    using C = Cell<KIND>;
    const int columns = l.columns(C::MAIN, C::ALL), times = batch.longest();
    float *adjoint = scratch.adjoint.data, *direct = scratch.direct.data, *carry = scratch.carry.data;
    const long slice = (long)TILE * columns;
    std::memset(carry, 0, 4ul * TILE * l.block);
    for (int t1 = times; t1 > 0;) {
        const int t0 = (t1 - 1) / CHUNK * CHUNK;
        if (t1 < times) std::memcpy(adjoint + (t1 - t0) * slice, adjoint, 4 * slice);  // the step after this chunk
        if (t0 > 0) fetch(row(S, l, t0 - CHUNK, 0), (long)CHUNK * TILE * l.source);
        const float *e = errors + (long)t0 * TILE * l.reply;
        multiply((t1 - t0) * TILE, l.wide, l.outputs, {e, l.reply, false}, w.back_out.data, l.block, direct, l.block, false);
        add(t0, t1, direct);
        for (int t = t1 - 1; t >= t0; --t) {
            // the errors' sum, from t0 on: in this loop, whose products hide that each of its terms waits for the one before
            const float *mirrored = e + (long)(t1 - 1 - t) * TILE * l.reply;
            for (int o = 0; o < l.outputs; ++o) {
                float sum = gradient.out_bias[o];
                for (int i = 0; i < TILE; ++i) sum += mirrored[i * l.reply + o];
                gradient.out_bias[o] = sum;
            }
            const int alive = batch.alive(t), rows = padded(alive, ROWS);
            const float *here = direct + (long)(t - t0) * TILE * l.block;
            float *d = adjoint + (t - t0) * slice;
            const float *before = row(S, l, t, 0) + l.lead, *after = row(S, l, t + 1, 0) + l.lead;
            const float *saved_t = C::SAVED ? saved + (long)t * TILE * C::SAVED * l.block : nullptr;
            step_product<1, (C::ALL > 1)>(
                rows, l.wide, {d + slice, columns, t + 1 < times ? C::MAIN * l.units : 0}, w.backward.data,
                [=](int i, int j, auto zero) { return load_as<decltype(zero)>(here + (long)i * l.block + j); },
                [=](int i, int j, const vec *reached) __attribute__((always_inline)) {
                    C::backward(alpha, *reached, before + (long)i * l.source + j, after + (long)i * l.source + j,
                                C::SAVED ? saved_t + (long)i * C::SAVED * l.block + j : nullptr, l.block, carry + (long)i * l.block + j,
                                d + (long)i * columns + j, l.units);
                });
            for (int i = 0; i < TILE; ++i)
                if (t >= batch.length_of(i)) {
                    std::memset(d + (long)i * columns, 0, 4ul * columns);
                    std::memset(carry + (long)i * l.block, 0, 4ul * l.block);
                }
        }
        const int rows = (t1 - t0) * TILE;
        const Left source{row(S, l, t0, 0), l.source, true};
        multiply(l.depth, padded(C::MAIN * l.units, 8), rows, source, adjoint, columns, gradient.weights, columns, true);
        for (int b = C::MAIN; b < C::ALL; ++b) {
            const int at = place(b, C::MAIN, l.units);
            multiply(l.lead, l.wide, rows, source, adjoint + at, columns, gradient.weights + at, columns, true);
        }
        multiply(l.outputs, l.wide, rows, {e, l.reply, true}, row(S, l, t0 + 1, 0) + l.lead, l.source, gradient.out, l.block, true);
        t1 = t0;
    }
}

}  // namespace
