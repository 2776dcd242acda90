// The functions that are applied to each number.
#pragma once
#include "vectors.h"

namespace {

// tanh, relative error < 4e-7: x p(x^2)/q(x^2) on |x| <= 9, where 1 - tanh 9 = 3e-8; the minimax fit of tanh(x)/x by polynomials of
// degree 4 over 4 in x^2 has relative error 2e-8. Always inlined: a call would cost the registers of the product around it.
__attribute__((always_inline)) inline vec tanh_fast(vec x) {
    const vec c = clamp(x, -9.0f, 9.0f), s = c * c;
    const vec p = 1.0f + s * (1.3381025e-1f + s * (3.4955882e-3f + s * (2.0609083e-5f + s * 1.3354662e-8f)));
    const vec q = 1.0f + s * (4.6714342e-1f + s * (2.5876982e-2f + s * (3.2856347e-4f + s * 7.7765588e-7f)));
    return clamp(c * p * reciprocal(q), -1.0f, 1.0f);
}

__attribute__((always_inline)) inline vec sigmoid_fast(vec x) { return 0.5f + 0.5f * tanh_fast(0.5f * x); }

// ln u for normal u > 0: u = (1 + f) 2^k with 1 + f in [0.70, 1.41); ln(1 + f) = f + f^2 g(f), g a minimax polynomial, error < 1e-7.
inline vec log_fast(vec u) {
    const bits b = (bits)u - 0x3f3504f3u;  // sqrt(1/2)
    const vec k = __builtin_convertvector((ints)b >> 23, vec);
    const vec f = (vec)((b & 0x007fffffu) + 0x3f3504f3u) - 1.0f;
    const vec g = -4.9999991e-1f + f * (3.3333951e-1f + f * (-2.5001755e-1f + f * (1.9962072e-1f + f * (-1.6570508e-1f +
                  f * (1.4917974e-1f + f * (-1.4307518e-1f + f * 8.7348364e-2f))))));
    return k * 0.6931471805599453f + (f + f * f * g);
}

// cos and sin of 2 pi v, v = (word & 0xffff) 2^-16, error < 1e-7: the angle is k quarters of a turn and a, |a| <= pi/4. Shifts of the
// word take them apart, at no rounding and less work than in floats.
inline void cos_sin_turn(bits word, vec &c, vec &s) {
    const bits k = word + 0x2000u;  // mod 4, in bits 14 and 15
    const vec a = __builtin_convertvector((ints)(word << 18), vec) * (1.5707963267948966f / 4294967296.0f), w = a * a;
    const vec sine = a * (1.0f + w * (-1.6666654611e-1f + w * (8.3321608736e-3f + w * -1.9515295891e-4f)));
    const vec cosine = 1.0f + w * (-0.5f + w * (4.1666645683e-2f + w * (-1.3887316255e-3f + w * 2.4433157118e-5f)));
    const ints odd = (k & 0x4000u) != 0;
    const vec swap_c = odd ? sine : cosine, swap_s = odd ? cosine : sine;
    c = (vec)((bits)swap_c ^ (((k + 0x4000u) << 16) & 0x80000000u));  // -1 for quarters 1 and 2
    s = (vec)((bits)swap_s ^ ((k << 16) & 0x80000000u));              // for 2 and 3
}

}  // namespace
