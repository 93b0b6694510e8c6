#include "pipeline/check_data/reference.hpp"

#include <spillway/core/error.hpp>
#include <spillway/core/hash.hpp>
#include <spillway/io/input.hpp>
#include <spillway/io/output.hpp>

#include <bit>
#include <cstddef>
#include <span>
#include <string_view>

namespace pipeline {

namespace io = spillway::io;
namespace stats = spillway::stats;

namespace {

/// A newer format has another one.
constexpr std::string_view magic = "spillway reference 1\n";

class writer {
 public:
  void number(std::uint64_t value) {
    for (unsigned i = 0; i < 8; ++i) bytes_ += static_cast<char>(value >> (8 * i) & 0xFFU);
  }
  void number(double value) { number(std::bit_cast<std::uint64_t>(value)); }
  void text(std::string_view value) {
    number(std::uint64_t{value.size()});
    bytes_ += value;
  }
  [[nodiscard]] std::string const& bytes() const noexcept { return bytes_; }

 private:
  std::string bytes_{magic};
};

class reader {
 public:
  reader(std::string const& path, std::string_view bytes) : path_{path}, bytes_{bytes}, at_{magic.size()} {}

  std::uint64_t number() {
    auto const bytes = take(8);
    std::uint64_t value = 0;
    for (unsigned i = 0; i < 8; ++i) value |= std::uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
    return value;
  }
  double real() { return std::bit_cast<double>(number()); }
  std::string_view text() { return take(number()); }
  [[noreturn]] void fail() const { throw spillway::corrupt_data{path_, at_, "damaged reference"}; }

 private:
  std::string_view take(std::uint64_t size) {
    if (size > bytes_.size() - at_) fail();
    auto const taken = bytes_.substr(at_, static_cast<std::size_t>(size));
    at_ += taken.size();
    return taken;
  }

  std::string const& path_;
  std::string_view bytes_;
  std::size_t at_;
};

void write(writer& out, feature_summary const& of) {
  out.text(of.name);
  out.number(static_cast<std::uint64_t>(of.kind));
  out.number(of.missing);
  if (is_numeric(of.kind)) {
    out.number(of.description.count);
    out.number(of.description.infinite);
    out.number(of.description.negative_infinite);
    out.number(of.description.mean);
    out.number(of.description.standard_deviation);
    auto const bytes = of.distribution.value().to_bytes();
    out.text({reinterpret_cast<char const*>(bytes.data()), bytes.size()});
    return;
  }
  out.number(std::uint64_t{of.categories.size()});
  for (auto const& [category, count] : of.categories) {
    out.text(category);
    out.number(count);
  }
}

feature_summary read_feature(reader& in) {
  feature_summary read;
  read.name = in.text();
  auto const kind = in.number();
  if (kind > static_cast<std::uint64_t>(feature_kind::category)) in.fail();
  read.kind = static_cast<feature_kind>(kind);
  read.missing = in.number();
  if (is_numeric(read.kind)) {
    read.description = {in.number(), in.number(), in.number(), in.real(), in.real()};
    auto const bytes = in.text();
    read.distribution = stats::distribution_summary::from_bytes(std::as_bytes(std::span{bytes}));
    return read;
  }
  for (auto left = in.number(); left != 0; --left) {
    std::string category{in.text()};
    auto const count = in.number();
    read.categories.emplace_back(std::move(category), count);
  }
  return read;
}

}  // namespace

void save(reference const& of, std::string const& path) {
  writer out;
  out.text(of.name);
  out.number(of.rows);
  out.number(std::uint64_t{of.features.size()});
  for (auto const& each : of.features) write(out, each);
  out.number(spillway::hash64(std::string_view{out.bytes()}));
  io::output_file file{path, {.compression = io::compression::none}};
  file.append(out.bytes());
  file.commit();
}

reference load_reference(std::string const& path) {
  auto const source = io::open_input(path);
  std::string bytes;
  std::vector<char> block(1U << 20U);
  while (auto const size = source->read(block)) bytes.append(block.data(), size);
  constexpr std::size_t checksum = 8;
  std::string_view const all{bytes};
  if (!all.starts_with(magic) || all.size() < magic.size() + checksum)
    throw spillway::error{"'" + path + "' is no reference that check-data saved"};
  reader in{path, all.substr(0, all.size() - checksum)};
  std::uint64_t stored = 0;
  for (unsigned i = 0; i < checksum; ++i) {
    stored |= std::uint64_t{static_cast<unsigned char>(all[all.size() - checksum + i])} << (8 * i);
  }
  if (spillway::hash64(all.substr(0, all.size() - checksum)) != stored) in.fail();
  reference read;
  read.name = in.text();
  read.rows = in.number();
  for (auto left = in.number(); left != 0; --left) read.features.push_back(read_feature(in));
  return read;
}

}  // namespace pipeline
