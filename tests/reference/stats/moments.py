"""Moments and tests of means and variances: (python3 moments.py; Rscript moments.R) > moments.csv

The data are multiples of 1/32, so exact. The truth is computed with 50 digits from exact fractions; SciPy's values are
beside it. Cases are the sizes of x and y and what is added to all values.
"""
from fractions import Fraction
from itertools import combinations

import mpmath
import scipy
from mpmath import mp, mpf
from scipy import stats

mp.dps = 50


def sample_x(size, added):
    return [Fraction((i * 7919 + 13) % 1009, 16) - 20 + added for i in range(size)]


def sample_y(size, added):
    return [Fraction((i * 104729 + 7) % 2003, 32) - 25 + added for i in range(size)]


def real(x):
    return mpf(x.numerator) / mpf(x.denominator) if isinstance(x, Fraction) else mpf(x)


def show(test, case, quantity, value, tool):
    version = {"mpmath": mpmath.__version__, "SciPy": scipy.__version__}[tool]
    text = mpmath.nstr(value, 20) if tool == "mpmath" else repr(float(value))
    print(f"{test},{' '.join(map(str, case))},{quantity},{text.replace('+', '')},{tool},{version}")


def mean(values):
    return Fraction(sum(values), 1) / len(values)


def squares(values):
    centre = mean(values)
    return sum((v - centre) ** 2 for v in values)


def t_tail(t, degrees):
    beyond = (1 - mpmath.betainc(mpf(1) / 2, degrees / 2, 0, t * t / (degrees + t * t), regularized=True)) / 2
    if beyond < mpf("1e-20"):  # the direct way is exact there too, but slow for common values
        beyond = mpmath.betainc(degrees / 2, mpf(1) / 2, 0, degrees / (degrees + t * t), regularized=True) / 2
    return beyond if t >= 0 else 1 - beyond


def show_moments(case, x):
    n, centre = len(x), mean(x)
    m2, m3, m4 = (sum((v - centre) ** k for v in x) / n for k in (2, 3, 4))
    show("moments", case, "mean", real(centre), "mpmath")
    show("moments", case, "variance", real(m2 * n / (n - 1)), "mpmath")
    show("moments", case, "skewness", real(m3) / real(m2) ** mpf("1.5"), "mpmath")
    show("moments", case, "kurtosis", real(m4 / m2**2) - 3, "mpmath")


def show_t(case, x, y):
    n, m = len(x), len(y)
    difference, square_x, square_y = mean(x) - mean(y), squares(x), squares(y)
    of_x, of_y = square_x / (n - 1) / n, square_y / (m - 1) / m
    pooled = (square_x + square_y) / (n + m - 2)
    tests = {
        "welch": (of_x + of_y, (of_x + of_y) ** 2 / (of_x**2 / (n - 1) + of_y**2 / (m - 1))),
        "student": (pooled * (Fraction(1, n) + Fraction(1, m)), Fraction(n + m - 2)),
    }
    floats_x, floats_y = [float(v) for v in x], [float(v) for v in y]
    for name, (square_error, degrees) in tests.items():
        t = real(difference) / mpmath.sqrt(real(square_error))
        degrees = real(degrees)
        show(name, case, "statistic", t, "mpmath")
        show(name, case, "degrees", degrees, "mpmath")
        show(name, case, "p_two_sided", 2 * t_tail(abs(t), degrees), "mpmath")
        show(name, case, "p_less", t_tail(-t, degrees), "mpmath")
        show(name, case, "p_greater", t_tail(t, degrees), "mpmath")
        show(name, case, "log_p_two_sided", mpmath.log(2 * t_tail(abs(t), degrees)), "mpmath")
        found = stats.ttest_ind(floats_x, floats_y, equal_var=name == "student")
        show(name, case, "statistic", found.statistic, "SciPy")
        show(name, case, "p_two_sided", found.pvalue, "SciPy")
    d = real(difference) / mpmath.sqrt(real(pooled))
    half = mpf(n + m - 2) / 2
    show("effect", case, "cohens_d", d, "mpmath")
    show("effect", case, "hedges_g",
         d * mpmath.gamma(half) / mpmath.sqrt(half) / mpmath.gamma(half - mpf(1) / 2), "mpmath")


def show_levene(case, x, y):
    def median(values):
        values = sorted(values)
        return (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2

    for name, centre in (("mean", mean), ("median", median)):
        z, w = ([abs(v - centre(values)) for v in values] for values in (x, y))
        n, m = len(z), len(w)
        within = squares(z) + squares(w)
        statistic = (mean(z) - mean(w)) ** 2 * n * m / (n + m) * (n + m - 2) / within
        show(f"levene_{name}", case, "statistic", real(statistic), "mpmath")
        show(f"levene_{name}", case, "p", 2 * t_tail(mpmath.sqrt(real(statistic)), mpf(n + m - 2)), "mpmath")
        found = stats.levene([float(v) for v in x], [float(v) for v in y], center=name)
        show(f"levene_{name}", case, "statistic", found.statistic, "SciPy")
        show(f"levene_{name}", case, "p", found.pvalue, "SciPy")


def show_permutations(case, x, y):
    pooled, n = x + y, len(x)
    observed = mean(x) - mean(y)
    differences = []
    for chosen in combinations(range(len(pooled)), n):
        chosen_sum = sum(pooled[i] for i in chosen)
        differences.append(chosen_sum / n - (sum(pooled) - chosen_sum) / len(y))
    less = Fraction(sum(d <= observed for d in differences), len(differences))
    greater = Fraction(sum(d >= observed for d in differences), len(differences))
    for side, p in (("less", less), ("greater", greater), ("two_sided", min(1, 2 * min(less, greater)))):
        show("permutation", case, f"p_{side}", real(Fraction(p)), "mpmath")


print("test,case,quantity,value,tool,version")
for case in ((5, 6, 0), (2, 3, 0), (40, 55, 0), (1000, 1500, 0), (1100, 1300, 1000000000), (257, 256, -5), (300, 2, 0)):
    x, y = sample_x(case[0], case[2]), sample_y(case[1], case[2])
    show_moments(case, x)
    show_t(case, x, y)
    show_levene(case, x, y)
for case in ((5, 6, 0), (7, 3, 0), (1, 4, 0), (4, 4, 100)):
    show_permutations(case, sample_x(case[0], case[2]), sample_y(case[1], case[2]))
