"""FILE THREADS MEMORY SCRATCH: with DuckDB's own statement, a fresh table of votes with each Id once."""
import sys

# This file's own folder comes first where Python looks, and this file has the name of what it looks for.
sys.path.pop(0)
try:
    import duckdb
except ImportError:
    sys.exit(77)

file, threads, memory, scratch = sys.argv[1:]
base = duckdb.connect(
    "warehouse.db", config={"threads": int(threads), "memory_limit": f"{memory}B", "temp_directory": scratch})
base.execute("CREATE SCHEMA blog_analysis")
base.execute(
    """
    CREATE TABLE blog_analysis.votes (
      Id BIGINT, PostId BIGINT, VoteTypeId BIGINT, CreationDate TIMESTAMP, UserId BIGINT, BountyAmount BIGINT)
    """)
base.execute(
    """
    INSERT INTO blog_analysis.votes
    SELECT DISTINCT ON (Id) Id, PostId, VoteTypeId, CreationDate, UserId, BountyAmount
    FROM read_json(?, format = 'newline_delimited', columns = {
      Id: 'BIGINT', PostId: 'BIGINT', VoteTypeId: 'BIGINT', CreationDate: 'TIMESTAMP', UserId: 'BIGINT',
      BountyAmount: 'BIGINT'})
    """,
    [file],
)
base.close()
