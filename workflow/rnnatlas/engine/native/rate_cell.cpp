// The rate cell's roll-out and gradient for an ensemble. Compiled once per instruction set (see build.py).
//
// A tile of ROWS trials runs through all time steps by itself: nothing is shared between tiles but the weights, so
// tiles go to threads in any order. Weight gradients are summed in a fixed number of groups of tiles, each in order
// of its tiles, and the groups are added in order: the number of threads never changes a bit.
#include <algorithm>
#include <cstdlib>
#include <new>
#include <vector>
#if defined(__SSE2__)
#include <immintrin.h>
#endif

#include "pointwise.h"
#include "product.h"

namespace {

constexpr int GROUPS = 8;  // part of the result's definition: changing it changes rounding

int padded(int n) { return (n + WIDTH - 1) / WIDTH * WIDTH; }
int padded_rows(int n) { return (n + ROWS - 1) / ROWS * ROWS; }

// Zero-initialised storage on a cache line.
struct Buffer {
    std::vector<float> raw;
    float *data;
    explicit Buffer(size_t n) : raw(n + 16, 0.0f) {
        size_t misfit = (reinterpret_cast<uintptr_t>(raw.data()) / 4) % 16;
        data = raw.data() + (misfit ? 16 - misfit : 0);
    }
};

// [rows, columns] into rows of length ld, zero-padded.
void pack(const float *from, int rows, int columns, float *to, int ld) {
    for (int i = 0; i < rows; ++i) std::copy(from + (long)i * columns, from + (long)(i + 1) * columns, to + (long)i * ld);
}

// Flush denormals to zero within a scope, as a silent network would otherwise slow down a hundredfold on some machines.
struct FlushToZero {
#if defined(__SSE2__)
    unsigned before = _mm_getcsr();
    FlushToZero() { _mm_setcsr(before | 0x8040); }
    ~FlushToZero() { _mm_setcsr(before); }
#endif
};

struct Sizes { int trials, times, units, inputs, outputs; };

void roll_tile(const Sizes &z, int np, int op, float alpha, float scale, uint64_t key, uint32_t step, const float *W,
               const float *bias, const float *out, const float *out_bias, const float *u, float *rates, float *y, int first) {
    FlushToZero scope;
    // W stacks J over J_in: [units + inputs, np]; a source row is [r | u]. out is J_out: [units, op].
    int depth = z.units + z.inputs, ld = padded(depth), rows = std::min(ROWS, z.trials - first);
    Buffer x_(ROWS * np), source_(ROWS * ld), drive_(ROWS * np), noise_(ROWS * np), readout_(ROWS * op);
    float *source = source_.data, *drive = drive_.data, *noise = noise_.data, *readout = readout_.data;
    float keep = 1.0f - alpha;
    for (int t = 0; t < z.times; ++t) {
        for (int i = 0; i < rows; ++i) {
            const float *from = u + ((long)(first + i) * z.times + t) * z.inputs;
            for (int k = 0; k < z.inputs; ++k) source[i * ld + z.units + k] = from[k];
        }
        for (int i = 0; i < ROWS; ++i) std::copy(bias, bias + np, drive + i * np);
        multiply(np, depth, source, ld, 1, W, np, drive, np);
        if (scale > 0.0f)
            for (int q = 0; q < ROWS; q += 4)
                normal_rows(noise + q * np, noise + (q + 1) * np, noise + (q + 2) * np, noise + (q + 3) * np, z.units,
                            (uint32_t)(first + q) / 4, (uint32_t)t, step, (uint32_t)key, (uint32_t)(key >> 32));
        for (int i = 0; i < rows; ++i) {
            float *__restrict x = x_.data + i * np, *__restrict r = source + i * ld;
            const float *__restrict d = drive + i * np, *__restrict n = noise + i * np;
            for (int j = 0; j < z.units; ++j) {
                x[j] = keep * x[j] + alpha * d[j] + scale * n[j];
                r[j] = tanh_fast(x[j]);
            }
            std::copy(r, r + z.units, rates + ((long)(first + i) * z.times + t) * z.units);
        }
        for (int i = 0; i < ROWS; ++i) std::copy(out_bias, out_bias + op, readout + i * op);
        multiply(op, z.units, source, ld, 1, out, op, readout, op);
        for (int i = 0; i < rows; ++i)
            std::copy(readout + i * op, readout + i * op + z.outputs, y + ((long)(first + i) * z.times + t) * z.outputs);
    }
}

// One tile of the backward pass; adds into the group's gradients.
void back_tile(const Sizes &z, int np, int depth_rows, float alpha, const float *back, const float *out, const float *u,
               const float *rates, const float *e, const float *g, float *scratch_source, float *scratch_adjoint, float *dW,
               float *dout, float *dout_bias, int first) {
    FlushToZero scope;
    int rows = std::min(ROWS, z.trials - first), units = z.units;
    Buffer p_(ROWS * np), direct_(ROWS * np);
    float *p = p_.data, *direct = direct_.data, keep = 1.0f - alpha;
    // scratch rows are ordered (time, trial): source [r[t-1] | u[t] | 1], adjoint a p[t]; the 1 gives the bias gradient
    for (int t = z.times - 1; t >= 0; --t) {
        std::fill(direct, direct + ROWS * np, 0.0f);
        for (int i = 0; i < rows; ++i) {
            const long at = (long)(first + i) * z.times + t;
            float *__restrict di = direct + i * np;
            if (g)
                for (int j = 0; j < units; ++j) di[j] = g[at * units + j];
            for (int o = 0; o < z.outputs; ++o) {
                float eo = e[at * z.outputs + o];
                const float *__restrict wo = out + (long)o * np;
                if (eo != 0.0f)
                    for (int j = 0; j < np; ++j) di[j] += eo * wo[j];
            }
        }
        if (t + 1 < z.times)
            multiply(np, units, scratch_adjoint + (long)(t + 1) * ROWS * np, np, 1, back, np, direct, np);
        for (int i = 0; i < rows; ++i) {
            const long at = (long)(first + i) * z.times + t;
            const float *__restrict ri = rates + at * units, *__restrict di = direct + i * np;
            float *__restrict pi = p + i * np, *__restrict ai = scratch_adjoint + ((long)t * ROWS + i) * np;
            for (int j = 0; j < units; ++j) {
                pi[j] = di[j] * (1.0f - ri[j] * ri[j]) + keep * pi[j];
                ai[j] = alpha * pi[j];
            }
            float *si = scratch_source + ((long)t * ROWS + i) * depth_rows;
            if (t > 0) std::copy(ri - units, ri, si);
            else std::fill(si, si + units, 0.0f);
            const float *ui = u + at * z.inputs;
            std::copy(ui, ui + z.inputs, si + units);
            si[units + z.inputs] = 1.0f;
            for (int o = 0; o < z.outputs; ++o) {
                float eo = e[at * z.outputs + o];
                float *__restrict wo = dout + (long)o * np;
                if (eo != 0.0f)
                    for (int j = 0; j < units; ++j) wo[j] += eo * ri[j];
                dout_bias[o] += eo;
            }
        }
    }
    for (int k = 0; k < depth_rows; k += ROWS)
        multiply(np, z.times * ROWS, scratch_source + k, 1, depth_rows, scratch_adjoint, np, dW + (long)k * np, np);
}

}  // namespace

#define JOIN2(a, b) a##b
#define JOIN(a, b) JOIN2(a, b)
#define NAME(base) JOIN(base, ISA_SUFFIX)

// Arrays are C-contiguous float32: J [member, unit, unit], J_in [member, input, unit], b [member, unit],
// J_out [member, unit, output], b_out [member, output], u [member, trial, time, input].
extern "C" void NAME(roll_out_)(int members, int trials, int times, int units, int inputs, int outputs, float alpha,
                                float scale, const uint64_t *keys, uint32_t step, const float *J, const float *J_in,
                                const float *b, const float *J_out, const float *b_out, const float *u, float *rates,
                                float *y, int threads) {
    Sizes z{trials, times, units, inputs, outputs};
    int np = padded(units), op = padded(outputs), tiles = (trials + ROWS - 1) / ROWS;
    size_t weights = (size_t)(units + inputs) * np, readout = (size_t)units * op;
    Buffer W(members * weights), B((size_t)members * np), O(members * readout), C((size_t)members * op);
    for (int m = 0; m < members; ++m) {
        pack(J + (long)m * units * units, units, units, W.data + m * weights, np);
        pack(J_in + (long)m * inputs * units, inputs, units, W.data + m * weights + (size_t)units * np, np);
        pack(b + (long)m * units, 1, units, B.data + (long)m * np, np);
        pack(J_out + (long)m * units * outputs, units, outputs, O.data + m * readout, op);
        pack(b_out + (long)m * outputs, 1, outputs, C.data + (long)m * op, op);
    }
#pragma omp parallel for num_threads(threads) schedule(dynamic, 1)
    for (int item = 0; item < members * tiles; ++item) {
        int m = item / tiles, first = item % tiles * ROWS;
        long all = (long)trials * times;
        roll_tile(z, np, op, alpha, scale, keys ? keys[m] : 0, step, W.data + m * weights, B.data + (long)m * np,
                  O.data + m * readout, C.data + (long)m * op, u + m * all * inputs, rates + m * all * units,
                  y + m * all * outputs, first);
    }
}

// e = dL/dy [member, trial, time, output]; g = dL/dr [member, trial, time, unit] or null; gradients are overwritten.
extern "C" void NAME(gradient_)(int members, int trials, int times, int units, int inputs, int outputs, float alpha,
                                const float *J, const float *J_out, const float *u, const float *rates, const float *e,
                                const float *g, float *dJ, float *dJ_in, float *db, float *dJ_out, float *db_out,
                                int threads) {
    Sizes z{trials, times, units, inputs, outputs};
    int np = padded(units), tiles = (trials + ROWS - 1) / ROWS, groups = std::min(GROUPS, tiles);
    int depth_rows = padded_rows(units + inputs + 1);
    size_t square = (size_t)units * np, readout = (size_t)outputs * np, weights = (size_t)depth_rows * np;
    size_t sums = weights + readout + outputs;  // one group's gradients, one after the other
    Buffer T(members * square), O(members * readout), G((size_t)members * groups * sums);
    for (int m = 0; m < members; ++m)
        for (int j = 0; j < units; ++j) {
            for (int k = 0; k < units; ++k) T.data[m * square + (size_t)j * np + k] = J[((long)m * units + k) * units + j];
            for (int o = 0; o < outputs; ++o)
                O.data[m * readout + (long)o * np + j] = J_out[((long)m * units + j) * outputs + o];
        }
#pragma omp parallel num_threads(threads)
    {
        Buffer source((size_t)times * ROWS * depth_rows), adjoint((size_t)times * ROWS * np);
#pragma omp for schedule(dynamic, 1)
        for (int item = 0; item < members * groups; ++item) {
            int m = item / groups, group = item % groups;
            long all = (long)trials * times;
            float *dW = G.data + (size_t)item * sums, *dout = dW + weights, *dout_bias = dout + readout;
            for (int n = group * tiles / groups; n < (group + 1) * tiles / groups; ++n) {
                if (trials - n * ROWS < ROWS) {  // a partial tile leaves rows of the scratch untouched
                    std::fill(source.data, source.data + (size_t)times * ROWS * depth_rows, 0.0f);
                    std::fill(adjoint.data, adjoint.data + (size_t)times * ROWS * np, 0.0f);
                }
                back_tile(z, np, depth_rows, alpha, T.data + m * square, O.data + m * readout, u + m * all * inputs,
                          rates + m * all * units, e + m * all * outputs, g ? g + m * all * units : nullptr, source.data,
                          adjoint.data, dW, dout, dout_bias, n * ROWS);
            }
        }
    }
    for (int m = 0; m < members; ++m) {
        float *total = G.data + (size_t)m * groups * sums;
        for (int group = 1; group < groups; ++group)
            for (size_t i = 0; i < sums; ++i) total[i] += total[group * sums + i];
        const float *dbias = total + (size_t)(units + inputs) * np, *dout = total + weights, *dout_bias = dout + readout;
        for (int k = 0; k < units; ++k)
            std::copy(total + (size_t)k * np, total + (size_t)k * np + units, dJ + ((long)m * units + k) * units);
        for (int k = 0; k < inputs; ++k)
            std::copy(total + (size_t)(units + k) * np, total + (size_t)(units + k) * np + units,
                      dJ_in + ((long)m * inputs + k) * units);
        std::copy(dbias, dbias + units, db + (long)m * units);
        for (int o = 0; o < outputs; ++o) {
            for (int j = 0; j < units; ++j) dJ_out[((long)m * units + j) * outputs + o] = dout[(long)o * np + j];
            db_out[(long)m * outputs + o] = dout_bias[o];
        }
    }
}
