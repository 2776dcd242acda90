// A network's shape and its weights as the products want them.
#pragma once
#include "cells.h"
#include "memory.h"
#include "step_product.h"

namespace {

constexpr int TILE = 16;  // trials that run through time together; part of the result's definition, like GROUPS

// Rows of a power of two keep hitting the same cache sets.
inline int stride(int n) {
    const int whole = padded(n, 16);
    return whole % 256 == 0 ? whole + 16 : whole;
}

// Sizes in memory. A source row is [input | 1 | hidden].
struct Layout {
    int units, inputs, outputs;
    int wide;    // units, padded to eight
    int block;   // columns of a block, padded to a cache line
    int lead;    // where the hidden state begins in a source row
    int source;  // stride of source rows
    int depth;   // source columns that count
    int reply;   // outputs, padded to eight
    Layout() = default;
    Layout(int units_, int inputs_, int outputs_)
        : units(units_), inputs(inputs_), outputs(outputs_), wide(padded(units, 8)), block(padded(units, 16)), lead(inputs + 1),
          source(stride(lead + block)), depth(lead + units), reply(padded(outputs, 8)) {}
    // of a row of adjoints, whose last gate has room for whole vectors
    int columns(int main, int all) const { return stride(place(all - 1, main, units) + block); }
};

// One member's parameters, C-contiguous: recurrent [unit, gate unit], input [input, gate unit], bias [gate unit] (GRU: a
// fourth block, the recurrent bias of the candidate), readout [unit, output], readout_bias [output].
struct Parameters {
    float *recurrent, *input, *bias, *readout, *readout_bias;
};

inline long biases(int kind, int units) { return (long)units * (kind == RATE ? 1 : 4); }

struct Weights {
    Buffer<float> forward;   // a step's product: sums over the source row, `MAIN` gates
    Buffer<float> backward;  // a step's product back: sums over [gate][unit], for each unit of the source
    Buffer<float> driven;    // [input | 1][block]: what the input alone drives (a GRU's candidate)
    Buffer<float> out;       // [unit][reply]
    Buffer<float> back_out;  // [output][block]
    const float *out_bias = nullptr;

    template <int KIND>
    void pack(const Layout &l, const Parameters &p, float alpha) {
        using C = Cell<KIND>;
        const int N = l.units, gates = C::GATES * N;
        const Slots ahead{l.depth, C::MAIN, l.wide}, back{C::MAIN * N, 1, l.wide};
        const float factor = KIND == RATE ? alpha : 1.0f;
        if (!forward.data) {
            forward.reset(ahead.size());
            backward.reset(back.size());
            driven.reset((size_t)(C::ALL - C::MAIN) * l.lead * l.block);
            out.reset((size_t)N * l.reply);
            back_out.reset((size_t)l.outputs * l.block);
        }
        for (int j = 0; j < N; ++j) {
            const Slots::Unit to = ahead.of(j), from = back.of(j);
            for (int b = 0; b < C::GATES; ++b) {
                const bool apart = KIND == GRU && b == 2;  // the candidate's input acts beyond its reset gate
                for (int k = 0; k < l.lead; ++k)
                    (apart ? driven.data[(long)k * l.block + j] : forward.data[to.at(k, b)]) =
                        factor * (k < l.inputs ? p.input + (long)k * gates : p.bias)[b * N + j];
                for (int k = 0; k < N; ++k) forward.data[to.at(l.lead + k, b)] = factor * p.recurrent[(long)k * gates + b * N + j];
            }
            if (KIND == GRU) forward.data[to.at(l.inputs, 2)] = p.bias[3 * N + j];
            for (int k = 0; k < gates; ++k) backward.data[from.at(k, 0)] = p.recurrent[(long)j * gates + k];
        }
        for (int j = 0; j < N; ++j)
            for (int o = 0; o < l.outputs; ++o) {
                out.data[(long)j * l.reply + o] = p.readout[(long)j * l.outputs + o];
                back_out.data[(long)o * l.block + j] = p.readout[(long)j * l.outputs + o];
            }
        out_bias = p.readout_bias;
    }
};

// A gradient under construction: weights [source][columns], gates at their places, out as Weights::back_out.
struct Gradient {
    float *weights, *out, *out_bias;
    static size_t size(const Layout &l, int columns) { return (size_t)l.depth * columns + (size_t)l.outputs * l.block + padded(l.outputs, 16); }
    static Gradient at(float *data, const Layout &l, int columns) {
        float *out = data + (size_t)l.depth * columns;
        return {data, out, out + (size_t)l.outputs * l.block};
    }

    template <int KIND>
    void unpack(const Layout &l, const Parameters &to) const {
        using C = Cell<KIND>;
        const int columns = l.columns(C::MAIN, C::ALL), gates = C::GATES * l.units;
        for (int b = 0; b < C::GATES; ++b) {
            const int hidden = place(b, C::MAIN, l.units), driven = KIND == GRU && b == 2 ? place(3, C::MAIN, l.units) : hidden;
            for (int k = 0; k < l.inputs; ++k)
                std::memcpy(to.input + (long)k * gates + b * l.units, weights + (long)k * columns + driven, 4 * l.units);
            for (int k = 0; k < l.units; ++k)
                std::memcpy(to.recurrent + (long)k * gates + b * l.units, weights + (long)(l.lead + k) * columns + hidden,
                            4 * l.units);
            std::memcpy(to.bias + b * l.units, weights + (long)l.inputs * columns + driven, 4 * l.units);
        }
        if (KIND == GRU) std::memcpy(to.bias + 3 * l.units, weights + (long)l.inputs * columns + place(2, C::MAIN, l.units), 4 * l.units);
        for (int o = 0; o < l.outputs; ++o) {
            for (int j = 0; j < l.units; ++j) to.readout[(long)j * l.outputs + o] = out[(long)o * l.block + j];
            to.readout_bias[o] = out_bias[o];
        }
    }
};

}  // namespace
