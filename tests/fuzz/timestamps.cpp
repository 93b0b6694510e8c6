// All paths that read a timestamp agree, nothing outside the text is read, and what is read can be written and read
// again.
#include <spillway/calendar/format.hpp>
#include <spillway/calendar/parse.hpp>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string_view>

namespace {

namespace calendar = spillway::calendar;

void require(bool holds) {
  if (!holds) std::abort();
}

template <class Duration>
void read_and_write(std::string_view text) {
  auto const time = calendar::try_parse_instant<Duration>(text);
  if (!time) return;
  require(calendar::parse_instant<Duration>(calendar::format_instant(*time)) == *time);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  auto const exact = std::make_unique<char[]>(size);  // so that the sanitizer sees a read beyond the end
  for (std::size_t i = 0; i < size; ++i) exact[i] = static_cast<char>(data[i]);
  std::string_view const text{exact.get(), size};
  auto const by_bytes = calendar::detail::scan_instant_bytewise(text);
  require(calendar::detail::scan_instant_by<calendar::detail::fastest_path>(text) == by_bytes);
  require(calendar::detail::scan_instant_by<calendar::detail::by_words>(text) == by_bytes);
  read_and_write<std::chrono::seconds>(text);
  read_and_write<std::chrono::milliseconds>(text);
  read_and_write<std::chrono::microseconds>(text);
  read_and_write<std::chrono::nanoseconds>(text);
  for (auto const unit : {calendar::epoch_unit::seconds, calendar::epoch_unit::nanoseconds}) {
    try {
      auto const time = calendar::parse_epoch(text, unit);
      require(calendar::parse_instant(calendar::format_instant(time)) == time);
    } catch (spillway::value_error const&) {
    }
  }
  return 0;
}
