#pragma once

#include <spillway/calendar/format.hpp>
#include <spillway/io/output.hpp>

#include <charconv>
#include <chrono>
#include <concepts>
#include <string_view>

namespace make_data {

/// Fields on their way to a file.
class text_buffer {
 public:
  explicit text_buffer(spillway::io::output_file& output) : buffer_{output.buffer()} {}

  text_buffer& append(std::string_view text) {
    buffer_.append(text);
    return *this;
  }

  text_buffer& append_number(std::unsigned_integral auto number) {
    constexpr std::size_t longest = 20;
    auto* const begin = buffer_.reserve(longest);
    buffer_.advance(static_cast<std::size_t>(std::to_chars(begin, begin + longest, number).ptr - begin));
    return *this;
  }

  /// `2016-07-26T02:45:07.000`, without a zone.
  text_buffer& append_time(std::chrono::sys_time<std::chrono::milliseconds> time) {
    using namespace spillway::calendar;
    auto* const begin = buffer_.reserve(longest_instant);
    auto const* const end = write_instant(begin, time, {.fraction = fraction_digits::three, .mark = utc_mark::none});
    buffer_.advance(static_cast<std::size_t>(end - begin));
    return *this;
  }

 private:
  spillway::io::buffered_writer& buffer_;
};

}  // namespace make_data
