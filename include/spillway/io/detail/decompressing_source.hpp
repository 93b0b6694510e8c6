#pragma once

#include <spillway/core/error.hpp>
#include <spillway/io/byte_source.hpp>
#include <spillway/io/compression.hpp>
#include <spillway/io/detail/zstd_frames.hpp>

#include <boost/iostreams/filter/bzip2.hpp>
#include <boost/iostreams/filter/lzma.hpp>
#include <boost/iostreams/filter/zlib.hpp>
#include <boost/iostreams/filter/zstd.hpp>

#include <exception>
#include <ios>
#include <memory_resource>
#include <string_view>
#include <utility>
#include <vector>

namespace spillway::io::detail {

// The filters are used through their own step from buffer to buffer, `filter().filter(…)`, not through Boost's streams:
// that saves copies, keeps the heavy headers out, and shows where each stream ends. (Boost's gzip_decompressor also
// fails on a correct file of several members if one of them ends with its buffer.) The buffer that a filter has for
// Boost's streams stays unused, so it is made small.
inline constexpr std::streamsize unused_buffer = 1;

struct gzip_decoder {
  static constexpr std::string_view name = "gzip";

  bool step(char const*& from, char const* from_end, char*& to, char* to_end, bool) {
    if (ended_) {
      if (from == from_end) return false;
      filter_.filter().close();  // the next member
    }
    ended_ = !filter_.filter().filter(from, from_end, to, to_end, false);
    return true;
  }
  void pass(std::string_view) noexcept {}
  [[nodiscard]] bool complete() const noexcept { return ended_; }

 private:
  /// zlib itself reads the header of gzip and checks its sums if it is given 16 more window bits.
  static boost::iostreams::zlib_params parameters() {
    boost::iostreams::zlib_params all;
    all.window_bits = 15 + 16;
    return all;
  }

  boost::iostreams::zlib_decompressor filter_{parameters(), unused_buffer};
  bool ended_ = false;
};

struct zstd_decoder {
  static constexpr std::string_view name = "zstd";

  bool step(char const*& from, char const* from_end, char*& to, char* to_end, bool at_end) {
    return filter_.filter().filter(from, from_end, to, to_end, at_end);
  }
  void pass(std::string_view bytes) noexcept { frames_.pass(bytes); }
  [[nodiscard]] bool complete() const noexcept { return frames_.complete(); }

 private:
  boost::iostreams::zstd_decompressor filter_{unused_buffer};
  zstd_frames frames_;
};

/// Boost's filters for bzip2 and xz take several streams one after the other by themselves.
template <class Filter>
struct whole_decoder {
  bool step(char const*& from, char const* from_end, char*& to, char* to_end, bool at_end) {
    ended_ = !filter_.filter().filter(from, from_end, to, to_end, at_end);
    return !ended_;
  }
  void pass(std::string_view) noexcept {}
  [[nodiscard]] bool complete() const noexcept { return ended_; }

 protected:
  explicit whole_decoder(Filter filter) : filter_{std::move(filter)} {}

 private:
  Filter filter_;
  bool ended_ = false;
};

struct bzip2_decoder : whole_decoder<boost::iostreams::bzip2_decompressor> {
  static constexpr std::string_view name = "bzip2";
  bzip2_decoder() : whole_decoder{boost::iostreams::bzip2_decompressor{false, unused_buffer}} {}
};

struct xz_decoder : whole_decoder<boost::iostreams::lzma_decompressor> {
  static constexpr std::string_view name = "xz";
  xz_decoder() : whole_decoder{boost::iostreams::lzma_decompressor{unused_buffer}} {}
};

/// What `below` gives, decompressed. Several streams one after the other are read as one.
///
/// After an error every further read throws it again.
template <class Decoder>
class decompressing_source final : public byte_source {
 public:
  decompressing_source(byte_source_ptr below, std::size_t buffer_size, std::pmr::memory_resource* memory)
      : below_{std::move(below)}, buffer_(buffer_size, memory) {}

  std::size_t read(std::span<char> buffer) override {
    if (failure_) std::rethrow_exception(failure_);
    try {
      return decompress(buffer);
    } catch (...) {
      failure_ = std::current_exception();
      throw;
    }
  }

  [[nodiscard]] std::string const& name() const noexcept override { return below_->name(); }
  [[nodiscard]] progress position() const noexcept override { return below_->position(); }

 private:
  std::size_t decompress(std::span<char> buffer) {
    auto* to = buffer.data();
    auto* const to_end = to + buffer.size();
    while (to != to_end && !finished_) {
      if (from_ == from_end_ && !at_end_) fill();
      auto const* const from_before = from_;
      auto* const to_before = to;
      auto const more = step(to, to_end);
      auto const stuck = from_ == from_before && to == to_before && at_end_;
      finished_ = !more || stuck;
      if (finished_ && !decoder_.complete()) throw broken();
    }
    return static_cast<std::size_t>(to - buffer.data());
  }

  bool step(char*& to, char* to_end) {
    try {
      return decoder_.step(from_, from_end_, to, to_end, at_end_);
    } catch (std::ios_base::failure const&) {
      throw broken();
    }
  }

  void fill() {
    auto const got = below_->read(buffer_);
    from_ = buffer_.data();
    from_end_ = from_ + got;
    at_end_ = got == 0;
    decoder_.pass({from_, got});
  }

  [[nodiscard]] corrupt_data broken() const {
    auto const left = static_cast<std::uint64_t>(from_end_ - from_);
    auto const cut_off = at_end_ && left == 0;
    return {name(), below_->position().done - left,
            std::string{Decoder::name}.append(cut_off ? " data ends too early" : " data is damaged")};
  }

  byte_source_ptr below_;
  Decoder decoder_;
  std::pmr::vector<char> buffer_;
  char const* from_ = buffer_.data();
  char const* from_end_ = from_;
  bool at_end_ = false;
  bool finished_ = false;
  std::exception_ptr failure_;
};

inline byte_source_ptr decompress(byte_source_ptr below, compression kind, std::pmr::memory_resource* memory) {
  constexpr std::size_t buffer_size = 128 * 1024;
  auto const with = [&]<class Decoder>(Decoder*) -> byte_source_ptr {
    return std::make_unique<decompressing_source<Decoder>>(std::move(below), buffer_size, memory);
  };
  switch (kind) {
    case compression::gzip:
      return with(static_cast<gzip_decoder*>(nullptr));
    case compression::zstd:
      return with(static_cast<zstd_decoder*>(nullptr));
    case compression::bzip2:
      return with(static_cast<bzip2_decoder*>(nullptr));
    case compression::xz:
      return with(static_cast<xz_decoder*>(nullptr));
    case compression::automatic:
    case compression::none:
      break;
  }
  return below;
}

}  // namespace spillway::io::detail
