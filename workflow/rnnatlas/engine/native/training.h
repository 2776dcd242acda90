// Training steps of one member: roll-out, loss, penalty, gradient, clipping, optimiser. Mirrors rnnatlas/training/stepwise.py.
#pragma once
#include "arguments.h"
#include "optimisers.h"
#include "similarity.h"

namespace {

constexpr int GROUPS = 4;  // gradients are summed in this many groups of tiles, in order: more would change rounding

// One worker: the buffers for a member of this shape, used again for the next member and the next call.
template <int KIND>
struct Worker {
    using C = Cell<KIND>;
    Training call;  // the one in hand; its sizes are those that the buffers were made for
    Layout l;
    int columns, tiles, groups;
    int rooms;  // for the rows of a tile: one each if a penalty needs all at once, else as many as there are threads to fill them
    Weights weights;
    Buffer<float> sources, saved, errors, sums, flat;
    Buffer<double> group_loss;
    Scratch scratch[GROUPS];
    std::unique_ptr<Earlier[]> earlier;
    std::unique_ptr<Buffer<float>[]> others;
    Buffer<float *> rows;  // where each of `others` begins
    Scratch other_scratch[GROUPS];
    Moments moments[GROUPS];
    Deflation deflation;
    Muon muon;

    // `sharers`: the threads that share the tiles of a member.
    Worker(const Training &t, int sharers)
        : call(t), l(t.network.units, t.network.inputs, t.network.outputs), columns(l.columns(C::MAIN, C::ALL)),
          tiles((t.trials + TILE - 1) / TILE), groups(tiles < 1 ? 1 : tiles < GROUPS ? tiles : GROUPS), rooms(t.earlier ? tiles : threads(sharers)) {
        const long lines = (long)(t.times + 1) * TILE;
        sources.reset((size_t)rooms * lines * l.source);
        if (C::SAVED) saved.reset((size_t)rooms * lines * C::SAVED * l.block);
        errors.reset((size_t)rooms * lines * l.reply);
        sums.reset(groups * Gradient::size(l, columns));
        group_loss.reset(groups);
        long n[5], all = 0;
        t.network.counts(n);
        for (long k : n) all += k;
        flat.reset(all);
        if (t.muon) muon.reset(l);
        for (int g = 0; g < groups; ++g) scratch[g].reset(l, columns);
        earlier.reset(new Earlier[t.earlier]);
        others.reset(new Buffer<float>[t.earlier]);
        rows.reset(t.earlier);
        for (int i = 0; i < t.earlier; ++i) {
            const Network &r = t.references[i];
            Earlier &e = earlier[i];
            e.kind = r.kind, e.layout = Layout(r.units, r.inputs, r.outputs);
            others[i].reset((size_t)tiles * lines * e.layout.source);
            rows.data[i] = others[i].data;
            e.basis.reset((size_t)r.units * e.layout.reply);
            e.back.reset((size_t)r.units * l.block);
            for (Buffer<double> *b : {&e.cross, &e.solved, &e.left, &e.turned}) b->reset((size_t)r.units * l.units);
            e.own.reset((size_t)l.units * l.units);
        }
        if (t.earlier) {
            for (int g = 0; g < groups; ++g) {
                moments[g].reset(l, earlier.get(), t.earlier);
                int most = 0;
                for (int i = 1; i < t.earlier; ++i)
                    if (earlier[i].layout.block > earlier[most].layout.block) most = i;
                other_scratch[g].reset(earlier[most].layout, 0);  // no gradient flows through it
            }
            deflation.reset(l, earlier.get(), t.earlier);
        }
    }

    int first_tile(int group) const { return group * tiles / groups; }
    long tile_rows(int room) const { return (long)room * (call.times + 1) * TILE; }
    float *source(int room) { return sources.data + tile_rows(room) * l.source; }
    float *kept(int room) { return C::SAVED ? saved.data + tile_rows(room) * C::SAVED * l.block : nullptr; }
    float *error(int room) { return errors.data + tile_rows(room) * l.reply; }

    Batch batch(int m, int s, int tile) const {
        const long at = ((long)s * call.members + m) * call.trials;
        return {call.inputs + at * call.times * l.inputs, call.length + at, call.trials, call.times, tile * TILE};
    }

    // dL/dy of one tile for L = sum w (y - y*)^2 / sum w; returns the tile's part of the sum.
    double loss_tile(int m, int s, int tile, int room, double total, float *reply) {
        const Batch b = batch(m, s, tile);
        const long at = ((long)s * call.members + m) * call.trials + b.first;
        const float *target = call.targets + at * call.times * l.outputs, *weight = call.weight + at * call.times * l.outputs;
        const float factor = (float)(2.0 / total);
        double sum = 0.0;
        for (int t0 = 0, times = b.longest(); t0 < times; t0 += CHUNK) {
            const int t1 = t0 + CHUNK < times ? t0 + CHUNK : times;
            readout(l, weights, source(room), t0, t1, reply);
            for (int t = t0; t < t1; ++t)
                for (int i = 0; i < TILE; ++i) {
                    float *e = error(room) + ((long)t * TILE + i) * l.reply, *y = reply + ((long)(t - t0) * TILE + i) * l.reply;
                    const bool valid = t < b.length_of(i);
                    for (int o = 0; o < l.outputs; ++o) {
                        const long k = ((long)i * call.times + t) * l.outputs + o;
                        const float difference = valid ? y[o] + weights.out_bias[o] - target[k] : 0.0f;
                        const float weighted = valid ? weight[k] * difference : 0.0f;
                        sum += (double)weighted * difference;
                        e[o] = weighted * factor;
                    }
                }
        }
        return sum;
    }

    template <int OTHER>
    void roll_earlier(int m, int s, int i, int tile, Scratch &space) {
        const Network &r = call.references[i];
        const Private none{r.keys ? r.keys[m] : 0, (uint32_t)(call.first_step + s), r.keys ? r.scale : 0.0f};
        Earlier &e = earlier[i];
        forward_tile<OTHER>(e.layout, e.weights, e.alpha, none, batch(m, s, tile),
                            others[i].data + tile_rows(tile) * e.layout.source, nullptr, space);
    }

    template <int OTHER>
    void pack_earlier(int m, int i) {
        const Parameters p = call.references[i].member(m);
        Earlier &e = earlier[i];
        e.alpha = call.references[i].alpha;
        e.weights.template pack<OTHER>(e.layout, p, e.alpha);
        e.span.of(p.readout, e.layout.units, e.layout.outputs);
        if (!call.null_space) e.span.rank = 0;
        const int wide = padded(e.span.rank, 8);
        std::memset(e.basis.data, 0, 4ul * e.layout.units * e.layout.reply);
        for (int k = 0; k < e.layout.units; ++k)
            for (int r = 0; r < e.span.rank; ++r) e.basis.data[(long)k * wide + r] = (float)e.span.basis.data[(long)k * e.layout.outputs + r];
    }

    // the weight of this step: the share that counts of lambda, which is fixed, or adapted to the smoothed task loss
    float strength(int m, int s, double loss) {
        if (call.rise > 1.0 && call.share[s] > 0.0) {
            double &mean = call.smoothed[m], &value = call.lambda[m];
            mean = std::isnan(mean) ? loss : call.smoothing * mean + (1 - call.smoothing) * loss;
            value *= mean <= call.tolerance[s] ? call.rise : call.fall;
            value = value < call.floor ? call.floor : value > call.highest ? call.highest : value;
        }
        return (float)(call.lambda[m] * call.share[s]);
    }

    bool survives(int m, int s, double value, double limit) {
        if (std::isfinite(value) && value <= limit) return true;
        call.active[m] = 0;
        call.diverged_at[m] = call.first_step + s;
        return false;
    }

    // One training step; false once the member has diverged.
    bool step(int m, int s, Team &team) {
        const Parameters p = call.network.member(m);
        const Private noise{call.network.keys ? call.network.keys[m] : 0, (uint32_t)(call.first_step + s),
                            call.network.keys ? call.network.scale : 0.0f};
        const float alpha = call.network.alpha;
        weights.template pack<KIND>(l, p, alpha);
        double total = 0.0;
        const float *weight = call.weight + ((long)s * call.members + m) * call.trials * call.times * l.outputs;
        for (long k = 0, n = (long)call.trials * call.times * l.outputs; k < n; ++k) total += weight[k];

        const auto roll = [&](int g, int tile, int room) {
            const Batch b = batch(m, s, tile);
            forward_tile<KIND>(l, weights, alpha, noise, b, source(room), kept(room), scratch[g]);
            group_loss.data[g] += loss_tile(m, s, tile, room, total, scratch[g].reply.data);
        };
        const auto gradient = [&](int g) { return Gradient::at(sums.data + g * Gradient::size(l, columns), l, columns); };
        const auto clear = [&](int g) {
            group_loss.data[g] = 0.0;
            std::memset(gradient(g).weights, 0, 4 * Gradient::size(l, columns));
        };
        if (!call.earlier) {  // a tile's rates are still in cache when its gradient flows back
            each(groups, team, [&](int g, int worker) {
                clear(g);
                for (int tile = first_tile(g); tile < first_tile(g + 1); ++tile) {
                    roll(g, tile, worker);
                    backward_tile<KIND>(l, weights, alpha, batch(m, s, tile), source(worker), kept(worker), error(worker), Nothing{},
                                        scratch[g], gradient(g));
                }
            });
        } else {
            deflation.span.of(p.readout, l.units, l.outputs);
            if (!call.null_space) deflation.span.rank = 0;
            each(groups, team, [&](int g, int) {
                clear(g);
                moments[g].clear(l, earlier.get(), call.earlier);
                for (int tile = first_tile(g); tile < first_tile(g + 1); ++tile) {
                    roll(g, tile, tile);
                    for (int i = 0; i < call.earlier; ++i) {
                        if (earlier[i].kind == RATE) roll_earlier<RATE>(m, s, i, tile, other_scratch[g]);
                        else if (earlier[i].kind == GRU) roll_earlier<GRU>(m, s, i, tile, other_scratch[g]);
                        else roll_earlier<LSTM>(m, s, i, tile, other_scratch[g]);
                    }
                    moments[g].gather(l, earlier.get(), call.earlier, batch(m, s, tile), call.stride, offset(s), source(tile), rows.data,
                                      tile_rows(tile));
                }
                moments[g].flush(l, earlier.get(), call.earlier);
            });
        }
        double loss = 0.0;
        for (int g = 0; g < groups; ++g) loss += group_loss.data[g];
        loss /= total;
        if (call.first_step + s == 0) call.first_loss[m] = loss;
        const double limit = call.diverged * (call.first_loss[m] > 1.0 ? call.first_loss[m] : 1.0);
        if (!survives(m, s, loss, limit)) return false;
        float *flat_readout = flat.data;
        std::memset(flat.data, 0, 4ul * l.units * l.outputs);
        if (call.earlier) {
            const Similarity settings{call.earlier, call.norm_form, call.null_space, call.stride, call.ridge, call.order};
            const double value = deflation.solve_all(l, earlier.get(), call.earlier, settings, moments, groups);
            if (!survives(m, s, value, limit)) return false;
            const float lambda = strength(m, s, loss);
            for (int i = 0; i < call.earlier; ++i)
                call.penalty[((long)m * call.steps + s) * call.earlier + i] = (float)earlier[i].similarity;
            call.strength[(long)m * call.steps + s] = lambda;
            deflation.finish(l, earlier.get(), call.earlier, settings, lambda, flat_readout);
            each(groups, team, [&](int g, int) {
                for (int tile = first_tile(g); tile < first_tile(g + 1); ++tile)
                    backward_tile<KIND>(
                        l, weights, alpha, batch(m, s, tile), source(tile), kept(tile), error(tile),
                        [&](int t0, int t1, float *direct) { pull(tile, s, t0, t1, direct); }, scratch[g], gradient(g));
            });
        }
        return update(m, s, p, gradient(0), flat_readout, loss);
    }

    int offset(int s) const { return (call.first_step + s) % call.stride; }

    // direct += lambda dS/dr for the steps that were sampled: R K + sum_i Y_i B_i
    void pull(int tile, int s, int t0, int t1, float *direct) {
        const int stride = call.stride, start = t0 + ((offset(s) - t0) % stride + stride) % stride;
        for (int i = 0; i < call.earlier && t0 > 0; ++i) {
            const Layout &e = earlier[i].layout;
            fetch(row(others[i].data + tile_rows(tile) * e.source, e, t0 - CHUNK + 1, 0), (long)CHUNK * TILE * e.source);
        }
        for (int t = start; t < t1; t += stride) {
            float *to = direct + (long)(t - t0) * TILE * l.block;
            multiply(TILE, l.wide, l.units, {row(source(tile), l, t + 1, 0) + l.lead, l.source, false},
                     deflation.factor.data, l.block, to, l.block, true);
            for (int i = 0; i < call.earlier; ++i) {
                const Layout &e = earlier[i].layout;
                const float *Y = others[i].data + tile_rows(tile) * e.source;
                multiply(TILE, l.wide, e.units, {row(Y, e, t + 1, 0) + e.lead, e.source, false}, earlier[i].back.data,
                         l.block, to, l.block, true);
            }
        }
    }

    // Sums the groups in order, clips, and takes the optimiser's step.
    bool update(int m, int s, const Parameters &p, const Gradient &sum, const float *readout_gradient, double loss) {
        const size_t size = Gradient::size(l, columns);
        for (int g = 1; g < groups; ++g)
            for (size_t k = 0; k < size; ++k) sums.data[k] += sums.data[g * size + k];
        for (int j = 0; j < l.units; ++j)
            for (int o = 0; o < l.outputs; ++o) sum.out[(long)o * l.block + j] += readout_gradient[(long)j * l.outputs + o];
        long n[5], start[5], all = 0;
        call.network.counts(n);
        for (int k = 0; k < 5; ++k) start[k] = all, all += n[k];
        float *f = flat.data;
        sum.template unpack<KIND>(l, {f + start[0], f + start[1], f + start[2], f + start[3], f + start[4]});
        double square[8] = {}, norm = 0.0;
        for (long k = 0; k < all; ++k) square[k % 8] += (double)f[k] * f[k];
        for (double part : square) norm += part;
        norm = std::sqrt(norm);
        if (!survives(m, s, norm, 1e300)) return false;
        const double step = call.first_step + s + 1, fade = std::sqrt(1.0 - std::pow(call.beta2, step));
        const float scale = (float)(norm > call.clip ? call.clip / norm : 1.0), epsilon = (float)(1e-8 * fade);
        const float size_of_step = (float)(call.rate[s] * fade / (1.0 - std::pow(0.9, step)));
        float *value[5] = {p.recurrent, p.input, p.bias, p.readout, p.readout_bias};
        if (call.muon)
            muon.step(l, C::GATES, f, scale, (float)(call.rate[s] * 0.2 * std::sqrt((double)l.units)), p.recurrent,
                      call.first[0] + m * n[0]);
        for (int k = call.muon ? 1 : 0; k < 5; ++k)
            adam(n[k], f + start[k], scale, (float)(1.0 - call.beta2), size_of_step, epsilon, value[k], call.first[k] + m * n[k],
                 call.second[k] + m * n[k]);
        call.loss[(long)m * call.steps + s] = (float)loss;
        return true;
    }

    // How many can share the tiles of one member.
    int threads(int count) const { return count < groups ? count : groups; }

    void train(const Training &now, int m, Team &team) {
        call = now;
        for (int i = 0; i < call.earlier; ++i) {
            if (earlier[i].kind == RATE) pack_earlier<RATE>(m, i);
            else if (earlier[i].kind == GRU) pack_earlier<GRU>(m, i);
            else pack_earlier<LSTM>(m, i);
        }
        for (int s = 0; s < call.steps; ++s) {
            if (call.active[m] && step(m, s, team)) continue;
            call.active[m] = 0;
            const long at = (long)m * call.steps + s;
            call.loss[at] = call.strength[at] = NAN;
            for (int i = 0, columns = call.earlier ? call.earlier : 1; i < columns; ++i) call.penalty[at * columns + i] = NAN;
        }
    }
};

}  // namespace
