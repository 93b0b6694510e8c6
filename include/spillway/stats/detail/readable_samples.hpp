#pragma once

#include <spillway/core/cancellation.hpp>
#include <spillway/core/integer_128.hpp>
#include <spillway/stats/detail/concurrently.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <span>
#include <stop_token>
#include <utility>
#include <vector>

/// Two samples that can be read any number of times, in blocks, on several threads.
///
/// `read(visit)` calls `visit(thread, sample, block)` for all blocks of values, and `draw()` gives some of them, evenly
/// and always the same, NaN among them.
namespace spillway::stats::detail {

enum class sample_name : std::uint8_t { x, y };

/// Enough to shape a grid by.
inline constexpr std::size_t most_drawn = std::size_t{1} << 14U;

/// Of the larger samples, each thread reads a part.
template <class T>
class samples_in_memory {
 public:
  using value_type = T;

  samples_in_memory(std::span<T const> x, std::span<T const> y, unsigned threads, std::stop_token stop)
      : x_{x},
        y_{y},
        threads_{static_cast<unsigned>(
            std::clamp<std::size_t>((x.size() + y.size()) / worth_a_thread, 1, std::max(threads, 1U)))},
        stop_{std::move(stop)} {}

  [[nodiscard]] unsigned threads() const noexcept { return threads_; }

  template <class Visit>
  void read(Visit const& visit) const {
    concurrently(threads_, [&](unsigned thread) {
      read_part(thread, sample_name::x, x_, visit);
      read_part(thread, sample_name::y, y_, visit);
    });
  }

  [[nodiscard]] samples_in_memory on_one_thread() const { return {x_, y_, 1, stop_}; }

  [[nodiscard]] std::pmr::vector<double> draw(std::pmr::memory_resource* memory) const {
    std::pmr::vector<double> drawn{memory};
    drawn.reserve(most_drawn);
    for (auto const& all : {x_, y_}) {
      auto const count = std::min(all.size(), most_drawn / 2);
      // Multiples of the golden ratio, so that no period of the data comes into step with them.
      std::uint64_t place = 0;
      for (std::size_t i = 0; i < count; ++i, place += 0x9e37'79b9'7f4a'7c15U) {
        auto const position = static_cast<std::size_t>(static_cast<unsigned_128>(place) * all.size() >> 64U);
        drawn.push_back(static_cast<double>(all[position]));
      }
    }
    return drawn;
  }

 private:
  static constexpr std::size_t worth_a_thread = std::size_t{1} << 16U;
  static constexpr std::size_t block = std::size_t{1} << 16U;

  template <class Visit>
  void read_part(unsigned thread, sample_name sample, std::span<T const> all, Visit const& visit) const {
    auto const begin = all.size() / threads_ * thread;
    auto const end = thread + 1 == threads_ ? all.size() : begin + all.size() / threads_;
    for (auto i = begin; i < end; i += block) {
      throw_if_cancelled(stop_);
      visit(thread, sample, all.subspan(i, std::min(block, end - i)));
    }
  }

  std::span<T const> x_;
  std::span<T const> y_;
  unsigned threads_;
  std::stop_token stop_;
};

/// Samples that come from functions which pass all their values to a sink, block by block. If there are two threads, x
/// and y are read at the same time.
template <class T, class X, class Y>
class samples_in_blocks {
 public:
  using value_type = T;

  samples_in_blocks(X const& x, Y const& y, unsigned threads, std::stop_token stop)
      : x_{x}, y_{y}, threads_{std::clamp(threads, 1U, 2U)}, stop_{std::move(stop)} {}

  [[nodiscard]] unsigned threads() const noexcept { return threads_; }

  template <class Visit>
  void read(Visit const& visit) const {
    concurrently(threads_, [&](unsigned thread) {
      if (thread == 0) pass(x_, thread, sample_name::x, visit);
      if (thread + 1 == threads_) pass(y_, thread, sample_name::y, visit);
    });
  }

  /// Reads all. As soon as too many are drawn, every other one of them is put back, and from then on every other one of
  /// those that would have been drawn.
  [[nodiscard]] std::pmr::vector<double> draw(std::pmr::memory_resource* memory) const {
    struct drawn_values {
      explicit drawn_values(std::pmr::memory_resource* from) : values{from} {}
      std::pmr::vector<double> values;
      std::uint64_t step = 1;
      std::uint64_t wait = 0;
    };
    drawn_values x{memory};
    drawn_values y{memory};
    read([&](unsigned, sample_name sample, std::span<T const> block) {
      auto& drawn = sample == sample_name::x ? x : y;
      for (; drawn.wait < block.size(); drawn.wait += drawn.step) {
        drawn.values.push_back(static_cast<double>(block[drawn.wait]));
        if (drawn.values.size() < most_drawn / 2) continue;
        for (std::size_t i = 0; i < most_drawn / 4; ++i) drawn.values[i] = drawn.values[2 * i];
        drawn.values.resize(most_drawn / 4);
        drawn.step *= 2;
      }
      drawn.wait -= block.size();
    });
    x.values.insert(x.values.end(), y.values.begin(), y.values.end());
    return std::move(x.values);
  }

 private:
  template <class Source, class Visit>
  void pass(Source const& source, unsigned thread, sample_name sample, Visit const& visit) const {
    source([&](std::span<T const> block) {
      throw_if_cancelled(stop_);
      visit(thread, sample, block);
    });
  }

  X const& x_;
  Y const& y_;
  unsigned threads_;
  std::stop_token stop_;
};

}  // namespace spillway::stats::detail
