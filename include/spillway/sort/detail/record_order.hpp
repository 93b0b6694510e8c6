#pragma once

#include <spillway/core/error.hpp>
#include <spillway/sort/codec.hpp>
#include <spillway/sort/detail/kept_key.hpp>
#include <spillway/sort/detail/key_words.hpp>
#include <spillway/sort/detail/packed_length.hpp>
#include <spillway/sort/detail/record_codec.hpp>
#include <spillway/sort/key.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace spillway::sort::detail {

/// How two records whose prefixes are equal are told apart.
enum class tie_by {
  nothing,  ///< equal prefixes are equal keys
  text,     ///< the packed bytes are the key
  record,   ///< by the keys of the packed records, which cost nothing to read
  key,      ///< by keys that are kept beside the packed records
  decoded,  ///< by the keys of the records, decoded for the purpose
};

/// A record type with its order and its packed form: `[length][bytes]`, without the length if all records are of one
/// size. Everything else in this folder sees records through it.
template <class T, class Less, class Key, class Codec>
class record_order {
 public:
  using record = T;
  using codec = record_codec<T, Codec>;
  using slot = typename codec::slot;
  /// What a packed record is read as.
  using reference = decltype(std::declval<codec const&>().read(std::string_view{}, std::declval<slot&>()));
  using projected =
      std::invoke_result_t<Key const&, std::add_lvalue_reference_t<std::remove_reference_t<reference> const>>;
  using key = std::remove_cvref_t<projected>;
  using order = key_order<Less, key>;
  using kept = typename kept_key<key>::type;
  /// For keys and kept keys alike: `Less` may be for keys alone, as `std::less<std::string>` is.
  using less_type = std::conditional_t<!order::known, Less,
                                       std::conditional_t<order::descending, std::ranges::greater, std::ranges::less>>;

  static constexpr bool is_text = std::is_same_v<kept, std::string_view> && std::is_same_v<Key, std::identity>;
  /// Of keys, or, where the packed bytes are the key, of these.
  using words = key_words<less_type, std::conditional_t<order::known && is_text, std::string_view, key>>;
  static constexpr bool can_keep = kept_key<key>::is_possible && (order::known || std::is_same_v<kept, key>);
  static constexpr std::size_t fixed_size = codec::fixed_size;
  static constexpr tie_by ties = order::complete           ? tie_by::nothing
                                 : order::known && is_text ? tie_by::text
                                 : codec::in_place         ? tie_by::record
                                 : can_keep                ? tie_by::key
                                                           : tie_by::decoded;
  /// Whether a copy of a key is good for longer than its record: a part of a record owns what it holds, as the record
  /// itself does.
  static constexpr bool can_copy_keys =
      std::is_copy_constructible_v<key> && (owns_its_bytes<key> || std::is_lvalue_reference_v<projected>);
  /// Of packed records.
  static constexpr std::size_t alignment = codec::alignment;

  record_order(Less less, Key projection, Codec const& spill_codec)
      : less_{std::move(less)}, key_of_{std::move(projection)}, codec_{spill_codec} {}

  template <class Record>
  [[nodiscard]] decltype(auto) key_of(Record const& of) const {
    return std::invoke(key_of_, of);
  }
  template <class Record>
  [[nodiscard]] std::uint64_t prefix(Record const& of) const {
    if constexpr (order::known) {
      return order::prefix(key_of(of));
    } else {
      return 0;
    }
  }
  /// Keys, or kept keys.
  template <class Kept>
  [[nodiscard]] bool less(Kept const& a, Kept const& b) const {
    if constexpr (order::known) {
      return key_order<less_type, Kept>::less({}, a, b);
    } else {
      return key_order<Less, Kept>::less(less_, a, b);
    }
  }
  template <class A, class B>
  [[nodiscard]] bool less_records(A const& a, B const& b) const {
    return less<key>(key_of(a), key_of(b));
  }

  /// Bytes of the packed form.
  [[nodiscard]] std::size_t packed_size(T const& of) const {
    if constexpr (fixed_size != 0) {
      return fixed_size;
    } else {
      auto const size = codec_.size(of);
      return size_of_length(size) + size;
    }
  }
  void pack(T const& from, std::size_t packed_size, char* to) const {
    if constexpr (fixed_size == 0) {
      // The length's own size depends on the length: found from the sum.
      auto header = size_of_length(packed_size);
      if (size_of_length(packed_size - header) < header) --header;
      to = write_length(packed_size - header, to);
    }
    codec_.write(from, to);
  }

  /// The record that is packed at `at`.
  [[nodiscard]] reference read(char const* at, slot& into) const { return codec_.read(bytes(at), into); }

  /// Its bytes without the length.
  [[nodiscard]] static std::string_view bytes(char const* at) noexcept {
    if constexpr (fixed_size != 0) {
      return {at, fixed_size};
    } else {
      std::size_t size = 0;
      at = read_length(at, size);
      return {at, size};
    }
  }
  /// Where the one packed behind it begins.
  [[nodiscard]] static char const* after(char const* at) noexcept {
    auto const record_bytes = bytes(at);
    return record_bytes.data() + record_bytes.size();
  }

 private:
  [[no_unique_address]] Less less_;
  [[no_unique_address]] Key key_of_;
  [[no_unique_address]] codec codec_;
};

}  // namespace spillway::sort::detail
