#pragma once

#include <spillway/core/cancellation.hpp>
#include <spillway/core/error.hpp>
#include <spillway/core/memory_budget.hpp>
#include <spillway/core/progress.hpp>
#include <spillway/io/plain_file.hpp>
#include <spillway/io/random_access_file.hpp>
#include <spillway/sort/detail/binary_gather.hpp>
#include <spillway/sort/detail/csv_gather.hpp>
#include <spillway/sort/detail/growing_entries.hpp>
#include <spillway/sort/detail/key_order.hpp>
#include <spillway/sort/detail/key_words.hpp>
#include <spillway/sort/detail/ordered_slices.hpp>
#include <spillway/sort/detail/record_fetcher.hpp>
#include <spillway/sort/detail/sort_entries.hpp>
#include <spillway/sort/options.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory_resource>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace spillway::sort::detail {

/// Says how the records of a reader are had by position; nothing for readers that can't be read so.
template <class Reader>
struct layout_of;

template <class T>
struct layout_of<io::binary_reader<T>> {
  using type = binary_layout<T>;
};

template <>
struct layout_of<io::csv_reader> {
  using type = csv_layout;
};

/// A reader whose input can be read by position, if it happens to be a plain file.
template <class Reader>
concept positioned_reader = requires { typename layout_of<Reader>::type; };

/// Sorts the records of a plain file by their keys alone: one pass over the file for prefixes and positions, and one
/// that fetches the records in their order.
template <class Reader, class Less, class Key>
class gatherer {
  using layout = typename layout_of<Reader>::type;
  using record = typename layout::record;
  using key_type = std::remove_cvref_t<std::invoke_result_t<Key const&, record const&>>;
  using order = key_order<Less, key_type>;
  using words = key_words<Less, key_type>;

 public:
  gatherer(Reader& reader, Less const& less, Key const& key, external_options const& options)
      : reader_{reader},
        less_{less},
        key_{key},
        options_{options},
        memory_{budget_of(options), options.memory},
        slices_{2 * std::size_t{options.threads} + 1},
        slice_size_{std::clamp<std::size_t>(memory_.limit() / (8 * slices_), 4096, std::size_t{1} << 20U)},
        layout_{reader, options.threads, &memory_} {}

  /// Nothing if the records should go another way. The reader is as it was then, or reads from the start again.
  template <class Sink>
  std::optional<external_result> run(Sink& sink) {
    auto const start = clock::now();
    auto const file = open_input();
    if (!file || !layout::applies(reader_, *file)) return std::nullopt;
    auto const estimate = layout_.estimated_records(*file);
    auto const most = memory_for_entries(*file, estimate);
    if (estimate > most / sizeof(entry)) return std::nullopt;
    if (is_automatic() && file->share_in_cache() < least_in_cache) return std::nullopt;

    layout_.prepare(std::as_const(sink));
    growing_entries entries{most, &memory_};
    entries.reserve(static_cast<std::size_t>(estimate));
    if (!collect(*file, entries)) return std::nullopt;
    sort(*file, entries.all());
    external_result result{.records = entries.size(), .bytes = layout_.bytes(entries.all())};
    result.seconds_forming = seconds_since(start);
    gather(*file, entries.all(), sink, result);
    result.method = sort_method::by_position;
    result.peak_memory = memory_.peak();
    if (file->is_mapped()) result.bytes_mapped = file->size();
    result.seconds_merging = seconds_since(start) - result.seconds_forming;
    return result;
  }

 private:
  using clock = std::chrono::steady_clock;
  /// Of a file, for it to be read at random: what is missing costs a seek or a request to the device each.
  static constexpr double least_in_cache = 0.95;
  static constexpr std::size_t largest_read_slice = std::size_t{64} << 20U;

  static std::size_t budget_of(external_options const& options) {
    if (options.threads == 0) throw argument_error{"sorting takes at least one thread"};
    if (options.budget != 0) return options.budget;
    auto const* const budget = dynamic_cast<memory_budget const*>(options.memory);
    return budget != nullptr ? budget->remaining() : 256_MiB;
  }
  static double seconds_since(clock::time_point start) {
    return std::chrono::duration<double>(clock::now() - start).count();
  }

  [[nodiscard]] bool is_automatic() const noexcept { return options_.access == input_access::automatic; }

  /// The file that the reader has opened, if it is still there.
  [[nodiscard]] std::optional<io::random_access_file> open_input() const {
    using enum io::file_access;
    auto const input = reader_.reread();
    if (!input || options_.access == input_access::runs || (!order::known && is_automatic())) return std::nullopt;
    try {
      io::random_access_file file{input->path, options_.access == input_access::unmapped ? unmapped : mapped};
      file.throw_if_not(input->state);
      return file;
    } catch (io_error const&) {
      // No matter: the reader has it open.
    } catch (io::file_changed const&) {
    }
    return std::nullopt;
  }

  /// What is left beside the most that is needed for something else at any time.
  [[nodiscard]] std::size_t memory_for_entries(io::random_access_file const& file, std::uint64_t estimate) const {
    auto const others = std::max({layout::first_pass_memory(reader_, file, options_.threads, estimate),
                                  sort_entries_memory(options_.threads), slices_ * memory_of_slice(file)});
    return memory_.limit() - std::min(memory_.limit(), others);
  }

  /// Records, and if they are read what it takes to read them.
  [[nodiscard]] std::size_t memory_of_slice(io::random_access_file const& file) const noexcept {
    auto const reading = file.is_mapped() ? 0 : slice_size_ + record_fetcher<layout>::block_size;
    return slice_size_ + reading + sizeof(gathered_slice) + byte_buffer::padding;
  }

  /// Where records are read, the more of them are fetched together, the more of them are close to each other.
  void enlarge_slices(std::uint64_t records, std::uint64_t bytes) {
    if (records == 0) return;
    slices_ = options_.threads;
    auto const room = memory_.remaining() / slices_ / 8 * 7;
    auto const record_size = layout_.room(static_cast<std::size_t>(bytes / records)) + 1;
    auto const size = room / (record_size + sizeof(gathered_slice::want)) * record_size;
    slice_size_ = std::clamp(size, slice_size_, largest_read_slice);
  }

  /// False if there are more records than entries fit the budget.
  bool collect(io::random_access_file const& file, growing_entries& entries) {
    auto const prefix = [&](record const& of) { return order::prefix(std::invoke(key_, of)); };
    auto const collected = layout_.collect(reader_, file, prefix, options_.threads, entries, &memory_,
                                           [&](std::uint64_t done) { report("read keys", done, file.size()); });
    if (collected) file.throw_if_changed();
    return collected;
  }

  /// Compares the keys of records of equal prefixes, which are read again for it.
  struct key_tie {
    gatherer const& of;
    io::random_access_file const& file;

    bool operator()(entry const& a, entry const& b) const {
      return of.layout_.with_records(file, a, b, [&](record const& left, record const& right) {
        return order::less(of.less_, std::invoke(of.key_, left), std::invoke(of.key_, right));
      });
    }
  };

  /// The same for text, of which the bytes that follow can be had too.
  struct word_tie : key_tie {
    [[nodiscard]] std::uint64_t word(entry const& one, std::size_t number) const {
      return this->of.layout_.with_record(
          this->file, one, [&](record const& of_it) { return words::at(std::invoke(this->of.key_, of_it), number); });
    }
    [[nodiscard]] std::size_t first_difference(entry const& a, entry const& b, std::size_t from) const {
      return this->of.layout_.with_records(this->file, a, b, [&](record const& left, record const& right) {
        return words::first_difference(std::invoke(this->of.key_, left), std::invoke(this->of.key_, right), from)
            .number;
      });
    }
    [[nodiscard]] static bool is_last(std::uint64_t word) noexcept { return words::is_last(word); }
  };

  void sort(io::random_access_file const& file, std::span<entry> entries) {
    throw_if_cancelled(options_.stop);
    if constexpr (order::complete) {
      sort_entries(entries, no_tie{}, options_.threads, &memory_, options_.stop);
    } else {
      std::conditional_t<words::known, word_tie, key_tie> const tie{*this, file};
      sort_entries(entries, tie, options_.threads, &memory_, options_.stop);
    }
  }

  template <class Sink>
  void gather(io::random_access_file const& file, std::span<entry const> rest, Sink& sink, external_result& result) {
    if (!file.is_mapped()) enlarge_slices(result.records, result.bytes);
    rest = rest.first(static_cast<std::size_t>(std::min<std::uint64_t>(rest.size(), options_.limit)));
    auto const total = layout_.bytes(rest);
    std::uint64_t done = 0;
    file.expect_random_access();
    record_fetcher<layout> const fetcher{file, layout_};
    std::pmr::vector<gathered_slice> slices{&memory_};
    slices.reserve(slices_);
    for (std::size_t i = 0; i != slices_; ++i) slices.emplace_back(&memory_);
    run_in_order(
        options_.threads, std::span{slices},
        [&](gathered_slice& next) {
          if (rest.empty()) return false;
          next.entries = fetcher.next_slice(rest, slice_size_);
          rest = rest.subspan(next.entries.size());
          return true;
        },
        [&](gathered_slice& next) { fetcher.fetch(next); },
        [&](gathered_slice& next) {
          file.throw_if_changed();
          layout_.hand_over(next, sink);
          result.delivered += next.entries.size();
          done += next.size;
          report("gather", std::min(done, total), total);
        });
  }

  void report(std::string_view phase, std::uint64_t done, std::uint64_t total) const {
    throw_if_cancelled(options_.stop);
    if (options_.on_progress) options_.on_progress({phase, done, total});
  }

  Reader& reader_;
  Less const& less_;
  Key const& key_;
  external_options const& options_;
  memory_budget memory_;
  std::size_t slices_;
  std::size_t slice_size_;
  layout layout_;
};

/// Sorts `reader`'s records into `sink` without scratch, if they lie in a plain file, their keys' prefixes fit the
/// budget beside their positions, and fetching them in their order is sensible: see `input_access`. If not, nothing
/// was delivered, and the reader reads from the start.
///
/// Memory: 16 bytes for each record and a few MiB for what is fetched, all counted; a mapped file's pages beside that.
/// \throws io::file_changed if the file is not the one that was opened, or is changed meanwhile as far as that can be
///         told; what the reader, the projection, the comparison and the sink throw.
template <positioned_reader Reader, class Sink, class Less, class Key>
std::optional<external_result> sort_by_position(Reader& reader, Sink& sink, Less const& less, Key const& key,
                                                external_options const& options) {
  return gatherer<Reader, Less, Key>{reader, less, key, options}.run(sink);
}

}  // namespace spillway::sort::detail
