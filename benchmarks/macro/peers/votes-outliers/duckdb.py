"""FILE THREADS MEMORY SCRATCH: with DuckDB, the weeks whose votes are more than 20 % off the mean."""
import sys

# This file's own folder comes first where Python looks, and this file has the name of what it looks for.
sys.path.pop(0)
try:
    import duckdb
except ImportError:
    sys.exit(77)

file, threads, memory, scratch = sys.argv[1:]
base = duckdb.connect(config={"threads": int(threads), "memory_limit": f"{memory}B", "temp_directory": scratch})
rows = base.execute(
    """
    WITH weeks AS (
      SELECT year(CreationDate) AS y, strftime(CreationDate, '%W')::INT AS w, count(*) AS n
      FROM read_json(?, format = 'newline_delimited', columns = {CreationDate: 'TIMESTAMP'})
      GROUP BY ALL)
    SELECT y, w, n FROM weeks WHERE abs(1 - n / (SELECT avg(n) FROM weeks)) > 0.2 ORDER BY ALL
    """,
    [file],
).fetchall()
for row in rows:
    print(*row, sep=",")
