"""FILE THREADS MEMORY SCRATCH: with pandas, in pieces, the weeks whose votes are more than 20 % off the mean."""
import sys

# This file's own folder comes first where Python looks, and this file has the name of what it looks for.
sys.path.pop(0)
try:
    import pandas as pd
except ImportError:
    sys.exit(77)

weeks = pd.Series(dtype="int64")
for piece in pd.read_json(sys.argv[1], lines=True, chunksize=500_000, dtype=False, convert_dates=False):
    times = pd.to_datetime(piece["CreationDate"], format="%Y-%m-%dT%H:%M:%S.%f").dt
    # Days since the year's first Monday, in weeks, is what %W counts.
    week = (times.dayofyear + 6 - times.dayofweek) // 7
    weeks = weeks.add((times.year * 100 + week).value_counts(), fill_value=0)
weeks = weeks.astype("int64").sort_index()
for key, votes in weeks[(1 - weeks / weeks.mean()).abs() > 0.2].items():
    print(key // 100, key % 100, votes, sep=",")
