#pragma once

#include <spillway/sort/codec.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace spillway::sort::detail {

/// How a sorter uses a codec, whichever members it has.
template <class T, class Codec = spill_codec<T>>
class record_codec {
  static constexpr std::size_t largest_alignment = 64;
  static_assert(codec_for<Codec, T>,
                "records of this type can't be turned into bytes: specialise spillway::sort::spill_codec for it (see "
                "members_codec for the short way), or pass a codec; io::csv_row takes a sort::csv_row_codec");

  static constexpr bool own_slot = requires { typename Codec::slot; };
  static constexpr bool reads_into =
      requires(Codec const& codec, std::string_view bytes, T& record) { codec.read_into(bytes, record); };
  static constexpr bool reads = requires(Codec const& codec, std::string_view bytes) { codec.read(bytes); };
  /// Over the last record where that is possible.
  static constexpr bool reuses = reads_into && std::default_initializable<T>;
  static_assert(own_slot || reads || reuses, "a codec with read_into alone is for records that have a default");

  struct no_slot {
    no_slot() = default;
    explicit no_slot(std::pmr::memory_resource*) {}
  };

  /// A record, whose memory is from a resource if its type has such an allocator.
  class record_slot {
   public:
    record_slot() = default;
    explicit record_slot(std::pmr::memory_resource* memory) : memory_{memory} {}

    T& read(Codec const& codec, std::string_view bytes) {
      if constexpr (reuses) {
        if (!record_) record_.emplace(std::make_obj_using_allocator<T>(std::pmr::polymorphic_allocator<>{memory_}));
        codec.read_into(bytes, *record_);
        return *record_;
      } else {
        return record_.emplace(codec.read(bytes));
      }
    }

   private:
    std::pmr::memory_resource* memory_ = std::pmr::get_default_resource();
    std::optional<T> record_;
  };

  template <class C>
  struct slot_of {
    using type = record_slot;
  };
  template <class C>
    requires own_slot
  struct slot_of<C> {
    using type = typename C::slot;
  };

 public:
  /// `read` costs nothing. Not for records that must be aligned as packed bytes are not.
  static constexpr bool in_place =
      requires(Codec const& codec, std::string_view bytes) { codec.in_place(bytes); } && [] {
        if constexpr (requires { Codec::alignment; }) return Codec::alignment <= largest_alignment;
        return true;
      }();
  /// Of every packed record; 0 if they differ.
  static constexpr std::size_t fixed_size = fixed_size_of<Codec>;
  /// Of packed bytes, that `read` needs.
  static constexpr std::size_t alignment = [] {
    if constexpr (in_place && requires { Codec::alignment; }) {
      return std::size_t{Codec::alignment};
    } else {
      return std::size_t{1};
    }
  }();

  /// Where a record is read to. Default constructible, or from the `std::pmr::memory_resource*` to take memory from.
  using slot = typename std::conditional_t<in_place, std::type_identity<no_slot>, slot_of<Codec>>::type;

  record_codec() = default;
  explicit record_codec(Codec codec) : codec_{std::move(codec)} {}

  [[nodiscard]] std::size_t size(T const& record) const {
    if constexpr (fixed_size != 0) {
      return fixed_size;
    } else {
      return codec_.size(record);
    }
  }

  void write(T const& record, char* to) const { codec_.write(record, to); }

  /// Of the bytes or the slot, valid until either is used for something else: `T const&` or a view for a codec in
  /// place, what a codec with a slot of its own gives, else a `T&` that may be moved from.
  [[nodiscard]] decltype(auto) read(std::string_view bytes, [[maybe_unused]] slot& into) const {
    if constexpr (in_place) {
      return codec_.in_place(bytes);
    } else if constexpr (own_slot) {
      return codec_.read(bytes, into);
    } else {
      return into.read(codec_, bytes);
    }
  }

 private:
  [[no_unique_address]] Codec codec_;
};

}  // namespace spillway::sort::detail
