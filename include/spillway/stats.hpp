#pragma once

#include <spillway/stats/category_counts.hpp>
#include <spillway/stats/category_tests.hpp>
#include <spillway/stats/contingency_table.hpp>
#include <spillway/stats/counted_categories.hpp>
#include <spillway/stats/distribution_summary.hpp>
#include <spillway/stats/divergence.hpp>
#include <spillway/stats/fisher_exact.hpp>
#include <spillway/stats/homogeneity.hpp>
#include <spillway/stats/kolmogorov_smirnov_bounds.hpp>
#include <spillway/stats/kolmogorov_smirnov_distance.hpp>
#include <spillway/stats/multiple_testing.hpp>
#include <spillway/stats/test_options.hpp>
#include <spillway/stats/test_result.hpp>
#include <spillway/stats/tie_group.hpp>
#include <spillway/stats/two_proportions.hpp>
#include <spillway/stats/value_grid.hpp>
