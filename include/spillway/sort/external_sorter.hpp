#pragma once

#include <spillway/core/cancellation.hpp>
#include <spillway/core/error.hpp>
#include <spillway/core/memory_budget.hpp>
#include <spillway/sort/codec.hpp>
#include <spillway/sort/detail/block_store.hpp>
#include <spillway/sort/detail/merge_plan.hpp>
#include <spillway/sort/detail/merger.hpp>
#include <spillway/sort/detail/record_buffer.hpp>
#include <spillway/sort/detail/record_order.hpp>
#include <spillway/sort/detail/record_sources.hpp>
#include <spillway/sort/detail/reduced.hpp>
#include <spillway/sort/detail/runs.hpp>
#include <spillway/sort/options.hpp>
#include <spillway/sort/reduce.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spillway::sort {

/// Where an `external_sorter` stands.
enum class sorter_state {
  taking,      ///< records can be pushed
  delivering,  ///< `sorted()` was called
  failed,      ///< an error came between: it can only be destroyed. Nothing is left on scratch then
};

/// Sorts more records than fit in memory: push them, then read them in order.
///
/// Records are packed to bytes as they come (`spill_codec`) and sorted by the first bits of their keys (`key_prefix`)
/// in memory. What does not fit is written to scratch in sorted runs, which are merged in the end, all at once if the
/// budget allows for it (see `detail::memory_plan`), on all threads. Records that fit the budget never touch the disk.
///
/// Guarantees: stable; the same order for every budget and number of threads; `Less` is any strict weak order, and one
/// that is none gives some order and nothing worse. With the standard comparators keys have the library's total order,
/// described at `key_prefix`.
///
/// Complexity: O(n log n) comparisons, of integers mostly; each record is written to scratch and read back once for
/// each merge pass, of which there is one up to hundreds of runs: data of about 100 times the budget.
/// Memory: `options.budget`, all of it from `options.memory`, which must be thread safe if there are several threads;
/// batches come beside it; the keys and records that a codec or projection makes on
/// their own way are not counted. A record may take up to a sixth of the budget once runs are spilled,
/// and should take no more than a 64th if equal ones are reduced: of some, copies are held then.
/// Scratch: the packed records and at most 5 % more, of large records with a small budget apart, since blocks take up
/// whole pages; none of it is left after any exit.
/// Errors: what is thrown by a projection, codec or allocator in `push` leaves the sorter as it was; anything thrown
/// while a run is sorted or spilled makes it `failed`. Thread safety: none, apart from `batch`.
template <class T, class Less = std::ranges::less, class Key = std::identity, class Reduce = keep_all,
          class Codec = spill_codec<T>>
class external_sorter {
  using order = detail::record_order<T, Less, Key, Codec>;
  using buffer_stream = detail::reduced<order, Reduce, detail::buffer_source<order>>;
  using merge_stream = detail::reduced<order, Reduce, detail::merger<order, Reduce>>;

 public:
  using value_type = T;
  /// What records are read as: `T const&` if it is trivially copyable, `T&` to be moved from if its codec decodes it,
  /// or a view.
  using reference = typename buffer_stream::reference;

  /// \throws argument_error for options that make no sense.
  explicit external_sorter(Less less = {}, Key key = {}, external_options options = {}, Reduce reduce = {},
                           Codec const& codec = {})
      : options_{checked(std::move(options))},
        order_{std::move(less), std::move(key), codec},
        reduce_{std::move(reduce)},
        plan_{budget_of(options_), options_.threads},
        memory_{plan_.budget(), options_.memory},
        runs_{&memory_},
        started_{clock::now()} {
    buffer_.emplace(order_, plan_.buffer(), &memory_);
  }
  external_sorter(external_sorter const&) = delete;
  external_sorter& operator=(external_sorter const&) = delete;

  /// Takes a record in.
  /// \throws argument_error unless it is `taking`, or if the record is too large for the budget; what the projection
  ///         and the codec throw; if a run is spilled on the way: what comparing and scratch throw, and cancelled.
  void push(T const& record) {
    require(sorter_state::taking);
    if (!buffer_->push(record)) [[unlikely]] {
      make_room();
      if (!buffer_->push(record)) refuse(order_.packed_size(record));
    }
  }

  /// Records packed by another thread: make one for each, fill it, and append it.
  using batch = detail::record_batch<order>;

  /// Thread safety: may be called, and the batch filled, at the same time as anything else. Memory: beside the budget,
  /// from the default resource, up to twice the size of the records and 16 bytes for each.
  [[nodiscard]] batch make_batch() const { return batch{order_, std::pmr::get_default_resource()}; }

  /// As `push` for each of its records in order, but after an error it is not known which of them were taken in, so
  /// that the sorter has `failed`.
  void append(batch const& records) {
    require(sorter_state::taking);
    guarded([&] {
      for (auto from = buffer_->append(records); from != records.size();) {
        make_room();
        auto const next = buffer_->append(records, from);
        if (next == from) refuse(records.end_of(from) - records.entries()[from].position);
        from = next;
      }
    });
  }

  class iterator;

  /// The records in order, as a range that can be read once. The sorter must outlive it.
  class range {
   public:
    [[nodiscard]] iterator begin() { return iterator{sorter_}; }
    [[nodiscard]] static std::default_sentinel_t end() noexcept { return {}; }

   private:
    friend class external_sorter;
    explicit range(external_sorter* sorter) : sorter_{sorter} {}
    external_sorter* sorter_;
  };

  /// Ends the taking in.
  /// \throws argument_error unless it is `taking`; what comparing and scratch throw, and cancelled.
  [[nodiscard]] range sorted() {
    require(sorter_state::taking);
    guarded([&] { finish_taking(); });
    state_ = sorter_state::delivering;
    return range{this};
  }

  [[nodiscard]] sorter_state state() const noexcept { return state_; }

  /// So far.
  [[nodiscard]] external_result result() const {
    auto now = result_;
    if (buffer_) {
      now.records = buffer_->total_records();
      now.bytes = buffer_->total_bytes();
    }
    now.peak_memory = memory_.peak();
    if (store_) {
      now.bytes_spilled = store_->scratch().written();
      now.peak_scratch = store_->scratch().peak();
    }
    return now;
  }

  class iterator {
   public:
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::input_iterator_tag;

    iterator() = default;
    [[nodiscard]] reference operator*() const { return sorter_->current(); }
    /// The record as its codec wrote it, valid as long as the record.
    [[nodiscard]] std::string_view bytes() const
      requires requires(buffer_stream const& stream) { stream.packed(); }
    {
      return order::bytes(sorter_->merged_ ? sorter_->merged_->packed() : sorter_->from_buffer_->packed());
    }
    /// \throws what comparing, scratch and combining throw, and cancelled.
    iterator& operator++() {
      if (!sorter_->next()) sorter_ = nullptr;
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(iterator const& it, std::default_sentinel_t) noexcept { return it.sorter_ == nullptr; }

   private:
    friend class range;
    explicit iterator(external_sorter* sorter) : sorter_{sorter} { ++*this; }
    external_sorter* sorter_ = nullptr;
  };

 private:
  using clock = std::chrono::steady_clock;

  static external_options checked(external_options options) {
    if (options.threads == 0) throw argument_error{"sorting takes at least one thread"};
    constexpr std::size_t smallest = std::size_t{1} << 20U;
    if (budget_of(options) < smallest) {
      throw argument_error{"sorting takes a budget of at least 1048576 bytes, found " +
                           std::to_string(budget_of(options))};
    }
    options.on_progress = throttle(std::move(options.on_progress));
    return options;
  }

  static std::size_t budget_of(external_options const& options) {
    constexpr std::size_t usual = std::size_t{256} << 20U;
    if (options.budget != 0) return options.budget;
    auto const* const budget = dynamic_cast<memory_budget const*>(options.memory);
    return budget != nullptr ? budget->remaining() : usual;
  }

  void require(sorter_state state) const {
    if (state_ != state) [[unlikely]]
      throw argument_error{state_ == sorter_state::failed ? "the sorter has failed before"
                                                          : "the sorter has been asked for its records already"};
  }

  /// Runs a step after whose failure the sorter is of no use.
  template <class Step>
  void guarded(Step step) {
    try {
      step();
    } catch (...) {
      result_ = result();
      state_ = sorter_state::failed;
      merged_.reset();
      merger_.reset();
      from_buffer_.reset();
      runs_.clear();
      store_.reset();
      buffer_.reset();
      throw;
    }
  }

  [[noreturn]] void refuse(std::size_t size) const {
    throw argument_error{"a record of " + std::to_string(size) + " bytes can't be sorted in " +
                         std::to_string(plan_.budget()) + " bytes: the budget must be at least 6 times the record"};
  }

  /// The buffer is full.
  void make_room() {
    if (buffer_->size() == 0) return;
    guarded([&] {
      auto const taken = buffer_->size();
      sort_buffer();
      if (!shrink_buffer(taken)) spill_buffer();
      report("form runs", buffer_->total_bytes(), 0);
    });
  }

  void sort_buffer() {
    throw_if_cancelled(options_.stop);
    buffer_->sort(plan_.threads(), options_.stop);
    if constexpr (std::is_same_v<Reduce, keep_all>) buffer_->truncate(limit());
  }

  /// If a limit or a reduction leaves few records of the many taken, they can stay in memory.
  bool shrink_buffer(std::size_t taken) {
    constexpr std::size_t few = 64;  // what is free beside the buffer holds that part of it several times
    constexpr bool reduces = !std::is_same_v<Reduce, keep_all>;
    if (!reduces && buffer_->size() > taken / few) return false;
    batch left{order_, &memory_};
    detail::buffer_source<order> source{*buffer_};
    buffer_stream stream{order_, reduce_, source, &memory_};
    while (stream.next()) {
      if (left.size() > taken / few || left.bytes().size() > plan_.buffer() / few) return false;
      left.push(stream.current());
    }
    buffer_->clear();
    buffer_->append_uncounted(left);
    return true;
  }

  void spill_buffer() {
    if (!store_) store_.emplace(options_.scratch, options_.compression, &memory_);
    if constexpr (std::is_same_v<Reduce, keep_all>) {
      runs_.push_back(detail::spill(*buffer_, *store_, plan_.block(), plan_.threads(), options_.stop, &memory_));
    } else {
      detail::buffer_source<order> source{*buffer_};
      buffer_stream stream{order_, reduce_, source, &memory_};
      runs_.push_back(write(stream));
    }
    ++result_.runs;
    buffer_->clear();
    if (runs_.back().largest_block > plan_.largest_record()) refuse(runs_.back().largest_block);
    if (runs_.size() < plan_.most_runs()) return;
    buffer_->release();
    while (runs_.size() > plan_.most_runs() / 2) merge_some();
  }

  /// What a stream gives, as a run.
  template <class Stream>
  detail::run write(Stream& stream) {
    detail::run_lister lister{*store_, &memory_};
    detail::block_filler filler{*store_, plan_.block(), &memory_};
    std::pmr::vector<char> packed{&memory_};
    auto const list = [&](detail::stored_block const& block) {
      throw_if_cancelled(options_.stop);
      lister.add(block);
    };
    std::uint64_t records = 0;
    while (records < limit() && stream.next()) {
      if constexpr (requires { stream.packed(); }) {
        filler.add({stream.packed(), order::after(stream.packed())}, list);
      } else {
        auto const& record = stream.current();
        auto const size = order_.packed_size(record);
        if (size > packed.capacity()) packed = std::pmr::vector<char>{&memory_};  // not both at once
        packed.resize(size);
        order_.pack(record, packed.size(), packed.data());
        filler.add(packed, list);
      }
      ++records;
    }
    filler.flush(list);
    return lister.finish(records);
  }

  void finish_taking() {
    result_ = result();
    sort_buffer();
    if (runs_.empty()) {
      buffer_source_.emplace(*buffer_);
      from_buffer_.emplace(order_, reduce_, *buffer_source_, &memory_);
    } else {
      result_.method = sort_method::runs;
      if (buffer_->size() != 0) spill_buffer();
      buffer_.reset();
    }
    formed_ = clock::now();
    result_.seconds_forming = seconds(formed_ - started_);
    if (!runs_.empty()) begin_merge();
  }

  /// Merges neighbouring runs, the smallest first, until the rest can be merged at once.
  void begin_merge() {
    while (plan_.fan_in(runs_) < runs_.size()) merge_some();
    result_.merge_passes = passes_of(runs_) + 1;
    auto const sizes = plan_.merge(runs_);
    auto const total = bytes_of(runs_);
    merger_.emplace(order_, *store_, std::move(runs_), sizes, plan_.threads(), options_.stop, &memory_,
                    [this, total](std::uint64_t done) { report("merge", done, total); });
    runs_.clear();
    merged_.emplace(order_, reduce_, *merger_, &memory_);
  }

  void merge_some() {
    auto const excess = runs_.size() - plan_.fan_in(runs_) + 1;
    std::size_t best = 0;
    std::uint64_t least = ~std::uint64_t{0};
    std::size_t best_count = 2;
    for (std::size_t begin = 0; begin + 1 < runs_.size(); ++begin) {
      auto const all = std::span{runs_}.subspan(begin);
      auto const count = std::min({plan_.fan_in(all), std::max<std::size_t>(excess, 2), all.size()});
      auto const bytes = bytes_of(all.first(count)) / (count - 1);  // for each run that there will be less
      if (bytes < least) {
        least = bytes;
        best = begin;
        best_count = count;
      }
    }
    auto const first = runs_.begin() + static_cast<std::ptrdiff_t>(best);
    auto const last = first + static_cast<std::ptrdiff_t>(best_count);
    std::pmr::vector<detail::run> some{std::make_move_iterator(first), std::make_move_iterator(last), &memory_};
    auto const sizes = plan_.merge(some);
    auto const total = bytes_of(some);
    auto const before = merged_early_;
    merged_early_ += total;
    detail::merger<order, Reduce> merger{
        order_,          *store_,
        std::move(some), sizes,
        plan_.threads(), options_.stop,
        &memory_,        [this, before](std::uint64_t done) { report("merge runs", before + done, 0); }};
    merge_stream stream{order_, reduce_, merger, &memory_};
    auto const passes = passes_of({first, last}) + 1;
    *first = write(stream);
    first->passes = passes;
    runs_.erase(first + 1, last);
  }

  static std::uint64_t passes_of(std::span<detail::run const> runs) noexcept {
    std::uint64_t passes = 0;
    for (auto const& each : runs) passes = std::max(passes, each.passes);
    return passes;
  }

  static std::uint64_t bytes_of(std::span<detail::run const> runs) noexcept {
    std::uint64_t bytes = 0;
    for (auto const& each : runs) bytes += each.bytes;
    return bytes;
  }

  bool next() {
    if (!merged_ && !from_buffer_) {  // at the end already
      require(sorter_state::delivering);
      return false;
    }
    bool more = false;
    guarded([&] {
      more = result_.delivered < limit() && (merged_ ? merged_->next() : from_buffer_->next());
      if (!more) return end_delivery();
      ++result_.delivered;
    });
    return more;
  }
  reference current() { return merged_ ? merged_->current() : from_buffer_->current(); }

  void end_delivery() {
    result_.seconds_merging = seconds(clock::now() - formed_);
    result_ = result();
    merged_.reset();
    merger_.reset();
    store_.reset();
    from_buffer_.reset();
    buffer_.reset();
  }

  void report(char const* phase, std::uint64_t done, std::uint64_t total) {
    if (options_.on_progress) options_.on_progress({phase, done, total});
  }
  [[nodiscard]] std::uint64_t limit() const noexcept { return options_.limit; }
  static double seconds(clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

  external_options options_;
  order order_;
  [[no_unique_address]] Reduce reduce_;
  detail::memory_plan plan_;
  memory_budget memory_;
  std::optional<detail::block_store> store_;
  std::optional<detail::record_buffer<order>> buffer_;
  std::pmr::vector<detail::run> runs_;
  std::optional<detail::buffer_source<order>> buffer_source_;
  std::optional<buffer_stream> from_buffer_;
  std::optional<detail::merger<order, Reduce>> merger_;
  std::optional<merge_stream> merged_;
  std::uint64_t merged_early_ = 0;
  external_result result_;
  sorter_state state_ = sorter_state::taking;
  clock::time_point started_;
  clock::time_point formed_;
};

}  // namespace spillway::sort
