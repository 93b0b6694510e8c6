#pragma once

#include <spillway/calendar/detail/wide.hpp>
#include <spillway/calendar/instant.hpp>
#include <spillway/core/error.hpp>

#include <chrono>
#include <compare>
#include <concepts>
#include <cstdint>
#include <limits>
#include <numeric>

namespace spillway::calendar {

/// The half-open span of time [start, end).
struct window {
  instant start;
  instant end;
  friend constexpr auto operator<=>(window const&, window const&) = default;
};

/// A way to sort instants into numbered buckets, the numbers in the order of time.
template <class R>
concept bucket_rule = std::copyable<R> && requires(R const& rule, instant time, std::int64_t index) {
  typename R::bucket_type;
  { rule.index_of(time) } -> std::same_as<std::int64_t>;
  { rule.bucket_at(index) } -> std::same_as<typename R::bucket_type>;
};

/// Windows of equal length, end to end; one of them starts at the origin.
///
/// For every instant, also before 1970: `start <= time < end`. At the ends of the representable range (the years
/// -290308 and 294247) an instant whose window would not fit is refused. Complexity: two multiplications an instant, no
/// division. The rule is a plain value, safe to share between threads.
class tumbling {
 public:
  using bucket_type = window;

  /// \throws argument_error unless the length is at least 1 µs and at most 146,000 years.
  constexpr explicit tumbling(std::chrono::microseconds length, instant origin = instant{})
      : length_{length.count()}, phase_{0}, base_{0}, base_index_{0}, span_{0}, reciprocal_{0} {
    constexpr auto lowest = std::numeric_limits<std::int64_t>::min();
    constexpr auto highest = std::numeric_limits<std::int64_t>::max();
    if (length_ < 1 || length_ > highest / 2) throw argument_error{"a window needs a length of at least 1 µs"};
    auto const start = origin.time_since_epoch().count();
    phase_ = start % length_ + (start % length_ < 0 ? length_ : 0);
    // The first window that fits wholly.
    base_index_ = lowest / length_;
    if (detail::int128{base_index_} * length_ - length_ + phase_ >= lowest) --base_index_;
    base_ = static_cast<std::int64_t>(detail::int128{base_index_} * length_ + phase_);
    auto const unit = static_cast<std::uint64_t>(length_);
    span_ = (static_cast<std::uint64_t>(highest) - static_cast<std::uint64_t>(base_)) / unit * unit;
    reciprocal_ = std::numeric_limits<std::uint64_t>::max() / unit;
  }

  /// A length in a floating-point duration is not exact.
  template <class Rep, class Period>
    requires std::floating_point<Rep>
  explicit tumbling(std::chrono::duration<Rep, Period>, instant = instant{}) = delete;

  [[nodiscard]] constexpr std::chrono::microseconds length() const noexcept {
    return std::chrono::microseconds{length_};
  }
  /// The first start of a window at or after 1970.
  [[nodiscard]] constexpr instant origin() const noexcept { return instant{std::chrono::microseconds{phase_}}; }

  /// The number of the window that `time` is in; the one that starts at `origin()` is 0.
  /// \throws value_error if that window would reach beyond the representable instants.
  [[nodiscard]] constexpr std::int64_t index_of(instant time) const {
    auto const since = static_cast<std::uint64_t>(time.time_since_epoch().count()) - static_cast<std::uint64_t>(base_);
    if (since >= span_) [[unlikely]]
      refuse();
    // The reciprocal is rounded down, so that the estimate is the quotient or one less.
    auto const estimate = detail::high_half_of_product(since, reciprocal_);
    auto const unit = static_cast<std::uint64_t>(length_);
    auto const quotient = estimate + static_cast<std::uint64_t>(since - estimate * unit >= unit);
    return static_cast<std::int64_t>(quotient + static_cast<std::uint64_t>(base_index_));
  }

  /// \pre `index` came from `index_of`, or its window is representable.
  [[nodiscard]] constexpr window bucket_at(std::int64_t index) const noexcept {
    // The product alone can overflow where the sum does not.
    auto const since = static_cast<std::uint64_t>(index) * static_cast<std::uint64_t>(length_);
    auto const start =
        instant{std::chrono::microseconds{static_cast<std::int64_t>(since + static_cast<std::uint64_t>(phase_))}};
    return {start, start + length()};
  }

  /// The window that `time` is in.
  /// \throws value_error as `index_of`
  [[nodiscard]] constexpr window window_of(instant time) const { return bucket_at(index_of(time)); }

  /// The number of a window that starts at one of this rule's starts.
  [[nodiscard]] constexpr std::int64_t index_of(window of) const { return index_of(of.start); }

  friend constexpr bool operator==(tumbling const& a, tumbling const& b) noexcept {
    return a.length_ == b.length_ && a.phase_ == b.phase_;
  }

 private:
  [[noreturn]] static void refuse() {
    throw value_error{"an instant whose window is representable", "one at the end of the range of 64-bit microseconds"};
  }

  std::int64_t length_;
  std::int64_t phase_;
  std::int64_t base_;
  std::int64_t base_index_;
  std::uint64_t span_;
  std::uint64_t reciprocal_;
};

/// Windows of equal length that start at every multiple of the slide from the origin, and so overlap if the slide is
/// shorter than the length, or leave gaps if it is longer.
///
/// Count in `panes()` and join them by `slide_over` (slide.hpp): each event is then counted once, not once a window.
class sliding {
 public:
  /// \throws argument_error unless length and slide are at least 1 µs and at most 146,000 years.
  constexpr sliding(std::chrono::microseconds length, std::chrono::microseconds slide, instant origin = instant{})
      : length_{length}, slide_{slide}, origin_{tumbling{slide, origin}.origin()} {
    static_cast<void>(tumbling{length});
  }

  [[nodiscard]] constexpr std::chrono::microseconds length() const noexcept { return length_; }
  [[nodiscard]] constexpr std::chrono::microseconds slide() const noexcept { return slide_; }
  /// The first start of a window at or after 1970.
  [[nodiscard]] constexpr instant origin() const noexcept { return origin_; }

  /// The longest windows end to end that every window is a whole number of.
  [[nodiscard]] constexpr tumbling panes() const {
    return tumbling{std::chrono::microseconds{std::gcd(length_.count(), slide_.count())}, origin_};
  }

  friend constexpr bool operator==(sliding const&, sliding const&) = default;

 private:
  std::chrono::microseconds length_;
  std::chrono::microseconds slide_;
  instant origin_;
};

}  // namespace spillway::calendar
