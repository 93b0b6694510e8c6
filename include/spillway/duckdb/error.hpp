#pragma once

#include <spillway/core/error.hpp>

#include <string>
#include <string_view>

namespace spillway::duckdb {

/// DuckDB refused: its own words, cut to one line.
class database_error : public error {
 public:
  explicit database_error(std::string_view message) : error{one_line(message)} {}
  database_error(std::string_view context, std::string_view message)
      : error{std::string{context}.append(": ").append(one_line(message))} {}

 private:
  /// Behind the first line stand hints and excerpts of the statement, and in it pointers to web pages.
  static std::string one_line(std::string_view message) {
    message = message.substr(0, message.find('\n'));
    return std::string{message.substr(0, message.find(" See also http"))};
  }
};

}  // namespace spillway::duckdb
