"""FILE THREADS MEMORY SCRATCH: with pandas, in pieces, the count of each action per ten minutes, empty windows included."""
import sys

# This file's own folder comes first where Python looks, and this file has the name of what it looks for.
sys.path.pop(0)
try:
    import pandas as pd
except ImportError:
    sys.exit(77)

counted = None
for piece in pd.read_csv(sys.argv[1], chunksize=1_000_000):
    start = pd.to_datetime(piece["time"], format="%Y-%m-%dT%H:%M:%S.%fZ").dt.floor("10min")
    counts = pd.crosstab(start, piece["action"].str.lower())
    counted = counts if counted is None else counted.add(counts, fill_value=0)
counted = counted.asfreq("10min", fill_value=0).astype("int64")
for start, opened, closed in zip(counted.index.strftime("%Y-%m-%dT%H:%M:%S"), counted["open"], counted["close"]):
    print(start, "-", opened, closed, sep=",")
