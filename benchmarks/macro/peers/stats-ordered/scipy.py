"""FILE THREADS MEMORY SCRATCH: with SciPy, the tests of two ordered samples, each by itself as SciPy has them."""
import sys

# This file's own folder comes first where Python looks, and this file has the name of what it looks for.
sys.path.pop(0)
try:
    import numpy
    import scipy
    from scipy import stats
except ImportError:
    sys.exit(77)

print("SciPy", scipy.__version__, file=sys.stderr)
values = numpy.fromfile(sys.argv[1])
x, y = values[: len(values) // 2], values[len(values) // 2:]
found = [stats.ks_2samp(x, y, method="asymp").statistic, stats.cramervonmises_2samp(x, y, method="asymptotic").statistic,
         stats.mannwhitneyu(x, y).statistic, stats.wasserstein_distance(x, y), stats.energy_distance(x, y)]
stats.anderson_ksamp([x, y])
print(1, *found, sep=",")
