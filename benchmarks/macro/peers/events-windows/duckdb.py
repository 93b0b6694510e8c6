"""FILE THREADS MEMORY SCRATCH: with DuckDB, the count of each action per ten minutes, empty windows included."""
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
    WITH counted AS (
      SELECT time_bucket(INTERVAL 10 MINUTE, time) AS start,
        count(*) FILTER (lower(action) = 'open') AS opened, count(*) FILTER (lower(action) = 'close') AS closed
      FROM read_csv(?, header = true, columns = {time: 'TIMESTAMP', action: 'VARCHAR'})
      GROUP BY ALL),
    windows AS (SELECT unnest(range(min(start), max(start) + INTERVAL 10 MINUTE, INTERVAL 10 MINUTE)) AS start FROM counted)
    SELECT strftime(start, '%Y-%m-%dT%H:%M:%S'), strftime(start + INTERVAL 10 MINUTE, '%Y-%m-%dT%H:%M:%S'),
      coalesce(opened, 0), coalesce(closed, 0)
    FROM windows LEFT JOIN counted USING (start) ORDER BY start
    """,
    [file],
).fetchall()
for row in rows:
    print(*row, sep=",")
