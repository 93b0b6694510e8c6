"""FILE THREADS MEMORY SCRATCH: with pandas and SciPy, tests of every column of train.parquet beside FILE and of FILE."""
import os
import sys
import warnings

# This file's own folder comes first where Python looks.
sys.path.pop(0)
try:
    import pandas
    import scipy
    from scipy import stats
    try:
        import pyarrow  # pandas reads Parquet by it
        read = pandas.read_parquet
    except ImportError:
        import duckdb

        def read(path, columns=None):
            names = ", ".join(f'"{name}"' for name in columns) if columns else "*"
            return duckdb.sql(f"SELECT {names} FROM read_parquet('{path}')").df()
except ImportError:
    sys.exit(77)

print("pandas", pandas.__version__, "SciPy", scipy.__version__, file=sys.stderr)
warnings.simplefilter("ignore")
train = read(os.path.join(os.path.dirname(sys.argv[1]), "train.parquet"))
evaluation = read(sys.argv[1])
for name in train.columns:
    if name.startswith("_data_"):
        continue
    x, y = train[name].dropna(), evaluation[name].dropna()
    if pandas.api.types.is_numeric_dtype(x) and not pandas.api.types.is_bool_dtype(x):
        print(name, stats.ks_2samp(x, y, method="asymp").pvalue, stats.cramervonmises_2samp(x, y, method="asymptotic").pvalue,
              stats.anderson_ksamp([x, y]).pvalue, stats.wasserstein_distance(x, y))
    else:
        table = pandas.DataFrame({"x": x.value_counts(), "y": y.value_counts()}).fillna(0)
        print(name, stats.chi2_contingency(table.T.values).pvalue)
