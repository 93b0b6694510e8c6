#include "support/catch.hpp"

#include <spillway/core/concepts.hpp>
#include <spillway/core/version.hpp>

#include <istream>
#include <memory>
#include <ranges>
#include <string>
#include <vector>

namespace {

struct record {
  std::string name;
  std::unique_ptr<int> number;
};

struct once {
  int operator()(record&&) { return 0; }
};

static_assert(spillway::sink_for<once, record>, "a sink may take records that can only be moved, and return something");
static_assert(!spillway::sink_for<once, record const&>);
static_assert(spillway::record_range<std::vector<int>>);
static_assert(spillway::record_range<std::ranges::istream_view<int>>, "once through is enough");
static_assert(!spillway::record_range<int>);
static_assert(std::same_as<spillway::record_t<std::vector<int> const&>, int>);
static_assert(spillway::projection_of<std::string record::*, record>, "a member is a key");
static_assert(!spillway::projection_of<std::string record::*, int>);

TEST_CASE("versions are ordered as numbers") {
  using spillway::version_number;
  CHECK(version_number{0, 9, 0} < version_number{0, 10, 0});
  CHECK(version_number{0, 10, 3} < version_number{1, 0, 0});
  CHECK(spillway::version == version_number{SPILLWAY_VERSION_MAJOR, SPILLWAY_VERSION_MINOR, SPILLWAY_VERSION_PATCH});
}

}  // namespace
