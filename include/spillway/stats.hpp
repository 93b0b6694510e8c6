#pragma once

#include <spillway/stats/test_options.hpp>
#include <spillway/stats/test_result.hpp>
#include <spillway/stats/tie_group.hpp>
