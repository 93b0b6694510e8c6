#include "pipeline/open_source.hpp"

#include <spillway/core/error.hpp>
#include <spillway/io/input.hpp>

#include <array>
#include <cstring>
#include <memory>
#include <utility>

namespace pipeline {

namespace io = spillway::io;

namespace {

constexpr std::string_view parquet_magic = "PAR1";

/// A source whose first bytes were read already.
class resumed_source final : public io::byte_source {
 public:
  resumed_source(std::array<char, parquet_magic.size()> start, std::size_t size, io::byte_source_ptr rest)
      : start_{start}, size_{size}, rest_{std::move(rest)} {}

  std::size_t read(std::span<char> buffer) override {
    auto const replayed = std::min(buffer.size(), size_ - at_);
    std::memcpy(buffer.data(), start_.data() + at_, replayed);
    at_ += replayed;
    return replayed == buffer.size() ? replayed : replayed + rest_->read(buffer.subspan(replayed));
  }
  [[nodiscard]] std::string const& name() const noexcept override { return rest_->name(); }
  [[nodiscard]] spillway::progress position() const noexcept override { return rest_->position(); }

 private:
  std::array<char, parquet_magic.size()> start_;
  std::size_t size_;
  std::size_t at_ = 0;
  io::byte_source_ptr rest_;
};

}  // namespace

opened_source open_source(std::string const& name, std::stop_token stop) {
  if (name.starts_with("bigquery:")) {
    throw spillway::error{"'" + name + "': this version reads Parquet and CSV files, no BigQuery tables"};
  }
  auto bytes = io::open_input(name, {.stop = std::move(stop)});
  std::array<char, parquet_magic.size()> start{};
  auto const size = bytes->read(start);
  auto const is_parquet = std::string_view{start.data(), size} == parquet_magic;
  auto const plain = bytes->reread().has_value();
  if (is_parquet && plain) return {file_format::parquet, name, nullptr};
  return {is_parquet ? file_format::parquet : file_format::csv, plain ? name : std::string{},
          std::make_unique<resumed_source>(start, size, std::move(bytes))};
}

}  // namespace pipeline
