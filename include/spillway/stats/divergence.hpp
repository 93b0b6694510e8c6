#pragma once

#include <spillway/core/error.hpp>
#include <spillway/core/exact_sum.hpp>
#include <spillway/core/integer_128.hpp>
#include <spillway/stats/detail/exact_product.hpp>
#include <spillway/stats/detail/exact_terms.hpp>
#include <spillway/stats/test_result.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>

namespace spillway::stats {

/// What the population stability index makes of categories that one sample lacks: the plain formula makes it infinite.
enum class zero_policy : std::uint8_t {
  replace,    ///< counts as if its share were `divergence_options::zero_share`
  leave_out,  ///< adds nothing
  infinite,   ///< the plain formula
};

struct divergence_options {
  zero_policy zeros = zero_policy::replace;
  double zero_share = 1e-4;
};

/// How far apart two distributions over categories are. All are 0 where the shares of all categories are the same.
struct divergence_result {
  /// Σ (p − q)·log(p / q), the sum of the two Kullback–Leibler divergences in nats; by convention from 0.1 on a shift
  /// worth a look, from 0.25 on a large one.
  double population_stability_index = 0;
  /// In bits, so from 0 to 1.
  double jensen_shannon_divergence = 0;
  /// Its square root, which is a metric.
  double jensen_shannon_distance = 0;
  /// ½·Σ |p − q|, from 0 to 1: the share of x that would have to be moved to make it y.
  double total_variation = 0;
  /// The largest |p − q|.
  double largest_difference = 0;
  std::uint64_t categories = 0;
  sample_sizes sizes = {};
};

/// Divergences of the distributions that two samples have over categories, or over bins, whose pairs of counts come as
/// a stream, any number of them, in any order and in parts, with the same result.
///
/// Shares are never subtracted as rounded numbers: what counts differ by is exact. Sources: J. Lin, IEEE Transactions
/// on Information Theory 37 (1991); of the index N. Siddiqi, "Credit Risk Scorecards" (2006).
/// Complexity: constant for each pair. Memory: its own size, about 1.2 KiB. Thread safety: as for standard containers.
class divergence_accumulator {
 public:
  /// \throws argument_error if a sample is empty, they have more than 2^62 values, or the share is not between 0 and 1
  explicit divergence_accumulator(sample_sizes sizes, divergence_options const& options = {})
      : sizes_{sizes}, options_{options} {
    if (sizes.x == 0 || sizes.y == 0) throw argument_error{"an empty sample has no distribution to compare"};
    if (sizes.x > detail::largest_total || sizes.y > detail::largest_total - sizes.x) {
      throw argument_error{"samples are too large: 2^62 values at most"};
    }
    if (!(options.zero_share > 0 && options.zero_share < 1)) throw argument_error{"a zero_share is between 0 and 1"};
  }

  /// `times` categories, each with these counts in x and in y.
  void add(std::uint64_t x, std::uint64_t y, std::uint64_t times = 1) {
    if ((x == 0 && y == 0) || times == 0) return;
    counted_.x += x * times;
    counted_.y += y * times;
    categories_ += times;
    auto const scaled_x = detail::product(x, sizes_.y);
    auto const scaled_y = detail::product(y, sizes_.x);
    auto const smaller = std::min(scaled_x, scaled_y);
    auto const larger = std::max(scaled_x, scaled_y);
    auto const difference = larger - smaller;
    sum_of_differences_ += difference * static_cast<signed_128>(times);
    largest_difference_ = std::max(largest_difference_, difference);
    if (smaller == 0) {
      add_one_sided(detail::to_double(larger), times);
    } else if (difference != 0) {
      add_information(detail::to_double(smaller), detail::to_double(larger), detail::to_double(difference), times);
    }
  }

  /// Adds what another accumulator was given: of other categories of the same two samples.
  /// \throws argument_error if its sizes differ
  void merge(divergence_accumulator const& other) {
    if (other.sizes_ != sizes_) throw argument_error{"counts of different samples can't be merged"};
    counted_.x += other.counted_.x;
    counted_.y += other.counted_.y;
    categories_ += other.categories_;
    sum_of_differences_ += other.sum_of_differences_;
    largest_difference_ = std::max(largest_difference_, other.largest_difference_);
    stability_.add(other.stability_);
    one_sided_ = one_sided_ || other.one_sided_;
    shannon_.add(other.shannon_);
  }

  /// \throws argument_error if the counts do not sum to the sizes
  [[nodiscard]] divergence_result result() const {
    if (counted_ != sizes_) throw argument_error{"counts of categories do not sum to the sizes of the samples"};
    divergence_result result;
    result.sizes = sizes_;
    result.categories = categories_;
    auto const infinite = one_sided_ && options_.zeros == zero_policy::infinite;
    result.population_stability_index = infinite ? std::numeric_limits<double>::infinity() : stability_.value();
    result.jensen_shannon_divergence = std::clamp(shannon_.value() / std::numbers::ln2, 0., 1.);
    result.jensen_shannon_distance = std::sqrt(result.jensen_shannon_divergence);
    result.total_variation = detail::to_double(sum_of_differences_) / scale() / 2;
    result.largest_difference = detail::to_double(largest_difference_) / scale();
    return result;
  }

 private:
  [[nodiscard]] double scale() const noexcept { return static_cast<double>(sizes_.x) * static_cast<double>(sizes_.y); }

  /// With u = |p − q| / (p + q), log(p / q) is ±2·artanh(u), and what a category adds to the Jensen–Shannon divergence
  /// is (p + q)/4·(2u·artanh(u) + log(1 − u²)). All are multiplied by both sizes.
  void add_information(double smaller, double larger, double difference, std::uint64_t times) {
    auto const sum = smaller + larger;
    auto const u = difference / sum;
    auto const close = u < 0.5;
    auto const log_ratio = close ? std::log1p(difference / smaller) : std::log(larger / smaller);
    auto const log_rest = close ? std::log1p(-u * u) : std::log(4 * (smaller / sum) * (larger / sum));
    detail::add_times(stability_, difference / scale() * log_ratio, times);
    detail::add_times(shannon_, sum / scale() / 4 * (u * log_ratio + log_rest), times);
  }

  void add_one_sided(double scaled, std::uint64_t times) {
    one_sided_ = true;
    auto const share = scaled / scale();
    detail::add_times(shannon_, share * (std::numbers::ln2 / 2), times);
    if (options_.zeros != zero_policy::replace) return;
    detail::add_times(stability_, (share - options_.zero_share) * std::log(share / options_.zero_share), times);
  }

  sample_sizes sizes_;
  divergence_options options_;
  sample_sizes counted_;
  std::uint64_t categories_ = 0;
  signed_128 sum_of_differences_ = 0;
  signed_128 largest_difference_ = 0;
  bool one_sided_ = false;
  exact_sum stability_;
  exact_sum shannon_;
};

}  // namespace spillway::stats
