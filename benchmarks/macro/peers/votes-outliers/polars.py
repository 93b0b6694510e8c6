"""FILE THREADS MEMORY SCRATCH: with Polars, the weeks whose votes are more than 20 % off the mean."""
import sys

# This file's own folder comes first where Python looks, and this file has the name of what it looks for.
sys.path.pop(0)
try:
    import polars as pl
except ImportError:
    sys.exit(77)

time = pl.col("CreationDate").str.to_datetime("%Y-%m-%dT%H:%M:%S%.f")
weeks = (
    pl.scan_ndjson(sys.argv[1], schema={"CreationDate": pl.String})
    .select(y=time.dt.year(), w=time.dt.strftime("%W").cast(pl.Int32))
    .group_by("y", "w")
    .agg(n=pl.len())
    .collect(engine="streaming")
)
off = weeks.filter((1 - pl.col("n") / pl.col("n").mean()).abs() > 0.2).sort("y", "w")
for row in off.iter_rows():
    print(*row, sep=",")
