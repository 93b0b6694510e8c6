#pragma once

#include <spillway/io/scratch.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace spillway::sort::detail {

/// A block on scratch, and how many bytes it is worth.
struct stored_block {
  io::scratch_block where;
  std::size_t size = 0;
};

/// Keeps blocks of runs on scratch.
class block_store {
 public:
  explicit block_store(io::scratch_options const& options) : scratch_{options} {}

  stored_block append(std::span<char const> bytes) { return {scratch_.append(bytes), bytes.size()}; }

  /// To the front of `buffer`; what is on scratch is gone then.
  void take(stored_block const& block, std::span<char> buffer) {
    scratch_.read(block.where, buffer);
    scratch_.release(block.where);
  }

  [[nodiscard]] io::scratch_space& scratch() noexcept { return scratch_; }
  [[nodiscard]] io::scratch_space const& scratch() const noexcept { return scratch_; }

 private:
  io::scratch_space scratch_;
};

}  // namespace spillway::sort::detail
