// Levenberg-Marquardt descent of q = |F|^2 / 2 for F(x) = -x + tanh(x) J + h, in float64. The reference is
// rnnatlas/dynamics/newton.py. Compiled once per instruction set (see build.py).
//
// A start runs from beginning to end by itself, so its bits depend neither on the threads nor on the other starts.
#include <cmath>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <memory>

#include "buffer.h"
#include "cholesky.h"
#include "entry.h"
#include "threads.h"

namespace {

inline double larger(double a, double b) { return a < b ? b : a; }

// tanh |x| = -e / (2 + e), e = expm1(-2 |x|) = 2^k expm1(r) + (2^k - 1), |r| <= ln 2 / 2; error below 4e-16 relative.
// Without branches or library calls, so that the loop that calls it is vectorised. NaN stays NaN.
inline double tanh_exact(double x) {
    double a = std::fabs(x);
    a = a > 20.0 ? 20.0 : a;  // 1 - tanh 20 = 8e-18
    double shifted = a * -2.8853900817779268 + 0x1.8p52, k = shifted - 0x1.8p52;  // -2 / ln 2; k is rounded to nearest
    double r = (-2.0 * a - k * 0x1.62e42fee00000p-1) - k * 0x1.a39ef35793c76p-33;
    double p = 1.0 / 6227020800;
    p = 1.0 / 479001600 + r * p;
    p = 1.0 / 39916800 + r * p;
    p = 1.0 / 3628800 + r * p;
    p = 1.0 / 362880 + r * p;
    p = 1.0 / 40320 + r * p;
    p = 1.0 / 5040 + r * p;
    p = 1.0 / 720 + r * p;
    p = 1.0 / 120 + r * p;
    p = 1.0 / 24 + r * p;
    p = 1.0 / 6 + r * p;
    p = 0.5 + r * p;
    p = r + r * r * p;
    uint64_t bits;
    double power;
    std::memcpy(&bits, &shifted, 8);
    bits = (bits << 52) + 0x3ff0000000000000u;  // the low bits of `shifted` are k
    std::memcpy(&power, &bits, 8);
    double e = power * p + (power - 1.0);
    return std::copysign(e / (2.0 + e), x);
}

struct Field {
    int units, n;  // n: units padded to whole blocks
    size_t square;
    Buffer<double> J, transposed, JJ, J_diagonal, JJ_diagonal, drive;  // JJ = J J', upper blocks

    Field(int units, const double *from, const double *h)
        : units(units), n(padded(units, ROWS)), square((size_t)n * n), J(square), transposed(square), JJ(square), J_diagonal(n),
          JJ_diagonal(n), drive(n) {
        for (int i = 0; i < units; ++i)
            for (int j = 0; j < units; ++j)
                transposed.data[(size_t)j * n + i] = J.data[(size_t)i * n + j] = from[(size_t)i * units + j];
        std::memcpy(drive.data, h, units * sizeof(double));
        gram(n, transposed.data, JJ.data);
        for (int i = 0; i < n; ++i) {
            J_diagonal.data[i] = J.data[(size_t)i * n + i];
            JJ_diagonal.data[i] = JJ.data[(size_t)i * n + i];
        }
    }
};

struct Scratch {
    Buffer<double> x, rate, slope, flow, trial, trial_rate, trial_flow, step, inverse, normal;
    void reset(int n) {
        normal.reset((size_t)n * n);
        for (auto *v : {&x, &rate, &slope, &flow, &trial, &trial_rate, &trial_flow, &step, &inverse}) v->reset(n);
    }
};

// rate = tanh x, flow = F(x); returns q
double evaluate(const Field &f, const double *x, double *__restrict rate, double *__restrict flow) {
    for (int j = 0; j < f.n; ++j) rate[j] = tanh_exact(x[j]);
    for (int j = 0; j < f.n; ++j) flow[j] = f.drive.data[j] - x[j];
    add_product(f.n, rate, f.J.data, flow);
    return 0.5 * squared_norm(f.n, flow);
}

// Rows i..i+7 of A A' + mu, A = D J - 1, as D JJ' D - D J - J' D + 1 + mu: no product of matrices. Its rounding is that
// of A A' formed as a product; on fields whose A is singular both reach the same q.
void normal_rows(const Field &f, const double *__restrict d, double mu, int i, double *__restrict normal) {
    for (int r = i; r < i + ROWS; ++r) {
        const long at = (long)r * f.n;
        const double *__restrict g = f.JJ.data + at, *__restrict a = f.J.data + at, *__restrict b = f.transposed.data + at, dr = d[r];
        double *__restrict out = normal + at;
        for (int j = i; j < f.n; ++j) out[j] = dr * (d[j] * g[j] - a[j]) - d[j] * b[j];
        out[r] += 1.0 + mu;
    }
}

// One start, from s.x; leaves the end in s.x, the first slow iterate in `slow` (untouched if none is), and returns q.
double descend(const Field &f, Scratch &s, double tolerance, double slow_speed, int iterations, double *slow) {
    double q = evaluate(f, s.x.data, s.rate.data, s.flow.data);
    double damping = 1e-2, floor = 1e-15;
    bool running = true, was_slow = false;
    for (int iteration = 0; iteration < iterations; ++iteration) {
        if (!was_slow && std::sqrt(2.0 * q) <= slow_speed) {
            was_slow = true;
            std::memcpy(slow, s.x.data, f.units * sizeof(double));
        }
        if (!running || !(q > tolerance) || std::isinf(q)) break;
        double largest = 1.0;  // of the diagonal of A A', or 1: the least mu exceeds the rounding of it
        for (int i = 0; i < f.n; ++i) {
            double d = s.slope.data[i] = 1.0 - s.rate.data[i] * s.rate.data[i];
            largest = larger(largest, d * (d * f.JJ_diagonal.data[i] - 2.0 * f.J_diagonal.data[i]) + 1.0);
        }
        double mu = damping * 2.0 * q + floor * largest;
        auto rows = [&](int i) { normal_rows(f, s.slope.data, mu, i, s.normal.data); };
        std::memset(s.step.data, 0, f.n * sizeof(double));
        add_product(f.n, s.flow.data, f.transposed.data, s.step.data);
        for (int i = 0; i < f.n; ++i) s.step.data[i] = s.flow.data[i] - s.slope.data[i] * s.step.data[i];  // -F A'
        if (!solve(f.n, s.normal.data, s.step.data, s.inverse.data, rows)) {
            floor *= 8.0;
            continue;
        }
        for (int i = 0; i < f.n; ++i) s.trial.data[i] = s.x.data[i] + s.step.data[i];
        double trial_q = evaluate(f, s.trial.data, s.trial_rate.data, s.trial_flow.data);
        bool better = trial_q < q;
        if (!better) {
            damping = damping * 8.0 < 1e12 ? damping * 8.0 : 1e12;
        } else {
            damping = larger(damping / 5.0, 1e-8);
            q = trial_q;
            s.x.swap(s.trial), s.rate.swap(s.trial_rate), s.flow.swap(s.trial_flow);
        }
        double moved = std::sqrt(squared_norm(f.n, s.step.data)), size = std::sqrt(squared_norm(f.n, s.x.data));
        running = moved > 1e-13 * (1.0 + size) && damping < 1e12;
    }
    return q;
}

}  // namespace

// Arrays are C-contiguous float64: J [unit, unit], h [unit], from, state and slow [start, unit], q [start].
extern "C" int NAME(minimise_speed_)(int starts, int units, const double *J, const double *h, const double *from,
                                     double tolerance, double slow_speed, int iterations, double *state, double *q,
                                     double *slow, int threads) {
    return outcome([&] {
        const Field f(units, J, h);
        const int workers = threads < 1 || starts < 1 ? 1 : threads < starts ? threads : starts;
        const std::unique_ptr<Scratch[]> scratch(new Scratch[workers]);
        for (int w = 0; w < workers; ++w) scratch[w].reset(f.n);
        Team team(workers);
        share(starts, team, [&](int k, int worker) {
            Scratch &s = scratch[worker];
            const long at = (long)k * units;
            std::memcpy(s.x.data, from + at, units * sizeof(double));
            for (int i = 0; i < units; ++i) slow[at + i] = NAN;
            q[k] = descend(f, s, tolerance, slow_speed, iterations, slow + at);
            std::memcpy(state + at, s.x.data, units * sizeof(double));
        });
    });
}
