#pragma once

#include <spillway/core/error.hpp>
#include <spillway/io/byte_sink.hpp>
#include <spillway/io/compression.hpp>

#include <boost/iostreams/filter/bzip2.hpp>
#include <boost/iostreams/filter/lzma.hpp>
#include <boost/iostreams/filter/zlib.hpp>
#include <boost/iostreams/filter/zstd.hpp>

#include <memory>
#include <memory_resource>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace spillway::io::detail {

/// A sink that has an end to write.
class finishing_sink : public byte_sink {
 public:
  virtual void finish() = 0;
};

/// Compresses for the sink below. See decompressing_source.hpp for how Boost's filters are used.
template <class Filter>
class compressing_sink final : public finishing_sink {
 public:
  compressing_sink(byte_sink& below, Filter filter, std::pmr::memory_resource* memory)
      : below_{below}, filter_{std::move(filter)}, buffer_(std::size_t{128} * 1024, memory) {}

  void write(std::string_view bytes) override {
    auto const* from = bytes.data();
    auto const* const from_end = from + bytes.size();
    while (from != from_end) {
      filter_.filter().filter(from, from_end, to_, to_end_, false);
      if (to_ == to_end_) hand_on();
    }
  }

  void finish() override {
    char const* none = buffer_.data();
    for (auto more = true; more;) {
      more = filter_.filter().filter(none, none, to_, to_end_, true);
      hand_on();
    }
  }

  [[nodiscard]] std::string const& name() const noexcept override { return below_.name(); }

 private:
  void hand_on() {
    below_.write({buffer_.data(), static_cast<std::size_t>(to_ - buffer_.data())});
    to_ = buffer_.data();
  }

  byte_sink& below_;
  Filter filter_;
  std::pmr::vector<char> buffer_;
  char* to_ = buffer_.data();
  char* to_end_ = to_ + buffer_.size();
};

inline int checked_level(std::optional<int> level, int fallback, int lowest, int highest) {
  if (level && (*level < lowest || *level > highest)) {
    throw argument_error{"compression level " + std::to_string(*level) + " is not within " + std::to_string(lowest) +
                         " to " + std::to_string(highest)};
  }
  return level.value_or(fallback);
}

/// Null for no compression. No file name and no time go into the output: the same bytes give the same file.
inline std::unique_ptr<finishing_sink> compress(byte_sink& below, compression kind, std::optional<int> level,
                                                std::pmr::memory_resource* memory) {
  namespace filters = boost::iostreams;
  // Stays unused.
  constexpr std::streamsize boosts_own_buffer = 1;
  auto const with = [&]<class Filter>(Filter filter) -> std::unique_ptr<finishing_sink> {
    return std::make_unique<compressing_sink<Filter>>(below, std::move(filter), memory);
  };
  switch (kind) {
    case compression::gzip: {
      filters::zlib_params parameters{checked_level(level, 6, 1, 9)};
      parameters.window_bits = 15 + 16;  // zlib's way to ask for the header and trailer of gzip
      return with(filters::zlib_compressor{parameters, boosts_own_buffer});
    }
    case compression::zstd: {
      auto const checked = static_cast<std::uint32_t>(checked_level(level, 3, 1, 19));
      return with(filters::zstd_compressor{filters::zstd_params{checked}, boosts_own_buffer});
    }
    case compression::bzip2:
      return with(filters::bzip2_compressor{filters::bzip2_params{checked_level(level, 9, 1, 9)}, boosts_own_buffer});
    case compression::xz: {
      auto const checked = static_cast<std::uint32_t>(checked_level(level, 6, 0, 9));
      return with(filters::lzma_compressor{filters::lzma_params{checked}, boosts_own_buffer});
    }
    case compression::automatic:
    case compression::none:
      break;
  }
  return nullptr;
}

}  // namespace spillway::io::detail
