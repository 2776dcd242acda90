// Dense algebra of N x N matrices in double, row-major: what the similarity penalty solves once a step. Inner loops run along
// rows, so that they vectorise without changing the order of any sum.
#pragma once
#include <cmath>

#include "memory.h"

namespace {

// y += a x
inline void axpy(int n, double a, const double *__restrict x, double *__restrict y) {
    for (int j = 0; j < n; ++j) y[j] += a * x[j];
}

// C (+)= A B: [n, k] [k, m]
inline void product(int n, int m, int k, const double *A, const double *B, double *C, bool add = false) {
    if (!add) std::memset(C, 0, sizeof(double) * n * m);
    for (int i = 0; i < n; ++i)
        for (int q = 0; q < k; ++q) axpy(m, A[(long)i * k + q], B + (long)q * m, C + (long)i * m);
}

// B = A', [n, m] to [m, n]
inline void transpose(int n, int m, const double *A, double *B) {
    for (int i = 0; i < n; ++i)
        for (int j = 0; j < m; ++j) B[(long)j * n + i] = A[(long)i * m + j];
}

// Upper Cholesky factor of a symmetric positive definite A, in place: A = U'U. False if A is not positive definite.
inline bool cholesky(int n, double *A) {
    for (int k = 0; k < n; ++k) {
        double *u = A + (long)k * n;
        if (!(u[k] > 0.0)) return false;
        const double root = 1.0 / std::sqrt(u[k]);
        for (int j = k; j < n; ++j) u[j] *= root;
        for (int i = k + 1; i < n; ++i) axpy(n - i, -u[i], u + i, A + (long)i * n + i);
    }
    return true;
}

// B <- A^-1 B for m right-hand sides, from A's factor.
inline void solve(int n, int m, const double *U, double *B) {
    for (int k = 0; k < n; ++k) {
        double *b = B + (long)k * m;
        const double over = 1.0 / U[(long)k * n + k];
        for (int j = 0; j < m; ++j) b[j] *= over;
        for (int i = k + 1; i < n; ++i) axpy(m, -U[(long)k * n + i], b, B + (long)i * m);
    }
    for (int k = n - 1; k >= 0; --k) {
        double *b = B + (long)k * m;
        for (int i = k + 1; i < n; ++i) axpy(m, -U[(long)k * n + i], B + (long)i * m, b);
        const double over = 1.0 / U[(long)k * n + k];
        for (int j = 0; j < m; ++j) b[j] *= over;
    }
}

// Eigenvalues (on the diagonal of A) and eigenvectors (columns of V) of a small symmetric A by Jacobi rotations.
inline void eigen(int n, double *A, double *V) {
    for (int i = 0; i < n * n; ++i) V[i] = i / n == i % n;
    for (int sweep = 0; sweep < 60; ++sweep) {
        double off = 0.0, all = 0.0;
        for (int i = 0; i < n; ++i)
            for (int j = 0; j < n; ++j) (i == j ? all : off) += A[i * n + j] * A[i * n + j];
        if (off <= 1e-32 * all) return;
        for (int p = 0; p < n; ++p)
            for (int q = p + 1; q < n; ++q) {
                if (A[p * n + q] == 0.0) continue;
                double theta = (A[q * n + q] - A[p * n + p]) / (2.0 * A[p * n + q]);
                double t = (theta >= 0 ? 1.0 : -1.0) / (std::fabs(theta) + std::sqrt(theta * theta + 1.0));
                double c = 1.0 / std::sqrt(t * t + 1.0), s = t * c;
                for (int k = 0; k < n; ++k) {
                    double x = A[k * n + p], y = A[k * n + q];
                    A[k * n + p] = c * x - s * y;
                    A[k * n + q] = s * x + c * y;
                }
                for (int k = 0; k < n; ++k) {
                    double x = A[p * n + k], y = A[q * n + k];
                    A[p * n + k] = c * x - s * y;
                    A[q * n + k] = s * x + c * y;
                }
                for (int k = 0; k < n; ++k) {
                    double x = V[k * n + p], y = V[k * n + q];
                    V[k * n + p] = c * x - s * y;
                    V[k * n + q] = s * x + c * y;
                }
            }
    }
}

}  // namespace
