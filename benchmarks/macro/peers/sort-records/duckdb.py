"""FILE THREADS MEMORY SCRATCH: whole lines with DuckDB, which is faster than by a part of them."""
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
      SELECT line
      FROM read_csv('{file}', columns = {{line: 'VARCHAR'}}, header = false, auto_detect = false, delim = '\x01',
        quote = '', escape = '')
      ORDER BY line)
    TO 'sorted' (FORMAT csv, HEADER false, DELIMITER '\x01', QUOTE '')
    """)
