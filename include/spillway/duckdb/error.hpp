#pragma once

#include <spillway/core/error.hpp>

#include <string>
#include <string_view>

namespace spillway::duckdb {

/// DuckDB refused: its own words, cut to one line.
class database_error : public error {
 public:
  explicit database_error(std::string_view message) : error{one_line(message)}, full_message_{message} {}
  database_error(std::string_view context, std::string_view message)
      : error{std::string{context}.append(": ").append(one_line(message))}, full_message_{message} {}

  /// All lines.
  [[nodiscard]] std::string const& full_message() const noexcept { return full_message_; }

 private:
  /// Behind the first line stand hints and excerpts of the statement, and in it pointers to web pages.
  static std::string one_line(std::string_view message) {
    message = message.substr(0, message.find('\n'));
    return std::string{message.substr(0, message.find(" See also http"))};
  }

  std::string full_message_;
};

}  // namespace spillway::duckdb
