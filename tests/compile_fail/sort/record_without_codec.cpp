// expect: records of this type can.t be turned into bytes: specialise spillway::sort::spill_codec
#include <spillway/sort/detail/record_codec.hpp>

#include <memory>
#include <string>

struct job {
  std::unique_ptr<int> number;
};

std::size_t of_text(std::string const& text) { return spillway::sort::detail::record_codec<std::string>{}.size(text); }

#ifdef SPILLWAY_COMPILE_FAIL
std::size_t of_job(job const& record) { return spillway::sort::detail::record_codec<job>{}.size(record); }
#endif
