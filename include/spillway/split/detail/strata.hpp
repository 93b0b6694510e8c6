#pragma once

#include <spillway/core/concepts.hpp>
#include <spillway/core/error.hpp>
#include <spillway/core/hash.hpp>
#include <spillway/sort/external_sorter.hpp>
#include <spillway/sort/options.hpp>
#include <spillway/split/classifier.hpp>
#include <spillway/split/detail/class_numbers.hpp>
#include <spillway/split/detail/class_table.hpp>
#include <spillway/split/fractions.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace spillway::split::detail {

/// A reader whose records come in batches, made on several threads.
template <class R>
concept batched_reader = requires(R& reader, int (&make)(), void (&step)(int&, record_t<R> const&),
                                  void (&take)(int&)) { reader.for_each_batch(1U, make, step, take); };

/// Where the classes end in each stratum.
class strata_cuts {
 public:
  strata_cuts(std::size_t classes, std::pmr::memory_resource* memory)
      : cuts_in_each_{classes - 1}, names_{memory}, cuts_{memory} {}

  void add(std::string_view name, std::span<std::uint64_t const> cuts) {
    names_.add(name);
    cuts_.insert(cuts_.end(), cuts.begin(), cuts.end());
  }

  [[nodiscard]] std::size_t class_of(std::string_view stratum, std::uint64_t hash) const {
    auto const number = names_.find(stratum);
    if (number == class_table::none) throw value_error{"a stratum that was there when the split learned", stratum};
    std::size_t index = 0;
    for (auto const cut : std::span{cuts_}.subspan(number * cuts_in_each_, cuts_in_each_)) {
      index += (hash >> 1U) >= cut ? std::size_t{1} : 0;
    }
    return index;
  }

 private:
  std::size_t cuts_in_each_;
  class_table names_;
  /// In the upper 63 bits of a hash.
  std::pmr::vector<std::uint64_t> cuts_;
};

/// What there is to know of a record to split its stratum.
struct stratum_entry {
  std::uint64_t hash;
  std::uint32_t stratum;
};

struct by_stratum_and_hash {
  [[nodiscard]] std::tuple<std::uint32_t, std::uint64_t> operator()(stratum_entry const& entry) const noexcept {
    return {entry.stratum, entry.hash};
  }
};

/// Finds the cuts: by sorting the hashes of each stratum.
class strata_counter {
 public:
  strata_counter(fractions const& parts, std::uint64_t seed, sort::external_options const& options)
      : parts_{parts},
        seed_{seed},
        memory_{options.memory},
        numbers_{{}, unknown_class::create, {}, memory_},
        counts_{memory_},
        sorter_{{}, {}, options} {}

  /// Thread safe, as is `make_batch`.
  template <class Stratum>
  [[nodiscard]] stratum_entry entry(Stratum const& stratum, std::uint64_t hash) {
    return {hash, numbers_.number_of(std::string_view{stratum})};
  }
  [[nodiscard]] std::pmr::vector<stratum_entry> make_batch() const { return std::pmr::vector<stratum_entry>{memory_}; }

  void add(std::span<stratum_entry const> entries) {
    for (auto const& each : entries) {
      if (each.stratum >= counts_.size()) counts_.resize(each.stratum + std::size_t{1});
      ++counts_[each.stratum];
      sorter_.push(each);
    }
  }

  [[nodiscard]] std::shared_ptr<strata_cuts const> cuts() {
    auto all = std::make_shared<strata_cuts>(parts_.names().size(), memory_);
    // The ranks at which classes begin, and then the hashes that have them.
    std::vector<std::uint64_t> ranks(parts_.names().size() - 1);
    std::vector<std::uint64_t> cuts(ranks.size());
    std::uint32_t stratum = 0;
    std::uint64_t rank = 0;
    for (auto const& entry : sorter_.sorted()) {
      if (rank == 0) {
        set_ranks(stratum, ranks);
        cuts.assign(cuts.size(), none);
      }
      for (std::size_t i = 0; i != ranks.size(); ++i) {
        if (ranks[i] == rank) cuts[i] = entry.hash >> 1U;
      }
      if (++rank == counts_[stratum]) {
        all->add(numbers_.name(stratum), cuts);
        ++stratum;
        rank = 0;
      }
    }
    return all;
  }

 private:
  /// Above all hashes.
  static constexpr auto none = std::uint64_t{1} << 63U;

  void set_ranks(std::uint32_t stratum, std::span<std::uint64_t> ranks) const {
    auto const lot = hash64(numbers_.name(stratum), seed_);
    for (std::size_t i = 0; i != ranks.size(); ++i) ranks[i] = parts_.up_to(i, counts_[stratum], lot);
  }

  fractions const& parts_;
  std::uint64_t seed_;
  std::pmr::memory_resource* memory_;
  class_numbers numbers_;
  std::pmr::vector<std::uint64_t> counts_;
  sort::external_sorter<stratum_entry, std::ranges::less, by_stratum_and_hash> sorter_;
};

}  // namespace spillway::split::detail
