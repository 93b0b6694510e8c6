#!/usr/bin/env python3
"""Exact p-values of the two-sample Kolmogorov-Smirnov test, written to kolmogorov_smirnov.csv beside this file.

The truth is counted: paths over the lattice that touch the boundary, in integers of any length. SciPy's values stand
beside it where SciPy claims to be exact (no ties), those of R come from kolmogorov_smirnov.R.

A case is n_m_distance_alternative_ties: the distance is n*m times the statistic, and groups of equal values have the
sizes 1, 2, ..., ties, 1, 2, ... in the pooled order.
"""
import csv
import math
import pathlib
import sys

import mpmath
import scipy
from scipy.stats import _stats_py  # the p-value of a given statistic has no public name

mpmath.mp.dps = 60

CASES = [
    (5, 7, 20, "two_sided", 1),
    (5, 7, 20, "greater", 1),
    (5, 7, 20, "less", 1),
    (5, 7, 20, "two_sided", 3),
    (10, 10, 60, "two_sided", 1),
    (10, 10, 60, "greater", 1),
    (10, 10, 60, "two_sided", 4),
    (40, 37, 500, "two_sided", 1),
    (40, 37, 500, "two_sided", 5),
    (40, 37, 500, "greater", 5),
    (40, 37, 500, "less", 5),
    (40, 37, 1480, "two_sided", 5),
    (300, 299, 9000, "two_sided", 1),
    (300, 299, 9000, "two_sided", 2),
    (300, 299, 30000, "two_sided", 30),
    (300, 299, 89700, "two_sided", 1),
    (1000, 100, 20000, "two_sided", 7),
    (1000, 100, 20000, "less", 7),
    (1000, 999, 50000, "two_sided", 1),
    (1000, 999, 50000, "two_sided", 3),
    (1000, 999, 800000, "two_sided", 3),
    (1000, 999, 800000, "less", 3),
    (1000, 1000, 3000, "two_sided", 1),
    (1000, 1000, 61000, "two_sided", 1),
    (1000, 1000, 61000, "two_sided", 250),
    (1000, 1000, 990000, "two_sided", 1),
    (2000, 1999, 90000, "two_sided", 1),
]


def tie_ends(total, longest):
    ends, size, end = set(), 0, 0
    while end < total:
        size = size % longest + 1
        end = min(total, end + size)
        ends.add(end)
    return ends


def exact(n, m, distance, alternative, ties):
    ends = tie_ends(n + m, ties)

    def inside(i, j):
        if i + j not in ends:
            return True
        d = i * m - j * n
        return (abs(d) if alternative == "two_sided" else d if alternative == "greater" else -d) < distance

    # Paths that never touch, a column after the other.
    column = [0] * (m + 1)
    for i in range(n + 1):
        for j in range(m + 1):
            paths = 1 if i == j == 0 else (column[j] if i > 0 else 0) + (column[j - 1] if j > 0 else 0)
            column[j] = paths if inside(i, j) else 0
    every = math.comb(n + m, n)
    return mpmath.mpf(every - column[m]) / every


def from_scipy(n, m, distance, alternative):
    if alternative == "two_sided":
        g = math.gcd(n, m)
        return _stats_py._attempt_exact_2kssamp(n, m, g, distance / (n * m), "two-sided")
    return None


def main():
    version = f"Python {sys.version.split()[0]} mpmath {mpmath.__version__}"
    with open(pathlib.Path(__file__).with_suffix(".csv"), "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["test", "case", "quantity", "value", "tool", "version"])
        for n, m, distance, alternative, ties in CASES:
            case = f"{n}_{m}_{distance}_{alternative}_{ties}"
            p = exact(n, m, distance, alternative, ties)
            out.writerow(["kolmogorov_smirnov", case, "p_value", mpmath.nstr(p, 20), "counted", version])
            out.writerow(["kolmogorov_smirnov", case, "log_p_value", mpmath.nstr(mpmath.log(p), 20), "counted", version])
            if ties == 1 and n <= 300:
                tried = from_scipy(n, m, distance, alternative)
                if tried is not None and tried[0]:
                    out.writerow(["kolmogorov_smirnov", case, "p_value", repr(float(tried[2])), "SciPy", scipy.__version__])


if __name__ == "__main__":
    main()
