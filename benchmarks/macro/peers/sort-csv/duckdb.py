"""FILE THREADS MEMORY SCRATCH: rows by the column _data_shuffle as a number with DuckDB, the other columns as text."""
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
      SELECT * FROM read_csv('{file}', header = true, all_varchar = true)
      ORDER BY _data_shuffle::DOUBLE)
    TO 'sorted.csv' (FORMAT csv, HEADER true)
    """)
