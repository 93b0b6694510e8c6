#pragma once

#include <spillway/core/cancellation.hpp>
#include <spillway/core/progress.hpp>
#include <spillway/io/binary_records.hpp>
#include <spillway/io/random_access_file.hpp>
#include <spillway/sort/detail/byte_buffer.hpp>
#include <spillway/sort/detail/growing_entries.hpp>
#include <spillway/sort/detail/ordered_slices.hpp>
#include <spillway/sort/detail/record_fetcher.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory_resource>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace spillway::sort::detail {

/// Takes records as bytes.
template <class Sink>
concept takes_record_bytes =
    requires(Sink& sink, std::string_view bytes, std::uint64_t count) { sink.append_records(bytes, count); };

/// How the records of a `binary_reader` are had by position. A position is a record's number.
template <class T>
class binary_layout {
 public:
  using record = T;
  static constexpr std::size_t fixed_size = sizeof(T);
  static constexpr std::size_t lookahead = 0;

  binary_layout(io::binary_reader<T> const&, unsigned, std::pmr::memory_resource*) noexcept {}

  template <class Sink>
  void prepare(Sink const&) noexcept {}

  /// A cut-off last record is an error, of which reading the input in the usual way tells.
  static bool applies(io::binary_reader<T> const&, io::random_access_file const& file) noexcept {
    return file.size() % sizeof(T) == 0;
  }
  static std::uint64_t estimated_records(io::random_access_file const& file) noexcept {
    return file.size() / sizeof(T);
  }
  static std::size_t first_pass_memory(io::binary_reader<T> const&, io::random_access_file const& file,
                                       unsigned threads, std::uint64_t) noexcept {
    return file.is_mapped() ? 0 : threads * (block_size + byte_buffer::padding);
  }

  static std::uint64_t bytes(std::span<entry const> entries) noexcept { return entries.size() * sizeof(T); }

  static record_place place(std::uint64_t position) noexcept { return {position * sizeof(T), sizeof(T)}; }
  static std::size_t room(std::size_t size) noexcept { return size; }
  static char* finish(char* record, record_place const& place, std::string_view, gathered_slice&) noexcept {
    return record + place.size;
  }

  /// What `use(record_a, record_b)` gives.
  template <class Use>
  static auto with_records(io::random_access_file const& file, entry const& a, entry const& b, Use const& use) {
    return with_record(
        file, a, [&](T const& left) { return with_record(file, b, [&](T const& right) { return use(left, right); }); });
  }
  template <class Use>
  static auto with_record(io::random_access_file const& file, entry const& one, Use const& use) {
    if (file.is_mapped()) return use(mapped(file, one.position));
    alignas(T) std::array<char, sizeof(T)> bytes;
    file.read(bytes, one.position * sizeof(T));
    return use(*reinterpret_cast<T const*>(bytes.data()));
  }

  /// Fills `entries` on all threads, without the reader: everything is known beforehand. Always fits.
  template <class Prefix, class Report>
  bool collect(io::binary_reader<T>&, io::random_access_file const& file, Prefix const& prefix, unsigned threads,
               growing_entries& entries, std::pmr::memory_resource* memory, Report const& report) {
    auto const records = file.size() / sizeof(T);
    entries.reserve(records);
    entries.resize(records);
    auto const all = entries.all();
    std::vector<block> blocks;
    for (unsigned i = 0; i < threads; ++i) blocks.emplace_back(memory);
    auto const per_block = std::max<std::size_t>(1, (file.is_mapped() ? mapped_block : block_size) / sizeof(T));
    std::size_t taken = 0;
    run_in_order(
        threads, std::span{blocks},
        [&](block& next) {
          next.begin = taken;
          taken = std::min(taken + per_block, records);
          next.count = taken - next.begin;
          return next.count != 0;
        },
        [&](block& next) {
          auto const* const first = next.load(file);
          for (std::size_t i = 0; i != next.count; ++i) all[next.begin + i] = {prefix(first[i]), next.begin + i};
        },
        [&](block& done) { report((done.begin + done.count) * sizeof(T)); });
    return true;
  }

  template <class Sink>
  static void hand_over(gathered_slice const& slice, Sink& sink) {
    if constexpr (takes_record_bytes<Sink>) {
      sink.append_records(slice.text(), slice.entries.size());
    } else {
      auto const* const first = reinterpret_cast<T const*>(slice.bytes.data());
      for (std::size_t i = 0; i != slice.entries.size(); ++i) std::invoke(sink, first[i]);
    }
  }

 private:
  static constexpr std::size_t block_size = 256 * 1024;
  static constexpr std::size_t mapped_block = 4 * 1024 * 1024;

  struct block {
    explicit block(std::pmr::memory_resource* memory) : bytes{memory} {}

    T const* load(io::random_access_file const& file) {
      auto const offset = begin * sizeof(T);
      auto const size = count * sizeof(T);
      if (file.is_mapped()) {
        file.populate(offset, size);
        return &mapped(file, begin);
      }
      bytes.make_room(size);
      file.read({bytes.data(), size}, offset);
      return reinterpret_cast<T const*>(bytes.data());
    }

    std::size_t begin = 0;
    std::size_t count = 0;
    byte_buffer bytes;
  };

  static T const& mapped(io::random_access_file const& file, std::uint64_t number) noexcept {
    return *reinterpret_cast<T const*>(file.bytes().data() + number * sizeof(T));
  }
};

}  // namespace spillway::sort::detail
