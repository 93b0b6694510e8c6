#pragma once

#include <spillway/core/concepts.hpp>
#include <spillway/core/error.hpp>
#include <spillway/sort/options.hpp>
#include <spillway/split/by.hpp>
#include <spillway/split/by_hash.hpp>
#include <spillway/split/detail/strata.hpp>
#include <spillway/split/fractions.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace spillway::split {

/// Classifies by the rank of a record's hash within its stratum, so that each stratum is split by the fractions to
/// within a record, and records keep their class whatever their order: it is a matter of which records there are.
///
/// That takes knowing all records of a stratum before the first is classified: `learn` reads them once, then they are
/// read again to be split. Which one of several classes gets what rounding leaves is drawn by lot for each stratum (by
/// its hash), so that the fractions hold for small strata together too. Records with equal keys stay together, and
/// where such a group lies across a cut, the counts are off by at most its size. More records in a stratum move those
/// whose hashes lie between the old and the new cuts, which are few.
///
/// In one pass, `by_hash` splits every stratum too, as by chance.
template <class StratumProjection, class KeyProjection>
class stratified {
 public:
  stratified(StratumProjection stratum, KeyProjection key, split::fractions parts, std::uint64_t seed = 0)
      : stratum_{std::move(stratum)}, key_{std::move(key)}, parts_{std::move(parts)}, seed_{seed} {}

  [[nodiscard]] std::span<std::string const> classes() const noexcept { return parts_.names(); }

  /// Reads the records that will be classified; what was learned before is forgotten. A `csv_reader` and its like are
  /// read on `options.threads` threads.
  ///
  /// Complexity: that of sorting 16 bytes a record. Memory: `options.budget` meanwhile; afterwards, from
  /// `options.memory`, the name of each stratum, 28 bytes and 8 for each class.
  /// \throws what the range and the projections throw; scratch_limit_exceeded; io_error; cancelled.
  template <record_range Range>
  void learn(Range&& records, sort::external_options const& options = {}) {
    detail::strata_counter counter{parts_, seed_, options};
    auto const entry_of = [&](record_t<Range> const& record) { return counter.entry(stratum_(record), hash(record)); };
    if constexpr (detail::batched_reader<std::remove_reference_t<Range>>) {
      records.for_each_batch(
          options.threads, [&] { return counter.make_batch(); },
          [&](auto& batch, record_t<Range> const& record) { batch.push_back(entry_of(record)); },
          [&](auto& batch) { counter.add(batch); });
    } else {
      for (auto const& record : records) {
        auto const entry = entry_of(record);
        counter.add({&entry, 1});
      }
    }
    cuts_ = counter.cuts();
  }

  /// \throws argument_error if nothing was learned; value_error for a stratum that was not there then.
  template <class Record>
  [[nodiscard]] std::size_t operator()(Record const& record) const {
    if (!cuts_) throw argument_error{"a stratified split must learn the records before it classifies them"};
    auto const& stratum = stratum_(record);
    return cuts_->class_of(std::string_view{stratum}, hash(record));
  }

 private:
  template <class Record>
  [[nodiscard]] std::uint64_t hash(Record const& record) const {
    return identity_hash(std::invoke(key_, record), seed_);
  }

  by<StratumProjection> stratum_;
  KeyProjection key_;
  split::fractions parts_;
  std::uint64_t seed_;
  std::shared_ptr<detail::strata_cuts const> cuts_;
};

}  // namespace spillway::split
