#pragma once

#include <spillway/io/byte_source.hpp>

#include <string_view>
#include <utility>

namespace spillway::io {

/// Reads bytes that are in memory already. They must outlive it.
class memory_source final : public byte_source {
 public:
  explicit memory_source(std::string_view bytes, std::string name = "<memory>")
      : bytes_{bytes}, name_{std::move(name)} {}

  std::size_t read(std::span<char> buffer) override {
    auto const got = bytes_.copy(buffer.data(), buffer.size(), at_);
    at_ += got;
    return got;
  }

  [[nodiscard]] std::string const& name() const noexcept override { return name_; }
  [[nodiscard]] progress position() const noexcept override { return {"read", at_, bytes_.size()}; }

 private:
  std::string_view bytes_;
  std::string name_;
  std::size_t at_ = 0;
};

}  // namespace spillway::io
