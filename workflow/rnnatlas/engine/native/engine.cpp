// The entry points: roll-outs, gradients and training steps of an ensemble. Compiled once per instruction set (see build.py).
//
// A tile of TILE trials runs through all time steps by itself: nothing is shared between tiles but the weights, so tiles go to
// threads in any order. Gradients are summed in a fixed number of groups of tiles, each in order of its tiles, and the groups in
// order: neither the number of threads nor the company of other members changes a bit.
#include "entry.h"
#include "training.h"

namespace {

// What one worker needs to run tiles.
struct Space {
    Buffer<float> source, saved, errors;
    Scratch scratch;

    void reset(const Layout &l, int columns, long rows, int kept, bool with_errors) {
        scratch.reset(l, columns);
        saved.reset(rows * kept * l.block);
        errors.reset(with_errors ? rows * l.reply : 0);
        source.reset(rows * l.source);
    }
};

template <int KIND>
void roll_out(int members, int trials, int times, const Network &n, uint32_t step, const float *u, long stride,
              float *rates, float *y, int threads) {
    const Layout l(n.units, n.inputs, n.outputs);
    const int tiles = (trials + TILE - 1) / TILE;
    const long rows = (long)(times + 1) * TILE;
    const std::unique_ptr<Weights[]> weights(new Weights[members]);
    for (int m = 0; m < members; ++m) weights[m].pack<KIND>(l, n.member(m), n.alpha);
    Team team(threads < members * tiles ? threads : members * tiles);
    const std::unique_ptr<Space[]> spaces(new Space[team.size()]);
    for (int w = 0; w < team.size(); ++w) spaces[w].reset(l, 0, rows, 0, false);
    each(members * tiles, team, [&](int item, int worker) {
        const int m = item / tiles;
        const long all = (long)trials * times;
        const Batch b{u + m * stride, nullptr, trials, times, item % tiles * TILE};
        const Private noise{n.keys ? n.keys[m] : 0, step, n.keys ? n.scale : 0.0f};
        Space &space = spaces[worker];
        float *source = space.source.data;
        forward_tile<KIND>(l, weights[m], n.alpha, noise, b, source, nullptr, space.scratch);
        for (int t0 = 0; t0 < times; t0 += CHUNK) {
            const int t1 = t0 + CHUNK < times ? t0 + CHUNK : times;
            readout(l, weights[m], source, t0, t1, space.scratch.reply.data);
            for (int i = 0; i < b.rows(); ++i)
                for (int t = t0; t < t1; ++t) {
                    const long at = m * all + (long)(b.first + i) * times + t;
                    const float *reply = space.scratch.reply.data + ((long)(t - t0) * TILE + i) * l.reply;
                    for (int o = 0; o < l.outputs; ++o) y[at * l.outputs + o] = reply[o] + weights[m].out_bias[o];
                    if (rates) std::memcpy(rates + at * l.units, row(source, l, t + 1, i) + l.lead, 4ul * l.units);
                }
        }
    });
}

// e = dL/dy [member, trial, time, output]; g = dL/dr [member, trial, time, unit] or null. The forward pass is run again.
template <int KIND>
void gradient(int members, int trials, int times, const Network &n, uint32_t step, const float *u, const float *e, const float *g,
              const Network &to, int threads) {
    using C = Cell<KIND>;
    const Layout l(n.units, n.inputs, n.outputs);
    const int tiles = (trials + TILE - 1) / TILE, groups = tiles < 1 ? 1 : tiles < GROUPS ? tiles : GROUPS;
    const long rows = (long)(times + 1) * TILE;
    const int columns = l.columns(C::MAIN, C::ALL);
    const size_t size = Gradient::size(l, columns);
    const std::unique_ptr<Weights[]> weights(new Weights[members]);
    for (int m = 0; m < members; ++m) weights[m].pack<KIND>(l, n.member(m), n.alpha);
    Buffer<float> sums(size * members * groups);
    Team team(threads < members * groups ? threads : members * groups);
    const std::unique_ptr<Space[]> spaces(new Space[team.size()]);
    for (int w = 0; w < team.size(); ++w) spaces[w].reset(l, columns, rows, C::SAVED, true);
    each(members * groups, team, [&](int item, int worker) {
        const int m = item / groups, group = item % groups;
        const long all = (long)trials * times;
        const Private noise{n.keys ? n.keys[m] : 0, step, n.keys ? n.scale : 0.0f};
        Space &space = spaces[worker];
        float *source = space.source.data, *saved = space.saved.data, *errors = space.errors.data;
        for (int tile = group * tiles / groups; tile < (group + 1) * tiles / groups; ++tile) {
            const Batch b{u + m * all * l.inputs, nullptr, trials, times, tile * TILE};
            forward_tile<KIND>(l, weights[m], n.alpha, noise, b, source, saved, space.scratch);
            for (int t = 0; t < times; ++t)
                for (int i = 0; i < TILE; ++i)
                    for (int o = 0; o < l.outputs; ++o)
                        errors[((long)t * TILE + i) * l.reply + o] =
                            i < b.rows() ? e[(m * all + (long)(b.first + i) * times + t) * l.outputs + o] : 0.0f;
            const auto add = [&](int t0, int t1, float *direct) {
                if (g)
                    for (int t = t0; t < t1; ++t)
                        for (int i = 0; i < b.rows(); ++i)
                            for (int j = 0; j < l.units; ++j)
                                direct[((long)(t - t0) * TILE + i) * l.block + j] +=
                                    g[(m * all + (long)(b.first + i) * times + t) * l.units + j];
            };
            backward_tile<KIND>(l, weights[m], n.alpha, b, source, saved, errors, add, space.scratch,
                                Gradient::at(sums.data + item * size, l, columns));
        }
    });
    for (int m = 0; m < members; ++m) {
        float *total = sums.data + (size_t)m * groups * size;
        for (int group = 1; group < groups; ++group)
            for (size_t k = 0; k < size; ++k) total[k] += total[group * size + k];
        Gradient::at(total, l, columns).template unpack<KIND>(l, to.member(m));
    }
}

// The workers of a training, kept from call to call: their buffers are large, and fresh memory is slow.
struct Pool {
    virtual void train(const Training &call) = 0;
    virtual ~Pool() {}
};

// The team of one member; a type of this file, as all that is compiled once per instruction set.
struct Shared {
    Team team;
};

template <int KIND>
struct PoolOf final : Pool {
    int count;
    std::unique_ptr<std::unique_ptr<Worker<KIND>>[]> workers;
    explicit PoolOf(const Training &call)
        : count(call.threads < call.members ? call.threads : call.members ? call.members : 1),
          workers(new std::unique_ptr<Worker<KIND>>[count]) {
        for (int w = 0; w < count; ++w) workers[w].reset(new Worker<KIND>(call, call.threads / count));
    }

    // Members go to threads whole, through all steps of the call, so that no thread waits for another; threads beyond the number
    // of members share the tiles of one.
    void train(const Training &call) override {
        Team team(count);
        const std::unique_ptr<std::unique_ptr<Shared>[]> within(new std::unique_ptr<Shared>[team.size()]);
        for (int w = 0; w < team.size(); ++w) within[w].reset(new Shared{Team(workers[w]->threads(call.threads / count))});
        each(call.members, team, [&](int m, int worker) { workers[worker]->train(call, m, within[worker]->team); });
    }
};

}  // namespace

// u: inputs of member m begin at u + m * stride (0: shared); rates may be null.
extern "C" int NAME(roll_out_)(int members, int trials, int times, const Network *n, uint32_t step, const float *u, long stride,
                               float *rates, float *y, int threads) {
    return outcome([&] { on_threads(threads, [&](int count) {
        if (n->kind == RATE) roll_out<RATE>(members, trials, times, *n, step, u, stride, rates, y, count);
        else if (n->kind == GRU) roll_out<GRU>(members, trials, times, *n, step, u, stride, rates, y, count);
        else roll_out<LSTM>(members, trials, times, *n, step, u, stride, rates, y, count);
    }); });
}

extern "C" int NAME(gradient_)(int members, int trials, int times, const Network *n, uint32_t step, const float *u, const float *e,
                               const float *g, const Network *to, int threads) {
    return outcome([&] { on_threads(threads, [&](int count) {
        if (n->kind == RATE) gradient<RATE>(members, trials, times, *n, step, u, e, g, *to, count);
        else if (n->kind == GRU) gradient<GRU>(members, trials, times, *n, step, u, e, g, *to, count);
        else gradient<LSTM>(members, trials, times, *n, step, u, e, g, *to, count);
    }); });
}

// A pool serves calls of one shape: kind, sizes, trials, earlier networks, threads, and at most as many times and members. After a
// call that failed it serves no other.
extern "C" int NAME(new_pool_)(const Training *call, void **pool) {
    return outcome([&] {
        Pool *made;
        if (call->network.kind == RATE) made = new PoolOf<RATE>(*call);
        else if (call->network.kind == GRU) made = new PoolOf<GRU>(*call);
        else made = new PoolOf<LSTM>(*call);
        *pool = made;
    });
}

extern "C" void NAME(delete_pool_)(void *pool) { delete static_cast<Pool *>(pool); }

extern "C" int NAME(train_)(void *pool, const Training *call) {
    return outcome([&] { static_cast<Pool *>(pool)->train(*call); });
}
