"""FILE THREADS MEMORY SCRATCH: the rows of each split by _data_shuffle as Parquet, with one COPY for each."""
import os
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
os.mkdir("out")
for split, spellings in (("train", "'train'"), ("eval", "'eval', 'validation'"), ("test", "'test'")):
    base.execute(
        f"""
        COPY (SELECT * FROM read_parquet('{file}') WHERE lower(_data_split) IN ({spellings}) ORDER BY _data_shuffle)
        TO 'out/{split}.parquet' (FORMAT parquet, COMPRESSION zstd)
        """)
