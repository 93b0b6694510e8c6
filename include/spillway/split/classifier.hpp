#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace spillway::split {

/// Tells the class of a record by its name or by its index among `classes()`, from several threads at once.
///
/// `classes()` are the names of the classes that there are. If it is empty, every name that comes is a class. A name
/// that is not among them, or an index behind them, is an unknown class: see `unknown_class`.
template <class C, class Record>
concept classifier_of =
    requires(C const& classifier, Record const& record) {
      { classifier.classes() } -> std::convertible_to<std::span<std::string const>>;
      classifier(record);
    } &&
    (
        requires(C const& classifier, Record const& record) {
          { classifier(record) } -> std::same_as<std::size_t>;
        } ||
        requires(C const& classifier, Record const& record) {
          { classifier(record) } -> std::convertible_to<std::string_view>;
        });

/// What to do with a record of a class that is none of those there are.
enum class unknown_class {
  error,   ///< a value_error that names it and those expected; a reader makes a parse_error or a reject of it
  skip,    ///< leave the record out, and count it
  divert,  ///< put all such records into one more output
  create,  ///< make an output for it
};

}  // namespace spillway::split
