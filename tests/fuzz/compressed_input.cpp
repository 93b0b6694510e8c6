// Any bytes at all, taken for a file in each of the compressed formats and for one of which nothing is known: they are
// read to their end or refused as corrupt, in the same way whatever the sizes of the reads.

#include <spillway/core/error.hpp>
#include <spillway/io/compression.hpp>
#include <spillway/io/detail/decompressing_source.hpp>
#include <spillway/io/memory_source.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>

namespace {

namespace io = spillway::io;

/// What comes out, up to some size; nothing if it is refused.
std::optional<std::string> read(std::string_view bytes, io::compression kind, std::size_t at_a_time) {
  constexpr std::size_t enough = std::size_t{1} << 20U;
  auto const source =
      io::detail::decompress(std::make_unique<io::memory_source>(bytes), kind, std::pmr::get_default_resource());
  std::string all;
  std::string buffer(at_a_time, '\0');
  try {
    for (auto got = buffer.size(); got == buffer.size() && all.size() < enough;) {
      got = source->read(buffer);
      all.append(buffer, 0, got);
    }
  } catch (spillway::corrupt_data const& e) {
    if (e.offset() > bytes.size()) std::abort();
    return std::nullopt;
  }
  all.resize(std::min(all.size(), enough));
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  std::string_view const bytes{reinterpret_cast<char const*>(data), size};
  static_cast<void>(io::compression_by_magic(bytes));
  for (auto const kind : {io::compression::gzip, io::compression::zstd, io::compression::bzip2, io::compression::xz}) {
    auto const by_magic = io::compression_by_magic(bytes);
    if (by_magic != io::compression::none && by_magic != kind) continue;
    // What comes out before an error may differ with the size of the reads, so only whole streams are compared.
    if (read(bytes, kind, 4096) != read(bytes, kind, 65536)) std::abort();
  }
  return 0;
}
