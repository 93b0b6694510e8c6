#pragma once

#include <spillway/core/error.hpp>
#include <spillway/io/block_compression.hpp>
#include <spillway/io/scratch.hpp>
#include <spillway/sort/options.hpp>

#include <cstddef>
#include <memory_resource>
#include <span>
#include <vector>

namespace spillway::sort::detail {

/// A block on scratch, and how many bytes of how many records it is worth: more bytes than it takes up there if it is
/// compressed.
struct stored_block {
  io::scratch_block where;
  std::size_t size = 0;
  std::size_t records = 0;
};

/// Keeps blocks of runs on scratch. Thread safe, as scratch is.
class block_store {
 public:
  block_store(io::scratch_options const& options, run_compression compression, std::pmr::memory_resource* memory)
      : scratch_{options}, compression_{compression}, memory_{memory} {}

  stored_block append(std::span<char const> bytes, std::size_t records) {
    if (compression_ == run_compression::zstd) {
      try {
        std::pmr::vector<char> compressed(bytes.size(), memory_);
        auto const size = io::block_compression::compress(bytes, std::span{compressed}.first(bytes.size() - 1));
        if (size != 0) return {scratch_.append(std::span{compressed}.first(size)), bytes.size(), records};
      } catch (budget_exceeded const&) {
        // A block of one large record may have to stay as it is.
      }
    }
    return {scratch_.append(bytes), bytes.size(), records};
  }

  /// To the front of `buffer`; what is on scratch is gone then.
  void take(stored_block const& block, std::span<char> buffer) {
    if (block.where.size == block.size) {
      scratch_.read(block.where, buffer);
    } else {
      std::pmr::vector<char> compressed(static_cast<std::size_t>(block.where.size), memory_);
      scratch_.read(block.where, compressed);
      io::block_compression::decompress(compressed, buffer.first(block.size));
    }
    scratch_.release(block.where);
  }

  [[nodiscard]] io::scratch_space& scratch() noexcept { return scratch_; }
  [[nodiscard]] io::scratch_space const& scratch() const noexcept { return scratch_; }

 private:
  io::scratch_space scratch_;
  run_compression compression_;
  std::pmr::memory_resource* memory_;
};

}  // namespace spillway::sort::detail
