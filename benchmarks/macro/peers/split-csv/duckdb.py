"""FILE THREADS MEMORY SCRATCH: a folder of files for each split, with DuckDB's PARTITION_BY.

In which order the rows come is up to DuckDB.
"""
import pathlib
import sys

# This file's own folder comes first where Python looks, and this file has the name of what it looks for.
sys.path.pop(0)
try:
    import duckdb
except ImportError:
    sys.exit(77)

print("DuckDB", duckdb.__version__, file=sys.stderr)
file, threads, memory, scratch = sys.argv[1:]
base = duckdb.connect(config={
    "threads": int(threads), "memory_limit": f"{memory}B", "temp_directory": scratch, "preserve_insertion_order": False})
base.execute(
    f"""
    COPY (
      SELECT *, CASE lower(_data_split) WHEN 'validation' THEN 'eval' ELSE lower(_data_split) END AS part
      FROM read_csv('{file}', header = true, all_varchar = true))
    TO 'out' (FORMAT csv, HEADER true, PARTITION_BY (part))
    """)
# Several threads can write several files to a class. One can be compared with the others'.
for folder in pathlib.Path("out").iterdir():
    parts = list(folder.iterdir())
    if len(parts) == 1:
        parts[0].rename(f"out/{folder.name.removeprefix('part=')}.csv")
