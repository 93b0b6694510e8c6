#include <spillway/core/hash.hpp>
#include <spillway/stats/distribution_summary.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <vector>

// Bytes are refused or are a summary that is written as it was read. A right checksum is put behind them, so that what
// lies behind that check is tried too.
namespace {

namespace stats = spillway::stats;

void check(std::span<std::byte const> bytes) {
  try {
    auto const summary = stats::distribution_summary::from_bytes(bytes);
    if (!(stats::distribution_summary::from_bytes(summary.to_bytes()) == summary)) std::abort();
  } catch (spillway::corrupt_data const&) {
  } catch (spillway::argument_error const&) {  // of a later version
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  auto const bytes = std::as_bytes(std::span{data, size});
  check(bytes);
  std::vector<std::byte> sealed{bytes.begin(), bytes.end()};
  auto const sum = spillway::hash64(bytes);
  for (unsigned shift = 0; shift < 64; shift += 8) sealed.push_back(static_cast<std::byte>(sum >> shift));
  check(sealed);
  return 0;
}
