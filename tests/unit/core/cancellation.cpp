#include "support/catch.hpp"

#include <spillway/core/cancellation.hpp>

#include <stop_token>

namespace {

TEST_CASE("work stops when a stop was requested, and not before") {
  std::stop_source stop;
  CHECK_NOTHROW(spillway::throw_if_cancelled(stop.get_token()));
  stop.request_stop();
  CHECK_THROWS_AS(spillway::throw_if_cancelled(stop.get_token()), spillway::cancelled);
}

TEST_CASE("a token without a source never stops") { CHECK_NOTHROW(spillway::throw_if_cancelled({})); }

}  // namespace
