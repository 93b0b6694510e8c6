#include "make_data/transactions.hpp"

#include "make_data/quantiles.hpp"
#include "make_data/random.hpp"

#include <boost/math/special_functions/erf.hpp>

#include <cmath>
#include <numbers>

namespace make_data {

namespace {

using namespace std::chrono;
using namespace std::string_view_literals;

constexpr sys_days first_day = 2021y / January / 1;

enum column : std::uint64_t {
  id,
  customer,
  day,
  amount,
  balance,
  waiting,
  score,
  items,
  payout,
  temperature,
  discount,
  channel,
  country,
  returned,
  split_name,
  shuffle,
  // More sequences of random numbers.
  mode,
  absent,
  spelling,
  duplicate,
  original,
  malformed,
  moved,
};

constexpr auto channels = std::to_array({"mobile app"sv, "web shop"sv, "retail store"sv, "telephone"sv});
constexpr auto channel_weights = std::to_array<std::uint64_t>({45, 30, 20, 5});
/// Some need quotes in CSV.
constexpr auto countries =
    std::to_array({"Brazil"sv, "Colombia"sv, "Germany"sv, "Spain"sv, "France"sv, "Great Britain"sv, "India"sv,
                   "Italy"sv, "Japan"sv, "Korea, Republic of"sv, "Poland"sv, "United States"sv});
constexpr auto country_weights = std::to_array<std::uint64_t>({90, 25, 140, 60, 80, 120, 70, 50, 40, 30, 15, 280});

/// Train, evaluation and test first as they should be, then as they come too, then what is none of them.
constexpr auto splits = std::to_array({"train"sv, "TRAIN"sv, "Train"sv, "eval"sv, "EVAL"sv, "validation"sv,
                                       "Validation"sv, "test"sv, "TEST"sv, "Test"sv, "holdout"sv, "trian"sv, ""sv});
constexpr std::int64_t first_eval = 3;
constexpr std::int64_t first_test = 7;
constexpr std::int64_t first_unknown = 10;

double normal_quantile(double p) { return -std::numbers::sqrt2 * boost::math::erfc_inv(2 * p); }

template <std::size_t Size>
std::int64_t weighted(std::array<std::uint64_t, Size> const& weights, std::uint64_t random) {
  std::size_t index = 0;
  while (random >= weights[index]) random -= weights[index++];
  return static_cast<std::int64_t>(index);
}

template <std::size_t Size>
constexpr std::uint64_t sum(std::array<std::uint64_t, Size> const& weights) {
  std::uint64_t all = 0;
  for (auto const weight : weights) all += weight;
  return all;
}

}  // namespace

struct transactions::shapes {
  explicit shapes(recipe const& recipe) : random{recipe.seed}, order{recipe.rows, random} {}

  random_table random;
  permutation order;
  quantile_table normal{[](double p) { return 1.0e5 * normal_quantile(p); }};
  quantile_table log_normal{[](double p) { return 100 * std::exp(3.5 + 0.9 * normal_quantile(p)); }};
  quantile_table exponential{[](double p) { return -4'500 * std::log1p(-p); }};
  quantile_table heavy_tail{[](double p) { return 1000 * std::pow(1 - p, -1 / 1.5); }};
};

transactions::transactions(recipe const& recipe)
    : recipe_{recipe},
      columns_{{{"transaction_id", cell_kind::whole},
                {"customer_id", cell_kind::whole},
                {"day", cell_kind::day},
                {"amount", cell_kind::decimal, 2},
                {"balance", cell_kind::decimal, 2},
                {"waiting_seconds", cell_kind::decimal, 2},
                {"score", cell_kind::decimal, 5},
                {"items", cell_kind::whole},
                {"payout", cell_kind::decimal, 2},
                {"temperature", cell_kind::decimal, 2},
                {"discount", cell_kind::decimal, 2},
                {"channel", cell_kind::text},
                {"country", cell_kind::text},
                {"returned", cell_kind::boolean},
                {"_data_split", cell_kind::text},
                {"_data_shuffle", recipe.whole_shuffle ? cell_kind::whole : cell_kind::decimal, 15}}},
      shapes_{std::make_unique<shapes const>(recipe)} {}

transactions::~transactions() = default;

std::span<std::string_view const> transactions::texts(std::size_t column) const {
  if (column == channel) return channels;
  if (column == country) return countries;
  return splits;
}

transaction transactions::row(std::uint64_t index) const {
  auto const& random = shapes_->random;
  if (index != 0 && random.chance(recipe_.duplicates_per_million, index, duplicate)) {
    index = random.below(index, index, original);
  }
  return content(recipe_.unsorted ? shapes_->order(index) : index);
}

/// 80 % train, 10 % each of the others; one in six in another spelling.
std::int64_t transactions::split(std::uint64_t index) const {
  auto const& random = shapes_->random;
  if (random.chance(recipe_.malformed_per_million, index, malformed)) {
    return first_unknown + static_cast<std::int64_t>(random.below(splits.size() - first_unknown, index, spelling));
  }
  auto const part = random.below(10, index, split_name);
  auto const first = part < 8 ? 0 : part == 8 ? first_eval : first_test;
  auto const spellings = static_cast<std::uint64_t>(first == first_eval ? first_test - first_eval : 3);
  if (!random.chance(166'667, index, spelling)) return first;
  return first + static_cast<std::int64_t>(random.below(spellings, index, spelling + 100));
}

transaction transactions::content(std::uint64_t index) const {
  auto const& shape = *shapes_;
  auto const& random = shape.random;
  auto const at = [&](column which) { return random.at(index, which); };
  auto const below = [&](std::uint64_t bound, column which) {
    return static_cast<std::int64_t>(random.below(bound, index, which));
  };
  auto const is_null = [&](std::uint64_t per_million, column which) {
    return random.chance(per_million, index, absent + 100 * which);
  };
  auto const span = static_cast<std::uint64_t>(recipe_.days.count());

  transaction row;
  row[id] = static_cast<std::int64_t>(index + 1);
  row[customer] = 1 + below(recipe_.rows / 12 + 1, customer);
  row[day] = first_day.time_since_epoch().count() + below(span, day);
  row[amount] = shape.log_normal(at(amount));
  row[balance] = is_null(20'000, balance) ? null_cell : 150'000 + shape.normal(at(balance)) * 2 / 5;
  row[waiting] = shape.exponential(at(waiting));
  row[score] = below(100'000, score);
  // Ten trials of one in three.
  row[items] = 0;
  for (auto bits = at(items); bits >= std::uint64_t{1} << 4U; bits >>= 6U) row[items] += (bits & 63U) < 21;
  row[payout] = shape.heavy_tail(at(payout));
  // Winters and summers.
  auto const cold = random.chance(400'000, index, mode);
  row[temperature] =
      is_null(50'000, temperature) ? null_cell : (cold ? 300 : 2200) + shape.normal(at(temperature)) / 250;
  row[discount] = random.chance(700'000, index, mode + 100) ? 0 : 1 + shape.exponential(at(discount));
  row[channel] = weighted(channel_weights, random.below(sum(channel_weights), index, channel));
  row[country] = is_null(10'000, country)
                     ? null_cell
                     : weighted(country_weights, random.below(sum(country_weights), index, country));
  row[returned] = random.chance(80'000, index, returned) ? 1 : 0;
  row[split_name] = split(index);
  row[shuffle] = below(recipe_.whole_shuffle ? 1'000'000'000 : 1'000'000'000'000'000, shuffle);
  if (recipe_.drift_per_million != 0 && first_eval <= row[split_name] && row[split_name] < first_test) {
    let_drift(row, index);
  }
  return row;
}

/// Higher amounts, a shifted balance, more nulls among temperatures, more sales by app. The rest stays as it is.
void transactions::let_drift(transaction& row, std::uint64_t index) const {
  auto const drift = static_cast<std::int64_t>(recipe_.drift_per_million);
  row[amount] += row[amount] * drift / 1'000'000;
  if (row[balance] != null_cell) row[balance] += 40'000 * drift / 1'000'000;
  if (shapes_->random.chance(recipe_.drift_per_million / 4, index, moved)) row[temperature] = null_cell;
  if (shapes_->random.chance(recipe_.drift_per_million, index, moved + 100)) row[channel] = 0;
}

}  // namespace make_data
