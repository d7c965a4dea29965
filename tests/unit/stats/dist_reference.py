#!/usr/bin/env python3
"""Writes dist_reference.h: distribution functions to 17 digits, from series with positive terms in
mpmath at 380 digits, so that complements down to 1e-300 keep their digits. Needs mpmath and SciPy
(only to place the arguments).

    python3 dist_reference.py > dist_reference.h
"""
from mpmath import mp, mpf, gamma, exp, beta
from scipy import special, stats

mp.dps = 380
PROBABILITIES = [1e-300, 1e-100, 1e-12, 0.01, 0.3, 0.5]


def gamma_tails(x, a):
    x, a = mpf(x), mpf(a)
    term = total = mpf(1)
    k = a
    while term > total * mpf(10) ** -370:
        k += 1
        term *= x / k
        total += term
    lower = x**a * exp(-x) / gamma(a + 1) * total
    return lower, 1 - lower


def beta_tails(x, y, a, b):
    """I_x(a, b) and its complement for x + y = 1 (mpf)."""
    a, b = mpf(a), mpf(b)
    if x > 0.5:  # from the other side the series converges faster
        upper, lower = beta_tails(y, x, b, a)
        return lower, upper
    term = total = mpf(1)
    k = mpf(0)
    while term > total * mpf(10) ** -370:
        term *= (a + b + k) / (a + 1 + k) * x
        k += 1
        total += term
    lower = x**a * y**b / (a * beta(a, b)) * total
    return lower, 1 - lower


def row(parameters, value, tails):
    if min(tails) < mpf(10) ** -305:
        return
    print("    {%s}," % ", ".join([repr(float(v)) for v in [*parameters, value]]
                                  + [mp.nstr(t, 17) for t in tails]))


def table(name, columns):
    print("/* %s, P(X <= x), P(X > x) */" % columns)
    print("static const double %s[][%d] = {" % (name, columns.count(",") + 3))


def close():
    print("};\n")


def points(quantile, upper_quantile):
    xs = [float(quantile(p)) for p in PROBABILITIES] + [float(upper_quantile(p)) for p in PROBABILITIES[:5]]
    return sorted({x for x in xs if 1e-300 < abs(x) < 1e300})


def short(x):
    """Five digits are enough to place an argument."""
    return float("%.5g" % x)


print("/* Written by dist_reference.py. */")
table("gamma_reference", "shape, x")
for a in [1e-3, 0.03, 0.4, 0.95, 1, 2.5, 10, 137.5, 1e4, 1e6]:
    for x in points(lambda p: special.gammaincinv(a, p), lambda p: special.gammainccinv(a, p)):
        x = x if a > 1e3 else short(x)
        row([a], x, gamma_tails(x, a))
for a, x in [(1e-3, 0.2), (1e-3, 0.99), (0.5, 0.999), (0.999, 1.001), (0.3, 1.1), (1e-3, 5.0)]:
    row([a], x, gamma_tails(x, a))
close()

table("beta_reference", "a, b, x")
for a, b in [(1e-3, 1e-3), (1e-3, 1), (1e-3, 50), (1e-3, 1e6), (0.5, 0.5), (0.3, 7), (2, 3), (40, 0.1),
             (12, 700), (1e4, 3), (5e4, 7e4), (1e6, 1e6), (3, 1e6)]:
    for x in points(lambda p: special.betaincinv(a, b, p), lambda p: 1 - special.betaincinv(b, a, p)):
        x = x if max(a, b) > 1e3 else short(x)
        if 0 < x < 1:
            row([a, b], x, beta_tails(mpf(x), 1 - mpf(x), a, b))
for a, b, x in [(1e-3, 1, 0.3), (1e-3, 1, 1e-4), (1e-3, 20, 0.01), (1e-3, 1e6, 1e-6), (0.01, 3, 0.9)]:
    row([a, b], x, beta_tails(mpf(x), 1 - mpf(x), a, b))
close()

table("t_reference", "df, t")
for df in [1e-3, 0.5, 1, 2.5, 7, 30, 1e3, 1e6]:
    for t in points(lambda p: stats.t.ppf(p, df), lambda p: 0.25) + [-1e-7]:
        t = t if df > 100 else short(t)
        square = mpf(t) ** 2
        both, _ = beta_tails(df / (df + square), square / (df + square), mpf(df) / 2, 0.5)
        tail = both / 2 if t < 0 else 1 - both / 2
        row([df], t, (tail, 1 - tail))
close()

table("f_reference", "d1, d2, f")
for d1, d2 in [(1e-2, 3), (1, 1), (1, 40), (3, 0.5), (7, 12.5), (200, 3), (1e3, 1e5), (5, 1e6)]:
    for f in points(lambda p: stats.f.ppf(p, d1, d2), lambda p: stats.f.isf(p, d1, d2)):
        f = f if max(d1, d2) > 1e2 else short(f)
        up = d1 * mpf(f)
        row([d1, d2], f, beta_tails(up / (up + d2), d2 / (up + d2), mpf(d1) / 2, mpf(d2) / 2))
close()

table("binomial_reference", "n, p, k")
for n, p in [(1, 0.3), (20, 0.01), (299, 0.99), (1000, 0.5), (10**6, 1e-6), (10**6, 0.2)]:
    for k in sorted({float(stats.binom.ppf(q, n, p)) for q in [1e-200, 1e-12, 0.01, 0.4, 0.7]}
                    | {float(stats.binom.isf(q, n, p)) for q in [1e-200, 1e-12, 0.01]}):
        if 0 <= k < n:
            upper, lower = beta_tails(mpf(p), 1 - mpf(p), k + 1, n - k)
            row([n, p], k, (lower, upper))
close()

table("poisson_reference", "mean, k")
for mean in [1e-3, 0.7, 12, 1e3, 1e6]:
    for k in sorted({float(stats.poisson.ppf(q, mean)) for q in [1e-200, 1e-12, 0.01, 0.4, 0.7]}
                    | {float(stats.poisson.isf(q, mean)) for q in [1e-200, 1e-12, 0.01]}):
        if k >= 0:
            upper, lower = gamma_tails(mean, k + 1)
            row([mean], k, (lower, upper))
close()
