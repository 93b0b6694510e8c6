"""FILE THREADS MEMORY SCRATCH: with Polars, the count of each action per ten minutes, empty windows included."""
import sys

# This file's own folder comes first where Python looks, and this file has the name of what it looks for.
sys.path.pop(0)
try:
    import polars as pl
except ImportError:
    sys.exit(77)

action = pl.col("action").str.to_lowercase()
counted = (
    pl.scan_csv(sys.argv[1], schema={"time": pl.String, "action": pl.String})
    .select(start=pl.col("time").str.to_datetime("%Y-%m-%dT%H:%M:%S%.fZ").dt.truncate("10m"),
            opened=action == "open", closed=action == "close")
    .group_by("start")
    .agg(pl.col("opened").sum(), pl.col("closed").sum())
    .collect(engine="streaming")
    .sort("start")
)
whole = counted.upsample("start", every="10m").with_columns(pl.col("opened", "closed").fill_null(0))
for start, opened, closed in whole.select(pl.col("start").dt.strftime("%Y-%m-%dT%H:%M:%S"), "opened", "closed").iter_rows():
    print(start, "-", opened, closed, sep=",")
