"""Tests of tables and shares, adjusted p-values: (python3 tables.py; Rscript tables.R) > tables.csv

The truth is computed with 50 digits from exact fractions; SciPy's values are beside it where SciPy has the test.
"""
from fractions import Fraction
from math import comb

import mpmath
import numpy
import scipy
from mpmath import mp, mpf
from scipy import stats
from scipy.spatial import distance

mp.dps = 50


def real(x):
    return mpf(x.numerator) / mpf(x.denominator) if isinstance(x, Fraction) else mpf(x)


def show(test, case, quantity, value, tool):
    version = {"mpmath": mpmath.__version__, "SciPy": scipy.__version__}[tool]
    text = mpmath.nstr(value, 20) if tool == "mpmath" else repr(float(value))
    print(f"{test},{' '.join(map(str, case))},{quantity},{text.replace('+', '')},{tool},{version}")


def table_tests(rows, yates):
    total = sum(map(sum, rows))
    columns = [sum(column) for column in zip(*rows)]
    chi_squared = g = plain = mpf(0)
    for row in rows:
        for count, column in zip(row, columns):
            expected = Fraction(sum(row) * column, total)
            excess = count - expected
            plain += real(excess**2 / expected)
            step = min(Fraction(1, 2), abs(excess)) * (1 if excess > 0 else -1) if yates else 0
            chi_squared += real((excess - step) ** 2 / expected)
            corrected = count - step
            if corrected:
                g += 2 * real(corrected) * mpmath.log(real(corrected / expected))
    degrees = (len(rows) - 1) * (len(columns) - 1)
    case = [len(rows), *sum(rows, [])]
    for name, statistic in (("chi_squared", chi_squared), ("g", g)):
        name += "_yates" if yates else ""
        p = mpmath.gammainc(mpf(degrees) / 2, statistic / 2, mpmath.inf, regularized=True)
        show(name, case, "statistic", statistic, "mpmath")
        show(name, case, "p", p, "mpmath")
        show(name, case, "log_p", mpmath.log(p), "mpmath")
        found = stats.chi2_contingency(rows, correction=yates, lambda_="log-likelihood" if name[0] == "g" else None)
        show(name, case, "statistic", found.statistic, "SciPy")
        show(name, case, "p", found.pvalue, "SciPy")
    show("cramers_v", case, "v", mpmath.sqrt(plain / total / (min(len(rows), len(columns)) - 1)), "mpmath")


def fisher(a, b, c, d):
    n, m, k = a + b, c + d, a + c
    least, largest = max(0, k - m), min(k, n)
    ways = {i: comb(n, i) * comb(m, k - i) for i in range(least, largest + 1)}
    all_ways = comb(n + m, k)
    sums = {
        "less": sum(w for i, w in ways.items() if i <= a),
        "greater": sum(w for i, w in ways.items() if i >= a),
        "two_sided": sum(w for w in ways.values() if w * 10**7 <= ways[a] * (10**7 + 1)),
    }
    for side, favourable in sums.items():
        p = real(Fraction(favourable, all_ways))
        show("fisher", (a, b, c, d), f"p_{side}", p if p > mpf("2.3e-308") else mpf(0), "mpmath")
        show("fisher", (a, b, c, d), f"log_p_{side}", mpmath.log(p), "mpmath")
    if least < a < largest:
        weights = [(i, mpf(w)) for i, w in ways.items()]

        def excess(log_odds):
            terms = [(i - a, w * mpmath.exp(log_odds * (i - a))) for i, w in weights]
            return mpmath.fsum(i * w for i, w in terms) / mpmath.fsum(w for _, w in terms)

        guess = mpmath.log((a + mpf(1) / 2) * (d + mpf(1) / 2) / (b + mpf(1) / 2) / (c + mpf(1) / 2))
        show("fisher", (a, b, c, d), "odds_ratio", mpmath.exp(mpmath.findroot(excess, (guess, guess + 0.01))), "mpmath")


def two_proportions(a, n, b, m):
    p, q, pooled = Fraction(a, n), Fraction(b, m), Fraction(a + b, n + m)
    z = real(p - q) / mpmath.sqrt(real(pooled * (1 - pooled) * (Fraction(1, n) + Fraction(1, m))))
    tail = mpmath.erfc(abs(z) / mpmath.sqrt(2))
    case = (a, n, b, m)
    show("two_proportions", case, "statistic", z, "mpmath")
    show("two_proportions", case, "p", tail, "mpmath")
    show("two_proportions", case, "log_p", mpmath.log(tail), "mpmath")
    show("two_proportions", case, "cohens_h",
         2 * (mpmath.asin(mpmath.sqrt(real(p))) - mpmath.asin(mpmath.sqrt(real(q)))), "mpmath")
    z = mpmath.sqrt(2) * mpmath.erfinv(mpf(19) / 20)

    def wilson(share, trials):
        share = real(share)
        half = z * mpmath.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
        centre, scale = share + z * z / (2 * trials), 1 + z * z / trials
        return (centre - half) / scale, (centre + half) / scale

    (low_p, high_p), (low_q, high_q) = wilson(p, n), wilson(q, m)
    show("two_proportions", case, "lower", real(p - q) - mpmath.hypot(real(p) - low_p, high_q - real(q)), "mpmath")
    show("two_proportions", case, "upper", real(p - q) + mpmath.hypot(high_p - real(p), real(q) - low_q), "mpmath")


def divergence(x, y):
    n, m = sum(x), sum(y)
    stability = shannon = mpf(0)
    for a, b in zip(x, y):
        p, q = Fraction(a, n), Fraction(b, m)
        if p and q:
            stability += real(p - q) * mpmath.log(real(p / q))
        else:
            stability += (real(p + q) - mpf("1e-4")) * mpmath.log(real(p + q) / mpf("1e-4"))
        for share in (p, q):
            if share:
                shannon += real(share) / 2 * mpmath.log(real(2 * share / (p + q)), 2)
    differences = [abs(Fraction(a, n) - Fraction(b, m)) for a, b in zip(x, y)]
    case = [len(x), *x, *y]
    show("divergence", case, "stability", stability, "mpmath")
    show("divergence", case, "jensen_shannon", shannon, "mpmath")
    show("divergence", case, "distance", mpmath.sqrt(shannon), "mpmath")
    show("divergence", case, "total_variation", real(sum(differences)) / 2, "mpmath")
    show("divergence", case, "largest", real(max(differences)), "mpmath")
    if shannon > 1e-6:  # SciPy's cancels below
        show("divergence", case, "distance", distance.jensenshannon(x, y, base=2), "SciPy")


print("test,case,quantity,value,tool,version")
two_by_two = [[[10, 20], [6, 9]], [[3, 1], [1, 3]], [[0, 7], [5, 2]], [[1000, 1], [1, 1000]], [[12, 5], [12, 5]],
              [[4000000, 1000000], [3990000, 1010000]], [[100, 100], [101, 99]]]
for rows in two_by_two:
    table_tests(rows, False)
    table_tests(rows, True)
for rows in ([[10, 20, 30], [6, 9, 17]], [[1, 2, 3], [4, 5, 6], [7, 8, 90]], [[0, 5, 5], [5, 0, 5]],
             [[500, 2, 3, 1], [1, 400, 2, 2], [3, 3, 300, 9]], [[10**12, 10**12], [10**12 + 10**6, 10**12]]):
    table_tests(rows, False)

for table in ((3, 1, 1, 3), (10, 2, 3, 15), (0, 5, 5, 0), (0, 7, 5, 2), (7, 0, 0, 3), (300, 180, 210, 290), (1, 1000, 20, 980),
              (60, 40, 1000, 3000), (5, 5, 5, 5), (1, 9, 11, 3), (1500, 500, 10, 1990), (8, 1, 4, 5)):
    fisher(*table)

for case in ((15, 100, 24, 110), (0, 50, 3, 60), (1, 1, 0, 3), (500000, 5000000, 490000, 5000000), (0, 10, 10, 10),
             (123456789, 1000000000, 123456788, 1000000000), (5, 10, 50, 100), (1, 5000000, 900000, 5000000)):
    if case[0] * case[3] != case[1] * case[2]:
        two_proportions(*case)

for x, y in (([10, 20, 30], [6, 9, 17]), ([5, 0, 5, 10], [4, 6, 0, 10]), ([1000000, 1000001], [1000001, 1000000]),
             ([7, 0], [0, 9]), ([1, 2, 3, 4, 5, 6, 7], [7, 6, 5, 4, 3, 2, 1]), ([999999, 1], [10, 999990])):
    divergence(x, y)

p_values = [0.01, 0.02, 0.03, 0.04, 0.05, 0.001, 0.5, 0.5, 1.0, 1e-20, 0.0]
for method, name in (("bh", "benjamini_hochberg"), ("by", "benjamini_yekutieli")):
    for i, p in enumerate(stats.false_discovery_control(numpy.array(p_values), method=method)):
        show(name, p_values, str(i), p, "SciPy")
