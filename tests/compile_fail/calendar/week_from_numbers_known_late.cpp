// expect: not a constant expression|is not a constant|must be initialized
#include <spillway/calendar/week.hpp>

int main(int count, char**) {
#ifdef SPILLWAY_COMPILE_FAIL
  spillway::calendar::iso_week const week{2020, count};
#else
  auto const week = spillway::calendar::iso_week::checked(2020, count);
#endif
  return week.week() == count ? 0 : 1;
}
