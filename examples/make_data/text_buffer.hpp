#pragma once

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
    constexpr std::size_t longest = 32;
    auto* const begin = buffer_.reserve(longest);
    buffer_.advance(static_cast<std::size_t>(format_time(begin, time) - begin));
    return *this;
  }

 private:
  static char* format_time(char* at, std::chrono::sys_time<std::chrono::milliseconds> time) {
    auto const day = std::chrono::floor<std::chrono::days>(time);
    std::chrono::year_month_day const date{day};
    auto const digits = [&](unsigned number, unsigned width) {
      for (auto place = width; place-- > 0; number /= 10) at[place] = static_cast<char>('0' + number % 10);
      at += width;
    };
    auto const of_day = static_cast<unsigned>((time - day).count());
    digits(static_cast<unsigned>(static_cast<int>(date.year())), 4);
    *at++ = '-';
    digits(static_cast<unsigned>(date.month()), 2);
    *at++ = '-';
    digits(static_cast<unsigned>(date.day()), 2);
    *at++ = 'T';
    digits(of_day / 3'600'000, 2);
    *at++ = ':';
    digits(of_day / 60'000 % 60, 2);
    *at++ = ':';
    digits(of_day / 1000 % 60, 2);
    *at++ = '.';
    digits(of_day % 1000, 3);
    return at;
  }

  spillway::io::buffered_writer& buffer_;
};

}  // namespace make_data
