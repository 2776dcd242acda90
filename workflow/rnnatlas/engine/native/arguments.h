// What Python passes to a training call. Mirrors rnnatlas/engine/native_structs.py.
#pragma once
#include "network.h"

namespace {

struct Network {  // as Python passes it; weights of member m begin at m times their size
    int32_t kind, units, inputs, outputs;
    float alpha, scale;
    const uint64_t *keys;  // [member], or null: no noise
    float *recurrent, *input, *bias, *readout, *readout_bias;

    Parameters member(int m) const {
        const long gates = kind == RATE ? 1 : kind == GRU ? 3 : 4;
        return {recurrent + (long)m * units * gates * units, input + (long)m * inputs * gates * units,
                bias + m * biases(kind, units), readout + (long)m * units * outputs, readout_bias + (long)m * outputs};
    }
    void counts(long n[5]) const {
        const long gates = kind == RATE ? 1 : kind == GRU ? 3 : 4;
        n[0] = units * gates * units, n[1] = inputs * gates * units, n[2] = biases(kind, units), n[3] = (long)units * outputs,
        n[4] = outputs;
    }
};

struct Training {  // arrays over [step, member, ...] or [member, ...], C-contiguous
    int32_t members, steps, trials, times, first_step, threads;
    Network network;
    float *first[5], *second[5];        // Adam's moments, Muon's momentum
    const float *inputs, *targets, *weight;
    const int32_t *length;              // [step, member, trial]
    const double *rate, *share, *tolerance;  // [step]
    double clip, diverged, beta2;
    uint8_t *active;                    // [member]
    int64_t *diverged_at;               // [member]
    double *first_loss;                 // [member]
    float *loss, *penalty, *strength;   // [member, step], penalty [member, step, earlier]
    int32_t muon, earlier, norm_form, null_space, stride;
    double ridge, order, rise, fall, floor, highest, smoothing;
    double *lambda, *smoothed;          // [member]
    const Network *references;          // [earlier]
};

}  // namespace
