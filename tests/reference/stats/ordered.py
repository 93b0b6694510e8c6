"""Writes ordered.csv: what SciPy gives for two samples made by a rule, and the limits of two statistics by mpmath.

Run it here with SciPy 1.17 and mpmath, then ordered.R, which appends what R gives.

Samples: case n_m_modulus_shift_divisor is x = (i * 7919 mod modulus) / divisor for i = 1, ..., n and
y = (j * 104729 mod modulus) / divisor + shift for j = 1, ..., m.
"""
import mpmath
import numpy
import scipy
from scipy import stats

CASES = ["7_5_101_0_8", "20_15_11_1_2", "6_4_101_100_8", "30_30_1009_4_16", "60_45_1009_4_16", "3000_2500_10007_10_32",
         "2000_3000_53_1_1", "4_3_1_0_1", "1_9_101_5_8", "12_12_7_1_1"]
LINES = ["test,case,quantity,value,tool,version"]


def write(test, case, quantity, value, tool, version):
    LINES.append(f"{test},{case},{quantity},{value},{tool},{version}")


def scipy_says(test, case, quantity, value):
    if numpy.isnan(value):  # it refuses samples of one value for some tests
        return
    write(test, case, quantity, repr(float(value)), "SciPy", scipy.__version__)


def samples(case):
    n, m, modulus, shift, divisor = map(int, case.split("_"))
    x = (numpy.arange(1, n + 1) * 7919 % modulus) / divisor
    y = (numpy.arange(1, m + 1) * 104729 % modulus) / divisor + shift
    return x, y


def places(x, y):
    """Where the distance of Kolmogorov and Smirnov is reached, by integers."""
    distances = {v: abs(int((x <= v).sum()) * len(y) - int((y <= v).sum()) * len(x)) for v in [*x, *y]}
    return [v for v in distances if distances[v] == max(distances.values())]


def tests_of(case):
    x, y = samples(case)
    differ = len(set(x) | set(y)) > 1
    tied = len(set(x) | set(y)) < len(x) + len(y)
    for quantity, alternative in (("statistic", "two-sided"), ("greater", "greater"), ("less", "less")):
        result = stats.ks_2samp(x, y, alternative=alternative, method="asymp")
        scipy_says("kolmogorov_smirnov", case, quantity, result.statistic)
        if alternative == "two-sided" and differ:
            # Rounding picks one of several places that are equally far apart.
            if len(places(x, y)) == 1:
                scipy_says("kolmogorov_smirnov", case, "location", result.statistic_location)
                scipy_says("kolmogorov_smirnov", case, "sign", result.statistic_sign)
    result = stats.cramervonmises_2samp(x, y, method="asymptotic")
    scipy_says("cramer_von_mises", case, "statistic", result.statistic)
    if not tied and max(len(x), len(y)) <= 30:
        scipy_says("cramer_von_mises", case, "p_exact", stats.cramervonmises_2samp(x, y, method="exact").pvalue)
    if differ:
        # Its p-values are interpolated between 0.001 and 0.25 and clamped beyond.
        scipy_says("anderson_darling", case, "statistic", stats.anderson_ksamp([x, y], variant="midrank").statistic)
    scipy_says("mann_whitney", case, "statistic", stats.mannwhitneyu(x, y).statistic)
    for alternative in ("two-sided", "less", "greater"):
        name = alternative.replace("-", "_")
        result = stats.mannwhitneyu(x, y, alternative=alternative, method="asymptotic")
        if differ:
            scipy_says("mann_whitney", case, "p_asymptotic_" + name, result.pvalue)
        if not tied and max(len(x), len(y)) <= 60:
            result = stats.mannwhitneyu(x, y, alternative=alternative, method="exact")
            scipy_says("mann_whitney", case, "p_exact_" + name, result.pvalue)
        if differ and min(len(x), len(y)) > 1 and x.max() > y.min() and y.max() > x.min():
            result = stats.brunnermunzel(x, y, alternative=alternative)
            scipy_says("brunner_munzel", case, "p_" + name, result.pvalue)
            if alternative == "two-sided":
                scipy_says("brunner_munzel", case, "statistic", result.statistic)
    scipy_says("wasserstein", case, "distance", stats.wasserstein_distance(x, y))
    scipy_says("energy_distance", case, "distance", stats.energy_distance(x, y))


def cramer_von_mises_tail(x):
    """1 - the series of Csorgo and Faraway (1996), equation 1.2."""
    def term(k):
        q = mpmath.mpf(4 * k + 1) ** 2 / (16 * x)
        factor = mpmath.gamma(k + mpmath.mpf(1) / 2) / mpmath.factorial(k) / mpmath.pi ** 1.5 / mpmath.sqrt(x)
        return factor * mpmath.sqrt(4 * k + 1) * mpmath.exp(-q) * mpmath.besselk(mpmath.mpf(1) / 4, q)
    total = mpmath.mpf(0)
    for k in range(100000):
        one = term(k)
        total += one
        if one < mpmath.mpf(10) ** -mpmath.mp.dps:
            return 1 - total


def anderson_darling_tail(x):
    """The tail of the limit as integrals between the zeros of its determinant (Smirnov's formula for weighted sums of
    chi-squared variables of one degree of freedom): zeros at u = j(j+1)/2."""
    def integrand(u):
        root = mpmath.sqrt(1 + 8 * u)
        determinant = -mpmath.cos(mpmath.pi / 2 * root) / (2 * mpmath.pi * u)
        return mpmath.exp(-x * u) / u / mpmath.sqrt(abs(determinant))
    total = mpmath.mpf(0)
    for k in range(1, 200):
        low = mpmath.mpf((2 * k - 1) * 2 * k) / 2
        high = mpmath.mpf(2 * k * (2 * k + 1)) / 2
        # Substitutions take away the poles of the root at both ends; most of it is near the lower one for large x.
        end = mpmath.sqrt((high - low) / 2)
        cuts = [part / mpmath.sqrt(x) for part in range(0, 13) if part / mpmath.sqrt(x) < end] + [end]
        one = mpmath.quad(lambda s: integrand(low + s * s) * 2 * s, cuts)
        one += mpmath.quad(lambda s: integrand(high - s * s) * 2 * s, [0, end / 2, end])
        total += (-1) ** (k + 1) * one
        if abs(one) < total * mpmath.mpf(10) ** -25:
            return total / mpmath.pi


def limits():
    version = mpmath.__version__
    for x in ("0.02", "0.1", "0.461", "1", "3", "12", "100"):
        mpmath.mp.dps = 40 + int(float(x) * 4.4)
        tail = cramer_von_mises_tail(mpmath.mpf(x))
        write("cramer_von_mises_limit", x, "log_tail", mpmath.nstr(mpmath.log(tail), 20), "mpmath", version)
    mpmath.mp.dps = 40
    for x in ("0.5", "1", "2.492", "6", "30", "500"):
        tail = anderson_darling_tail(mpmath.mpf(x))
        write("anderson_darling_limit", x, "log_tail", mpmath.nstr(mpmath.log(tail), 20), "mpmath", version)


for one in CASES:
    tests_of(one)
limits()
with open("ordered.csv", "w", encoding="ascii") as file:
    file.write("\n".join(LINES) + "\n")
