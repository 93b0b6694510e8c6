#pragma once

#include <spillway/duckdb/appender.hpp>
#include <spillway/duckdb/batches.hpp>
#include <spillway/duckdb/chunk.hpp>
#include <spillway/duckdb/chunks_in_order.hpp>
#include <spillway/duckdb/connection.hpp>
#include <spillway/duckdb/database.hpp>
#include <spillway/duckdb/error.hpp>
#include <spillway/duckdb/feed.hpp>
#include <spillway/duckdb/parquet.hpp>
#include <spillway/duckdb/result.hpp>
#include <spillway/duckdb/row_codec.hpp>
#include <spillway/duckdb/transaction.hpp>
#include <spillway/duckdb/types.hpp>
