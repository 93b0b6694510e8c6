#pragma once

#include <spillway/sort/detail/record_buffer.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

namespace spillway::sort::detail {

/// The records of a sorted buffer, in batches.
template <class Order>
class buffer_source {
 public:
  explicit buffer_source(record_buffer<Order> const& buffer) : buffer_{&buffer} {}

  [[nodiscard]] std::span<char const* const> next() {
    auto const left = buffer_->entries().subspan(at_);
    auto const size = std::min(left.size(), batch_.size());
    for (std::size_t i = 0; i < size; ++i) batch_[i] = buffer_->packed(left[i]);
    at_ += size;
    return {batch_.data(), size};
  }

 private:
  record_buffer<Order> const* buffer_;
  std::size_t at_ = 0;
  std::array<char const*, 256> batch_{};
};

}  // namespace spillway::sort::detail
