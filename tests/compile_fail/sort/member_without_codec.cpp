// expect: every member needs a spillway::sort::spill_codec
#include <spillway/sort/codec.hpp>

#include <memory>
#include <string>

struct job {
  std::string name;
  std::unique_ptr<int> number;
};

std::size_t of_name(job const& record) { return spillway::sort::members_codec<&job::name>::size(record); }

#ifdef SPILLWAY_COMPILE_FAIL
std::size_t of_all(job const& record) { return spillway::sort::members_codec<&job::name, &job::number>::size(record); }
#endif
