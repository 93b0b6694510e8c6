#include "support/catch.hpp"

#include <spillway/core/error.hpp>
#include <spillway/split/by.hpp>
#include <spillway/split/by_hash.hpp>
#include <spillway/split/classifier.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace {

namespace split = spillway::split;

struct sale {
  std::string country;
  int year;
};

std::string_view name(auto const& of) { return of; }

}  // namespace

TEST_CASE("a member, a function and an integer can name the class") {
  sale const one{"DE", -2024};
  CHECK(name(split::by{&sale::country}(one)) == "DE");
  CHECK(name(split::by{[](sale const& s) { return s.country + '!'; }}(one)) == "DE!");
  CHECK(name(split::by{&sale::year}(one)) == "-2024");
  CHECK(split::by{&sale::country}.classes().empty());
}

TEST_CASE("a function can give the index of the class") {
  split::by_index const by_age{[](sale const& s) { return s.year < 0 ? 0 : 1; }, {"old", "new"}};
  CHECK(by_age(sale{"DE", -2024}) == 0);
  CHECK(by_age(sale{"DE", 2024}) == 1);
  CHECK(by_age.classes()[1] == "new");
}

TEST_CASE("classes that are there twice or missing are refused") {
  CHECK_THROWS_WITH((split::by{&sale::country, {"DE", "FR", "DE"}}), Catch::Contains("'DE'"));
  CHECK_THROWS_AS((split::by_index{&sale::year, {}}), spillway::argument_error);
  CHECK_THROWS_AS((split::by_index{&sale::year, {"a", "a"}}), spillway::argument_error);
}

TEST_CASE("what classifies is told from what does not") {
  STATIC_REQUIRE(split::classifier_of<split::by<std::string sale::*>, sale>);
  STATIC_REQUIRE(split::classifier_of<split::by_index<int sale::*>, sale>);
  STATIC_REQUIRE(split::classifier_of<split::by_hash<int sale::*>, sale>);
  STATIC_REQUIRE(!split::classifier_of<std::identity, sale>);
}
