#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace spillway {

/// Base of everything the library throws on its own account. `what()` is one line that a person can act on.
///
/// Exceptions of the caller's own comparators, sinks, steps and allocators pass through unchanged.
class error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// An argument or option that makes no sense: a negative tolerance, a budget of zero, an unknown column.
class argument_error : public error {
 public:
  using error::error;
};

/// The operating system refused: a missing file, a full disk, a failing device.
class io_error : public error {
 public:
  io_error(std::string operation, std::string path, std::error_code code)
      : error{operation + " '" + path + "': " + code.message()},
        operation_{std::move(operation)},
        path_{std::move(path)},
        code_{code} {}

  /// What was tried: "open", "read", "write", ….
  [[nodiscard]] std::string const& operation() const noexcept { return operation_; }
  [[nodiscard]] std::string const& path() const noexcept { return path_; }
  /// The system's own code, in `std::generic_category` terms: `code() == std::errc::no_space_on_device`.
  [[nodiscard]] std::error_code code() const noexcept { return code_; }

 private:
  std::string operation_;
  std::string path_;
  std::error_code code_;
};

/// Bytes that came back from storage are not the bytes that were written, or are not in the format they claim.
class corrupt_data : public error {
 public:
  corrupt_data(std::string_view path, std::uint64_t offset, std::string_view problem)
      : error{std::string{path} + ", byte " + std::to_string(offset) + ": " + std::string{problem}}, offset_{offset} {}

  [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }

 private:
  std::uint64_t offset_;
};

/// One value that is not what it should be, without its place. Readers catch it and rethrow a `parse_error`
/// that knows file, line and column.
class value_error : public error {
 public:
  value_error(std::string_view expected, std::string_view found)
      : error{"expected " + std::string{expected} + ", found " + quoted(found)},
        expected_{expected},
        found_{quoted(found)} {}

  [[nodiscard]] std::string const& expected() const noexcept { return expected_; }
  /// The offending text in quotes: cut to 60 bytes, with bytes that are not printable ASCII as `\xNN`.
  [[nodiscard]] std::string const& found() const noexcept { return found_; }

  static std::string quoted(std::string_view text) {
    constexpr std::size_t longest = 60;
    constexpr std::string_view digits = "0123456789abcdef";
    std::string out{'\''};
    for (char const c : text.substr(0, longest)) {
      if (c >= ' ' && c <= '~') {
        out += c;
      } else {
        auto const byte = static_cast<unsigned char>(c);
        out += "\\x";
        out += digits[byte >> 4U];
        out += digits[byte & 15U];
      }
    }
    out += text.size() > longest ? "'…" : "'";
    return out;
  }

 private:
  std::string expected_;
  std::string found_;
};

/// A place in a text input. Lines and columns count from 1, columns in bytes, offsets from 0.
struct text_position {
  std::uint64_t line = 0;
  std::uint64_t column = 0;
  std::uint64_t offset = 0;
  friend bool operator==(text_position const&, text_position const&) = default;
};

/// Malformed input: `events.csv:17:3: expected 2 fields, found 3`.
class parse_error : public error {
 public:
  /// A column of 0 means the whole line and is left out of `what()`.
  parse_error(std::string_view source, text_position position, std::string_view problem)
      : error{describe(source, position, problem)}, source_{source}, position_{position}, problem_{problem} {}

  [[nodiscard]] std::string const& source() const noexcept { return source_; }
  [[nodiscard]] text_position position() const noexcept { return position_; }
  /// What is wrong, without the place.
  [[nodiscard]] std::string const& problem() const noexcept { return problem_; }

 private:
  static std::string describe(std::string_view source, text_position position, std::string_view problem) {
    auto text = std::string{source} + ':' + std::to_string(position.line);
    if (position.column != 0) text += ':' + std::to_string(position.column);
    return text.append(": ").append(problem);
  }

  std::string source_;
  text_position position_;
  std::string problem_;
};

/// An allocation would have taken a `memory_budget` past its limit.
class budget_exceeded : public error {
 public:
  budget_exceeded(std::size_t requested, std::size_t used, std::size_t limit)
      : error{"memory budget of " + std::to_string(limit) + " bytes exceeded: " + std::to_string(used) + " in use, " +
              std::to_string(requested) + " more asked for"},
        requested_{requested},
        used_{used},
        limit_{limit} {}

  [[nodiscard]] std::size_t requested() const noexcept { return requested_; }
  [[nodiscard]] std::size_t used() const noexcept { return used_; }
  [[nodiscard]] std::size_t limit() const noexcept { return limit_; }

 private:
  std::size_t requested_;
  std::size_t used_;
  std::size_t limit_;
};

/// A stop was requested through the caller's `std::stop_token`.
class cancelled : public error {
 public:
  cancelled() : error{"cancelled"} {}
};

}  // namespace spillway
