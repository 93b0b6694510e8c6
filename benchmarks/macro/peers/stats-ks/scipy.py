"""FILE THREADS MEMORY SCRATCH: with SciPy, the Kolmogorov-Smirnov distance of the two halves of a file of doubles."""
import sys

# This file's own folder comes first where Python looks, and this file has the name of what it looks for.
sys.path.pop(0)
try:
    import numpy
    import scipy
    import scipy.stats
except ImportError:
    sys.exit(77)

print("SciPy", scipy.__version__, file=sys.stderr)
values = numpy.fromfile(sys.argv[1])
x, y = values[: len(values) // 2], values[len(values) // 2:]
print(1, scipy.stats.ks_2samp(x, y, method="asymp").statistic, sep=",")
