// expect: deleted
#include <spillway/core/memory_budget.hpp>

// Two budgets that count the same blocks would both be wrong.
inline spillway::memory_budget& same(spillway::memory_budget& budget) { return budget; }

#ifdef SPILLWAY_COMPILE_FAIL
spillway::memory_budget copy(spillway::memory_budget const& budget) { return budget; }
#endif
