#pragma once

#include <spillway/core/error.hpp>
#include <spillway/io/csv_reader.hpp>
#include <spillway/io/csv_row.hpp>
#include <spillway/io/csv_writer.hpp>
#include <spillway/io/random_access_file.hpp>
#include <spillway/sort/csv_codec.hpp>
#include <spillway/sort/detail/byte_buffer.hpp>
#include <spillway/sort/detail/entry.hpp>
#include <spillway/sort/detail/growing_entries.hpp>
#include <spillway/sort/detail/record_codec.hpp>
#include <spillway/sort/detail/record_fetcher.hpp>

#include <algorithm>
#include <atomic>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <memory_resource>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace spillway::sort::detail {

/// Takes rows as bytes in a format that it tells.
template <class Sink>
concept takes_row_bytes = requires(Sink& sink, std::string_view bytes, std::uint64_t count) {
  sink.append_rows(bytes, count);
  { sink.format() } -> std::convertible_to<io::csv_format>;
};

/// The same, but only rows that it says it takes together: those between two that it is shown.
template <class Sink>
concept takes_rows_together = takes_row_bytes<Sink> && requires(Sink& sink, io::csv_row const& row) {
  { sink.takes_together(row, row) } -> std::same_as<bool>;
};

/// How the rows of a `csv_reader` are had by position. A position is a row's offset in the file and, in its lowest
/// bits, its length without the line end. Lengths that don't fit there are kept apart.
class csv_layout {
 public:
  using record = io::csv_row;
  static constexpr std::size_t fixed_size = 0;
  static constexpr std::size_t lookahead = 2;

  csv_layout(io::csv_reader const& reader, unsigned threads, std::pmr::memory_resource* memory)
      : delimiter_{reader.delimiter()}, quote_{reader.quote()}, codec_{io_codec{reader}}, long_rows_{memory} {
    for (unsigned i = 0; i <= threads; ++i) parsers_.push_back(std::make_unique<parser>(memory));
  }

  static bool applies(io::csv_reader const&, io::random_access_file const& file) noexcept {
    return file.size() >> offset_bits == 0;
  }

  /// By the line ends in some places of the file.
  static std::uint64_t estimated_records(io::random_access_file const& file) {
    constexpr std::size_t places = 16;
    std::array<char, 4096> bytes;
    std::uint64_t lines = 0;
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i != places; ++i) {
      auto const size = std::min(bytes.size(), file.size());
      file.read({bytes.data(), size}, (file.size() - size) / (places - 1) * i);
      lines += static_cast<std::uint64_t>(std::count(bytes.data(), bytes.data() + size, '\n'));
      seen += size;
    }
    if (seen == 0) return 0;
    auto const share = static_cast<double>(lines + places) / static_cast<double>(seen);
    return static_cast<std::uint64_t>(share * 1.05 * static_cast<double>(file.size())) + 1;
  }

  /// Entries of the chunks that are worked on.
  static std::size_t first_pass_memory(io::csv_reader const& reader, io::random_access_file const& file,
                                       unsigned threads, std::uint64_t records) {
    auto const rows =
        records * std::min(reader.options().chunk_size, file.size()) / std::max<std::size_t>(file.size(), 1);
    return static_cast<std::size_t>(rows + 16) * sizeof(entry) * 4 * threads;
  }

  [[nodiscard]] std::uint64_t bytes(std::span<entry const> entries) const noexcept {
    std::uint64_t sum = 0;
    for (auto const& each : entries) sum += place(each.position).size;
    return sum;
  }

  [[nodiscard]] record_place place(std::uint64_t position) const noexcept {
    auto const size = static_cast<std::size_t>(position & longest);
    auto const offset = position >> size_bits;
    return {offset, size == longest ? long_size(offset) : size};
  }
  [[nodiscard]] std::size_t room(std::size_t size) const noexcept { return size + line_end_.size(); }

  /// \throws io::file_changed if the row no longer ends where it did.
  char* finish(char* row, record_place const& place, std::string_view behind, gathered_slice& slice) const {
    if (!behind.empty() && behind.front() != '\n' && behind != "\r\n" && behind != "\r") [[unlikely]]
      throw io::file_changed{source_};
    // What a writer does not write as it is.
    if (place.size == 0 || row[place.size - 1] == '\r' || *row == '\xEF') [[unlikely]]
      slice.plain = false;
    auto* const end = row + place.size;
    // A carriage return that belongs to the row is told from one of its line end by another one behind it.
    *end = end != row && end[-1] == '\r' ? '\r' : line_end_.front();
    if (line_end_.size() == 1) return end + 1;
    end[1] = line_end_[1];
    return end + 2;
  }

  template <class Use>
  auto with_records(io::random_access_file const& file, entry const& a, entry const& b, Use const& use) const {
    auto const held = take_parser();
    return use(held->parse(codec_, file, place(a.position), 0), held->parse(codec_, file, place(b.position), 1));
  }

  template <class Use>
  auto with_record(io::random_access_file const& file, entry const& one, Use const& use) const {
    auto const held = take_parser();
    return use(held->parse(codec_, file, place(one.position), 0));
  }

  template <class Prefix, class Report>
  bool collect(io::csv_reader& reader, io::random_access_file const& file, Prefix const& prefix, unsigned threads,
               growing_entries& entries, std::pmr::memory_resource* memory, Report const& report) {
    source_ = file.path();
    std::atomic<std::size_t> rows_in_chunk{0};
    try {
      reader.for_each_batch(
          threads,
          [&] {
            batch made{std::pmr::vector<entry>{memory}, std::pmr::vector<record_place>{memory}};
            made.entries.reserve(rows_in_chunk.load(std::memory_order_relaxed));
            return made;
          },
          [&](batch& into, io::csv_row const& row) { add(into, prefix(row), row.offset(), row.verbatim().size()); },
          [&](batch& done) {
            if (!entries.append(done.entries)) throw outgrown{};
            long_rows_.insert(long_rows_.end(), done.long_rows.begin(), done.long_rows.end());
            rows_in_chunk.store(done.entries.size() + done.entries.size() / 8, std::memory_order_relaxed);
            if (!done.entries.empty()) report(done.entries.back().position >> size_bits);
          });
    } catch (outgrown const&) {
      read_again(reader, file);
      return false;
    }
    return true;
  }

  template <class Sink>
  void prepare(Sink const& sink) {
    if constexpr (takes_row_bytes<Sink>) {
      io::csv_format const format = sink.format();
      as_is_ = format.delimiter == delimiter_ && format.quote == quote_;
      if (format.line_end == io::line_end::crlf) line_end_ = "\r\n";
    }
  }

  template <class Sink>
  void hand_over(gathered_slice const& slice, Sink& sink) const {
    if constexpr (takes_row_bytes<Sink>) {
      if (as_is_ && slice.plain && goes_together(slice, sink)) {
        sink.append_rows(slice.text(), slice.entries.size());
        return;
      }
    }
    auto const held = take_parser();
    auto const* at = slice.bytes.data();
    for (auto const& each : slice.entries) {
      auto const size = place(each.position).size;
      std::invoke(sink, held->parse(codec_, at, size, source_, 0));
      at += room(size);
    }
  }

 private:
  template <class Sink>
  bool goes_together([[maybe_unused]] gathered_slice const& slice, [[maybe_unused]] Sink& sink) const {
    if constexpr (takes_rows_together<Sink>) {
      auto const held = take_parser();
      auto const first = place(slice.entries.front().position).size;
      auto const last = place(slice.entries.back().position).size;
      auto const* const at_last = slice.text().data() + slice.text().size() - room(last);
      return sink.takes_together(held->parse(codec_, slice.text().data(), first, source_, 0),
                                 held->parse(codec_, at_last, last, source_, 1));
    } else {
      return true;
    }
  }

  static constexpr unsigned offset_bits = 40;
  static constexpr unsigned size_bits = 64 - offset_bits;
  static constexpr std::uint64_t longest = (std::uint64_t{1} << size_bits) - 1;

  using io_codec = csv_row_codec;
  using codec = record_codec<io::csv_row, csv_row_codec>;

  struct outgrown {};

  struct batch {
    std::pmr::vector<entry> entries;
    std::pmr::vector<record_place> long_rows;
  };

  /// What it takes to look at two rows at once.
  struct parser {
    explicit parser(std::pmr::memory_resource* memory)
        : bytes{byte_buffer{memory}, byte_buffer{memory}},
          slots{typename codec::slot{memory}, typename codec::slot{memory}} {}

    /// One more byte than the row's can be read.
    io::csv_row const& parse(codec const& with, char const* row, std::size_t size, std::string const& source,
                             std::size_t slot) {
      bool const ends_in_return = size != 0 && row[size - 1] == '\r';
      try {
        return with.read({row, size + (ends_in_return ? 1 : 0)}, slots[slot]);
      } catch (value_error const&) {
        throw io::file_changed{source};
      }
    }
    io::csv_row const& parse(codec const& with, io::random_access_file const& file, record_place const& place,
                             std::size_t slot) {
      if (file.is_mapped()) return parse(with, file.bytes().data() + place.offset, place.size, file.path(), slot);
      auto& buffer = bytes[slot];
      buffer.make_room(place.size + 1);
      file.read({buffer.data(), place.size}, place.offset);
      buffer.data()[place.size] = '\r';
      return parse(with, buffer.data(), place.size, file.path(), slot);
    }

    std::atomic_flag taken;
    std::array<byte_buffer, 2> bytes;
    std::array<typename codec::slot, 2> slots;
  };

  struct give_back {
    void operator()(parser* held) const noexcept { held->taken.clear(std::memory_order_release); }
  };

  /// There are as many as threads.
  [[nodiscard]] std::unique_ptr<parser, give_back> take_parser() const noexcept {
    for (;;) {
      for (auto const& each : parsers_) {
        if (!each->taken.test_and_set(std::memory_order_acquire)) return std::unique_ptr<parser, give_back>{each.get()};
      }
    }
  }

  static void add(batch& into, std::uint64_t prefix, std::uint64_t offset, std::size_t size) {
    if (size >= longest) [[unlikely]]
      into.long_rows.push_back({offset, size});
    into.entries.push_back({prefix, offset << size_bits | std::min<std::uint64_t>(size, longest)});
  }

  [[nodiscard]] std::size_t long_size(std::uint64_t offset) const noexcept {
    return std::lower_bound(long_rows_.begin(), long_rows_.end(), offset,
                            [](record_place const& row, std::uint64_t at) { return row.offset < at; })
        ->size;
  }

  /// Makes the reader read from the start once more. Rows that were rejected are not handed on a second time.
  static void read_again(io::csv_reader& reader, io::random_access_file const& file) {
    auto options = reader.options();
    if (options.rejects) {
      options.rejects = [known = reader.result().rejected,
                         on = std::move(options.rejects)](io::reject const& row) mutable {
        if (known == 0) on(row);
        if (known != 0) --known;
      };
    }
    reader = io::read_csv(file.path(), std::move(options));
    if (auto const input = reader.reread()) file.throw_if_not(input->state);
  }

  char delimiter_;
  std::optional<char> quote_;
  codec codec_;
  std::string source_;
  std::string_view line_end_ = "\n";
  bool as_is_ = false;
  /// In the order of the file.
  std::pmr::vector<record_place> long_rows_;
  std::vector<std::unique_ptr<parser>> parsers_;
};

}  // namespace spillway::sort::detail
