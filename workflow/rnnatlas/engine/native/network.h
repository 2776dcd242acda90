// A network's shape and its weights as the products want them.
#pragma once
#include "cells.h"
#include "memory.h"
#include "product.h"

namespace {

constexpr int TILE = 16;  // trials that run through time together; part of the result's definition, like GROUPS

// Sizes in memory. A source row is [input | 1 | hidden], a row of preactivations `ALL` blocks of `block` columns.
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
          source(padded(lead + block, 16)), depth(lead + units), reply(padded(outputs, 8)) {
        if (source % 256 == 0) source += 16;  // a stride of a power of two keeps hitting the same cache sets
    }
};

// One member's parameters, C-contiguous: recurrent [unit, gate unit], input [input, gate unit], bias [gate unit] (GRU: a
// fourth block, the recurrent bias of the candidate), readout [unit, output], readout_bias [output].
struct Parameters {
    float *recurrent, *input, *bias, *readout, *readout_bias;
};

inline long biases(int kind, int units) { return (long)units * (kind == RATE ? 1 : 4); }

struct Weights {
    Buffer<float> forward;   // [depth][ALL * block]
    Buffer<float> backward;  // [MAIN][unit of the source][block]
    Buffer<float> out;       // [unit][reply]
    Buffer<float> back_out;  // [output][block]
    const float *out_bias = nullptr;

    template <int KIND>
    void pack(const Layout &l, const Parameters &p, float alpha) {
        using C = Cell<KIND>;
        const int columns = C::ALL * l.block, gates = C::GATES * l.units;
        const float factor = KIND == RATE ? alpha : 1.0f;
        if (!forward.data) {
            forward.reset((size_t)l.depth * columns);
            backward.reset((size_t)C::MAIN * l.units * l.block);
            out.reset((size_t)l.units * l.reply);
            back_out.reset((size_t)l.outputs * l.block);
        }
        for (int b = 0; b < C::GATES; ++b) {
            // the GRU's candidate has a block for what the hidden state drives and one for what the input drives
            const int driven = KIND == GRU && b == 2 ? 3 : b;
            for (int k = 0; k < l.inputs; ++k)
                for (int j = 0; j < l.units; ++j)
                    forward.data[(long)k * columns + driven * l.block + j] = factor * p.input[(long)k * gates + b * l.units + j];
            for (int k = 0; k < l.units; ++k)
                for (int j = 0; j < l.units; ++j) {
                    float weight = p.recurrent[(long)k * gates + b * l.units + j];
                    forward.data[(long)(l.lead + k) * columns + b * l.block + j] = factor * weight;
                }
            for (int k = 0; k < l.units; ++k)
                for (int j = 0; j < l.units; ++j)
                    backward.data[((long)b * l.units + j) * l.block + k] = p.recurrent[(long)k * gates + b * l.units + j];
            for (int j = 0; j < l.units; ++j)
                forward.data[(long)l.inputs * columns + driven * l.block + j] = factor * p.bias[b * l.units + j];
        }
        if (KIND == GRU)
            for (int j = 0; j < l.units; ++j) forward.data[(long)l.inputs * columns + 2 * l.block + j] = p.bias[3 * l.units + j];
        for (int j = 0; j < l.units; ++j)
            for (int o = 0; o < l.outputs; ++o) {
                out.data[(long)j * l.reply + o] = p.readout[(long)j * l.outputs + o];
                back_out.data[(long)o * l.block + j] = p.readout[(long)j * l.outputs + o];
            }
        out_bias = p.readout_bias;
    }
};

// A gradient under construction, in the layout of Weights::forward and Weights::back_out.
struct Gradient {
    float *weights, *out, *out_bias;
    static size_t size(const Layout &l, int all) {
        return (size_t)l.depth * all * l.block + (size_t)l.outputs * l.block + padded(l.outputs, 16);
    }
    static Gradient at(float *data, const Layout &l, int all) {
        float *out = data + (size_t)l.depth * all * l.block;
        return {data, out, out + (size_t)l.outputs * l.block};
    }

    template <int KIND>
    void unpack(const Layout &l, const Parameters &to) const {
        using C = Cell<KIND>;
        const int columns = C::ALL * l.block, gates = C::GATES * l.units;
        for (int b = 0; b < C::GATES; ++b) {
            const int driven = KIND == GRU && b == 2 ? 3 : b;
            for (int k = 0; k < l.inputs; ++k)
                std::memcpy(to.input + (long)k * gates + b * l.units, weights + (long)k * columns + driven * l.block, 4 * l.units);
            for (int k = 0; k < l.units; ++k)
                std::memcpy(to.recurrent + (long)k * gates + b * l.units, weights + (long)(l.lead + k) * columns + b * l.block,
                            4 * l.units);
            std::memcpy(to.bias + b * l.units, weights + (long)l.inputs * columns + driven * l.block, 4 * l.units);
        }
        if (KIND == GRU) std::memcpy(to.bias + 3 * l.units, weights + (long)l.inputs * columns + 2 * l.block, 4 * l.units);
        for (int o = 0; o < l.outputs; ++o) {
            for (int j = 0; j < l.units; ++j) to.readout[(long)j * l.outputs + o] = out[(long)o * l.block + j];
            to.readout_bias[o] = out_bias[o];
        }
    }
};

}  // namespace
