#pragma once

#include <utility>

namespace spillway::duckdb::detail {

/// Owns one of the C interface's opaque pointers.
template <class Raw, auto Destroy>
class handle {
 public:
  handle() = default;
  explicit handle(Raw raw) noexcept : raw_{raw} {}
  handle(handle&& other) noexcept : raw_{std::exchange(other.raw_, nullptr)} {}
  handle& operator=(handle&& other) noexcept {
    std::swap(raw_, other.raw_);
    return *this;
  }
  ~handle() { reset(); }

  [[nodiscard]] Raw get() const noexcept { return raw_; }
  /// For functions that store what they make.
  [[nodiscard]] Raw* out() noexcept { return &raw_; }
  void reset() noexcept {
    if (raw_ != nullptr) Destroy(&raw_);
    raw_ = nullptr;
  }

 private:
  Raw raw_ = nullptr;
};

}  // namespace spillway::duckdb::detail
